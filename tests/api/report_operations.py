"""The operations of reports and saved views, for the table of all of them.

(roles that may, body, keys to use instead, query), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
SAVES = "AMCKDNF"
REPORT_OPERATIONS = {
    "list_reports": (ALL,),
    "new_report": (
        "AMF",
        {"name": "Now", "sections": ["ageing"], "recipients": ["cfo@northwind.example"]},
    ),
    "list_report_schedules": (ALL,),
    "new_report_schedule": (
        "AMF",
        lambda ids, today: {
            "name": "Monthly",
            "kind": "pack",
            "every": "month",
            "from_on": str(today),
            "sections": ["ageing", "figures"],
        },
    ),
    "end_report_schedule": ("AMF",),
    "show_report": (ALL,),
    "download_report": (ALL,),
    "list_saved_views": (ALL,),
    "new_saved_view": (SAVES, {"name": "Late", "address": "/items/?scope=late"}),
    "remove_saved_view": (SAVES, {"name": "Late"}),
}
