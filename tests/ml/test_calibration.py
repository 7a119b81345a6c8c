"""Predicted chances beside what happened: nothing counts before it could come out either way."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.ml.calibration import (
    CALIBRATION,
    calibration,
    ranges,
    rank_shares,
    recalibration,
    reliability,
    segments,
    wilson,
)
from dunwell.ml.curves import LEVELS
from dunwell.ml.history import HISTORY_ITEMS, as_known
from dunwell.ml.metrics import calibration_error
from dunwell.ml.naive import customer_median
from dunwell.ml.predictions import MATURED, PREDICTIONS, QUANTILES, matured, predictions
from tests.ml.books import requests, sample_history

DAY = 20_000


def told_at(known):
    return predictions(customer_median(known).curves(known, requests(known)), known)


def outcome(today, due, paid=None, ended=None):
    """Return what is known of one item predicted on DAY whose quantiles lie 1, 2, ... 19 days on."""
    known = sample_history(items=1)
    item = (1, 1, "EUR", 100, 0, DAY - 30, due, paid, ended or paid)
    items = pl.DataFrame([item], schema=HISTORY_ITEMS, orient="row")
    quantiles = [DAY + n for n in range(1, 20)]
    row = (1, 1, "EUR", DAY, due, 0, 0.5, 0.4, 0.3, 0.2, *quantiles)
    told = pl.DataFrame([row], schema=PREDICTIONS, orient="row")
    rows = matured(replace(known, as_of=today, items=items), told)
    names = ("is_late_0", "is_late_7", "is_late_30", "is_soon", "seen_day")
    return rows.select(*names).row(0)


def test_predictions_are_the_questions_to_the_curves():
    known = sample_history(items=300)
    curves = customer_median(known).curves(known, requests(known))
    rows = predictions(curves, known)
    assert rows.schema == pl.Schema(PREDICTIONS)
    assert rows["late_7"].to_list() == curves.late(7).tolist()
    assert rows["q90"].to_list() == curves.quantile(0.9).tolist()
    paid = known.items.drop_nulls("paid_day").group_by("customer_id").len()
    number = dict(paid.iter_rows())
    assert rows["history_items"].to_list() == [number.get(c, 0) for c in rows["customer_id"]]


def test_a_paid_item_is_judged_only_when_its_unpaid_sister_would_be():
    due = DAY + 10
    assert outcome(due - 1, due, paid=DAY + 2) == (None, None, None, True, None)
    assert outcome(due - 1, due) == (None, None, None, False, None)
    assert outcome(due, due, paid=DAY + 2) == (False, None, None, True, None)
    assert outcome(due, due) == (True, None, None, False, None)


def test_each_horizon_matures_on_its_own_day():
    due = DAY + 10
    assert outcome(due + 8, due, paid=due + 8) == (True, True, None, False, None)
    assert outcome(due + 10, due, paid=due + 8) == (True, True, None, False, due + 8)
    assert outcome(due + 30, due, paid=due + 8) == (True, True, False, False, due + 8)
    assert outcome(due + 30, due) == (True, True, True, False, due + 31)


def test_what_was_already_sure_is_no_prediction():
    assert outcome(DAY + 40, DAY) == (None, True, True, False, DAY + 41)
    assert outcome(DAY + 40, DAY - 7) == (None, None, True, False, DAY + 41)


def test_an_item_settled_without_money_has_no_answer_from_then_on():
    due = DAY + 10
    assert outcome(DAY + 60, due, ended=DAY + 3) == (None, None, None, None, None)
    assert outcome(DAY + 60, due, ended=due + 15) == (True, True, None, False, DAY + 61)


def test_reliability_bins_are_equal_in_size_and_keep_ties_together():
    chance = np.array([0.1] * 4 + [0.5] * 4 + [0.9] * 2)
    happened = np.array([False] * 4 + [True, False] * 2 + [True] * 2)
    assert reliability(happened, chance, bins=2).rows() == [
        (1, 8, 300_000, 250_000, *wilson(2, 8)),
        (2, 2, 900_000, 1_000_000, *wilson(2, 2)),
    ]
    assert reliability(np.array([], bool), np.array([])).height == 0


def test_the_wilson_interval_of_one_in_ten_is_the_published_one():
    # Newcombe 1998, Table I: 15 of 148 is 0.0624 to 0.1605 by the score method
    assert [round(side / 100) for side in wilson(15, 148)] == [624, 1605]
    assert wilson(0, 0) == (0, 1_000_000)
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == 1_000_000


@settings(max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=80))
def test_reliability_holds_every_row_once_in_any_order(rows):
    happened = np.array([row[0] for row in rows])
    chance = np.array([row[1] / 20 for row in rows])
    table = reliability(happened, chance)
    assert table["items"].sum() == len(rows)
    assert table.equals(reliability(happened[::-1], chance[::-1]))
    assert (table["low_ppm"] <= table["seen_ppm"]).all()
    assert (table["seen_ppm"] <= table["high_ppm"]).all()
    assert table["told_ppm"].is_sorted()


def judged(seed=0, items=4000, sure=1.0):
    """Return matured rows of a right model; `sure` > 1 states its chances too boldly."""
    random = np.random.default_rng(seed)
    odds = random.normal(0, 1.2, items)
    true, said = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-sure * odds))
    wait = random.gamma(2.0, 8.0, items)
    days = np.quantile(np.random.default_rng(1).gamma(2.0, 8.0, 100_000), LEVELS)
    rows = {
        "item_id": np.arange(items),
        "customer_id": np.arange(items) % 97,
        "currency": np.where(np.arange(items) % 3 == 0, "USD", "EUR"),
        "as_of_day": DAY + np.arange(items) // 100 * 7,
        "due_day": DAY + 14 + np.arange(items) // 100 * 7,
        "history_items": np.arange(items) % 14,
        "late_0": said,
        "late_7": said / 2,
        "late_30": said / 8,
        "soon": said,
        "is_late_0": random.random(items) < true,
        "is_late_7": random.random(items) < true / 2,
        "is_late_30": random.random(items) < true / 8,
        "is_soon": random.random(items) < true,
    }
    start = rows["as_of_day"]
    rows["paid_day"] = rows["seen_day"] = start + np.ceil(wait).astype(np.int64)
    for name, ahead in zip(QUANTILES, days, strict=True):
        rows[name] = start + int(np.ceil(ahead))
    return pl.DataFrame(rows).select(*MATURED).cast(pl.Schema(MATURED))


def test_a_right_model_is_calibrated_in_every_segment_and_horizon():
    table = calibration(judged())
    assert table.schema == pl.Schema(CALIBRATION)
    names = ["all", "history 0", "history 1-3", "history 4-10", "history 11+", "EUR", "USD"]
    assert table["segment"].to_list() == [name for name in names for _ in range(3)]
    assert table["late_days"].to_list() == [0, 7, 30] * 7
    whole = table.row(0, named=True)
    assert whole["items"] == 4000
    assert whole["customers"] == 97
    assert whole["ece_ppm"] < 30_000
    assert abs(whole["slope_ppm"] - 1_000_000) < 80_000


def test_a_model_that_is_too_sure_shows_a_slope_below_one():
    slope = calibration(judged(sure=2.0))["slope_ppm"][0]
    assert abs(slope - 500_000) < 50_000


def test_one_class_has_no_slope_and_no_rows_no_table():
    rows = judged(items=50).with_columns(is_late_0=pl.lit(value=True))
    assert calibration(rows).filter(pl.col("late_days") == 0)["slope_ppm"].null_count() == 7
    assert calibration(rows.clear()).height == 0
    assert ranges(rows.clear()).height == 0
    assert rank_shares(rows.clear()) == [0] * 10


def test_a_right_range_holds_four_in_five_and_its_ranks_are_even():
    rows = judged()
    whole = ranges(rows).row(0, named=True)
    assert whole["low_ppm"] < 800_000 < whole["high_ppm"] + 10_000
    assert whole["width_days"] == (rows["q90"] - rows["q10"]).mean()
    shares = rank_shares(rows)
    assert abs(sum(shares) - 1_000_000) <= 10
    # whole days told by 19 quantiles: a tenth is exact to about two points
    assert max(abs(share - 100_000) for share in shares) < 30_000


def test_ranks_of_payments_all_too_late_pile_up_at_the_end():
    rows = judged().with_columns(seen_day=pl.col("q95") + 5)
    assert rank_shares(rows) == [0] * 9 + [1_000_000]


def test_recalibration_waits_for_a_thousand_matured_rows():
    assert recalibration(judged(items=999)) is None
    assert recalibration(judged(items=1000)) is not None


def test_recalibration_repairs_a_model_that_is_too_sure():
    rows = judged(sure=2.5)
    repaired = recalibration(rows)
    assert repaired.is_better
    assert repaired.after_ppm < repaired.before_ppm - 5_000
    later = judged(seed=9, sure=2.5)
    truth, chance = later["is_late_0"].to_numpy(), later["late_0"].to_numpy()
    assert calibration_error(truth, repaired.apply(chance)) < 0.035
    assert calibration_error(truth, chance) > 0.08


def test_recalibration_rises_and_stays_between_zero_and_one():
    repaired = recalibration(judged(sure=0.3))
    found = repaired.apply(np.linspace(0, 1, 101))
    assert (np.diff(found) >= 0).all()
    assert found[0] >= 0
    assert found[-1] <= 1
    assert recalibration(judged(sure=0.3).sample(fraction=1, shuffle=True, seed=3)) == repaired


def test_recalibration_of_a_right_model_gains_nothing_worth_having():
    repaired = recalibration(judged())
    assert abs(repaired.after_ppm - repaired.before_ppm) < 3_000


def test_segments_leave_out_what_is_empty():
    rows = judged(items=30).with_columns(history_items=pl.lit(5))
    assert [name for name, _ in segments(rows)] == ["all", "history 4-10", "EUR", "USD"]


def test_a_ledger_gives_tables_and_later_facts_do_not_touch_matured_rows():
    known = sample_history(items=1200)
    past = as_known(known, as_of=known.as_of - 90)
    told = told_at(past)
    between = as_known(known, as_of=known.as_of - 40)
    early = matured(between, told)
    late = matured(known, told)
    answered = early["is_late_0"].is_not_null()
    assert early.filter(answered)["is_late_0"].equals(late.filter(answered)["is_late_0"])
    assert calibration(late)["items"][0] > 20
    assert json.dumps(calibration(late).to_dicts())


@pytest.mark.parametrize("days", [1, 30])
def test_predictions_made_today_have_not_matured(days):
    known = sample_history(items=300)
    told = told_at(known)
    later = replace(known, as_of=known.as_of + days)
    rows = matured(later, told)
    over = told["due_day"].is_between(known.as_of + 1, later.as_of)
    assert rows["is_late_0"].is_not_null().to_list() == over.to_list()
