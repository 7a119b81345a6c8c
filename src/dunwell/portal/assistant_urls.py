"""Addresses of the assistant, under /portal/."""

from django.urls import path

from dunwell.portal import assistant

urlpatterns = [
    path("assistant/", assistant.assistant_talk, name="portal-assistant"),
    path("assistant/end/", assistant.assistant_end, name="portal-assistant-end"),
]
