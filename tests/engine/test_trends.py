"""Receivables over time, and what changed between two days."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.items import open_items
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.ledger import Ledger
from dunwell.engine.trends import CHANGES, changes, month_ends, trend, week_ends, what_changed
from tests.engine.ledgers import FIRST, SPAN, random_rows
from tests.engine.rows import allocations, answers, disputes, items, payments, promises

AS_OF, BEFORE = date(2026, 6, 30), date(2026, 6, 29)


def test_month_and_week_ends():
    assert month_ends(as_of=date(2026, 3, 10), months=3) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 10),
    ]
    assert week_ends(as_of=date(2026, 3, 10), weeks=2) == [date(2026, 3, 3), date(2026, 3, 10)]


@pytest.mark.parametrize("days", [[], [AS_OF, BEFORE], [AS_OF, AS_OF]])
def test_days_that_do_not_ascend_are_refused(days):
    with pytest.raises(ValueError, match="each later than the one before"):
        trend(random_rows(0).ledger(), days=days)


@settings(max_examples=6)
@given(st.integers(0, 2**32), st.integers(150, SPAN))
def test_every_row_of_a_trend_equals_the_figures_of_its_day(seed, day):
    ledger, as_of = random_rows(seed).ledger(), FIRST + timedelta(days=day)
    days = month_ends(as_of=as_of, months=3)
    rows = {
        (row["currency"], row["day"]): row
        for row in answers(trend(ledger, days=days, window_days=60))
    }

    for on in days:
        left = answers(open_items(ledger.items, ledger.allocations, as_of=on))
        for value in kpi_table(ledger, as_of=on, window_days=60):
            row = rows[value.currency, day_number(on)]
            mine = [r for r in left if r["currency"] == value.currency]
            assert row["open_minor"] == sum(r["open_minor"] for r in mine)
            assert row["overdue_minor"] == sum(
                r["open_minor"] for r in mine if r["days_past_due"] > 0
            )
            column = {
                "dso": "dso_days",
                "average_days_delinquent": "add_days",
                "cei_period": "cei_percent",
            }.get(value.kpi)
            if column:
                exact = None if value.exact is None else float(value.exact)
                assert row[column] == (exact if exact is None else pytest.approx(exact))


def one_of_each() -> Ledger:
    """A ledger with one change of each kind on AS_OF and one just outside on either side."""
    after = AS_OF + timedelta(days=1)
    words = {"item_id": 3, "made_day": date(2026, 6, 1), "amount_minor": 300}
    return Ledger(
        items=items(
            {"issued_day": AS_OF, "amount_minor": 100},
            {"issued_day": date(2026, 5, 1), "due_day": BEFORE, "amount_minor": 200},
            {"issued_day": date(2026, 5, 1), "due_day": AS_OF, "amount_minor": 300},
            {"issued_day": date(2026, 5, 1), "due_day": date(2026, 6, 20), "amount_minor": 400},
            {"issued_day": after, "amount_minor": 500},
            {"issued_day": BEFORE, "amount_minor": 600},
        ),
        allocations=allocations(
            {"item_id": 2, "payment_id": 1, "amount_minor": 50, "applied_day": AS_OF},
            {"item_id": 4, "payment_id": 1, "amount_minor": 400, "applied_day": AS_OF},
            {"item_id": 3, "payment_id": 1, "amount_minor": 100, "applied_day": date(2026, 6, 8)},
        ),
        payments=payments(
            {"value_day": AS_OF, "amount_minor": 450},
            {"value_day": BEFORE},
            {"value_day": after},
        ),
        disputes=disputes(
            {"item_id": 2, "opened_day": AS_OF, "amount_minor": 20},
            {"item_id": 2, "opened_day": BEFORE},
            {"item_id": 2, "opened_day": after},
        ),
        promises=promises(
            {**words, "due_day": BEFORE},
            {**words, "due_day": BEFORE - timedelta(days=1)},
            {**words, "due_day": AS_OF},
        ),
    )


def test_each_kind_of_change_is_seen_on_its_day_and_only_then():
    found = answers(changes(one_of_each(), as_of=AS_OF, previous=BEFORE))

    assert sorted((r["change"], r["subject_id"], r["amount_minor"]) for r in found) == [
        ("new_item", 1, 100),
        ("newly_disputed", 1, 20),
        ("newly_overdue", 2, 150),
        ("payment_received", 1, 450),
        ("promise_broken", 1, 200),
        ("settled", 4, 400),
    ]
    assert {r["change"] for r in found} == set(CHANGES)


def test_what_changed_counts_and_sums_per_currency():
    found = answers(
        what_changed(one_of_each(), as_of=AS_OF, previous=date(2026, 5, 31)),
        "change",
        "count",
        "amount_minor",
    )

    assert [tuple(row.values()) for row in found] == [
        ("new_item", 2, 700),
        ("newly_disputed", 2, 10_020),
        ("newly_overdue", 1, 150),
        ("payment_received", 2, 10_450),
        ("promise_broken", 2, 400),
        ("settled", 1, 400),
    ]


@settings(max_examples=6)
@given(st.integers(0, 2**32), st.integers(60, SPAN - 20), st.integers(1, 9))
def test_changes_of_two_steps_are_those_of_both_for_what_never_ends(seed, day, step):
    ledger = random_rows(seed).ledger()
    first = FIRST + timedelta(days=day)
    middle, last = first + timedelta(days=step), first + timedelta(days=2 * step)
    lasting = ("new_item", "payment_received", "newly_disputed")

    def found(previous, as_of):
        rows = answers(changes(ledger, as_of=as_of, previous=previous))
        return [row for row in rows if row["change"] in lasting]

    both = found(first, middle) + found(middle, last)
    assert sorted(map(str, both)) == sorted(map(str, found(first, last)))
