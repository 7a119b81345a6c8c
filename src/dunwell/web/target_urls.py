"""Addresses of the pages about targets."""

from django.urls import path

from dunwell.web import targets

urlpatterns = [
    path("", targets.target_list, name="targets"),
    path("export.<str:kind>", targets.targets_export, name="targets-export"),
    path("add/", targets.target_add, {"whose": "team"}, name="target-add"),
    path("mine/add/", targets.target_add, {"whose": "mine"}, name="target-add-own"),
    path("settings/", targets.target_settings, name="target-settings"),
    path("lines/<int:line_id>/", targets.target_line_show, name="target-line"),
    path("<int:set_id>/end/", targets.target_end, name="target-end"),
]
