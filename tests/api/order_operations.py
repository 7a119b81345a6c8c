"""The operations of credit checks, orders and holds, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from tests.api.order_books import order_body

ALL = "AMCKDRNF"
WHY = {"reason": "paid by phone"}
ORDER_OPERATIONS = {
    "check_credit": ("MN", lambda ids, today: order_body(ids["order_customer_id"])),
    "check_many_credits": (
        "MN",
        lambda ids, today: {"orders": [order_body(ids["order_customer_id"], "NEW-2")]},
    ),
    "list_credit_checks": (ALL,),
    "show_credit_check": (ALL,),
    "list_orders": (ALL,),
    "show_order": (ALL,),
    "change_order": ("MN", {"delivered_minor": 10_00}),
    "list_credit_holds": (ALL,),
    "show_credit_hold": (ALL,),
    "try_credit_release": (ALL,),
    "force_credit_hold": (
        "MN",
        lambda ids, today: {"customer_id": ids["order_customer_id"], **WHY},
    ),
    "review_credit_hold": ("MNF", {"note": "waits for the bank"}),
    "evaluate_credit_hold": ("MNF",),
    "release_credit_hold": ("MNF", WHY),
    "reject_credit_hold": ("MNF", WHY),
}
