"""Addresses of the studio of message texts, under /wordings/."""

from django.urls import path

from dunwell.web import wordings

urlpatterns = [
    path("", wordings.wording_studio, name="wording-studio"),
    path("customers/", wordings.wording_customers, name="wording-customers"),
    path("versions/<int:version_id>/", wordings.wording_version, name="wording-version"),
    path("versions/<int:version_id>/publish/", wordings.wording_publish, name="wording-publish"),
    path("versions/<int:version_id>/discard/", wordings.wording_discard, name="wording-discard"),
    path("<str:language>/document/", wordings.wording_document, name="wording-document"),
    path("<str:language>/<str:template>/", wordings.wording_edit, name="wording-edit"),
    path(
        "<str:language>/<str:template>/preview/", wordings.wording_preview, name="wording-preview"
    ),
    path("<str:language>/<str:template>/test/", wordings.wording_test, name="wording-test"),
]
