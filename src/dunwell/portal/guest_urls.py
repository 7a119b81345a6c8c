"""Addresses of the pages for guests of a dispute case, under /guest/."""

from django.urls import path

from dunwell.portal import dispute_tasks

urlpatterns = [
    path("dispute/<str:token>/", dispute_tasks.guest_dispute, name="guest-dispute"),
]
