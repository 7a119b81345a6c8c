"""What customers owe now: the same as from the whole ledger, kept for many, summed by any column."""

from datetime import timedelta

import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import ChainHead, OpenItem
from dunwell.queries import kept_sums, segments_due, segments_facts, segments_learned
from dunwell.queries.channels import month_rows, outcome_rows, waiting_rows
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native
from dunwell.queries.segments import segment_rows
from dunwell.queries.segments_facts import (
    facts_frame,
    facts_now,
    owed_frame,
    owed_now,
    owed_totals,
)
from dunwell.queries.segments_moves import movement_of
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=90), "due_on": TODAY - timedelta(days=60)}


@pytest.fixture
def book(company):
    """K0 owes late and not, K1 less than it was billed, K2 in a currency without a rate."""
    customers = [
        add_customer(company, f"K{n}", segment=name)
        for n, name in enumerate(("strategic", "standard", "standard", "standard"))
    ]
    invoice(customers[0], "R1", 1500_00, **LATE)
    invoice(customers[0], "R2", 70_00)
    part = invoice(customers[1], "R3", 100_00, **LATE)
    apply_payment(
        actor=system(company), payment=payment(customers[1], "P1", 40_00), amounts={part: 40_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip
    invoice(customers[2], "R4", 90_00, currency="USD", **LATE)
    return customers


@pytest.fixture
def _of_a_large_book(monkeypatch):
    for store in ("_kept", "_frames"):
        monkeypatch.setattr(kept_sums, store, type(kept_sums._kept)())
    monkeypatch.setattr(kept_sums, "_may_be_taken_back", lambda: False)
    for name in ("MANY_CUSTOMERS", "MANY_ITEMS"):
        for module in (segments_facts, segments_due, segments_learned, kept_sums):
            monkeypatch.setattr(module, name, 1, raising=False)


def recorded(company):
    head, _ = ChainHead.objects.get_or_create(company=company)
    ChainHead.objects.filter(pk=head.pk).update(seq=head.seq + 1)


def test_facts_from_what_is_open_now_are_those_from_the_ledger(company, book):
    anew = native(facts_frame(Books(company), as_of=TODAY)).sort("customer_id")
    told = native(facts_now(company, as_of=TODAY)).sort("customer_id")

    assert told.equals(anew)
    assert told.select("owed_minor", "overdue_minor", "oldest_days").rows() == [
        (1570_00, 1500_00, 60),
        (60_00, 60_00, 60),
        (None, None, 60),
        (0, 0, 0),
    ]


def test_what_some_owe_is_what_all_owe_narrowed_to_them(company, book):
    every = owed_frame(company, as_of=TODAY)
    ids = [customer.pk for customer in book]

    some = owed_now(company, as_of=TODAY, customers=ids)

    told = {key: (one.owed_minor, one.overdue_minor) for key, one in some.items()}
    assert told == {
        row["customer_id"]: (row["owed_minor"], row["overdue_minor"])
        for row in every.iter_rows(named=True)
    }
    assert book[3].pk not in told


def test_a_customer_without_a_rate_is_counted_and_in_no_sum(company, book):
    rows = pl.DataFrame({"customer_id": [one.pk for one in book], "half": [0, 0, 1, 1]})

    told = owed_totals(rows, owed_frame(company, as_of=TODAY), "half").sort("half")

    assert told.rows() == [(0, 2, 1630_00, 1560_00, 0), (1, 2, 0, 0, 1)]


@pytest.mark.usefixtures("_of_a_large_book")
def test_the_sums_of_many_customers_are_kept_until_something_is_recorded(company, book):
    def told():
        return (
            segment_rows(company, as_of=TODAY),
            movement_of(company, from_on=TODAY, until_on=TODAY, as_of=TODAY).cells,
            month_rows(company, as_of=TODAY),
            outcome_rows(company, at=AT),
            waiting_rows(company),
        )

    recorded(company)
    with time_machine.travel(AT, tick=False):
        first = told()
        with CaptureQueriesContext(connection) as again:
            assert told() == first
        asked = " ".join(query["sql"] for query in again.captured_queries)
        for table in ("dunwell_openitem", "dunwell_item", "dunwell_message"):
            assert f"{table} " not in asked.replace('"', "")
        OpenItem.objects.filter(item__number="R2").delete()
        assert told() == first
        recorded(company)
        assert {row.segment: row.owed_minor for row in told()[0]} == {
            "strategic": 1500_00, "standard": 60_00,
        }  # fmt: skip
