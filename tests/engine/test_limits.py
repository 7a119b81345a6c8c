from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.limits import (
    IN_FORCE,
    INSURED,
    KINDS,
    NOTHING,
    RESUMPTION,
    STANDARD,
    SUSPENSION,
    TEMPORARY,
    GroupLimit,
    Lift,
    LimitInForce,
    Row,
    granted,
    group_limit,
    limit_in_force,
    states,
)

DAY = date(2026, 3, 1)


def day(number):
    return DAY + timedelta(days=number)


def row(key, amount, start, until=None, *, kind=STANDARD, decided=None):
    decided = start if decided is None else decided
    return Row(
        key,
        kind,
        amount,
        day(start),
        None if until is None else day(until),
        day(decided),
        datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=decided),
        f"boss{key}",
        "staff",
    )


def limit(rows, on=10, *, known=None, segment=NOTHING, **more):
    known_on = None if known is None else day(known)
    own = granted(rows, on=day(on), known_on=known_on)
    return limit_in_force(own, segment, currency="EUR", **more)


def test_of_two_standard_limits_the_later_one_applies_with_who_approved_it_and_when():
    found = limit([row(1, 100, 0), row(2, 50, 5, 20)])

    assert found == LimitInForce(
        "EUR",
        50,
        50,
        0,
        STANDARD,
        (2,),
        until_on=day(20),
        approved_by="boss2",
        approved_on=day(5),
        source="staff",
        scope="customer",
    )


def test_of_two_decided_for_the_same_day_the_later_decision_applies_then_the_greater_id():
    first, second = row(2, 1, 5, decided=4), row(1, 2, 5, decided=3)
    same = row(3, 3, 5, decided=4)

    assert limit([first, second]).limit_minor == 1
    assert limit([first, second, same]).limit_minor == 3


def test_a_standard_limit_that_ran_out_leaves_none_and_brings_no_older_one_back():
    rows = [row(1, 100, 0), row(2, 50, 5, 8)]

    found = limit(rows, stated_minor=70)

    assert (found.limit_minor, found.is_expired, found.until_on) == (0, True, day(8))
    assert limit(rows, on=8).limit_minor == 50


def test_a_temporary_limit_replaces_the_standard_one_while_it_lasts():
    rows = [row(1, 100, 0), row(2, 500, 5, 8, kind=TEMPORARY), row(3, 300, 6, 20, kind=TEMPORARY)]

    assert [limit(rows, on=n).limit_minor for n in (4, 5, 6, 8, 20, 21)] == [
        100, 500, 300, 300, 300, 100,
    ]  # fmt: skip


def test_a_temporary_limit_that_begins_inside_another_gives_it_back_when_it_ends():
    rows = [row(1, 500, 0, 20, kind=TEMPORARY), row(2, 900, 5, 8, kind=TEMPORARY)]

    assert [limit(rows, on=n).limit_minor for n in (4, 5, 9, 20)] == [500, 900, 500, 500]


def test_insured_rows_and_covers_lift_what_else_is_granted():
    rows = [row(1, 100, 0), row(2, 40, 0, kind=INSURED), row(3, 30, 5, 9, kind=INSURED)]
    lifts = [Lift(7, "EUR", 25), Lift(8, "CHF", None)]

    found = limit(rows, on=6, lifts=lifts)

    assert (found.base_minor, found.lifted_minor, found.limit_minor) == (100, 55, 155)
    assert (found.row_ids, found.cover_ids, found.missing_rates) == ((1, 3), (7,), ("CHF",))
    assert limit(rows, on=10).limit_minor == 100
    assert limit([], lifts=lifts).limit_minor == 25


def test_a_suspension_takes_everything_until_its_last_day():
    rows = [
        row(1, 100, 0),
        row(2, 500, 0, 30, kind=TEMPORARY),
        row(3, 0, 5, 8, kind=SUSPENSION),
    ]

    found = limit(rows, on=8, lifts=[Lift(7, "EUR", 25)])

    assert (found.limit_minor, found.base_minor, found.is_suspended) == (0, 500, True)
    assert (found.kind, found.approved_by, found.row_ids) == (SUSPENSION, "boss3", (3, 2))
    assert limit(rows, on=9).limit_minor == 500


def test_only_a_decision_of_its_own_ends_a_suspension_and_not_one_that_was_to_come():
    stop, to_come = row(2, 0, 5, kind=SUSPENSION), row(3, 0, 15, kind=SUSPENSION, decided=5)
    rows = [row(1, 100, 0), stop, to_come, row(4, 900, 7), row(5, 900, 9, kind=RESUMPTION)]

    assert [limit(rows, on=n).limit_minor for n in (5, 8, 9, 14, 15)] == [0, 0, 900, 900, 0]
    assert not limit([stop, row(6, 1, 9, kind=RESUMPTION, decided=4)], on=9).limit_minor


def test_what_was_decided_later_was_not_known():
    rows = [row(1, 100, 0), row(2, 50, 3, decided=9)]

    assert [limit(rows, known=n).limit_minor for n in (0, 8, 9)] == [100, 100, 50]
    assert limit(rows, known=-1).limit_minor is None


def test_own_limits_beat_those_of_the_segment_kind_by_kind():
    segment = granted([row(9, 30, 0), row(8, 5, 0, kind=INSURED)], on=day(10))

    assert limit([], segment=segment).limit_minor == 35
    assert limit([], segment=segment).scope == "segment"
    assert limit([row(1, 100, 0)], segment=segment).limit_minor == 105
    assert limit([row(1, 100, 0)], segment=segment).scope == "customer"
    assert limit([], segment=segment, stated_minor=70).limit_minor == 75


def test_what_the_record_of_the_customer_says_counts_where_the_ledger_has_no_limit():
    stated = limit([], stated_minor=70)

    assert (stated.limit_minor, stated.kind, stated.source, stated.scope, stated.row_ids) == (
        70, STANDARD, "customer", "customer", (),
    )  # fmt: skip
    assert limit([row(1, 100, 0)], stated_minor=70).limit_minor == 100
    assert limit([row(1, 5, 0, kind=INSURED)], stated_minor=70).limit_minor == 75


def test_a_customer_nobody_ever_gave_a_limit_has_none():
    assert limit([]) == LimitInForce("EUR")


def test_a_group_shares_a_limit_and_its_suspension_stops_every_member():
    shared = group_limit(4, "Acme group", granted([row(1, 100, 0)], on=day(10)))
    stopped = group_limit(
        4, "Acme group", granted([row(1, 100, 0), row(2, 0, 5, kind=SUSPENSION)], on=day(10))
    )

    assert shared == GroupLimit(
        4, "Acme group", 100, row_ids=(1,), approved_by="boss1", approved_on=day(0)
    )
    assert (stopped.limit_minor, stopped.is_suspended) == (0, True)
    assert limit([row(3, 50, 0)], group=shared).limit_minor == 50
    assert limit([row(3, 50, 0)], group=stopped).limit_minor == 0
    assert group_limit(4, "Acme group", NOTHING).limit_minor is None


def test_what_each_row_is_on_a_day():
    rows = [
        row(1, 100, 0),
        row(2, 200, 2),
        row(3, 500, 4, 12, kind=TEMPORARY),
        row(4, 900, 6, 7, kind=TEMPORARY),
        row(5, 0, 1, kind=SUSPENSION),
        row(6, 100, 2, kind=RESUMPTION),
        row(7, 300, 15),
    ]

    assert states(rows, on=day(10)) == {
        1: "superseded",
        2: "replaced",
        3: "in_force",
        4: "expired",
        5: "lifted",
        6: "in_force",
        7: "scheduled",
    }
    assert states(rows, on=day(1), known_on=day(1)) == {1: "replaced", 5: "in_force"}


numbers = st.integers(-20, 20)


@st.composite
def ledgers(draw):
    found = []
    for key in range(draw(st.integers(0, 8))):
        start, lasting = draw(numbers), draw(st.none() | st.integers(0, 20))
        kind = draw(st.sampled_from(KINDS))
        until = start + (lasting or 0) if lasting is not None or kind == TEMPORARY else None
        amount = draw(st.integers(0, 1000))
        found.append(row(key, amount, start, until, kind=kind, decided=draw(numbers)))
    return found


@given(ledgers(), numbers, numbers, st.randoms(use_true_random=False))
def test_the_limit_of_a_day_does_not_depend_on_the_order_of_the_rows(rows, on, known, random):
    first = limit(rows, on, known=known)
    random.shuffle(rows)

    assert limit(rows, on, known=known) == first


@given(ledgers(), numbers, numbers)
def test_no_row_of_a_later_day_or_a_later_decision_is_seen(rows, on, known):
    past = [x for x in rows if x.from_on <= day(on) and x.decided_on <= day(known)]

    assert limit(rows, on, known=known) == limit(past, on, known=known)


@given(ledgers(), numbers)
def test_a_limit_is_made_of_rows_in_force_and_of_nothing_else(rows, on):
    found, now = limit(rows, on), states(rows, on=day(on))
    known = {x.id: x for x in rows}

    assert set(now) == set(known)
    for key in found.row_ids:
        assert known[key].lasts(day(on))
        assert now[key] == IN_FORCE or found.is_suspended
    standing = [key for key, state in now.items() if state == IN_FORCE]
    assert {key for key in standing if known[key].kind != RESUMPTION} <= set(found.row_ids)


@given(ledgers(), numbers)
def test_nothing_may_be_used_while_a_suspension_stands_and_what_is_granted_otherwise(rows, on):
    found = limit(rows, on)

    if found.is_suspended:
        assert found.limit_minor == 0
    elif found.limit_minor is not None:
        assert found.limit_minor == (found.base_minor or 0) + found.lifted_minor
    else:
        assert (found.base_minor, found.lifted_minor, found.row_ids) == (None, 0, ())


@given(ledgers(), numbers, st.integers(0, 1000))
def test_a_suspension_decided_now_leaves_nothing_to_use(rows, on, amount):
    stop = row(99, amount, on, kind=SUSPENSION, decided=50)

    assert limit([*rows, stop], on).limit_minor == 0


@pytest.mark.parametrize("kind", [STANDARD, INSURED])
@given(rows=ledgers(), on=numbers)
def test_adding_an_older_row_of_a_kind_never_changes_the_limit(kind, rows, on):
    starts = [x.from_on for x in rows if x.kind == kind and x.from_on <= day(on)]
    if starts:
        old = row(99, 7, (min(starts) - DAY).days - 1, kind=kind)
        assert limit([*rows, old], on) == limit(rows, on)
