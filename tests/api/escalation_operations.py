"""The operations of escalations and watches, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
ESCALATION_OPERATIONS = {
    "list_escalations": (ALL,),
    "count_escalations": (ALL,),
    "show_escalation": (ALL,),
    "new_escalation": (
        "MCDN",
        lambda ids, today: {
            "customer_id": ids["unwatched_customer_id"], "kind": "dispute", "reason": "no answer",
        },
    ),
    "take_escalation_on": ("MCF", {"note": "I call them"}),
    "end_escalation": ("MCF", {"result": "they pay"}),
    "show_what_if": (ALL,),
    "list_watches": (ALL,),
    "list_freezes": (ALL,),
    "show_watch": (ALL,),
    "new_watch": (
        "MCN",
        lambda ids, today: {
            "customer_id": ids["unwatched_customer_id"], "playbook": "Own", "reason": "rumours",
        },
    ),
    "start_proposed_watch": ("MCN", {"every_days": 7}, {"watch_id": "proposed_watch_id"}),
    "alter_watch": ("MCN", {"every_days": 3, "way": "visit"}),
    "new_check": ("MCN", {"result": "the yard is full"}),
    "stop_watch": ("MCN", WHY),
    "ask_freeze": ("MCN", WHY),
    "end_freeze": ("M", WHY),
}  # fmt: skip
