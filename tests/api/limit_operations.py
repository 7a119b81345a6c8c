"""The operations of limits, groups and links, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "they buy more"}
MEMBER = {"member_id": "credit_member_id"}
CUSTOMER = {"customer_id": "limit_customer_id"}
LIMIT_OPERATIONS = {
    "list_limits": (ALL,),
    "list_limits_in_force": (ALL,),
    "show_limit": (ALL,),
    "new_limit": (
        "MN",
        lambda ids, today: {
            "customer_id": ids["limit_customer_id"],
            "kind": "standard",
            "amount_minor": 100_00,
            **WHY,
        },
    ),
    "new_limits": (
        "MN",
        lambda ids, today: {
            "lines": [{"customer_number": ids["limit_customer_number"], "amount_minor": 200_00}],
            **WHY,
        },
    ),
    "change_limits": (
        "MN",
        lambda ids, today: {
            "customer_ids": [ids["limit_customer_id"]],
            "way": "percent",
            "value": -100_000,
            **WHY,
        },
    ),
    "take_back_limit": ("MN", WHY, {"limit_id": "waiting_limit_id"}),
    "list_credit_groups": (ALL,),
    "show_credit_group": (ALL,),
    "list_group_members": (ALL,),
    "new_credit_group": ("M", {"name": "Bolt group"}),
    "new_group_member": (
        "M",
        lambda ids, today: {"customer_id": ids["other_customer_id"]},
    ),
    "end_membership": ("M", {}, MEMBER),
    "end_credit_group": ("M",),
    "list_customer_links": (ALL, None, CUSTOMER),
    "show_hierarchy": (ALL, None, CUSTOMER),
    "new_customer_link": (
        "MN",
        lambda ids, today: {
            "customer_id": ids["limit_customer_id"],
            "other_id": ids["other_customer_id"],
            "kind": "payer",
        },
    ),
    "end_customer_link": ("MN", {}, {"link_id": "customer_link_id"}),
}
