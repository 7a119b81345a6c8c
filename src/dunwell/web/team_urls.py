"""Addresses of the team lead's pages."""

from django.urls import path

from dunwell.web import team

urlpatterns = [
    path("", team.team, name="team"),
    path("absence/", team.absence_add, name="absence-add"),
    path("absence/<int:absence_id>/cancel/", team.absence_cancel, name="absence-cancel"),
    path("minutes/", team.capacity_set, name="capacity-set"),
    path("hand-over/", team.hand_over, name="hand-over"),
]
