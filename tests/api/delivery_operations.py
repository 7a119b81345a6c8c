"""The operations of deliveries and answers to invoices, for the table of all of them."""

from datetime import date

from tests.api.delivery_books import answer

ALL = "AMCKDRNF"
DELIVERY_OPERATIONS = {
    "list_deliveries": (ALL,),
    "show_delivery": (ALL,),
    "add_delivery_note": (
        "MCK",
        lambda _ids, today: {"stage": "received", "on": today.isoformat()},
    ),
    "list_invoice_responses": (ALL,),
    "take_invoice_responses": (
        "MCK",
        None,
        {},
        True,
        answer("R1", identity="sent", on=date(2026, 3, 4)),
    ),
    "list_cashed": (ALL,),
}
