"""Open, settled and unapplied, on chosen days."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.items import (
    BALANCES,
    OPEN_ITEMS,
    SETTLED_ITEMS,
    UNAPPLIED,
    balances,
    open_items,
    settled_items,
    unapplied,
)
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


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        # a cent is money too
        ([("payment", 1, 3, 4)], (1, 3)),
        # the last money in decides, whatever order it was booked in
        ([("payment", 6_000, 8, 9), ("payment", 4_000, 3, 12)], (10_000, 8)),
        # neither a credit nor the reversal of a payment is money that reached us
        ([("payment", 9_999, 3, 4), ("credit", 1, 9, 9)], (9_999, 3)),
        ([("payment", 7, 3, 4), ("payment", 1, 5, 5), ("payment", -1, 9, 9)], (7, 5)),
        # nor is an allocation of nothing
        ([("payment", 7, 3, 4), ("payment", 0, 9, 9)], (7, 3)),
        # money that went back in full leaves an item that credit settled
        ([("payment", 5, 3, 4), ("payment", -5, 6, 6), ("credit", 5, 9, 9)], (0, None)),
    ],
)
def test_the_day_an_item_was_paid_is_that_of_its_last_money(booked, expected):
    issued = date(2026, 2, 1)
    owed = sum(minor for _, minor, _, _ in booked)
    settled = settled_items(
        items({"amount_minor": owed, "issued_day": issued}),
        allocations(
            *[
                {
                    "source": source,
                    "amount_minor": minor,
                    "value_day": date(2026, 2, value_day),
                    "applied_day": date(2026, 2, applied_day),
                }
                for source, minor, value_day, applied_day in booked
            ]
        ),
        as_of=date(2026, 2, 28),
    )
    paid_minor, paid_on = expected
    paid_day = None if paid_on is None else day_number(date(2026, 2, paid_on))

    assert answers(settled, "paid_minor", "paid_day", "settled_day") == [
        {
            "paid_minor": paid_minor,
            "paid_day": paid_day,
            "settled_day": day_number(date(2026, 2, max(row[3] for row in booked))),
        }
    ]


def test_a_refund_that_is_paid_out_has_no_lateness():
    settled = settled_items(
        items({"kind": "refund", "amount_minor": 500}, {"amount_minor": 500}),
        allocations({"amount_minor": 500}, {"item_id": 2, "amount_minor": 500}),
        as_of=date(2026, 3, 1),
    )

    assert [row["days_late"] for row in answers(settled, "item_id", "days_late")] == [None, -30]


def test_an_item_of_nothing_is_neither_open_nor_settled_until_something_is_booked_on_it():
    nothing = items({"amount_minor": 0})
    booked = allocations({"amount_minor": 5}, {"amount_minor": -5})
    day = date(2026, 3, 1)

    assert answers(open_items(nothing, allocations(), as_of=day)) == []
    assert answers(settled_items(nothing, allocations(), as_of=day)) == []
    assert answers(settled_items(nothing, booked, as_of=day), "paid_minor") == [{"paid_minor": 0}]


def test_an_item_open_by_a_cent_is_open_and_one_paid_a_cent_too_much_as_well():
    rows = items({"amount_minor": 100}, {"amount_minor": 100}, {"amount_minor": 100})
    paid = [{"item_id": n, "amount_minor": 98 + n} for n in (1, 2, 3)]
    day = date(2026, 3, 1)

    assert answers(open_items(rows, allocations(*paid), as_of=day), "item_id", "open_minor") == [
        {"item_id": 1, "open_minor": 1},
        {"item_id": 3, "open_minor": -1},
    ]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 1, 4), []),
        (date(2026, 1, 5), [100]),
        (date(2026, 1, 8), [100]),
        (date(2026, 1, 9), [40]),
        (date(2026, 1, 10), [1]),
        (date(2026, 1, 11), []),
        (date(2026, 1, 12), [60]),
    ],
)
def test_cash_is_unapplied_from_the_day_it_came_until_all_of_it_is_put_on_items(as_of, expected):
    """An allocation of no payment, a credit, uses none of it; a reversal gives it back."""
    parts = ((60, 9), (39, 10), (1, 11), (-60, 12))
    booked = allocations(
        {"source": "credit", "amount_minor": 7, "applied_day": date(2026, 1, 5)},
        *[
            {"payment_id": 1, "amount_minor": part, "applied_day": date(2026, 1, day)}
            for part, day in parts
        ],
    )
    cash = payments({"amount_minor": 100, "value_day": date(2026, 1, 5)})

    found = answers(unapplied(cash, booked, as_of=as_of), "unapplied_minor")
    assert [row["unapplied_minor"] for row in found] == expected


@pytest.mark.parametrize("late", [-1, 0, 1, 2])
@pytest.mark.parametrize("open_minor", [-1, 1, 500])
def test_a_balance_is_overdue_from_the_day_after_the_due_date(late, open_minor):
    due = date(2026, 3, 10)
    opened = open_items(
        items({"amount_minor": open_minor, "due_day": due}),
        allocations(),
        as_of=date(2026, 3, 10 + late),
    )
    nothing = unapplied(payments(), allocations(), as_of=due)
    (found,) = answers(
        balances(opened, nothing), "open_minor", "overdue_minor", "credit_minor", "unapplied_minor"
    )

    assert found == {
        "open_minor": open_minor,
        "overdue_minor": open_minor if late > 0 else 0,
        "credit_minor": min(open_minor, 0),
        "unapplied_minor": 0,
    }


def test_a_column_is_empty_only_where_the_dictionary_allows_it_and_there_it_may_be():
    rows, day = random_rows(5, currencies=3), FIRST + timedelta(days=SPAN)
    ledger = rows.ledger()
    unknown = payments({"customer_id": None, "value_day": FIRST})
    credited = items({"item_id": 1, "issued_day": FIRST})
    by_credit = allocations({"source": "credit", "applied_day": FIRST})
    opened = open_items(ledger.items, ledger.allocations, as_of=day)
    settled = nw.concat(
        [
            settled_items(ledger.items, ledger.allocations, as_of=day),
            settled_items(credited, by_credit, as_of=day),
        ]
    )
    cash = unapplied(unknown, ledger.allocations, as_of=day)

    for frame, declared in (
        (opened, OPEN_ITEMS),
        (settled, SETTLED_ITEMS),
        (cash, UNAPPLIED),
        (balances(opened, cash), BALANCES),
    ):
        found = answers(frame)
        empty = {name for row in found for name, value in row.items() if value is None}
        assert empty == {name for name, column in declared.items() if column.nullable}


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
