"""A company's past played through: the right days, the right models, nothing from the future."""

from dataclasses import replace

import polars as pl
import pytest

from dunwell.ml.calibration import crps_days
from dunwell.ml.history import as_known
from dunwell.ml.league import FEW_PAID_ITEMS, league
from dunwell.ml.naive import NAIVE
from dunwell.ml.pay_date import learned
from dunwell.ml.predictions import MATURED, PREDICTIONS
from dunwell.ml.trials import BRIEF, OUTCOME_DAYS, WEEKLY, Protocol, back_tested, makers
from tests.ml.books import rewritten, sample_history

SMALL = sample_history(200)
LARGE = sample_history(450)
SHORT = Protocol(snapshots=3, step_days=14, refit_days=100)
DONE = back_tested(SMALL, seed=7, protocol=SHORT)


def days(tested):
    return tested.backtest.requests["snapshot_day"].unique().sort().to_list()


def test_the_snapshots_end_where_most_outcomes_are_known():
    last = SMALL.as_of - OUTCOME_DAYS
    assert days(DONE) == [last - 28, last - 14, last]
    assert (DONE.backtest.as_of, DONE.backtest.paid_items) == (SMALL.as_of, SMALL.paid_items)


def test_the_protocols_reach_as_far_back_as_they_say():
    assert [(one.snapshots - 1) * one.step_days for one in (WEEKLY, BRIEF)] == [112, 70]


def test_with_few_paid_items_only_naive_models_take_part():
    first = SMALL.as_of - OUTCOME_DAYS - 28
    assert as_known(SMALL, as_of=first).paid_items < FEW_PAID_ITEMS
    assert set(DONE.backtest.predictions) == set(NAIVE)
    assert set(DONE.replayed) == {*NAIVE, *learned()}
    for name in learned():
        assert (DONE.replayed[name].cash, DONE.replayed[name].paid) == ([], [])
        assert DONE.replayed[name].rows.schema == MATURED
        assert DONE.replayed[name].crps_days is None


def test_with_enough_the_learned_one_does_too():
    first = LARGE.as_of - OUTCOME_DAYS
    assert as_known(LARGE, as_of=first).paid_items >= FEW_PAID_ITEMS
    assert set(makers(LARGE, first=first, seed=7)) == {*NAIVE, *learned()}
    found = back_tested(LARGE, seed=7, protocol=replace(SHORT, snapshots=1))
    assert set(found.backtest.predictions) == {*NAIVE, *learned()}
    assert all(found.replayed[name].rows.height for name in learned())


@pytest.mark.parametrize("name", NAIVE)
def test_what_was_said_of_the_open_book_is_kept(name):
    kept = DONE.replayed[name]
    book = DONE.backtest.requests.filter(pl.col("kind") == "open")
    said = kept.rows.select("item_id", pl.col("as_of_day").alias("snapshot_day"))
    assert said.sort(pl.all()).equals(book.select("item_id", "snapshot_day").sort(pl.all()))
    assert {week.as_of for week in kept.cash} == set(days(DONE))
    assert {week.currency for week in kept.cash} == set(book["currency"])
    seen = kept.rows.filter(pl.col("seen_day").is_not_null())
    assert seen.height
    assert kept.crps_days == pytest.approx(crps_days(seen).mean())


@pytest.mark.parametrize("name", NAIVE)
def test_what_comes_after_a_snapshot_moves_nothing_that_was_said_on_it(name):
    first = days(DONE)[0]
    other = back_tested(rewritten(SMALL, after=first), seed=7, protocol=SHORT)
    one, two = (
        tested.replayed[name].rows.filter(pl.col("as_of_day") == first).select(*PREDICTIONS)
        for tested in (DONE, other)
    )
    assert one.height > 10
    assert one.equals(two)
    cash = [
        [(week.week, week.currency, week.expected_minor) for week in found.replayed[name].cash
         if week.as_of == first]
        for found in (DONE, other)
    ]  # fmt: skip
    assert cash[0] == cash[1]
    # the outcomes are other ones, so the test could have failed
    assert other.replayed[name].crps_days != DONE.replayed[name].crps_days


def test_a_ledger_too_young_has_fewer_snapshots_or_none():
    first = SMALL.items["issued_day"].min()
    young = as_known(SMALL, as_of=first + OUTCOME_DAYS + 20)
    younger = as_known(SMALL, as_of=first + OUTCOME_DAYS)
    empty = replace(SMALL, items=SMALL.items.head(0), parts=SMALL.parts.head(0))
    assert days(back_tested(young, seed=7, protocol=SHORT)) == [first + 6, first + 20]
    for known in (younger, empty):
        found = back_tested(known, seed=7, protocol=SHORT)
        assert days(found) == []
        assert all(kept.crps_days is None and not kept.cash for kept in found.replayed.values())


@pytest.mark.parametrize(
    ("paid", "serves", "code"),
    [(0, "due_date", "no_paid_items"), (200, "customer_median", "few_paid_items")],
)
def test_a_trial_of_little_still_says_who_serves(paid, serves, code):
    items = SMALL.items.with_row_index().with_columns(
        pl.when(pl.col("index") < paid).then(name).alias(name)
        for name in ("paid_day", "ended_day")
    )
    known = replace(SMALL, items=items.drop("index"))
    found = league(back_tested(known, seed=7, protocol=SHORT).backtest)
    assert (found.serves, found.reason.code) == (serves, code)
