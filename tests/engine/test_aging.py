"""Buckets: edges, sums and other dates to count from."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.aging import (
    BUCKETS,
    aging,
    aging_totals,
    bucket_labels,
    bucketed,
    counted_from,
    currency_totals,
)
from dunwell.engine.items import open_items
from tests.engine.ledgers import FIRST, SPAN, random_rows
from tests.engine.rows import allocations, answers, items, promises

AS_OF = date(2026, 6, 30)


def opened(*rows):
    return open_items(items(*rows), allocations(), as_of=AS_OF)


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [
        (-400, "not_due"),
        (0, "not_due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91+"),
        (4000, "91+"),
    ],
)
def test_the_bucket_of_a_due_date(days_past_due, bucket):
    due = AS_OF - timedelta(days=days_past_due)
    found = answers(bucketed(opened({"issued_day": date(2015, 1, 1), "due_day": due})))

    assert [(row["bucket"], row["bucket_no"]) for row in found] == [
        (bucket, BUCKETS.index(bucket))
    ]


def test_other_edges_give_other_buckets():
    assert bucket_labels((0, 7, 14)) == ("not_due", "1-7", "8-14", "15+")
    late = opened({"due_day": AS_OF - timedelta(days=8)})

    assert answers(aging(late, edges=(0, 7, 14)), "bucket") == [{"bucket": "8-14"}]


def test_totals_show_empty_buckets_and_count_customers_once():
    found = aging_totals(
        opened(
            {"due_day": AS_OF, "amount_minor": 5},
            {"due_day": AS_OF, "amount_minor": 7},
            {"due_day": AS_OF - timedelta(days=5), "customer_id": 2, "currency": "XXX"},
        )
    )
    shown = ("currency", "bucket_no", "bucket", "open_minor", "items", "customers")
    empty = (0, 0, 0)

    assert [tuple(row.values()) for row in answers(found, *shown)] == [
        ("EUR", 0, "not_due", 12, 2, 1),
        *[("EUR", n, BUCKETS[n], *empty) for n in (1, 2, 3, 4)],
        ("XXX", 0, "not_due", *empty),
        ("XXX", 1, "1-30", 10_000, 1, 1),
        *[("XXX", n, BUCKETS[n], *empty) for n in (2, 3, 4)],
    ]


def test_lateness_counted_from_issue_and_from_the_promised_day():
    row = {"issued_day": date(2026, 5, 1), "due_day": date(2026, 5, 31)}
    words = promises(
        {"made_day": date(2026, 6, 1), "due_day": date(2026, 6, 10)},
        {
            "made_day": date(2026, 6, 1),
            "due_day": date(2026, 6, 25),
            "withdrawn_day": date(2026, 6, 2),
        },
        {"made_day": date(2026, 7, 1), "due_day": date(2026, 7, 9)},
    )
    by = {
        basis: answers(
            counted_from(opened(row, row), words, basis=basis, as_of=AS_OF), "days_past_due"
        )
        for basis in ("due", "issued", "promised")
    }

    assert by == {
        "due": [{"days_past_due": 30}] * 2,
        "issued": [{"days_past_due": 60}] * 2,
        "promised": [{"days_past_due": 20}, {"days_past_due": 30}],
    }


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.integers(0, SPAN))
def test_buckets_sum_to_what_is_open(seed, day):
    ledger, as_of = random_rows(seed).ledger(), FIRST + timedelta(days=day)
    left = open_items(ledger.items, ledger.allocations, as_of=as_of)
    rows = answers(left)
    expected = {}
    for row in rows:
        sums = expected.setdefault(row["currency"], [0, 0, set()])
        sums[0] += row["open_minor"]
        sums[1] += row["open_minor"] if row["days_past_due"] > 0 else 0
        sums[2].add(row["customer_id"])

    def summed(frame):
        sums = {}
        for row in answers(frame):
            sums[row["currency"]] = sums.get(row["currency"], 0) + row["open_minor"]
        return sums

    whole = {currency: sums[0] for currency, sums in expected.items()}
    assert summed(aging(left)) == summed(aging_totals(left)) == whole
    assert {
        row["currency"]: [row["open_minor"], row["overdue_minor"], row["customers"]]
        for row in answers(currency_totals(left))
    } == {c: [total, late, len(who)] for c, (total, late, who) in expected.items()}
