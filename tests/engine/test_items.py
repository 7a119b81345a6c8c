"""Open, settled and unapplied, on chosen days."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.items import balances, open_items, settled_items, unapplied
from tests.engine.ledgers import FIRST, SPAN, random_rows
from tests.engine.rows import allocations, answers, items, payments

INVOICE = items({"issued_day": date(2026, 1, 10), "due_day": date(2026, 2, 10)})
PAID_TWICE = allocations(
    {"payment_id": 1, "amount_minor": 4_000, "applied_day": date(2026, 2, 5)},
    {
        "payment_id": 2,
        "amount_minor": 6_000,
        "value_day": date(2026, 2, 14),
        "applied_day": date(2026, 2, 20),
    },
)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 1, 9), []),
        (date(2026, 1, 10), [(10_000, -31)]),
        (date(2026, 2, 10), [(6_000, 0)]),
        (date(2026, 2, 11), [(6_000, 1)]),
        (date(2026, 2, 19), [(6_000, 9)]),
        (date(2026, 2, 20), []),
    ],
)
def test_an_item_is_open_from_issue_until_its_last_allocation_is_booked(as_of, expected):
    opened = open_items(INVOICE, PAID_TWICE, as_of=as_of)

    assert [(row["open_minor"], row["days_past_due"]) for row in answers(opened)] == expected


def test_lateness_of_a_settled_item_follows_the_value_day():
    settled = settled_items(INVOICE, PAID_TWICE, as_of=date(2026, 2, 20))

    assert answers(
        settled, "settled_day", "paid_minor", "paid_day", "days_to_pay", "days_late"
    ) == [
        {
            "settled_day": day_number(date(2026, 2, 20)),
            "paid_minor": 10_000,
            "paid_day": day_number(date(2026, 2, 14)),
            "days_to_pay": 35,
            "days_late": 4,
        }
    ]
    assert answers(settled_items(INVOICE, PAID_TWICE, as_of=date(2026, 2, 19))) == []


def test_an_item_settled_by_credit_alone_has_no_lateness():
    credited = allocations({"source": "credit", "applied_day": date(2026, 3, 1)})
    settled = settled_items(INVOICE, credited, as_of=date(2026, 3, 1))

    assert answers(settled, "paid_minor", "paid_day", "days_late") == [
        {"paid_minor": 0, "paid_day": None, "days_late": None}
    ]


def test_a_reversed_payment_opens_the_item_again():
    bounced = allocations(
        {"payment_id": 1, "applied_day": date(2026, 2, 1)},
        {"payment_id": 1, "amount_minor": -10_000, "applied_day": date(2026, 2, 9)},
    )

    assert answers(open_items(INVOICE, bounced, as_of=date(2026, 2, 8))) == []
    assert answers(
        open_items(INVOICE, bounced, as_of=date(2026, 2, 9)), "open_minor", "last_applied_day"
    ) == [{"open_minor": 10_000, "last_applied_day": day_number(date(2026, 2, 9))}]


def test_balances_keep_credit_and_unapplied_cash_apart():
    as_of = date(2026, 3, 31)
    opened = open_items(
        items(
            {"amount_minor": 900},
            {"amount_minor": 500, "due_day": date(2026, 4, 1)},
            {"amount_minor": -200, "kind": "credit_note"},
        ),
        allocations(),
        as_of=as_of,
    )
    cash = unapplied(
        payments({"amount_minor": 300}, {"amount_minor": 50, "customer_id": None}),
        allocations({"payment_id": 1, "amount_minor": 100, "item_id": 9}),
        as_of=as_of,
    )

    assert answers(balances(opened, cash)) == [
        {
            "customer_id": 1,
            "currency": "EUR",
            "open_minor": 1_200,
            "overdue_minor": 700,
            "credit_minor": -200,
            "unapplied_minor": 200,
            "owed_minor": 1_000,
            "items": 3,
        },
        {
            "customer_id": None,
            "currency": "EUR",
            "open_minor": 0,
            "overdue_minor": 0,
            "credit_minor": 0,
            "unapplied_minor": 50,
            "owed_minor": -50,
            "items": 0,
        },
    ]


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.integers(0, SPAN))
def test_an_item_is_either_open_or_settled_and_nothing_is_lost(seed, day):
    rows = random_rows(seed)
    ledger, day = rows.ledger(), day_number(FIRST) + day
    as_of = date.fromordinal(date(1970, 1, 1).toordinal() + day)
    opened = answers(open_items(ledger.items, ledger.allocations, as_of=as_of))
    settled = answers(settled_items(ledger.items, ledger.allocations, as_of=as_of), "item_id")
    issued = [row for row in rows.items if row["issued_day"] <= day]
    keys = {row["item_id"] for row in issued}
    booked = [r for r in rows.allocations if r["applied_day"] <= day and r["item_id"] in keys]

    assert sorted(r["item_id"] for r in opened + settled) == sorted(keys)
    assert sum(r["open_minor"] for r in opened) == sum(r["amount_minor"] for r in issued) - sum(
        r["amount_minor"] for r in booked
    )
