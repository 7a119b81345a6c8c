"""The clock of a dispute: business days that stand still only while the customer is waited for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.dispute_clock import business_days_between, due_on, is_late, started
from dunwell.engine.dispute_routes import ClockRule, Conditions

RULE = ClockRule(when=Conditions(), respond_days=2, resolve_days=15)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("opened_on", "respond_by", "resolve_by"),
    [
        # a Thursday: Friday, Monday; Good Friday 3 April and Easter Monday do not count
        (date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 26)),
        # a Saturday counts from Monday on
        (date(2026, 3, 7), date(2026, 3, 10), date(2026, 3, 27)),
        # 2 April, the Thursday before Easter
        (date(2026, 4, 2), date(2026, 4, 8), date(2026, 4, 27)),
        # Christmas and New Year
        (date(2026, 12, 23), date(2026, 12, 28), date(2027, 1, 15)),
    ],
)
def test_the_clock_counts_business_days_of_germany(opened_on, respond_by, resolve_by):
    clock = started(RULE, opened_on=opened_on, country="DE")

    assert (clock.respond_by, clock.resolve_by) == (respond_by, resolve_by)


@pytest.mark.parametrize(
    ("paused_on", "as_of", "expected"),
    [
        (None, date(2026, 3, 20), date(2026, 3, 26)),
        (date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 26)),
        # Monday to Friday: four business days
        (date(2026, 3, 9), date(2026, 3, 13), date(2026, 4, 1)),
        # a weekend is no wait
        (date(2026, 3, 13), date(2026, 3, 15), date(2026, 3, 26)),
        # over Easter
        (date(2026, 4, 2), date(2026, 4, 7), date(2026, 3, 26)),
    ],
)
def test_waiting_for_the_customer_moves_the_last_day_on(paused_on, as_of, expected):
    due = date(2026, 3, 26)

    assert due_on(due, paused_on=paused_on, as_of=as_of, country="DE") == expected


@given(days, st.integers(0, 60), st.integers(-10, 60), st.integers(0, 60))
def test_a_wait_never_brings_the_last_day_forward_and_gives_all_its_days_back(
    opened_on, total, wait_from, waited
):
    due = started(
        ClockRule(when=Conditions(), respond_days=1, resolve_days=total + 1),
        opened_on=opened_on,
        country="DE",
    ).resolve_by
    paused_on = opened_on + timedelta(days=wait_from)
    as_of = paused_on + timedelta(days=waited)

    moved = due_on(due, paused_on=paused_on, as_of=as_of, country="DE")

    assert moved >= due
    given_back = business_days_between(due, moved, country="DE")
    is_in_time = due >= paused_on
    assert given_back == (
        business_days_between(paused_on, as_of, country="DE") if is_in_time else 0
    )
    # the longer the wait, the later the day; a day on which nothing waits changes nothing
    longer = due_on(due, paused_on=paused_on, as_of=as_of + timedelta(days=1), country="DE")
    assert longer >= moved
    assert due_on(due, paused_on=None, as_of=as_of, country="DE") == due


def test_a_case_that_waits_for_the_customer_does_not_become_late():
    due = date(2026, 3, 10)

    assert not is_late(due, paused_on=None, as_of=due)
    assert is_late(due, paused_on=None, as_of=date(2026, 3, 11))
    assert not is_late(due, paused_on=date(2026, 3, 9), as_of=date(2026, 5, 1))
    assert is_late(due, paused_on=date(2026, 3, 11), as_of=date(2026, 5, 1))
