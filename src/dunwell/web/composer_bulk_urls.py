"""Addresses of the same message to many, under /messages/many/."""

from django.urls import path

from dunwell.web import composer_bulk

urlpatterns = [
    path("", composer_bulk.compose_many, name="compose-many"),
    path("progress/", composer_bulk.compose_many_progress, name="compose-many-progress"),
]
