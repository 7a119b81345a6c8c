"""The company of the examples in docs/how-to, on 5 March 2026, with the numbers they name."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import time_machine

from tests.client import live_desk

NEXT = {
    "customer": 36, "item": 488, "payment": 6092, "note": 71, "promise": 12, "importbatch": 2,
    "anomaly": 7, "webhookendpoint": 3,
}  # fmt: skip
"""The number a kind of record goes on with: the examples are of a desk that has been used."""


def make_application():
    """The desk's application over a company with overdue items and what is expected of them."""
    file = Path(os.environ["DUNWELL_DATA_DIR"]) / "dunwell.sqlite3"
    with closing(sqlite3.connect(file)) as database, database:
        database.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
            [(f"dunwell_{name}", number - 1) for name, number in NEXT.items()],
        )
    from tests.conftest import AT

    # days in the examples stay what they are: the desk lives on theirs
    time_machine.travel(AT, tick=True).start()
    application = live_desk.make_application()
    add_books()
    return application


def add_books():
    """Three overdue items, what a model says of them, and a finding."""
    from dunwell.models import Customer
    from tests.actions.ledger_rows import invoice
    from tests.actions.test_anomalies import find, finding
    from tests.api.prediction_books import forecast, predict, score, versions
    from tests.conftest import AT, TODAY

    customer = Customer.objects.get()
    items = [
        invoice(
            customer, f"R{number}", amount_minor, issued_on=TODAY - timedelta(days=40),
            due_on=TODAY - timedelta(days=10),
        )
        for number, amount_minor in ((1, 500_00), (2, 125_00), (3, 99_90))
    ]  # fmt: skip
    on = {"as_of": TODAY, "at": AT}
    serving, _ = versions(customer.company, **on)
    predict(serving, items, **on)
    forecast(serving, **on)
    score(customer.company, [customer], **on)
    find(
        customer.company,
        finding("amount_high:item:1", item_id=items[0].pk, customer_id=customer.pk),
        as_of=TODAY,
    )
