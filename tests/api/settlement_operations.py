"""The operations of policies, approvals, settlements and incentives, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

from tests.api.settlement_books import incentive_terms, policy

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
SETTLEMENT_OPERATIONS = {
    "list_policy_kinds": (ALL,),
    "list_policies": (ALL,),
    "show_policy_in_force": (ALL,),
    "show_policy": (ALL,),
    "new_policy": (
        "AM",
        lambda ids, today: {"text": policy(today).replace("window_days: 365", "window_days: 30")},
    ),
    "publish_policy_version": ("MF",),
    "discard_policy_version": ("AM",),
    "list_approvals": (ALL,),
    "decide_on_request": ("MF", {"is_approved": True}),
    "withdraw_request": (ALL, {}),
    "list_settlements": (ALL,),
    "show_settlement_worth": (ALL, None, {"customer_id": "settled_customer_id"}),
    "show_settlement": (ALL,),
    "new_settlement": (
        "MC",
        lambda ids, today: {
            "customer_id": ids["settled_customer_id"],
            "item_ids": [ids["settleable_id"]],
            "pay_minor": 970_00,
            "pay_by_on": str(today + timedelta(days=14)),
            "reason": "insolvency looms",
        },
    ),
    "note_settlement_accepted": ("MC", {"name": "Pat"}),
    "note_settlement_declined": ("MC", WHY),
    "end_settlement": ("MC", WHY),
    "list_incentives": (ALL,),
    "show_incentive": (ALL,),
    "new_incentive": (
        "M",
        lambda ids, today: {
            **incentive_terms(today),
            "from_on": str(today),
            "until_on": str(today + timedelta(days=90)),
            "reason": "less lateness",
        },
    ),
    "stop_incentive": ("M", WHY),
}
