"""The operations of cash application, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
CASH_OPERATIONS = {
    "list_cases": (ALL,),
    "total_cases": (ALL,),
    "show_case": (ALL,),
    "find_case_items": (ALL,),
    "match_now": ("K", {}),
    "settle_one_case": (
        "K",
        lambda ids, today: {
            "version": 1,
            "lines": [{"item_id": ids["item_id"], "amount_minor": 2_51}],
            "customer_id": ids["customer_id"],
            "learn": True,
            "seconds": 30,
        },
    ),
    "park_one_case": (
        "K",
        lambda ids, today: {
            "version": 1,
            "customer_id": ids["customer_id"],
            "reason": "next order",
        },
    ),
    "hold_one_case": ("K", {"version": 1, "reason": "odd", "escalate_to": "treasury"}),
    "release_one_case": ("K", {"version": 2, "reason": "seen"}, {"case_id": "held_case_id"}),
    "undo_one_case": ("K", {"version": 2, "reason": "wrong"}, {"case_id": "left_case_id"}),
    "show_match_quality": (ALL,),
    "show_unapplied": (ALL,),
    "list_aliases": (ALL,),
    "new_alias": (
        "K",
        lambda ids, today: {"customer_id": ids["customer_id"], "kind": "name", "text": "Globex"},
    ),
    "forget_alias": ("K",),
    "list_relations": (ALL,),
    "new_relation": (
        "K",
        lambda ids, today: {"customer_id": ids["customer_id"], "kind": "agent", "payer": "Agent"},
    ),
    "end_relation": ("K",),
}
