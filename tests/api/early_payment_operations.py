"""The operations of early payment, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
EARLY_PAYMENT_OPERATIONS = {
    "list_early_offers": (ALL,),
    "early_offer_figures": (ALL,),
    "early_offers_of": (ALL,),
    "new_early_offer": (
        "M",
        lambda ids, today: {
            "item_id": ids["early_item_id"],
            "steps": [{"until_on": str(today + timedelta(days=5)), "rate_ppm": 10_000}],
            "reason": "needs cash",
        },
    ),
    "withdraw_early_offer": ("M", {"reason": "a slip"}),
}
