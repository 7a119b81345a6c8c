"""What if the team were larger: golden days, and laws over random work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.headcount import (
    MOST_DAYS,
    DayReached,
    HeadcountRow,
    Holder,
    Move,
    Option,
    Staffing,
    WaitClass,
    Work,
    days_reached,
    fair_shares,
    headcounts,
    turns,
    waits,
)

USUAL = Staffing(people=1, minutes=20, hours=8, efforts={})


def customer(key, extra, *, minutes=10, action="call", owed=100_00, collector=None):
    options = (Option(action=action, minutes=minutes, extra_minor=extra),)
    return Work(customer_id=key, options=options, owed_minor=owed, collector_id=collector)


FOUR = [customer(1, 40), customer(2, 30), customer(3, 20), customer(4, 10)]


def test_the_most_cash_per_minute_is_reached_first():
    found = turns(FOUR, USUAL, slots=60)
    assert [(one.customer_id, one.slot) for one in found] == [(1, 1), (2, 1), (3, 2), (4, 2)]
    assert days_reached(found, people=1)[:3] == (
        DayReached(day=1, customers=2, minutes=20, extra_minor=70),
        DayReached(day=2, customers=2, minutes=20, extra_minor=30),
        DayReached(day=3, customers=0, minutes=0, extra_minor=0),
    )
    assert headcounts(found, most=3) == (
        HeadcountRow(
            people=1, day_minor=70, week_minor=100, adds_day_minor=70, adds_week_minor=100,
            waiting=0,
        ),
        HeadcountRow(
            people=2, day_minor=100, week_minor=100, adds_day_minor=30, adds_week_minor=0,
            waiting=0,
        ),
        HeadcountRow(
            people=3, day_minor=100, week_minor=100, adds_day_minor=0, adds_week_minor=0,
            waiting=0,
        ),
    )  # fmt: skip


def test_another_effort_changes_the_action_and_the_order():
    both = Work(
        customer_id=5, owed_minor=1,
        options=(
            Option(action="call", minutes=10, extra_minor=50),
            Option(action="email", minutes=4, extra_minor=16),
        ),
    )  # fmt: skip
    (usual,) = turns([both], USUAL, slots=9)
    slow = Staffing(people=1, minutes=20, hours=8, efforts={"call": 20})
    (slower,) = turns([both], slow, slots=9)
    assert (usual.action, slower.action) == ("call", "email")


def test_calls_end_with_their_hours_and_what_is_too_long_is_never_reached():
    hour = Staffing(people=1, minutes=120, hours=1, efforts={})
    work = [customer(n, 100 - n, minutes=30) for n in range(1, 5)]
    work += [customer(5, 1, minutes=60, action="letter"), customer(6, 9, minutes=90)]
    found = {one.customer_id: one.slot for one in turns(work, hour, slots=9)}
    assert found == {1: 1, 2: 1, 3: 2, 4: 2, 5: 1, 6: None}


def test_who_waits_how_long_holds_everybody_once():
    work = [customer(n, 100 - n, minutes=20) for n in range(1, 13)]
    work.append(customer(99, 5, minutes=21))
    found = turns(work, USUAL, slots=MOST_DAYS)
    told = waits(found, people=1)
    assert [(one.from_day, one.to_day, one.customers) for one in told] == [
        (1, 1, 1), (2, 2, 1), (3, 5, 3), (6, 10, 5), (11, None, 3),
    ]  # fmt: skip
    assert told[0] == WaitClass(
        from_day=1, to_day=1, customers=1, extra_minor=99, owed_minor=100_00
    )
    assert sum(one.customers for one in waits(found, people=0)) == 13
    assert waits(found, people=0)[-1].customers == 13


WORK = st.lists(
    st.tuples(
        st.integers(0, 500), st.integers(1, 40), st.sampled_from(["call", "email", "letter"]),
        st.integers(0, 9_000), st.sampled_from([None, 1, 2, 3, 7]),
    ),
    max_size=25,
).map(
    lambda rows: [
        customer(n, extra, minutes=minutes, action=action, owed=owed, collector=who)
        for n, (extra, minutes, action, owed, who) in enumerate(rows, 1)
    ]
)  # fmt: skip


@given(WORK, st.integers(1, 5), st.integers(1, 60), st.integers(0, 2))
def test_everybody_has_one_turn_no_day_is_overfilled_and_more_people_never_reach_less(
    work, people, minutes, hours
):
    staffing = Staffing(people=people, minutes=minutes, hours=hours, efforts={})
    found = turns(work, staffing, slots=(people + 2) * MOST_DAYS)
    keys = [one.customer_id for one in found]
    assert len(keys) == len(set(keys))
    assert set(keys) == {one.customer_id for one in work if one.options[0].extra_minor > 0}
    for day in days_reached(found, people=people):
        assert day.minutes <= people * minutes
    assert sum(one.customers for one in waits(found, people=people)) == len(found)
    rows = headcounts(found, most=people + 2)
    assert all(row.adds_day_minor >= 0 and row.adds_week_minor >= 0 for row in rows)
    assert rows[people - 1].day_minor == days_reached(found, people=people)[0].extra_minor
    week = sum(day.extra_minor for day in days_reached(found, people=people)[:5])
    assert rows[people - 1].week_minor == week


def spread(shares):
    """How far the parts lie from what the minutes ask for, in ppm of both wholes."""
    capacity = sum(one.minutes_a_day for one in shares)
    minutes = sum(one.new_minutes for one in shares) or 1
    owed = sum(one.new_owed_minor for one in shares) or 1

    def far(share, held_minutes, held_owed):
        part = 2_000_000 * share.minutes_a_day / capacity
        return abs(1e6 * held_minutes / minutes + 1e6 * held_owed / owed - part)

    before = sum(far(one, one.minutes, one.owed_minor) for one in shares)
    after = sum(far(one, one.new_minutes, one.new_owed_minor) for one in shares)
    return before, after


@given(WORK, st.lists(st.integers(0, 300), min_size=1, max_size=3))
def test_moves_lose_nobody_never_go_to_who_is_away_and_never_make_it_less_even(work, minutes):
    found = turns(work, USUAL, slots=60)
    holders = [Holder(user_id=n, minutes=one) for n, one in enumerate(minutes, 1)]
    held = {one.customer_id: one.collector_id for one in work}
    shares, moves = fair_shares(found, holders, held, most=100)
    away = {holder.user_id for holder in holders if not holder.minutes}
    assert not {move.to_id for move in moves} & away
    assert all(move.from_id != move.to_id for move in moves)
    assert len({move.customer_id for move in moves}) == len(moves)
    if len(away) < len(holders):
        assert sum(share.new_customers for share in shares) == len(found)
        if not any(held[turn.customer_id] in {None, 7, *away} for turn in found):
            before, after = spread(shares) if found else (0, 0)
            assert after <= before + 5


def test_the_heaviest_that_fit_go_to_who_has_least_and_customers_of_nobody_first():
    work = [customer(n, 10, collector=1) for n in range(1, 5)] + [customer(9, 10)]
    found = turns(work, USUAL, slots=60)
    holders = [Holder(user_id=1, minutes=100), Holder(user_id=2, minutes=100)]
    held = {one.customer_id: one.collector_id for one in work}
    shares, moves = fair_shares(found, holders, held, most=10)
    assert [(one.customer_id, one.from_id, one.to_id) for one in moves] == [
        (9, None, 2), (1, 1, 2),
    ]  # fmt: skip
    assert moves[0] == Move(customer_id=9, from_id=None, to_id=2, minutes=10, owed_minor=100_00)
    assert [(one.customers, one.new_customers) for one in shares] == [(4, 3), (0, 2)]
    assert fair_shares(found, holders, held, most=1)[1] == moves[:1]
    assert fair_shares(found, [], held, most=9) == ((), ())


@pytest.mark.parametrize("people", [0, 1])
def test_without_people_or_work_there_is_nothing(people):
    found = turns([], USUAL, slots=0)
    assert found == ()
    assert sum(day.customers for day in days_reached(found, people=people)) == 0
