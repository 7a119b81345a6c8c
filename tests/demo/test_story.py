"""The story of the demo: the crisis is in the figures, where it was planted and for as long."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import polars as pl
import pytest

from dunwell.demo.crisis import BEGINS, NAMES, OVER, draw_crisis
from dunwell.demo.customers import draw_profiles
from dunwell.demo.ledger import DemoLedger, demo_ledger
from dunwell.demo.scene import STORY_DAYS, draw_scene
from dunwell.engine.break_points import pieces
from dunwell.engine.calendars import day_date, day_number, month_number
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.seasonality import decomposition
from dunwell.engine.trends import month_ends, trend
from tests.engine.planted import native, told

AS_OF = date(2026, 11, 25)
DAYS = (AS_OF, date(2026, 3, 5), date(2026, 8, 17))
MOST_OFF = 3
"""Months a break may lie beside the planted day: money comes in weeks after it was due."""


@cache
def ledger(seed: int = 1, as_of: date = AS_OF) -> DemoLedger:
    return demo_ledger(as_of=as_of, seed=seed, has_crisis=True)


def cleared(found: DemoLedger) -> DemoLedger:
    """The ledger as the desk leaves it: what the players owed is gone."""
    gone = found.story["item_number"].implode()
    left = ~pl.col("item_number").is_in(gone)
    return replace(
        found, items=found.items.filter(left), allocations=found.allocations.filter(left)
    )


@cache
def course(seed: int, as_of: date, column: str) -> list[tuple[date, float]]:
    """A figure of our own currency by month ends that have a whole window behind them."""
    found = ledger(seed, as_of)
    first = day_date(found.items["issued_day"].min())
    days = [
        day
        for day in month_ends(as_of=as_of, months=60)
        if day >= first + timedelta(days=WINDOW_DAYS)
    ]
    frame = native(trend(told(cleared(found)).ledger, days=days, window_days=WINDOW_DAYS))
    rows = frame.filter(pl.col("currency") == "EUR").sort("day").select("day", column)
    return [(day_date(day), value) for day, value in rows.iter_rows()]


def breaks_of(seed: int, as_of: date, column: str) -> list[int]:
    """How many months before the last day each break of the product's own analysis begins."""
    months = course(seed, as_of, column)
    apart = decomposition([value for _, value in months], first_month=months[0][0].month)
    assert apart is not None and not apart.has_season
    return [
        month_number(as_of) - month_number(months[piece.first][0])
        for piece in pieces(apart.adjusted)[1:]
    ]


@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("column", ["dso_days", "cei_percent", "add_days"])
def test_the_analysis_finds_the_crisis_and_the_recovery_where_they_were_planted(
    column, seed, as_of
):
    found = breaks_of(seed, as_of, column)
    assert any(abs(months - BEGINS) <= MOST_OFF for months in found), found
    # recovered is what came due from OVER on; the break is the month before, when money returns
    assert any(abs(months - OVER - 1) <= MOST_OFF for months in found), found


@pytest.mark.parametrize("as_of", DAYS)
def test_dso_rises_by_half_and_comes_back(as_of):
    months = [value for _, value in course(1, as_of, "dso_days")]
    before, worst, after = (
        sum(part) / len(part) for part in (months[:12], months[15:18], months[-7:])
    )
    assert worst > 1.35 * before
    assert abs(after - before) < 0.15 * before


def test_only_the_sector_pays_late_and_as_before_afterwards():
    found = ledger()
    scene = draw_scene(as_of=AS_OF, seed=1, days=STORY_DAYS)
    crisis = draw_crisis(scene, draw_profiles(scene, customers=1200))
    sector = pl.Series(found.customers["number"].to_numpy()[crisis.hit])
    first = found.allocations.group_by("item_number").agg(pl.col("value_day").min())
    late = (
        found.items.filter(pl.col("kind") == "invoice")
        .join(first, on="item_number")
        .with_columns(
            late=pl.col("value_day") - pl.col("due_day"),
            is_hit=pl.col("customer_number").is_in(sector.implode()),
            time=pl.when(pl.col("due_day") < crisis.begins)
            .then(pl.lit("before"))
            .when(pl.col("due_day") < crisis.measures)
            .then(pl.lit("crisis"))
            .when(pl.col("due_day") >= crisis.over)
            .then(pl.lit("after"))
            .otherwise(pl.lit("easing")),
        )
        .group_by("is_hit", "time")
        .agg(pl.col("late").mean())
    )
    mean = {(is_hit, time): days for is_hit, time, days in late.iter_rows()}
    assert mean[True, "crisis"] > mean[True, "before"] + 25
    assert abs(mean[True, "after"] - mean[True, "before"]) < 4
    assert max(mean[False, time] for time in ("before", "crisis", "easing", "after")) < 12


def test_bad_goods_are_disputed_in_their_weeks_and_not_before_or_after():
    found = ledger().disputes.filter(pl.col("reason") == "quality")
    month = month_number(AS_OF)
    by_month = dict(
        found.with_columns(
            back=pl.lit(month)
            - (pl.from_epoch("opened_day", time_unit="d").dt.year() - 1970) * 12
            - pl.from_epoch("opened_day", time_unit="d").dt.month().cast(pl.Int32)
            + 1
        )
        .group_by("back")
        .len()
        .iter_rows()
    )
    worst = sum(by_month.get(back, 0) for back in (9, 10, 11))
    usual = sum(by_month.get(back, 0) for back in (15, 16, 17))
    assert worst > 5 * usual > 0


@pytest.mark.parametrize("size", [(1200, 32_000), (150, 3_000), (100, 1_000)])
def test_every_part_is_played_and_by_items_that_are_open_and_due_for_long(size):
    found = demo_ledger(as_of=AS_OF, customers=size[0], items=size[1], has_crisis=True)
    rows = found.story.join(found.balances(), on="item_number")
    parts = set(found.story["part"])
    # ten items for each of a hundred customers leave hardly anybody with two in the crisis
    assert parts == set(NAMES) if size[1] > 1_000 else parts < set(NAMES) and "failed" in parts
    assert found.story["item_number"].is_duplicated().sum() == 0
    assert rows.filter(pl.col("open_minor") != pl.col("amount_minor")).height == 0
    assert rows["due_day"].max() < day_number(AS_OF) - 180
    for frame in (found.promises, found.disputes):
        assert frame.join(found.story, on="item_number").height == 0
    each = found.story.group_by("customer_number").agg(pl.col("part").n_unique())["part"]
    assert each.max() == 1


def test_a_plain_ledger_has_no_crisis_and_is_as_it_was():
    plain = demo_ledger(as_of=AS_OF, customers=150, items=3_000)
    assert plain.story.height == 0
    assert plain.items["issued_day"].min() >= day_number(AS_OF) - 730
    again = demo_ledger(as_of=AS_OF, customers=150, items=3_000, has_crisis=True)
    assert all(
        again.frames()[name].schema == frame.schema for name, frame in plain.frames().items()
    )


def test_the_story_is_the_same_every_time():
    one, two = (
        demo_ledger(as_of=AS_OF, customers=150, items=3_000, has_crisis=True) for _ in range(2)
    )
    assert all(two.frames()[name].equals(frame) for name, frame in one.frames().items())
    days = one.items["issued_day"].sort().to_list()
    assert all(b >= a for a, b in pairwise(days)) and days[0] >= day_number(AS_OF) - STORY_DAYS
