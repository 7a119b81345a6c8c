"""Addresses of the pages about meetings and suggestions."""

from django.urls import path

from dunwell.web import meetings, voices

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/add/", meetings.meeting_add, name="meeting-add"),
    path("meetings/agenda/export.<str:kind>", meetings.agenda_export, name="agenda-export"),
    path(
        "meetings/agenda/<int:customer_id>/<str:reason>/<str:currency>/",
        meetings.agenda_point_show,
        name="agenda-point",
    ),
    path(
        "meetings/decisions/export.<str:kind>",
        meetings.meeting_decisions_export,
        name="meeting-decisions-export",
    ),
    path(
        "meetings/decisions/<int:decision_id>/done/",
        meetings.meeting_decision_done,
        name="meeting-decision-done",
    ),
    path("meetings/points/<int:point_id>/", meetings.meeting_point_show, name="meeting-point"),
    path(
        "meetings/points/<int:point_id>/decide/",
        meetings.meeting_point_decide,
        name="meeting-point-decide",
    ),
    path("meetings/<int:meeting_id>/", meetings.meeting_show, name="meeting"),
    path(
        "meetings/<int:meeting_id>/export.<str:kind>",
        meetings.meeting_export,
        name="meeting-export",
    ),
    path("meetings/<int:meeting_id>/decide/", meetings.meeting_decide, name="meeting-decide"),
    path("suggestions/", voices.voice_list, name="voices"),
    path("suggestions/export.<str:kind>", voices.voices_export, name="voices-export"),
    path("suggestions/add/", voices.voice_add, name="voice-add"),
    path("suggestions/hear/<int:survey_id>/", voices.voice_hear, name="voice-hear"),
    path("suggestions/<int:voice_id>/take/", voices.voice_take, name="voice-take"),
    path("suggestions/<int:voice_id>/decline/", voices.voice_decline, name="voice-decline"),
]
