"""Addresses of the portal's assistant as staff see it."""

from django.urls import path

from dunwell.web import assistant

urlpatterns = [
    path("assistant/", assistant.assistant_talks, name="assistant-talks"),
    path("assistant/switch/", assistant.assistant_switch, name="assistant-switch"),
    path("assistant/<int:talk_id>/", assistant.assistant_talk, name="assistant-talk"),
]
