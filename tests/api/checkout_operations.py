"""The operations on online payments and their providers, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
PROVIDER = {"name": "Second", "currencies": ["EUR"], "methods": ["card"]}
REFUND = {"refund_id": "checkout_refund_id"}
CHECKOUT_OPERATIONS = {
    "list_checkouts": (ALL,),
    "total_checkouts": (ALL,),
    "show_checkout": (ALL,),
    "make_payment_link": (
        "MCK",
        lambda ids, today: {
            "customer_id": ids["checkout_customer_id"],
            "provider_id": ids["provider_id"],
            "method": "card",
            "currency": "EUR",
            "lines": [{"item_id": ids["checkout_item_id"], "amount_minor": 10_00}],
            "key": "mail-1",
        },
    ),
    "stop_checkout": ("MK", WHY, {"checkout_id": "open_checkout_id"}),
    "propose_checkout_refund": ("K", {"amount_minor": 1_00, "reason": "damaged"}),
    "approve_refund_of_checkout": ("M", None, REFUND),
    "reject_refund_of_checkout": ("M", WHY, REFUND),
    "list_provider_events": (ALL,),
    "apply_provider_event_again": ("MK", None, {"event_id": "provider_event_id"}),
    "list_payment_providers": ("A",),
    "new_payment_provider": ("A", {**PROVIDER, "kind": "loopback"}),
    "edit_payment_provider": ("A", {**PROVIDER, "version": 0}),
    "stop_payment_provider": ("A",),
    "list_provider_payouts": (ALL,),
    "list_payout_findings": (ALL,),
    "show_provider_payout": (ALL,),
    "list_chargebacks": (ALL,),
    "answer_chargeback": ("MK",),
}
