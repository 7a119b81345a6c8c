"""The operations on likely duplicates and on merging them, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
PROPOSES = "MKN"
WHY = {"reason": "the same tax number"}
MERGE_OPERATIONS = {
    "list_customer_twins": (ALL,),
    "tell_customers_apart": (
        PROPOSES,
        lambda ids, today: {"customer_id": ids["customer_id"], "other_id": ids["other_id"], **WHY},
    ),
    "preview_customer_merge": (PROPOSES,),
    "list_customer_merges": (ALL,),
    "show_customer_merge": (ALL,),
    "new_customer_merge": (
        PROPOSES,
        lambda ids, today: {
            "merged_id": ids["spare_twin_id"], "survivor_id": ids["survivor_id"], **WHY,
        },
    ),
    "do_customer_merge": ("M",),
    "decline_customer_merge": (PROPOSES, {**WHY, "is_distinct": True}),
    "split_customer_merge": ("M", WHY, {"merge_id": "merged_merge_id"}),
}  # fmt: skip
