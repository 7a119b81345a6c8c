"""Addresses of the pages about scorecards, under /scorecards/."""

from django.urls import path

from dunwell.web import scorecard_new, scorecards

urlpatterns = [
    path("", scorecards.scorecard_list, name="scorecards"),
    path("export.<str:kind>", scorecards.scorecards_export, name="scorecards-export"),
    path("progress/", scorecard_new.scorecards_progress, name="scorecards-progress"),
    path("learn/", scorecard_new.scorecard_learn, name="scorecard-learn"),
    path("write/", scorecard_new.scorecard_write, name="scorecard-write"),
    path("<int:scorecard_id>/", scorecards.scorecard_show, name="scorecard"),
    path(
        "<int:scorecard_id>/points.<str:kind>",
        scorecards.scorecard_export,
        name="scorecard-export",
    ),
    path(
        "<int:scorecard_id>/document.json",
        scorecards.scorecard_document,
        name="scorecard-document",
    ),
    path(
        "<int:scorecard_id>/promote/<str:to>/",
        scorecards.scorecard_promote,
        name="scorecard-promote",
    ),
    path("<int:scorecard_id>/retire/", scorecards.scorecard_retire, name="scorecard-retire"),
]
