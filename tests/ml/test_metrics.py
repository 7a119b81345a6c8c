"""Every metric against a slow second opinion written from its definition."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.ml import metrics as m
from dunwell.ml.curves import LEVELS

RANDOM = pytest.mark.parametrize("seed", range(6))


def rows(seed, size=60):
    """Return outcomes and chances with many ties."""
    random = np.random.default_rng(seed)
    chance = np.round(random.random(size), 1)
    return random.random(size) < chance, chance


@RANDOM
def test_auc_is_the_share_of_pairs_in_the_right_order(seed):
    truth, score = rows(seed)
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one in score[truth]
        for other in score[~truth]
    ]
    assert m.auc(truth, score) == pytest.approx(sum(pairs) / len(pairs))


@RANDOM
def test_auc_under_weights_is_the_auc_of_repeated_rows(seed):
    truth, score = rows(seed)
    times = np.random.default_rng(seed).integers(0, 4, len(truth))
    repeated = m.auc(np.repeat(truth, times), np.repeat(score, times))
    assert m.auc(truth, score, times.astype(float)) == pytest.approx(repeated)


@RANDOM
def test_average_precision_adds_precision_times_the_recall_gained(seed):
    truth, score = rows(seed)
    thresholds = sorted(set(score), reverse=True)
    points = [(0.0, 1.0)]
    for threshold in thresholds:
        chosen = score >= threshold
        points.append((truth[chosen].sum() / truth.sum(), truth[chosen].mean()))
    expected = sum((after[0] - before[0]) * after[1] for before, after in pairwise(points))
    assert m.average_precision(truth, score) == pytest.approx(expected)


@RANDOM
def test_brier_skill_and_log_loss_follow_their_definitions(seed):
    truth, chance = rows(seed)
    brier = sum((p - t) ** 2 for p, t in zip(chance, truth, strict=True)) / len(truth)
    base = truth.mean()
    clipped = [min(max(p, 1e-4), 1 - 1e-4) for p in chance]
    loss = -np.mean([np.log(p if t else 1 - p) for p, t in zip(clipped, truth, strict=True)])
    assert m.brier(truth, chance) == pytest.approx(brier)
    assert m.brier_skill(truth, chance) == pytest.approx(1 - brier / (base * (1 - base)))
    assert m.log_loss(truth, chance) == pytest.approx(loss)


@RANDOM
def test_calibration_error_compares_chance_and_frequency_in_ten_equal_bins(seed):
    random = np.random.default_rng(seed)
    chance = random.random(100)
    truth = random.random(100) < chance**2
    order = sorted(range(100), key=lambda row: chance[row])
    gaps = [
        abs(np.mean(chance[order[n : n + 10]]) - np.mean(truth[order[n : n + 10]]))
        for n in range(0, 100, 10)
    ]
    assert m.calibration_error(truth, chance) == pytest.approx(np.mean(gaps))


def test_one_chance_for_all_errs_by_its_distance_from_the_rate():
    truth = np.arange(100) < 30
    assert m.calibration_error(truth, np.full(100, 0.5)) == pytest.approx(0.2)


@pytest.mark.parametrize("stretch", [0.5, 1.0, 2.0])
def test_the_slope_undoes_what_stretched_the_log_odds(stretch):
    random = np.random.default_rng(4)
    odds = random.normal(0, 1, 40_000)
    truth = random.random(40_000) < 1 / (1 + np.exp(-odds))
    told = 1 / (1 + np.exp(-odds * stretch))
    assert m.calibration_slope(truth, told) == pytest.approx(1 / stretch, rel=0.05)


@given(st.integers(-50, 50), st.integers(-50, 50))
@settings(derandomize=True, deadline=None)
def test_the_crps_of_a_point_is_its_absolute_error(actual, point):
    quantiles = np.full((1, len(LEVELS)), float(point))
    assert m.crps(np.array([float(actual)]), quantiles) == pytest.approx([abs(actual - point)])


@RANDOM
def test_pinball_weighs_under_and_over_by_the_level(seed):
    random = np.random.default_rng(seed)
    actual = random.normal(0, 9, 20)
    quantiles = np.sort(random.normal(0, 9, (20, 19)), axis=1)
    slow = [
        [
            level * (y - q) if y >= q else (1 - level) * (q - y)
            for level, q in zip(LEVELS, row, strict=True)
        ]
        for y, row in zip(actual, quantiles, strict=True)
    ]
    assert m.pinball(actual, quantiles) == pytest.approx(np.array(slow))
    assert m.crps(actual, quantiles) == pytest.approx(2 * np.mean(slow, axis=1))


def test_the_true_quantiles_have_the_least_crps():
    random = np.random.default_rng(0)
    actual = random.normal(3, 5, 4000)
    true = np.quantile(actual, LEVELS)
    losses = [
        m.crps(actual, np.tile(shape, (4000, 1))).mean()
        for shape in (true, true + 2, (true - 3) * 2 + 3, (true - 3) / 2 + 3)
    ]
    assert min(losses) == losses[0]


def test_classes_begin_the_day_after_their_edge():
    days = np.array([-5, 0, 1, 30, 31, 60, 61, 90, 91.0])
    assert m.late_class(days).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4]


@RANDOM
def test_class_f1_and_kappa_follow_their_definitions(seed):
    random = np.random.default_rng(seed)
    real = random.integers(0, 4, 80)
    told = np.where(random.random(80) < 0.6, real, random.integers(0, 5, 80))
    scores = []
    for one in sorted(set(real.tolist())):
        hits = int(((real == one) & (told == one)).sum())
        precision = hits / max(int((told == one).sum()), 1)
        recall = hits / int((real == one).sum())
        scores.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    seen = np.mean((real - told) ** 2)
    chance = np.mean([(a - b) ** 2 for a in real for b in told])
    assert m.macro_f1(real, told) == pytest.approx(np.mean(scores))
    assert m.quadratic_kappa(real, told) == pytest.approx(1 - seen / chance)


def test_a_cut_through_a_tie_takes_the_mean_over_all_orders():
    value = np.array([5.0, 1.0, 4.0, 2.0, 8.0])
    score = np.array([3.0, 1.0, 1.0, 1.0, 0.0])
    shares = []
    for order in permutations(range(5)):
        ranked = sorted(order, key=lambda row: -score[row])
        shares.append(value[ranked[:2]].sum() / value.sum())
    assert m.capture(value, score, 0.4) == pytest.approx(np.mean(shares))


@RANDOM
def test_capture_takes_the_rows_on_top(seed):
    random = np.random.default_rng(seed)
    value, score = random.random(33), random.permutation(33).astype(float)
    top = np.argsort(-score)[:7]
    assert m.capture(value, score) == pytest.approx(value[top].sum() / value.sum())
    assert m.capture(value, value) >= m.capture(value, score)


def test_money_weights_are_amounts_within_and_rows_across_currencies():
    amounts = np.array([100, 300, 1_000_000, 1_000_000])
    weights = m.equal_weights(amounts, np.array([0, 0, 1, 1]))
    assert weights.tolist() == [0.5, 1.5, 1.0, 1.0]


@RANDOM
def test_the_order_of_rows_changes_no_metric(seed):
    truth, chance = rows(seed)
    order = np.random.default_rng(seed + 99).permutation(len(truth))
    value = np.round(np.random.default_rng(seed).random(len(truth)), 1)
    for metric in (
        m.auc,
        m.average_precision,
        m.brier,
        m.log_loss,
        m.calibration_error,
        m.calibration_slope,
    ):
        assert metric(truth[order], chance[order]) == pytest.approx(metric(truth, chance))
    assert m.capture(value[order], chance[order]) == pytest.approx(m.capture(value, chance))


def test_what_cannot_be_told_is_nan():
    nothing, flags = np.empty(0), np.empty(0, bool)
    ones = np.ones(4, bool)
    told = [
        m.auc(ones, np.arange(4.0)),
        m.auc(flags, nothing),
        m.average_precision(~ones, np.arange(4.0)),
        m.brier(flags, nothing),
        m.log_loss(flags, nothing),
        m.calibration_error(flags, nothing),
        m.calibration_slope(ones, np.full(4, 0.5)),
        m.capture(np.zeros(4), np.arange(4.0)),
        m.macro_f1(np.empty(0, int), np.empty(0, int)),
        m.quadratic_kappa(np.empty(0, int), np.empty(0, int)),
    ]
    assert np.isnan(told).all()
