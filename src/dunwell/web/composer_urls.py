"""Addresses of the composer, under /customers/<id>/compose/."""

from django.urls import path

from dunwell.web import composer

urlpatterns = [
    path("", composer.compose, name="compose"),
    path("preview/", composer.compose_preview, name="compose-preview"),
    path("test/", composer.compose_test, name="compose-test"),
]
