"""The operations of payment plans, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from tests.api.plan_books import terms

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
PLAN_OPERATIONS = {
    "list_plans": (ALL,),
    "list_instalments": (ALL,),
    "list_plan_offers": (
        ALL,
        None,
        {"currency": "plan_currency", "covered_minor": "plan_minor"},
    ),
    "show_plan": (ALL,),
    "new_plan": (
        "MC",
        lambda ids, today: {
            "customer_id": ids["plan_customer_id"],
            "item_ids": [ids["free_item_id"]],
            **terms(today),
        },
    ),
    "replace_plan": (
        "MC",
        lambda ids, today: terms(today),
        {"plan_id": "running_plan_id"},
    ),
    "note_plan_accepted": (
        "MC",
        lambda ids, today: {"name": "Wile E.", "sha256": ids["plan_sha256"]},
    ),
    "note_plan_declined": ("MC", WHY),
    "end_plan": ("MC", WHY),
    "go_on_with_plan": ("MC", WHY, {"plan_id": "cured_plan_id"}),
    "make_plan_due": ("MC", WHY, {"plan_id": "failed_plan_id"}),
}
