"""Statements of account: what moves a balance, and the laws that make them reconcile."""

from datetime import date, timedelta
from random import Random

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.items import balances, open_items, unapplied
from dunwell.engine.ledger import known
from dunwell.engine.schema import SchemaError
from dunwell.engine.statements import (
    LINE_ORDER,
    STATEMENT_ALLOCATIONS,
    STATEMENT_ITEMS,
    STATEMENT_LINES,
    STATEMENT_TOTALS,
    account_moves,
    statements,
)
from tests.engine.ledgers import FIRST, LAST, SPAN, random_rows
from tests.engine.rows import answers, items, payments, table

MARCH = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
SHOWN = ("day", "source", "source_id", "kind", "amount_minor", "balance_minor")
DAYS = st.integers(0, SPAN).map(lambda n: FIRST + timedelta(days=n))


def allocations(*rows):
    """Allocations of money in the item's own currency unless said otherwise."""
    filled = []
    for number, row in enumerate(rows, 1):
        given = {
            "allocation_id": number,
            "item_id": 1,
            "payment_id": None,
            "counter_item_id": None,
            "source": "payment",
            "applied_day": date(2026, 3, 10),
            **row,
        }
        filled.append(
            {
                "value_day": given["applied_day"],
                "recorded_day": given["applied_day"],
                "paid_minor": given["amount_minor"],
                **given,
            }
        )
    return table(STATEMENT_ALLOCATIONS, filled)


def lines(found, customer_id=1):
    """The lines of a customer in order: day in March, kind, amount, balance."""
    order = ["currency", "day", "source_no", "source_id", "other_id"]
    rows = found.lines.filter(nw.col("customer_id") == customer_id).collect("polars").sort(*order)
    first = day_number(date(2026, 2, 28))
    return [
        (row["day"] - first, row["kind"], row["amount_minor"], row["balance_minor"])
        for row in rows.rows(named=True)
    ]


def totals(found):
    """Customer, currency, opening, movements and closing of every account."""
    names = ("customer_id", "currency", "opening_minor", "movements_minor", "closing_minor")
    return [tuple(row.values()) for row in answers(found.totals, *names)]


def test_documents_money_and_adjustments_move_the_balance_and_applying_does_not():
    found = statements(
        items(
            {"amount_minor": 1_000, "issued_day": date(2026, 2, 10)},
            {"amount_minor": 500, "issued_day": date(2026, 3, 5)},
            {"amount_minor": -200, "issued_day": date(2026, 3, 6), "kind": "credit_note"},
        ),
        allocations(
            {"item_id": 1, "payment_id": 1, "amount_minor": 900},
            {"item_id": 1, "source": "discount", "amount_minor": 100},
            {"item_id": 2, "source": "credit", "amount_minor": 200, "counter_item_id": 3},
            {"item_id": 3, "source": "credit", "amount_minor": -200, "counter_item_id": 2},
        ),
        payments({"amount_minor": 950, "value_day": date(2026, 3, 9)}),
        **MARCH,
    )

    assert lines(found) == [
        (5, "invoice", 500, 1_500),
        (6, "credit_note", -200, 1_300),
        (9, "payment", -950, 350),
        (10, "discount", -100, 250),
    ]
    assert answers(found.totals) == [
        {
            "customer_id": 1,
            "currency": "EUR",
            "opening_minor": 1_000,
            "movements_minor": -750,
            "closing_minor": 250,
            "open_minor": 300,
            "overdue_minor": 0,
            "unapplied_minor": 50,
        }
    ]
    assert answers(found.open_items, "item_id", "open_minor", "bucket") == [
        {"item_id": 2, "open_minor": 300, "bucket": "not_due"}
    ]
    assert answers(found.unapplied, "payment_id", "unapplied_minor") == [
        {"payment_id": 1, "unapplied_minor": 50}
    ]


def test_a_returned_payment_and_a_write_off_taken_back_are_lines_of_their_own():
    found = statements(
        items({"amount_minor": 1_000, "issued_day": date(2026, 3, 1)}),
        allocations(
            {"payment_id": 1, "amount_minor": 1_000, "applied_day": date(2026, 3, 2)},
            {"payment_id": 1, "amount_minor": -1_000, "applied_day": date(2026, 3, 8)},
            {"source": "write_off", "amount_minor": 40, "applied_day": date(2026, 3, 9)},
            {"source": "write_off", "amount_minor": -40, "applied_day": date(2026, 3, 20)},
        ),
        payments(
            {"amount_minor": 1_000, "value_day": date(2026, 3, 2)},
            {"amount_minor": -1_000, "value_day": date(2026, 3, 8)},
        ),
        **MARCH,
    )

    assert lines(found) == [
        (1, "invoice", 1_000, 1_000),
        (2, "payment", -1_000, 0),
        (8, "payment_returned", 1_000, 1_000),
        (9, "write_off", -40, 960),
        (20, "write_off", 40, 1_000),
    ]


def test_a_parent_s_payment_moves_both_accounts_and_money_of_nobody_only_the_debtor_s():
    found = statements(
        items(
            {"customer_id": 2, "amount_minor": 700, "issued_day": date(2026, 3, 1)},
            {"customer_id": 2, "amount_minor": 80, "issued_day": date(2026, 3, 1)},
        ),
        allocations(
            {"item_id": 1, "payment_id": 1, "amount_minor": 700},
            {"item_id": 2, "payment_id": 2, "amount_minor": 80},
        ),
        payments(
            {"customer_id": 1, "amount_minor": 700, "value_day": date(2026, 3, 9)},
            {"customer_id": None, "amount_minor": 90, "value_day": date(2026, 3, 9)},
        ),
        **MARCH,
    )

    assert lines(found) == [(9, "payment", -700, -700), (10, "paid_for_other", 700, 0)]
    assert lines(found, 2) == [
        (1, "invoice", 700, 700),
        (1, "invoice", 80, 780),
        (10, "paid_by_other", -700, 80),
        (10, "paid_by_other", -80, 0),
    ]
    assert totals(found) == [(1, "EUR", 0, 0, 0), (2, "EUR", 0, 0, 0)]


def test_money_put_on_an_item_in_another_currency_moves_both_currencies():
    found = statements(
        items({"currency": "USD", "amount_minor": 110, "issued_day": date(2026, 3, 1)}),
        allocations({"payment_id": 1, "amount_minor": 110, "paid_minor": 100}),
        payments({"amount_minor": 120, "value_day": date(2026, 3, 9)}),
        **MARCH,
    )

    assert lines(found) == [
        (9, "payment", -120, -120),
        (10, "exchange", 100, -20),
        (1, "invoice", 110, 110),
        (10, "exchange", -110, 0),
    ]
    assert totals(found) == [(1, "EUR", 0, -20, -20), (1, "USD", 0, 0, 0)]


def test_a_span_that_ends_before_it_begins_and_a_missing_column_are_refused():
    with pytest.raises(ValueError, match="ends on 2026-02-28, before it begins on 2026-03-01"):
        statements(
            items(), allocations(), payments(), from_on=date(2026, 3, 1), to_on=date(2026, 2, 28)
        )
    with pytest.raises(SchemaError, match="paid_minor is missing"):
        statements(items(), allocations().drop("paid_minor"), payments(), **MARCH)


def ledger(seed):
    """A random ledger with parents' payments, unknown payers, exchanges and nettings.

    Days of booking before issue and value are left in: the laws hold for any rows.
    """
    random, rows = Random(seed), random_rows(seed, items_each=10)
    for payment in rows.payments:
        payment["customer_id"] = random.choice((payment["customer_id"], 1, 2, None))
        if random.random() < 0.2:
            payment["currency"] = random.choice(("C00", "C01"))
    of = {payment["payment_id"]: payment for payment in rows.payments}
    made = []
    for number, row in enumerate(rows.allocations, 1):
        payment = of.get(row.get("payment_id"))
        paid = row["amount_minor"] + (random.randint(-5, 5) if payment else 0)
        made.append({"counter_item_id": None, **row, "allocation_id": number, "paid_minor": paid})
    for debit in rows.items:
        for credit in rows.items:
            same = (debit["customer_id"], debit["currency"]) == (
                credit["customer_id"],
                credit["currency"],
            )
            if credit["amount_minor"] < 0 < debit["amount_minor"] and same:
                day = max(debit["issued_day"], credit["issued_day"]) + random.randint(-9, 30)
                for one, other, sign in ((debit, credit, 1), (credit, debit, -1)):
                    made.append(
                        {
                            "allocation_id": len(made) + 1,
                            "item_id": one["item_id"],
                            "counter_item_id": other["item_id"],
                            "source": "credit",
                            "amount_minor": sign * 7,
                            "applied_day": day,
                            "recorded_day": day,
                        }
                    )
    return items(*rows.items), allocations(*made), payments(*rows.payments)


def owed(frames, day):
    """The control account by hand: receivables less unapplied cash, per customer and currency."""
    items_, booked, money = (frame.collect("polars").rows(named=True) for frame in frames)
    number, sums = day_number(day), {}
    by_item = {row["item_id"]: row for row in items_}
    by_payment = {row["payment_id"]: row for row in money}

    def add(row, amount):
        key = (row["customer_id"], row["currency"])
        sums[key] = sums.get(key, 0) + amount

    for row in items_:
        if row["issued_day"] <= number:
            add(row, row["amount_minor"])
    for row in money:
        if row["value_day"] <= number:
            add(row, -row["amount_minor"])
    for row in booked:
        item, payment = by_item[row["item_id"]], by_payment.get(row["payment_id"])
        if max(row["applied_day"], item["issued_day"]) <= number:
            add(item, -row["amount_minor"])
        if payment and max(row["applied_day"], payment["value_day"]) <= number:
            add(payment, row["paid_minor"])
    return {key: minor for key, minor in sums.items() if minor and key[0] is not None}


def by_account(frame, column):
    rows = answers(frame, "customer_id", "currency", column)
    return {
        (row["customer_id"], row["currency"]): row[column]
        for row in rows
        if row[column] and row["customer_id"] is not None
    }


@settings(max_examples=20)
@given(st.integers(0, 400), DAYS, st.integers(0, 120))
def test_opening_and_movements_make_the_closing_and_both_are_the_control_account(
    seed, from_on, days
):
    frames, to_on = ledger(seed), from_on + timedelta(days=days)
    found = statements(*frames, from_on=from_on, to_on=to_on)
    rows = answers(found.totals)

    assert [
        row
        for row in rows
        if row["opening_minor"] + row["movements_minor"] != row["closing_minor"]
    ] == []
    assert [
        row for row in rows if row["open_minor"] - row["unapplied_minor"] != row["closing_minor"]
    ] == []
    assert by_account(found.totals, "opening_minor") == owed(frames, from_on - timedelta(days=1))
    assert by_account(found.totals, "closing_minor") == owed(frames, to_on)


@settings(max_examples=12)
@given(st.integers(0, 400), DAYS, st.integers(1, 90))
def test_the_closing_of_one_span_is_the_opening_of_the_next(seed, to_on, days):
    frames = ledger(seed)
    one = statements(*frames, from_on=FIRST, to_on=to_on)
    two = statements(
        *frames, from_on=to_on + timedelta(days=1), to_on=to_on + timedelta(days=days)
    )

    assert by_account(one.totals, "closing_minor") == by_account(two.totals, "opening_minor")


@settings(max_examples=20)
@given(st.integers(0, 400), DAYS, st.integers(0, 200))
def test_the_lines_run_to_the_closing_and_the_buckets_sum_to_what_is_open(seed, from_on, days):
    found = statements(*ledger(seed), from_on=from_on, to_on=from_on + timedelta(days=days))
    accounts = {(row["customer_id"], row["currency"]): row for row in answers(found.totals)}
    running = {key: row["opening_minor"] for key, row in accounts.items()}
    opened = dict.fromkeys(accounts, 0)
    for row in found.lines.collect("polars").sort(*LINE_ORDER).rows(named=True):
        key = (row["customer_id"], row["currency"])
        running[key] += row["amount_minor"]
        assert row["balance_minor"] == running[key]
    for row in answers(found.open_items):
        opened[row["customer_id"], row["currency"]] += row["open_minor"]

    assert running == {key: row["closing_minor"] for key, row in accounts.items()}
    assert opened == {key: row["open_minor"] for key, row in accounts.items()}


@settings(max_examples=20)
@given(st.integers(0, 400), DAYS)
def test_the_moves_sum_to_the_balances_of_the_same_day(seed, as_of):
    items_, booked, money = ledger(seed)
    expected = balances(
        open_items(items_, booked, as_of=as_of), unapplied(money, booked, as_of=as_of)
    )
    moves = account_moves(items_, booked, money, as_of=as_of)
    summed = moves.group_by("customer_id", "currency").agg(owed_minor=nw.col("amount_minor").sum())

    assert by_account(summed, "owed_minor") == by_account(expected, "owed_minor")


@settings(max_examples=8)
@given(st.integers(0, 400), DAYS)
def test_later_rows_change_no_statement_and_what_was_recorded_later_only_a_corrected_one(
    seed, to_on
):
    frames = ledger(seed)
    day = day_number(to_on)
    cut = (
        frames[0].filter(nw.col("issued_day") <= day),
        frames[1].filter(nw.col("applied_day") <= day),
        frames[2].filter(nw.col("value_day") <= day),
    )
    span = {"from_on": FIRST, "to_on": to_on}
    as_known = [known(frame, on=to_on) for frame in frames]
    first = statements(*as_known, **span)
    # rows recorded after the first statement change the corrected one, never the first again
    again = statements(*[known(frame, on=to_on) for frame in frames], **span)
    corrected = statements(
        *[known(frame, on=LAST + timedelta(days=99)) for frame in frames], **span
    )

    assert answers(statements(*frames, **span).totals) == answers(statements(*cut, **span).totals)
    assert answers(first.lines) == answers(again.lines)
    assert by_account(corrected.totals, "closing_minor") == owed(frames, to_on)


def test_the_frames_have_the_declared_columns():
    found = statements(items({}), allocations(), payments(), **MARCH)

    assert found.totals.collect_schema().names() == list(STATEMENT_TOTALS)
    assert found.lines.collect_schema().names() == list(STATEMENT_LINES)
    assert found.open_items.collect_schema().names() == list(STATEMENT_ITEMS)
