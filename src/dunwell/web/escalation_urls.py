"""Addresses of the pages about escalations, under /escalations/."""

from django.urls import path

from dunwell.web import escalations

urlpatterns = [
    path("", escalations.escalation_list, name="escalations"),
    path("export.<str:kind>", escalations.escalations_export, name="escalations-export"),
    path("new/<int:customer_id>/", escalations.escalation_raise, name="escalation-raise"),
    path("<int:escalation_id>/", escalations.escalation_show, name="escalation"),
    path(
        "<int:escalation_id>/acknowledge/",
        escalations.escalation_acknowledge,
        name="escalation-acknowledge",
    ),
    path(
        "<int:escalation_id>/resolve/", escalations.escalation_resolve, name="escalation-resolve"
    ),
]
