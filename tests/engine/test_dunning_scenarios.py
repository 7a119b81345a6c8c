"""Kill Bill's overdue scenarios, Tryton's dunning scenarios, and what users of both miss, told as stories."""

from datetime import timedelta

import pytest

from tests.engine import rows
from tests.engine.chase_rows import (
    DAY,
    REMINDER,
    Desk,
    dicts,
    due,
    message,
    propose,
    reasons,
    sent,
    states,
    taken,
)


def test_a_payment_removes_the_item():
    desk = Desk(items=rows.items(due(9)), allocations=rows.allocations({"applied_day": DAY}))

    assert (states(propose(desk, DAY)), sent(propose(desk, DAY))) == ({}, {})


def test_a_payment_after_the_day_does_not():
    later = {"applied_day": DAY + timedelta(1)}
    desk = Desk(items=rows.items(due(9)), allocations=rows.allocations(later))

    assert sent(propose(desk, DAY)) == {1: REMINDER}


def test_a_part_payment_lowers_what_is_asked():
    part = {"applied_day": DAY, "amount_minor": 4_000}
    desk = Desk(items=rows.items(due(9)), allocations=rows.allocations(part))

    assert sent(propose(desk, DAY)) == {1: {**REMINDER, "demand": {"EUR": 6_000}}}


def test_a_payment_taken_back_lets_the_ladder_go_on_where_it_stood():
    moved = [
        {"payment_id": 1, "applied_day": DAY - timedelta(10)},
        {"payment_id": 1, "applied_day": DAY - timedelta(1), "amount_minor": -10_000},
    ]
    desk = Desk(
        items=rows.items(due(20)),
        allocations=rows.allocations(*moved),
        contacts=rows.contacts(*taken(1, l1=15)),
    )

    assert [sent(propose(desk, day)) for day in (DAY - timedelta(2), DAY)] == [
        {},
        {1: message(2, "second_reminder", {"EUR": 10_000}, [1], {1: 2})},
    ]


def test_money_received_but_not_applied_stops_the_reminder():
    desk = Desk(items=rows.items(due(9)), payments=rows.payments({"value_day": DAY}))

    assert reasons(propose(desk, DAY)) == {1: ["nothing_to_chase"]}


def test_an_adjustment_removes_what_it_settles():
    written_off = {"source": "write_off", "applied_day": DAY}
    desk = Desk(items=rows.items(due(9)), allocations=rows.allocations(written_off))

    assert states(propose(desk, DAY)) == {}


def test_an_item_issued_later_does_not_exist_yet():
    desk = Desk(items=rows.items(due(-60, issued_day=DAY + timedelta(1))))

    assert states(propose(desk, DAY)) == {}


def test_a_credit_note_is_listed_and_lowers_the_demand():
    credit = due(-10, kind="credit_note", amount_minor=-2_500)
    desk = Desk(items=rows.items(due(9), credit))

    assert sent(propose(desk, DAY)) == {1: message(1, "reminder", {"EUR": 7_500}, [1, 2], {1: 1})}


def test_a_credit_note_that_covers_the_item_leaves_no_empty_reminder():
    credit = due(9, kind="credit_note", amount_minor=-10_000)
    desk = Desk(items=rows.items(due(9), credit))

    assert (sent(propose(desk, DAY)), reasons(propose(desk, DAY))) == (
        {},
        {1: ["nothing_to_chase"]},
    )


def test_a_credit_note_alone_is_never_chased():
    desk = Desk(items=rows.items(due(90, kind="credit_note", amount_minor=-10_000)))

    assert (states(propose(desk, DAY)), dicts(propose(desk, DAY).contacts)) == ({1: "credit"}, [])


def test_a_dispute_stops_and_its_end_lets_go_on():
    closed = {"opened_day": DAY - timedelta(9), "closed_day": DAY}
    desk = Desk(items=rows.items(due(9)), disputes=rows.disputes(closed))

    assert [sent(propose(desk, day)) for day in (DAY - timedelta(1), DAY)] == [{}, {1: REMINDER}]


def test_the_undisputed_rest_is_asked_for():
    desk = Desk(items=rows.items(due(9)), disputes=rows.disputes({"amount_minor": 4_000}))

    assert sent(propose(desk, DAY)) == {1: {**REMINDER, "demand": {"EUR": 6_000}}}


def test_a_promise_stops_until_it_is_broken():
    word = {"made_day": DAY - timedelta(4), "due_day": DAY - timedelta(3), "tolerance_days": 2}
    desk = Desk(items=rows.items(due(9)), promises=rows.promises(word))

    assert [sent(propose(desk, day)) for day in (DAY - timedelta(1), DAY)] == [{}, {1: REMINDER}]


def test_a_withdrawn_promise_no_longer_stops():
    word = {"made_day": DAY - timedelta(4), "due_day": DAY + timedelta(9), "withdrawn_day": DAY}
    desk = Desk(items=rows.items(due(9)), promises=rows.promises(word))

    assert [reasons(propose(desk, day)) for day in (DAY - timedelta(1), DAY)] == [
        {1: ["promise_open"]},
        {},
    ]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("manual", "on_hold"),
        ("agreement", "on_hold"),
        ("plan", "plan_active"),
        ("legal", "legal_hold"),
        ("insolvency", "legal_hold"),
    ],
)
@pytest.mark.parametrize("item", [None, 1])
def test_a_hold_stops_to_its_last_day(reason, told, item):
    hold = {"reason": reason, "item_id": item, "from_day": DAY - timedelta(1), "until_day": DAY}
    desk = Desk(items=rows.items(due(12)), holds=rows.holds(hold))
    days = [DAY + timedelta(n) for n in (-2, -1, 0, 1)]

    assert [reasons(propose(desk, day)) for day in days] == [{}, {1: [told]}, {1: [told]}, {}]


def test_a_blocked_item_stays_and_the_rest_goes_on():
    desk = Desk(
        items=rows.items(due(20), due(9)),
        holds=rows.holds({"item_id": 1}),
        contacts=rows.contacts(*taken(1, l1=9)),
    )

    assert sent(propose(desk, DAY)) == {1: message(1, "reminder", {"EUR": 10_000}, [2], {2: 1})}
