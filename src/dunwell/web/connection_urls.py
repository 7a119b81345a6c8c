"""Addresses of the pages about connections to outside ledgers."""

from django.urls import path

from dunwell.web import connection_files, connection_forms, connection_lists, connections

urlpatterns = [
    path("", connections.connection_list, name="connections"),
    path("export.<str:kind>", connection_lists.connections_export, name="connections-export"),
    path("new/", connection_forms.connection_kinds, name="connection-new"),
    path("new/<str:connector>/", connection_forms.connection_add, name="connection-add"),
    path("<int:connection_id>/", connections.connection_show, name="connection"),
    path(
        "<int:connection_id>/progress/",
        connections.connection_progress,
        name="connection-progress",
    ),
    path(
        "<int:connection_id>/change/", connection_forms.connection_change, name="connection-change"
    ),
    path("<int:connection_id>/switch/", connections.connection_switch, name="connection-switch"),
    path("<int:connection_id>/sync/", connections.connection_sync, name="connection-sync"),
    path("<int:connection_id>/again/", connections.connection_again, name="connection-again"),
    path("<int:connection_id>/test/", connections.connection_test, name="connection-test"),
    path("<int:connection_id>/end/", connections.connection_end, name="connection-end"),
    path("<int:connection_id>/files/", connection_files.file_list, name="connection-files"),
    path(
        "<int:connection_id>/files/export.<str:kind>",
        connection_files.files_export,
        name="connection-files-export",
    ),
    path("<int:connection_id>/changes/", connection_lists.change_list, name="connection-changes"),
    path(
        "<int:connection_id>/changes/export.<str:kind>",
        connection_lists.changes_export,
        name="connection-changes-export",
    ),
    path("<int:connection_id>/decide/", connection_lists.changes_decide, name="connection-decide"),
    path(
        "<int:connection_id>/syncs/<int:sync_id>/",
        connection_lists.sync_show,
        name="connection-sync-show",
    ),
    path(
        "<int:connection_id>/syncs/<int:sync_id>/export.<str:kind>",
        connection_lists.differences_export,
        name="connection-differences-export",
    ),
]
