"""Addresses of the pages about initiatives."""

from django.urls import path

from dunwell.web import initiatives

urlpatterns = [
    path("", initiatives.initiative_list, name="initiatives"),
    path("export.<str:kind>", initiatives.initiatives_export, name="initiatives-export"),
    path("add/", initiatives.initiative_add, name="initiative-add"),
    path("<int:initiative_id>/", initiatives.initiative_show, name="initiative"),
    path("<int:initiative_id>/edit/", initiatives.initiative_edit, name="initiative-edit"),
    path("<int:initiative_id>/plan/", initiatives.initiative_plan, name="initiative-plan"),
    path("<int:initiative_id>/start/", initiatives.initiative_start, name="initiative-start"),
    path(
        "<int:initiative_id>/measure/", initiatives.initiative_measure, name="initiative-measure"
    ),
    path(
        "<int:initiative_id>/keep/",
        initiatives.initiative_decide,
        {"answer": "keep"},
        name="initiative-keep",
    ),
    path(
        "<int:initiative_id>/revert/",
        initiatives.initiative_decide,
        {"answer": "revert"},
        name="initiative-revert",
    ),
    path("<int:initiative_id>/drop/", initiatives.initiative_drop, name="initiative-drop"),
]
