"""Who may send many rows at once, and bodies that fit."""

from datetime import timedelta


def rows(*made):
    """A body whose rows name the customer of the books."""
    return lambda ids, today: {
        "rows": [{"customer_id": ids["customer_id"], **one(ids, today)} for one in made]
    }


def item(ids, today):
    return {
        "number": "BN1", "kind": "invoice", "currency": "EUR", "amount_minor": 5_00,
        "issued_on": str(today), "due_on": str(today),
    }  # fmt: skip


def payment(ids, today):
    return {"number": "BB1", "currency": "EUR", "amount_minor": 7, "value_on": str(today)}


def promise(ids, today):
    lines = [{"item_id": ids["item_id"], "amount_minor": 1}]
    return {"lines": lines, "due_on": str(today + timedelta(days=3))}


BULK_OPERATIONS = {
    "save_many_customers": (
        "M",
        {"rows": [{"number": "BC1", "name": "Bulk", "contacts": [{"email": "a@bulk.example"}]}]},
    ),
    "new_items": ("K", rows(item)),
    "new_payments": ("K", rows(payment)),
    "new_contacts": ("MC", rows(lambda ids, today: {"email": "ap2@globex.example"})),
    "new_notes": ("MCKDNF", rows(lambda ids, today: {"kind": "note", "text": "polite"})),
    "new_promises": ("MC", rows(promise)),
}
