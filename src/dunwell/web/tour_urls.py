"""Addresses of the guided tours."""

from django.urls import path

from dunwell.web import tours

urlpatterns = [
    path("", tours.tour_list, name="tours"),
    path("<slug:tour>/", tours.tour_move, name="tour-move"),
]
