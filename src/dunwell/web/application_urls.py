"""Addresses of the pages about credit applications, under /applications/."""

from django.urls import path

from dunwell.web import application_steps, applications, screenings

urlpatterns = [
    path("", applications.application_list, name="applications"),
    path("export.<str:kind>", applications.applications_export, name="applications-export"),
    path("new/", applications.application_new, name="application-new"),
    path("screening/", screenings.screening_list, name="screenings"),
    path("screening/export.<str:kind>", screenings.screenings_export, name="screenings-export"),
    path("screening/load/", screenings.sanction_list_load, name="sanction-list-load"),
    path("screening/<int:hit_id>/judge/", screenings.hit_judge, name="hit-judge"),
    path("checks/<int:check_id>/judge/", screenings.check_judge, name="check-judge"),
    path(
        "references/<int:reference_id>/give-up/",
        screenings.reference_give_up,
        name="reference-give-up",
    ),
    path("conditions/<int:condition_id>/meet/", screenings.condition_meet, name="condition-meet"),
    path(
        "conditions/<int:condition_id>/waive/", screenings.condition_waive, name="condition-waive"
    ),
    path(
        "documents/<int:document_id>/",
        applications.application_document,
        name="application-document",
    ),
    path("<int:application_id>/", applications.application_show, name="application"),
    path(
        "<int:application_id>/letter.pdf",
        applications.application_letter,
        name="application-letter",
    ),
    path(
        "<int:application_id>/do/<slug:step>/",
        application_steps.application_button,
        name="application-button",
    ),
    path(
        "<int:application_id>/score/",
        application_steps.application_score,
        name="application-score",
    ),
    path(
        "<int:application_id>/link/", application_steps.application_link, name="application-link"
    ),
    path(
        "<int:application_id>/answers/",
        application_steps.application_answers,
        name="application-answers",
    ),
    path(
        "<int:application_id>/consent/",
        application_steps.application_consent,
        name="application-consent",
    ),
    path(
        "<int:application_id>/document/",
        application_steps.application_document_add,
        name="application-document-add",
    ),
    path(
        "<int:application_id>/match/",
        application_steps.application_match,
        name="application-match",
    ),
    path(
        "<int:application_id>/recommend/",
        application_steps.application_recommend,
        name="application-recommend",
    ),
    path(
        "<int:application_id>/decide/",
        application_steps.application_decide,
        name="application-decide",
    ),
    path(
        "<int:application_id>/tell/<slug:step>/",
        application_steps.application_told,
        name="application-tell",
    ),
]
