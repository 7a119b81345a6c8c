import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.limit_wishes import (
    ROUNDINGS,
    WAYS,
    Change,
    Wish,
    changed,
    gives_nothing,
    is_known,
    total_minor,
)
from dunwell.engine.limits import INSURED, RESUMPTION, STANDARD, SUSPENSION, TEMPORARY, granted
from tests.engine.test_limits import day, ledgers, numbers, row

ROWS = [row(1, 100, 0), row(2, 40, 0, kind=INSURED)]


def wish(amount, start=5, until=None, *, kind=STANDARD):
    return Wish(kind, amount, day(start), None if until is None else day(until))


@pytest.mark.parametrize(
    ("kind", "expect"),
    [(STANDARD, 70), (TEMPORARY, 70), (INSURED, 130), (RESUMPTION, 140)],
)
def test_authority_is_asked_for_the_limit_that_can_be_used_in_the_end(kind, expect):
    assert total_minor(wish(30, kind=kind), ROWS) == expect


def test_what_the_record_says_counts_where_the_ledger_has_nothing():
    assert total_minor(wish(0, kind=RESUMPTION), [], stated_minor=70) == 70
    assert total_minor(wish(30, kind=INSURED), [row(1, 100, 0)], stated_minor=70) == 130


@pytest.mark.parametrize(
    ("asked", "expect"),
    [
        (wish(100), True),
        (wish(99, 5, 9), True),
        (wish(101), False),
        (wish(1, -5), False),
        (wish(40, kind=INSURED), True),
        (wish(41, kind=INSURED), False),
        (wish(1, 5, 9, kind=TEMPORARY), False),
        (wish(0, kind=SUSPENSION), True),
        (wish(0, kind=RESUMPTION), False),
    ],
)
def test_a_lower_limit_gives_nothing(asked, expect):
    assert gives_nothing(asked, ROWS) is expect


def test_a_limit_that_ends_later_than_the_one_in_force_gives_something():
    rows = [row(1, 100, 0, 20)]

    assert gives_nothing(wish(50, 5, 20), rows)
    assert not gives_nothing(wish(50, 5, 21), rows)
    assert not gives_nothing(wish(50, 5), rows)
    assert not gives_nothing(wish(50, 21), rows, stated_minor=500)


def test_lowering_what_the_record_says_gives_nothing():
    assert gives_nothing(wish(70), [], stated_minor=70)
    assert not gives_nothing(wish(71), [], stated_minor=70)
    assert not gives_nothing(wish(1), [])


def test_a_temporary_limit_lasts_the_months_it_begins():
    assert [wish(1, 0, n, kind=TEMPORARY).months for n in (0, 1, 31, 32)] == [0, 1, 1, 2]
    assert (wish(1, 0, 90).months, wish(1).act) == (0, "limit")
    assert wish(1, 0, 5, kind=TEMPORARY).act == "temporary_limit"


def test_the_same_limit_again_is_known():
    assert is_known(wish(100, 0), ROWS, has_day=True)
    assert not is_known(wish(100, 5), ROWS, has_day=True)
    assert is_known(wish(100, 5), ROWS, has_day=False)
    assert not is_known(wish(100, 5, 9), ROWS, has_day=False)
    assert is_known(wish(40, 5, kind=INSURED), ROWS, has_day=False)
    assert is_known(wish(70, 5), [], has_day=False, stated_minor=70)
    assert not is_known(wish(70, 25), [row(1, 70, 0, 20)], has_day=False, stated_minor=70)


@given(ledgers(), numbers, st.integers(0, 1000), st.none() | st.integers(0, 20))
def test_what_gives_nothing_never_raises_a_limit_on_any_day(rows, start, amount, lasting):
    kept = [x for x in rows if x.kind in (STANDARD, INSURED)]
    until = None if lasting is None else start + lasting
    asked = wish(amount, start, until)
    if not gives_nothing(asked, kept):
        return
    new = row(99, amount, start, until, decided=50)
    for on in range(-20, 45):
        before, after = (granted(some, on=day(on)) for some in (kept, [*kept, new]))
        assert (after.base_minor or 0) <= (before.base_minor or 0)


@pytest.mark.parametrize(
    ("change", "expect"),
    [
        (Change(way="percent", value=100_000), 11_00),
        (Change(way="percent", value=-250_000), 7_50),
        (Change(way="percent", value=33_333), 10_33),
        (Change(way="fixed", value=-20_00), 0),
        (Change(way="set", value=5_55, step_minor=1_00), 6_00),
        (Change(way="set", value=5_50, step_minor=1_00), 6_00),
        (Change(way="set", value=5_55, step_minor=1_00, rounding="down"), 5_00),
        (Change(way="set", value=5_01, step_minor=1_00, rounding="up"), 6_00),
        (Change(way="fixed", value=0, least_minor=20_00), 20_00),
        (Change(way="percent", value=9_000_000, most_minor=50_00), 50_00),
    ],
)
def test_a_limit_of_ten_changes(change, expect):
    assert changed(10_00, change) == expect


@pytest.mark.parametrize(
    "fields",
    [
        {"way": "twice"},
        {"way": "set", "value": -1},
        {"rounding": "odd"},
        {"step_minor": 0},
        {"least_minor": 5, "most_minor": 4},
    ],
)
def test_a_change_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValueError, match=r"\.$"):
        Change(**{"way": "fixed", "value": 1, **fields})


@given(
    st.integers(0, 10**12),
    st.sampled_from(WAYS),
    st.integers(0, 2_000_000),
    st.integers(1, 10**6),
    st.sampled_from(ROUNDINGS),
)
def test_a_changed_limit_is_whole_steps_and_within_one_of_what_was_meant(
    amount, way, value, step, rounding
):
    exact = changed(amount, Change(way=way, value=value))
    found = changed(amount, Change(way=way, value=value, step_minor=step, rounding=rounding))

    assert found % step == 0
    assert abs(found - exact) < step
