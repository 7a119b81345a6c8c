"""The operations of connections, for the table of all of them."""

SETTINGS = {"address": "https://127.0.0.1:9", "database": "prod"}
TOLD = {"name": "Odoo two", "settings": SETTINGS, "secret": "s"}
CONNECTION_OPERATIONS = {
    "list_connection_kinds": ("A",),
    "list_connections": ("AM",),
    "new_connection": ("A", {"kind": "odoo", **TOLD}),
    "edit_connection": ("A", {**TOLD, "version": 0}),
    "test_connection": ("A",),
    "begin_connection_sync": ("A",),
    "read_connection_again": ("A",),
    "stop_connection": ("A",),
    "list_connection_syncs": ("AM",),
    "list_connection_differences": ("AM",),
    "list_connection_files": ("AM",),
    "list_connection_changes": ("AM",),
    "decide_connection_changes": (
        "M",
        lambda ids, _today: {"change_ids": [ids["connection_change_id"]], "is_approved": False},
    ),
    "propose_connection_note": (
        "AM",
        lambda ids, _today: {"customer_id": ids["customer_id"], "text": "pays late"},
    ),
}

CONNECTION_WITHOUT_KEY = {
    "begin_connection_sync": "asked twice one sync runs",
    "test_connection": "it changes nothing there",
}
