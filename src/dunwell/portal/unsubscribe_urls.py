"""Addresses by which readers of mails opt out, under /unsubscribe/."""

from django.urls import path

from dunwell.portal import unsubscriptions

urlpatterns = [path("<str:token>/", unsubscriptions.unsubscribe, name="unsubscribe")]
