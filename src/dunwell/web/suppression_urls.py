"""Addresses of the pages about suppressed addresses, under /suppressions/."""

from django.urls import path

from dunwell.web import contact_gaps, suppressions

urlpatterns = [
    path("", suppressions.suppression_list, name="suppressions"),
    path("export.<str:kind>", suppressions.suppressions_export, name="suppressions-export"),
    path("contacts/", contact_gaps.contact_gap_list, name="contact-gaps"),
    path(
        "contacts/export.<str:kind>",
        contact_gaps.contact_gaps_export,
        name="contact-gaps-export",
    ),
    path("add/", suppressions.suppression_add, name="suppression-add"),
    path("file/", suppressions.suppression_upload, name="suppression-upload"),
    path("template.<str:kind>", suppressions.suppression_template, name="suppression-template"),
    path("<int:suppression_id>/lift/", suppressions.suppression_lift, name="suppression-lift"),
]
