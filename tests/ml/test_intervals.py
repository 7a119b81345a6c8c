"""Every figure of a back-test has its 95 % interval, and the interval is an honest one."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import polars as pl
import pytest

from dunwell.ml.backtest import backtest
from dunwell.ml.draws import Drawn, calibration_errors, drawn_weights, late_figures
from dunwell.ml.intervals import BLOCK, HEADLINES, block_weights, intervals
from dunwell.ml.league import results, scopes
from dunwell.ml.metrics import auc, average_precision, calibration_error, calibration_slope
from dunwell.ml.naive import NAIVE
from tests.ml.books import sample_history

BOOK = sample_history(items=900, customers=15)
LAST = BOOK.as_of - 70
DONE = backtest(BOOK, NAIVE, first=LAST - 70, last=LAST)
COUNTS = {"requests", "customers", "rows", "books", "week", "days"}


def figures(value, path=""):
    """Return every figure of scores under its path; counts are no figures."""
    if isinstance(value, tuple):
        found = {}
        for part in value:
            name = getattr(part, "week", None) or part.days
            found |= figures(part, f"{path}{name}.")
        return found
    found = {}
    for field in fields(value):
        inner, name = getattr(value, field.name), f"{path}{field.name}"
        if is_dataclass(inner) or isinstance(inner, tuple):
            found |= figures(inner, f"{name}.")
        elif field.name not in COUNTS and field.name != "intervals":
            found[name] = inner
    return found


@pytest.mark.parametrize("model", NAIVE)
def test_every_figure_has_an_interval_that_holds_it(model):
    found = results(DONE, model)
    told = figures(found)
    assert told.keys() == found.intervals.keys()
    assert len(told) > 100
    for name, value in told.items():
        interval = found.intervals[name]
        assert interval.value == pytest.approx(value, nan_ok=True), name
        is_known = not np.isnan(interval.low)
        assert not is_known or interval.low - 1e-9 <= value <= interval.high + 1e-9, name
    known = [name for name, interval in found.intervals.items() if not np.isnan(interval.low)]
    assert {"new.days.rmse", "open.late.auc", "worklist.model", "cash.weeks.1.wape"} <= set(known)
    assert set(HEADLINES.values()) <= set(known)


def test_the_same_seed_draws_the_same_and_the_order_of_rows_changes_nothing():
    order = np.random.default_rng(5).permutation(DONE.requests.height)
    told = DONE.predictions["customer_median"]
    moved = replace(told, late=told.late[order], days=told.days[order], unpaid=told.unpaid[order])
    other = replace(DONE, requests=DONE.requests[order], predictions={"customer_median": moved})
    one, again, two = (
        intervals(done, "customer_median", scopes(done)) for done in (DONE, DONE, other)
    )
    assert repr(one) == repr(again)
    for name, interval in one.items():
        same = two[name]
        assert [same.value, same.low, same.high] == pytest.approx(
            [interval.value, interval.low, interval.high], nan_ok=True
        ), name


def drawn(rows=600, customers=40, draws=200, seed=2):
    """Return chances that are right, what came of them, and draws of their customers."""
    random = np.random.default_rng(seed)
    chance = random.random(rows).round(2)
    is_late = random.random(rows) < chance
    customer = random.integers(0, customers, rows)
    return Drawn(customer, drawn_weights(customers, draws=draws, seed=0)), is_late, chance


def test_a_drawn_figure_is_that_of_the_rows_so_often():
    asked, is_late, chance = drawn(draws=12)
    found = late_figures(asked, is_late, chance)
    for draw in range(1, 13):
        row = np.repeat(np.arange(600), asked.weights[draw][asked.customers].astype(int))
        assert found["auc"][draw] == pytest.approx(auc(is_late[row], chance[row]))
        assert found["average_precision"][draw] == pytest.approx(
            average_precision(is_late[row], chance[row])
        )
        # one Newton step from the slope of all rows
        assert found["calibration_slope"][draw] == pytest.approx(
            calibration_slope(is_late[row], chance[row]), abs=0.03
        )


def test_noise_does_not_lift_the_interval_of_a_calibration_error():
    asked, is_late, chance = drawn()
    errors = calibration_errors(asked, is_late, chance)
    assert errors[0] == pytest.approx(calibration_error(is_late, chance))
    low, high = np.quantile(errors[1:], (0.025, 0.975))
    assert 0 <= low < errors[0] < high
    assert errors[1:].mean() == pytest.approx(errors[0], abs=0.003)


def test_one_customer_or_one_snapshot_says_nothing_of_another():
    alone = Drawn(np.zeros(9, np.int64), drawn_weights(1, draws=5, seed=0))
    assert np.isnan(alone.means(np.arange(9))[1:]).all()
    assert alone.means(np.arange(9))[0] == 4
    assert block_weights(1, draws=3, seed=0).tolist() == [[1], [0], [0], [0]]
    assert block_weights(0, draws=3, seed=0).shape == (4, 0)


@pytest.mark.parametrize("number", [2, 3, 6, 17, 30])
def test_snapshots_are_drawn_in_stretches_and_as_many_as_there_are(number):
    weights = block_weights(number, draws=400, seed=0)
    assert (weights[0] == 1).all()
    assert (weights.sum(axis=1) == number).all()
    # the circle: every snapshot as often as any other
    assert weights[1:].mean(axis=0) == pytest.approx(np.ones(number), abs=0.2)
    if number > 3 * BLOCK:
        # neighbours are drawn together
        left, right = weights[1:, :-1].ravel(), weights[1:, 1:].ravel()
        assert np.corrcoef(left, right)[0, 1] > 0.5


def test_the_interval_widens_where_customers_are_drawn_and_not_items():
    alone = DONE.requests.with_columns(customer_id=pl.int_range(pl.len(), dtype=pl.Int64))
    apart = replace(DONE, requests=alone)
    new = {"new": scopes(DONE)["new"]}
    whole, items = (intervals(done, "due_date", new)["new.days.mae"] for done in (DONE, apart))
    assert whole.value == items.value
    assert whole.high - whole.low > 1.1 * (items.high - items.low)
