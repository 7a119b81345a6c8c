"""Addresses of the page about full exports, under /desk-exports/."""

from django.urls import path

from dunwell.web import desk_exports

urlpatterns = [
    path("", desk_exports.desk_export_list, name="desk-exports"),
    path("new/", desk_exports.desk_export_new, name="desk-export-new"),
    path("progress/", desk_exports.desk_export_progress, name="desk-exports-progress"),
    path("<str:desk_export_id>/file/", desk_exports.desk_export_file, name="desk-export-file"),
    path(
        "<str:desk_export_id>/remove/", desk_exports.desk_export_remove, name="desk-export-remove"
    ),
]
