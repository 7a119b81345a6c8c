"""Effects of a randomised comparison: the formulas by hand, and refusals."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from dunwell.ml.estimates import NotEnough, clustered_error, effective_size, estimate
from dunwell.ml.uplift import adjusted, difference
from tests.ml.action_world import BANDS, World

EVEN = dict.fromkeys(BANDS, (0.5, 0.0, 0.5))
"""Half of the customers of every band are called, the others are left alone."""


def test_the_plain_difference_is_welchs_test():
    rng = np.random.default_rng(1)
    acted = np.repeat([1, 0], [80, 120])
    outcome = rng.normal(0, 1 + acted, 200) + 0.3 * acted
    told = difference(acted, outcome)
    by_scipy = ttest_ind(outcome[:80], outcome[80:], equal_var=False)
    interval = by_scipy.confidence_interval(0.95)
    assert (told.acted_n, told.alone_n) == (80, 120)
    assert np.allclose(
        [told.uplift.value, told.uplift.low, told.uplift.high, told.uplift.p_value],
        [outcome[:80].mean() - outcome[80:].mean(), *interval, by_scipy.pvalue],
    )


def test_without_a_relation_to_before_the_adjustment_changes_nothing():
    world = World(1, customers=400, planted={}, chances=EVEN)
    acted, paid = (world.action == 0).astype(np.int64), world.paid.astype(float)
    assert adjusted(acted, paid, np.ones(400)) == difference(acted, paid)


def test_knowing_the_time_before_narrows_the_interval_without_moving_it():
    rng = np.random.default_rng(2)
    acted = rng.integers(0, 2, 2_000)
    before = rng.normal(100, 20, 2_000)
    outcome = before + rng.normal(0, 5, 2_000) + 2.0 * acted
    plain, told = difference(acted, outcome), adjusted(acted, outcome, before)
    # CUPED: the variance falls by the share explained, 1 - 20^2 / (20^2 + 5^2)
    assert told.uplift.error / plain.uplift.error == pytest.approx(np.sqrt(25 / 425), rel=0.1)
    assert told.uplift.low < 2 < told.uplift.high


def test_rows_of_one_customer_do_not_count_as_many():
    rng = np.random.default_rng(3)
    acted, paid = rng.integers(0, 2, 150), rng.random(150)
    once = difference(acted, paid)
    rows = np.repeat(np.arange(150), 9)
    nine = difference(acted[rows], paid[rows], clusters=rows)
    assert nine.uplift.value == pytest.approx(once.uplift.value)
    assert nine.uplift.error == pytest.approx(once.uplift.error, rel=0.02)
    assert difference(acted[rows], paid[rows]).uplift.error < 0.4 * once.uplift.error


def test_few_customers_get_no_estimate_but_a_reason():
    acted = np.repeat([1, 0], [49, 500])
    outcome = np.ones(549)
    refused = NotEnough("customers acted on", 49, 50)
    assert difference(acted, outcome) == refused
    assert adjusted(acted, outcome, outcome) == refused
    assert difference(1 - acted, outcome) == NotEnough("customers left alone", 49, 50)
    # many rows of few customers are few
    many = np.repeat(acted, 10)
    assert difference(many, np.ones(5_490), clusters=np.repeat(np.arange(549), 10)) == refused


def test_the_small_formulas_by_hand():
    assert effective_size(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)
    assert effective_size(np.array([1.0, 1.0, 2.0]), np.array([0, 0, 1])) == pytest.approx(2)
    assert effective_size(np.zeros(3)) == 0
    # sums by customer -1 and 1, factor 2 / (2 - 1), over 4 rows
    influence, codes = np.array([0.0, -1.0, 0.5, 0.5]), np.array([0, 0, 1, 1])
    assert clustered_error(influence, codes) == pytest.approx(np.sqrt(2 * 2) / 4)
    assert estimate(0, 0).p_value == 1
    assert estimate(1, 1).low == pytest.approx(1 - 1.959964)
