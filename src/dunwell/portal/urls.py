"""Addresses of the pages for people without an account, under /apply/."""

from django.urls import path

from dunwell.portal import applications, references

urlpatterns = [
    path("form/references/", applications.apply_references, name="apply-references"),
    path(
        "form/references/<int:reference_id>/remove/",
        applications.apply_reference_remove,
        name="apply-reference-remove",
    ),
    path("form/documents/", applications.apply_documents, name="apply-documents"),
    path(
        "form/documents/<int:document_id>/remove/",
        applications.apply_document_remove,
        name="apply-document-remove",
    ),
    path("form/consent/", applications.apply_consent, name="apply-consent"),
    path("form/send/", applications.apply_submit, name="apply-submit"),
    path("form/done/", applications.apply_done, name="apply-done"),
    path("form/<slug:step>/", applications.apply_form, name="apply-form"),
    path("resume/<str:token>/", applications.apply_resume, name="apply-resume"),
    path("resume/<str:token>/new/", applications.apply_renew, name="apply-renew"),
    path("reference/<str:token>/", references.apply_reference, name="apply-reference"),
    path("<slug:slug>/", applications.apply_start, name="apply"),
]
