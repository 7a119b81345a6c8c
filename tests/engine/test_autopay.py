"""Standing orders: what is charged on which day, and what a decline leads to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.autopay import RETRY_DAYS, STOPS, Order, Payable, next_try, planned_charges

DAY = date(2026, 3, 5)


def order(**changes):
    values = {"covers": "both", "cap_minor": None, "day_offset": 0, "notice_days": 3}
    return Order(agreed_on=DAY, **{**values, **changes})


def payable(key, due_in, amount=100, instalment=None):
    due_on = DAY + timedelta(days=due_in)
    return Payable(item_id=key, due_on=due_on, free_minor=amount, instalment_id=instalment)


def days(charges):
    return [
        ((one.charge_on - DAY).days, [line.item_id for line in one.lines], one.amount_minor)
        for one in charges
    ]


def test_what_is_due_within_the_notice_is_announced_for_its_day_and_overdue_as_soon_as_told():
    rows = [payable(1, -9), payable(2, 3), payable(3, 4), payable(4, 0, amount=0)]

    assert days(planned_charges(order(), rows, as_of=DAY)) == [(3, [1, 2], 200)]


def test_the_day_moves_with_the_offset_and_never_before_the_notice():
    rows = [payable(1, 3), payable(2, 10)]

    assert days(planned_charges(order(day_offset=-7), rows, as_of=DAY)) == [(3, [1, 2], 200)]
    assert days(planned_charges(order(day_offset=2), rows, as_of=DAY)) == []


def test_invoices_and_instalments_are_charged_as_agreed():
    rows = [payable(1, 3), payable(2, 3, instalment=7)]

    assert days(planned_charges(order(covers="items"), rows, as_of=DAY)) == [(3, [1], 100)]
    assert days(planned_charges(order(covers="instalments"), rows, as_of=DAY)) == [(3, [2], 100)]


def test_what_would_lift_a_charge_above_its_cap_waits_for_a_person():
    rows = [payable(1, 1, 60), payable(2, 2, 50), payable(3, 3, 40)]

    (charge,) = planned_charges(order(cap_minor=100), rows, as_of=DAY)

    assert [line.item_id for line in charge.lines] == [1, 3]
    assert [line.item_id for line in charge.left_out] == [2]


@given(
    st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 500)), max_size=12),
    st.integers(-30, 30),
    st.integers(1, 800),
)
def test_nothing_is_charged_without_notice_twice_or_above_the_cap(rows, offset, cap):
    payables = [payable(key, due_in, amount) for key, (due_in, amount) in enumerate(rows)]
    charges = planned_charges(order(day_offset=offset, cap_minor=cap), payables, as_of=DAY)
    charged = [line.item_id for one in charges for line in one.lines]

    assert len(charged) == len(set(charged))
    assert all(one.amount_minor <= cap for one in charges)
    assert all(one.charge_on >= DAY + timedelta(days=3) for one in charges)


@pytest.mark.parametrize(
    ("reason", "attempt", "step", "after"),
    [
        ("insufficient_funds", 1, "retry", 3),
        ("insufficient_funds", 2, "retry", 7),
        ("insufficient_funds", 3, "retry", 14),
        ("insufficient_funds", 4, "fix", None),
        ("do_not_honor", 1, "retry", 5),
        ("do_not_honor", 2, "fix", None),
        ("expired_card", 1, "fix", None),
        ("authentication_required", 1, "fix", None),
        ("stolen_card", 1, "stop", None),
        ("", 1, "fix", None),
    ],
)
def test_the_reason_of_a_decline_decides_what_follows(reason, attempt, step, after):
    found = next_try(reason, attempt=attempt, declined_on=DAY)

    assert (found.step, found.on) == (step, after and DAY + timedelta(days=after))


def test_no_reason_is_tried_more_than_four_times_or_both_tried_and_stopped():
    assert max(len(tries) for tries in RETRY_DAYS.values()) + 1 <= 4
    assert not STOPS & set(RETRY_DAYS)
