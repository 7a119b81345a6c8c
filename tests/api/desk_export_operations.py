"""The operations of full exports, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

DESK_EXPORT_OPERATIONS = {
    "list_desk_exports": ("A",),
    "begin_desk_export": ("A", {"form": "csv"}),
    "show_desk_export": ("A",),
    "fetch_desk_export": ("A",),
    "remove_desk_export": ("A", None, {"desk_export_id": "other_desk_export_id"}),
}
DESK_EXPORT_WITHOUT_KEY = {
    "begin_desk_export": "asked twice one export runs",
    "remove_desk_export": "what was removed stays removed",
}
