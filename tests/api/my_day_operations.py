"""The operations of one's own day and of promised amounts, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
MY_DAY_OPERATIONS = {
    "show_my_day": (ALL,),
    "list_calls": (ALL,),
    "add_promised_amount": (
        "MC",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "currency": "EUR",
            "amount_minor": 1,
            "due_on": str(today + timedelta(days=3)),
        },
    ),
}
