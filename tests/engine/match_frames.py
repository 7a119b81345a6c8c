"""Short builders for matching: a test says only what matters, the rest is a sensible default."""

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from tests.engine.match_world import ITEMS, LINES, PAYMENTS, columns

START = date(2026, 3, 2)
TEXTS = {"account": pl.String, "end_to_end_id": pl.String, "held": pl.String}
MORE = {"reference": pl.String, "status": pl.String}


def payment(key="P1", amount=100_00, **more):
    """Return a payment of 100.00 EUR by Harbor Foods Ltd ten days after START."""
    row = {
        "payment_id": key,
        "value_day": day_number(START) + 10,
        "amount_minor": amount,
        "currency": "EUR",
        "payer": "Harbor Foods Ltd",
        "reference": "",
        "text": "",
        "account": "",
        "end_to_end_id": "",
    }
    return {**row, **_days(more)}


def item(key="INV-00101", amount=100_00, **more):
    """Return an open invoice of 100.00 EUR of Harbor Foods Ltd, issued on START, due in 30 days."""
    row = {
        "item_id": key,
        "number": key if isinstance(key, str) else "",
        "customer_id": "C1",
        "customer": "Harbor Foods Ltd",
        "issued_day": day_number(START),
        "due_day": day_number(START) + 30,
        "amount_minor": amount,
        "open_minor": more.pop("open", amount),
        "currency": "EUR",
        "terms": "",
        "reference": "",
        "status": "",
    }
    return {**row, **_days(more)}


def line(payment_id, item_ref, amount, memo="", key=None):
    """Return a remittance line."""
    return {
        "remittance_id": key or f"{payment_id}-{item_ref}-{amount}",
        "payment_id": payment_id,
        "item_ref": item_ref,
        "amount_minor": amount,
        "memo": memo,
    }


def payments(*rows):
    """Return the payments as a lazy frame."""
    return _frame(rows, {**PAYMENTS, **TEXTS})


def items(*rows):
    """Return the items as a lazy frame."""
    return _frame(rows, {**ITEMS, **MORE})


def lines(*rows):
    """Return the remittance lines as a lazy frame."""
    return _frame(rows, LINES)


def known(column, *pairs):
    """Return aliases or accounts as a lazy frame: (text, customer)."""
    rows = [{column: text, "customer_id": key} for text, key in pairs]
    return _frame(rows, {column: pl.String, "customer_id": pl.String})


def relations(*rows):
    """Return relations as a lazy frame: (payer, payer_customer_id, customer_id, kind, amount)."""
    schema = columns("payer", "payer_customer_id", "customer_id", "kind", "amount_minor")
    return _frame([dict(zip(schema, row, strict=True)) for row in rows], schema)


def _days(more):
    return {
        name.removesuffix("_on") + "_day" if isinstance(value, date) else name: (
            day_number(value) if isinstance(value, date) else value
        )
        for name, value in more.items()
    }


def _frame(rows, schema):
    rows = [{**dict.fromkeys(schema, ""), **row} for row in rows]
    return nw.from_native(pl.DataFrame(rows, schema=schema).lazy())
