"""Addresses of the team lead's pages."""

from django.urls import path

from dunwell.web import headcount, team

urlpatterns = [
    path("", team.team, name="team"),
    path("absence/", team.absence_add, name="absence-add"),
    path("absence/<int:absence_id>/cancel/", team.absence_cancel, name="absence-cancel"),
    path("minutes/", team.capacity_set, name="capacity-set"),
    path("hand-over/", team.hand_over, name="hand-over"),
    path("what-if/", headcount.headcount, name="headcount"),
    path("what-if/customers/", headcount.headcount_customers, name="headcount-customers"),
    path("what-if/export.<str:kind>", headcount.headcount_export, name="headcount-export"),
    path("what-if/give/", headcount.headcount_give, name="headcount-give"),
]
