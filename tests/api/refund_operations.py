"""The operations on refunds, payees, offsets and cash policies, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from tests.api.refund_books import cash_policy

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
REFUND_OPERATIONS = {
    "list_refunds": (ALL,),
    "total_refunds": (ALL,),
    "list_unclaimed": (ALL,),
    "show_refund": (ALL,),
    "new_refund": (
        "K",
        lambda ids, today: {
            "payment_id": ids["refund_money_id"],
            "payee_id": ids["approved_payee_id"],
            "amount_minor": 1_00,
            "reason": "paid twice",
        },
    ),
    "note_refunds_paid": (
        "MK",
        lambda ids, today: {"refund_ids": [ids["approved_refund_id"]], "paid_on": str(today)},
    ),
    "allow_refund": ("M",),
    "refuse_refund": ("M", WHY),
    "take_back_refund": ("K", WHY),
    "note_refund_failed": ("MK", WHY, {"refund_id": "approved_refund_id"}),
    "list_payees": (ALL,),
    "new_payee": (
        "K",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "name": "Globex",
            "account": "FR1420041010050500013M02606",
            "evidence": "letter",
        },
    ),
    "allow_payee": ("M",),
    "end_payee": ("M", WHY),
    "note_return": ("K", {"reason_code": "AM04", "charge_fee": True}),
    "new_offset": (
        "K",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "reference": "V-7",
            "currency": "EUR",
            "amount_minor": 1,
            "reason": "their invoice",
            "lines": [{"item_id": ids["item_id"], "amount_minor": 1}],
        },
    ),
    "list_cash_policies": (ALL,),
    "show_budget": (ALL,),
    "show_cash_policy": (ALL, None, {"version_id": "cash_version_id"}),
    "new_cash_policy": ("AM", lambda ids, today: {"text": cash_policy(today, fee=200)}),
    "publish_cash": ("M", None, {"version_id": "cash_version_id"}),
    "discard_cash": ("AM", None, {"version_id": "cash_version_id"}),
}
