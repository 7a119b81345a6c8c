"""Instalments paid, late, in part and missed; plans that run, fail, are cured and completed."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.plans import (
    INSTALMENT_STATUSES,
    PLAN_INSTALMENTS,
    PLAN_RECEIPTS,
    PlanRule,
    Standing,
    has_failed,
    item_days,
    judged_instalments,
    plan_standings,
    state_after,
)
from tests.engine.rows import table

ONE, TWO, THREE = date(2026, 2, 2), date(2026, 3, 2), date(2026, 4, 2)
CALENDAR = calendar_days("TARGET", first=date(2026, 1, 1), last=date(2026, 8, 31))


def plan(*amounts, plan_id=1, tolerance_days=3, due=(ONE, TWO, THREE)):
    return [
        {
            "plan_id": plan_id,
            "instalment_id": plan_id * 100 + n,
            "number": n,
            "due_day": day,
            "amount_minor": amount,
            "tolerance_days": tolerance_days,
        }
        for n, (amount, day) in enumerate(zip(amounts, due, strict=False), 1)
    ]


def got(on, amount, **other):
    row = {"plan_id": 1, "payment_id": None, "source": "payment", "amount_minor": amount}
    return {**row, "value_day": on, "applied_day": on, **other}


def frames(instalments, receipts):
    return table(PLAN_INSTALMENTS, instalments), table(PLAN_RECEIPTS, receipts)


def judged(as_of, *receipts, rows=None, calendar=CALENDAR):
    rows = plan(100_00, 100_00, 100_00) if rows is None else rows
    found = judged_instalments(*frames(rows, receipts), as_of=as_of, calendar=calendar)
    return found.collect().to_native().sort("plan_id", "number")


def told(frame):
    return frame.select("status", "paid_minor").rows()


def standing(as_of, *receipts, rows=None):
    rows = plan(100_00, 100_00, 100_00) if rows is None else rows
    found = judged_instalments(*frames(rows, receipts), as_of=as_of, calendar=CALENDAR)
    return plan_standings(found, as_of=as_of).collect().to_native().sort("plan_id").rows()


SCHEDULED = ("scheduled", 0)
FIRST = {
    "before the day": (date(2026, 2, 1), [], ("scheduled", 0)),
    "on the day": (ONE, [], ("due", 0)),
    # Monday 2 February and three business days: Thursday
    "on the last day of grace": (date(2026, 2, 5), [], ("due", 0)),
    "the day after": (date(2026, 2, 6), [], ("missed", 0)),
    "in time": (date(2026, 2, 6), [got(date(2026, 2, 5), 100_00)], ("paid", 100_00)),
    "a day late": (date(2026, 2, 6), [got(date(2026, 2, 6), 100_00)], ("late", 100_00)),
    "booked late, value in time": (
        date(2026, 2, 20),
        [got(ONE, 100_00, applied_day=date(2026, 2, 20))],
        ("paid", 100_00),
    ),
    "not booked yet": (
        date(2026, 2, 19),
        [got(ONE, 100_00, applied_day=date(2026, 2, 20))],
        ("missed", 0),
    ),
    "a cent short, in grace": (ONE, [got(ONE, 99_99)], ("due", 99_99)),
    "a cent short after it": (date(2026, 2, 6), [got(ONE, 99_99)], ("part", 99_99)),
    "two payments": (
        date(2026, 2, 9),
        [got(ONE, 60_00, payment_id=1), got(date(2026, 2, 9), 40_00, payment_id=2)],
        ("late", 100_00),
    ),
    "returned": (
        date(2026, 2, 9),
        [
            got(ONE, 100_00, payment_id=1),
            got(date(2026, 2, 9), -100_00, payment_id=1, value_day=date(2026, 2, 9)),
        ],
        ("missed", 0),
    ),
    "a credit note pays as well": (
        date(2026, 2, 9),
        [got(ONE, 100_00, source="credit")],
        ("paid", 100_00),
    ),
    "a write-off pays nothing": (
        date(2026, 2, 9),
        [got(ONE, 100_00, source="write_off")],
        ("missed", 0),
    ),
    "its own concession pays nothing": (
        date(2026, 2, 9),
        [got(ONE, 300_00, source="concession")],
        ("missed", 0),
    ),
}


@pytest.mark.parametrize("name", FIRST)
def test_the_first_instalment(name):
    as_of, receipts, expected = FIRST[name]
    assert told(judged(as_of, *receipts))[0] == expected


def test_money_goes_to_the_oldest_instalment_first():
    frame = judged(date(2026, 4, 10), got(date(2026, 3, 4), 250_00, payment_id=1))
    assert told(frame) == [("late", 100_00), ("paid", 100_00), ("part", 50_00)]
    assert frame["paid_day"].to_list() == [day_number(date(2026, 3, 4))] * 2 + [None]


def test_what_is_written_off_lowers_the_last_instalments():
    rows = plan(100_00, 100_00, 100_00)
    late = date(2026, 4, 10)
    off = got(date(2026, 2, 20), 150_00, source="write_off")
    paid = got(ONE, 100_00, payment_id=1)
    assert told(judged(late, paid, off, rows=rows)) == [
        ("paid", 100_00),
        ("missed", 0),
        ("missed", 0),
    ]
    more = got(TWO, 50_00, payment_id=2)
    assert [status for status, _ in told(judged(late, paid, off, more, rows=rows))] == [
        "paid",
        "paid",
        "paid",
    ]
    assert standing(late, paid, off, more)[0][-1] is True


def test_without_a_calendar_grace_is_counted_in_days():
    friday = date(2026, 2, 27)
    rows = plan(100_00, due=(friday,), tolerance_days=2)
    sunday, wednesday = date(2026, 3, 1), date(2026, 3, 4)
    assert told(judged(date(2026, 3, 2), rows=rows, calendar=None)) == [("missed", 0)]
    assert told(judged(date(2026, 3, 2), rows=rows)) == [("due", 0)]
    assert told(judged(sunday, rows=rows, calendar=None)) == [("due", 0)]
    assert told(judged(wednesday, rows=rows)) == [("missed", 0)]


def test_the_standing_counts_what_failed_and_since_when():
    as_of = date(2026, 3, 10)
    assert standing(as_of, got(ONE, 40_00)) == [
        (1, 300_00, 40_00, 160_00, 2, 36, None, False),
    ]
    assert standing(as_of, got(date(2026, 3, 9), 200_00)) == [
        (1, 300_00, 200_00, 0, 0, 0, day_number(date(2026, 3, 9)), False),
    ]
    assert standing(as_of, got(ONE, 300_00)) == [
        (1, 300_00, 300_00, 0, 0, 0, day_number(ONE), True),
    ]


def test_plans_are_judged_apart():
    rows = plan(10_00, 10_00) + plan(5_00, 5_00, plan_id=2)
    frame = judged(date(2026, 3, 20), got(ONE, 10_00), got(ONE, 10_00, plan_id=2), rows=rows)
    assert told(frame) == [("paid", 10_00), ("missed", 0), ("paid", 5_00), ("paid", 5_00)]


RECEIPT = st.tuples(st.integers(0, 90), st.integers(1, 120_00), st.integers(0, 20), st.booleans())
"""Value day, amount, days until it is booked, whether it comes back 30 days later."""


def receipts_of(told_rows):
    rows = []
    for n, (value, amount, wait, is_back) in enumerate(told_rows, 1):
        on = date(2026, 1, 20) + timedelta(days=value)
        booked = on + timedelta(days=wait)
        rows.append(got(on, amount, payment_id=n, applied_day=booked))
        if is_back:
            rows.append(got(on, -amount, payment_id=n, applied_day=booked + timedelta(days=30)))
    return rows


@settings(max_examples=40)
@given(told_rows=st.lists(RECEIPT, max_size=6), days=st.integers(0, 120))
def test_laws_of_judging(told_rows, days):
    as_of = date(2026, 1, 20) + timedelta(days=days)
    receipts = receipts_of(told_rows)
    frame = judged(as_of, *receipts)
    day = day_number(as_of)
    came = sum(r["amount_minor"] for r in receipts if r["applied_day"] <= as_of)
    assert frame["paid_minor"].sum() == min(came, 300_00)
    assert set(frame["status"]) <= set(INSTALMENT_STATUSES)
    # oldest first: nothing is paid of one while the one before is not covered
    covered = frame["is_covered"].to_list()
    assert covered == sorted(covered, reverse=True)
    for row in frame.iter_rows(named=True):
        is_full = row["paid_minor"] == row["amount_minor"]
        assert is_full == row["is_covered"] == (row["status"] in {"paid", "late"})
        if row["status"] in {"part", "missed"}:
            assert row["judged_day"] < day
    # what is booked later does not exist yet
    known = [r for r in receipts if r["applied_day"] <= as_of]
    assert judged(as_of, *known).equals(frame)


@settings(max_examples=30)
@given(
    lines=st.lists(st.integers(1, 100), min_size=1, max_size=5),
    amounts=st.lists(st.integers(1, 100), min_size=1, max_size=3),
)
def test_an_item_is_paid_with_the_instalment_that_covers_the_last_of_it(lines, amounts):
    rows = plan(*amounts)
    frame = pl.DataFrame(
        {
            "plan_id": [1] * len(lines),
            "item_id": range(len(lines)),
            "place": range(len(lines)),
            "amount_minor": lines,
        }
    )
    found = (
        item_days(nw.from_native(frame.lazy()), table(PLAN_INSTALMENTS, rows))
        .collect()
        .to_native()
    )
    expected = []
    for n in range(len(lines)):
        upto, come = sum(lines[: n + 1]), 0
        on = rows[-1]["due_day"]
        for row in rows:
            come += row["amount_minor"]
            if come >= upto:
                on = row["due_day"]
                break
        expected.append((n, day_number(on)))
    assert sorted(found.select("item_id", "due_day").rows()) == expected


DAY = date(2026, 3, 5)
RULE = PlanRule(tolerance_days=3, missed=2, days=30, cure_days=14, acceleration="ask")


def rule(acceleration):
    return PlanRule(tolerance_days=3, missed=2, days=30, cure_days=14, acceleration=acceleration)


def stands(failed=0, days_late=0, cleared_on=None, is_paid=False):
    return Standing(is_paid=is_paid, failed=failed, days_late=days_late, cleared_on=cleared_on)


LONG_AGO = DAY - timedelta(days=15)
LAST = DAY - timedelta(days=14)
STATES = [
    ("active", stands(), "ask", None, "active"),
    ("active", stands(1, 29), "ask", None, "active"),
    ("active", stands(2, 5), "ask", None, "defaulted"),
    ("active", stands(1, 30), "ask", None, "defaulted"),
    ("active", stands(is_paid=True), "ask", None, "completed"),
    ("defaulted", stands(2, 40), "ask", LAST, "defaulted"),
    ("defaulted", stands(1, 3), "ask", LAST, "defaulted"),
    ("defaulted", stands(cleared_on=DAY), "ask", LAST, "active"),
    # the money came in time, and was booked after the days to cure
    ("defaulted", stands(cleared_on=DAY - timedelta(days=1)), "ask", LONG_AGO, "active"),
    ("defaulted", stands(cleared_on=DAY), "ask", LONG_AGO, "defaulted"),
    ("defaulted", stands(cleared_on=DAY), "never", LONG_AGO, "active"),
    ("defaulted", stands(cleared_on=DAY), "auto", LONG_AGO, "accelerated"),
    ("defaulted", stands(2, 40), "auto", LAST, "defaulted"),
    ("defaulted", stands(2, 40), "auto", LONG_AGO, "accelerated"),
    ("defaulted", stands(is_paid=True), "auto", LONG_AGO, "completed"),
    ("accelerated", stands(2, 40), "auto", LONG_AGO, "accelerated"),
    ("accelerated", stands(is_paid=True), "auto", LONG_AGO, "completed"),
    ("completed", stands(1, 3), "ask", None, "active"),
    ("completed", stands(2, 40), "ask", LAST, "defaulted"),
]


@pytest.mark.parametrize(("state", "standing", "acceleration", "defaulted_on", "after"), STATES)
def test_the_state_that_follows(state, standing, acceleration, defaulted_on, after):
    found = state_after(state, standing, rule(acceleration), defaulted_on=defaulted_on, as_of=DAY)
    assert found == after


def test_a_limit_of_zero_never_is_reached():
    assert has_failed(0, 30, missed=9, days_late=29) is False
    assert has_failed(2, 0, missed=1, days_late=99) is False
    assert has_failed(2, 0, missed=2, days_late=0) is True
