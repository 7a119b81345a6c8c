"""Addresses of the guided tours, and of the page that puts the demo back."""

from django.urls import path

from dunwell.web import demo_resets, tours

urlpatterns = [
    path("", tours.tour_list, name="tours"),
    path("first-day/", demo_resets.demo_reset, name="demo-reset"),
    path("first-day/progress/", demo_resets.demo_reset_progress, name="demo-reset-progress"),
    path("<slug:tour>/", tours.tour_move, name="tour-move"),
]
