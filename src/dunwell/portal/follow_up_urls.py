"""Addresses of the mails that lead to the assistant, under /follow-up/."""

from django.urls import path

from dunwell.portal import follow_ups

urlpatterns = [path("<str:token>/", follow_ups.follow_up, name="follow-up")]
