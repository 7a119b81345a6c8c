"""Rewards for paying on time: streaks, the control group, and what the reward brought."""

import narwhals.stable.v2 as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.incentive_days import CustomerDays, DaysEffect, days_effect
from dunwell.engine.incentives import (
    GRANTED,
    STREAKS,
    WATCHED_ITEMS,
    CustomerShare,
    Effect,
    is_control,
    on_time_effect,
    on_time_streaks,
)
from tests.conftest import TODAY

DAY = day_number(TODAY)
TYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32}


def frame(rows, columns):
    schema = {name: TYPES[column.dtype] for name, column in columns.items()}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row").lazy())


def streaks(items, granted=(), streak=2):
    """(item, base) of every streak completed by TODAY; items are (id, due in days, paid in days)."""
    rows = [
        (key, 1, key * 100, DAY + due, None if paid is None else DAY + paid)
        for key, due, paid in items
    ]
    given = [(key, 1, DAY + on) for key, on in granted]
    found = on_time_streaks(
        frame(rows, WATCHED_ITEMS), frame(given, GRANTED), streak=streak, as_of=TODAY
    ).collect()
    assert found.columns == list(STREAKS)
    return sorted(found.select("item_id", "base_minor").rows())


def test_items_paid_in_time_one_after_the_other_complete_streaks():
    items = [(1, -10, -12), (2, -9, -9), (3, -8, -8), (4, -7, -7), (5, -6, -6)]
    assert streaks(items) == [(2, 300), (4, 700)]
    assert streaks(items, streak=1) == [(n, n * 100) for n in range(1, 6)]
    assert streaks(items, streak=6) == []


def test_lateness_begins_the_streak_anew_on_the_day_after_the_due_day():
    late = [(1, -10, -10), (2, -9, -5), (3, -8, -8), (4, -4, -4)]
    # item 2 is late from day -8 on, before item 3 is counted
    assert streaks(late) == [(4, 700)]
    # still unpaid counts the same as paid late; not yet due does not count
    assert streaks([(1, -10, -10), (2, -9, None), (3, -8, -8), (4, -4, -4)]) == [(4, 700)]
    assert streaks([(1, -10, -10), (2, 5, None), (3, -8, -8)]) == [(3, 400)]
    assert streaks([(1, 5, -1), (2, 5, 0), (3, 5, 1)]) == [(2, 300)]


def test_what_was_granted_is_not_granted_again():
    items = [(1, -10, -10), (2, -9, -9), (3, -8, -8), (4, -7, -7)]
    assert streaks(items, granted=[(2, -9)]) == [(4, 700)]
    assert streaks(items, granted=[(2, -9), (4, -1)]) == []
    # paid on one day: the order of the items decides what lies behind the grant
    same = [(key, -9, -9) for key in (1, 2, 3, 4)]
    assert streaks(same, granted=[(2, -9)]) == [(4, 700)]
    # the payment of a granted item came back: nothing before the grant counts again
    back = [(1, -10, -10), (2, -9, None), (3, -8, -8), (4, -7, -7), (5, 0, -1), (6, 0, 0)]
    assert streaks(back, granted=[(2, -3)]) == [(6, 1100)]


payments = st.lists(st.tuples(st.integers(-40, 0), st.none() | st.integers(-45, 0)), max_size=12)


@given(payments, st.integers(1, 4))
def test_granting_day_by_day_gives_what_one_look_gives(pairs, streak):
    items = [(key, due, paid) for key, (due, paid) in enumerate(pairs, 1)]
    whole = streaks(items, streak=streak)
    assert len(whole) * streak <= sum(p is not None and p <= d for d, p in pairs)
    if whole:
        # the order of completion: by day, then by item
        days = {key: paid for key, _due, paid in items}
        first = min(whole, key=lambda row: (days[row[0]], row[0]))[0]
        assert streaks(items, granted=[(first, days[first])], streak=streak) == [
            row for row in whole if row[0] != first
        ]


def test_the_control_group_is_drawn_once_and_in_its_share():
    drawn = [is_control(incentive_id=1, customer_id=n, control_ppm=200_000) for n in range(5_000)]
    assert 900 < sum(drawn) < 1_100
    assert drawn[:50] == [
        is_control(incentive_id=1, customer_id=n, control_ppm=200_000) for n in range(50)
    ]
    other = [is_control(incentive_id=2, customer_id=n, control_ppm=200_000) for n in range(50)]
    assert other != drawn[:50]
    assert not any(is_control(incentive_id=1, customer_id=n, control_ppm=0) for n in range(99))


def shares(control, *pairs):
    return [CustomerShare(is_control=control, items=n, on_time=k) for k, n in pairs]


def test_the_effect_compares_customers_with_an_interval():
    treated = shares(False, (8, 10), (9, 10), (10, 10))
    control = shares(True, (1, 2), (7, 10))
    # means .9 and .6; variances .01 and .02; half width 1.96 * sqrt(.01/3 + .02/2)
    assert on_time_effect([*treated, *control]) == Effect(
        treated=3, control=2, treated_ppm=900_000, control_ppm=600_000,
        difference_ppm=300_000, low_ppm=73_683, high_ppm=526_317,
    )  # fmt: skip
    assert on_time_effect(treated) == Effect(
        treated=3, control=0, treated_ppm=900_000, control_ppm=None,
        difference_ppm=None, low_ppm=None, high_ppm=None,
    )  # fmt: skip
    one = on_time_effect([*treated, *shares(True, (1, 2))])
    assert (one.difference_ppm, one.low_ppm) == (400_000, None)
    assert on_time_effect(shares(True, (0, 0))).control == 0


def test_days_earlier_are_told_with_their_interval_and_the_price_of_a_day():
    def owing(control, *pairs):
        return [
            CustomerDays(is_control=control, amount_minor=a, day_minor=a * d) for a, d in pairs
        ]

    treated, control = owing(False, (100, -2), (300, 0), (200, 2)), owing(True, (100, 4), (50, 6))
    # means 0 and 5 days; variances 4 and 2; half width 1.96 * sqrt(4/3 + 2/2)
    found = days_effect([*treated, *control], spent_minor=60)
    assert found == DaysEffect(
        treated=3, control=2, treated_centidays=0, control_centidays=500, earlier_centidays=500,
        low_centidays=201, high_centidays=799, amount_minor=600,
        # 60 for five days on 600: 12 a day, 7.3 times the amount a year
        day_cost_minor=12, yearly_ppm=7_300_000,
    )  # fmt: skip
    later = days_effect([*treated, *owing(True, (100, -9))], spent_minor=60)
    assert (later.earlier_centidays, later.day_cost_minor, later.low_centidays) == (
        -900,
        None,
        None,
    )
    assert days_effect(owing(False, (0, 1)), spent_minor=0).treated == 0
