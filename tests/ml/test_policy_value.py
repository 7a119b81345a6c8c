"""What another policy would have brought: the three estimates, their intervals, and refusals."""

from dataclasses import replace

import numpy as np
import pytest

from dunwell.ml.outcome_models import crossed_by_action, fold_numbers, mean_model, ridge_model
from dunwell.ml.policy_value import Decisions, policy_value
from tests.ml.action_world import World

WORLD = World(11, customers=6_000)
LOG = WORLD.decisions()
CALLS = np.where((WORLD.band == "31-60")[:, None], [[0.9, 0.05, 0.05]], [[0.1, 0.1, 0.8]])
"""A policy that calls where calls work."""
TRUTH = float((CALLS * WORLD.truth).sum(axis=1).mean())


def test_the_estimates_by_hand():
    log = Decisions(
        action=np.array([0, 1, 0, 1]),
        outcome=np.array([1.0, 2.0, 3.0, 4.0]),
        propensity=np.array([0.5, 0.5, 0.25, 0.75]),
        clusters=np.arange(4),
        features=np.zeros((4, 1)),
    )
    policy = np.array([[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]])
    told = policy_value(log, policy, expected=np.tile([1.0, 3.0], (4, 1)))
    weight = np.array([2, 2, 2, 2 / 3])
    assert told.logged.value == 2.5
    assert told.ips.value == pytest.approx((weight @ log.outcome) / 4)
    assert told.snips.value == pytest.approx((weight @ log.outcome) / weight.sum())
    robust = np.array([1, 3, 2, 2]) + weight * (log.outcome - [1, 3, 1, 3])
    assert told.robust.value == pytest.approx(robust.mean())
    assert told.lift.value == pytest.approx(robust.mean() - 2.5)
    assert told.size == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert (told.verdict, told.largest_weight) == ("too_little_overlap", 2)


@pytest.mark.parametrize("fit", [ridge_model, mean_model])
def test_a_better_policy_is_found_better_with_its_value_in_the_interval(fit):
    told = policy_value(LOG, CALLS, fit=fit)
    assert told.verdict == "better"
    for one in (told.ips, told.snips, told.robust):
        assert one.low < TRUTH < one.high
    assert told.robust.error < told.ips.error


def test_the_logging_policy_itself_shows_no_difference():
    told = policy_value(LOG, WORLD.chance)
    assert told.verdict == "no_difference_shown"
    assert told.lift.low < 0 < told.lift.high
    assert told.lift.error < 0.2 * told.logged.error
    assert told.size == pytest.approx(6_000)
    never = np.tile([0.0, 0.0, 1.0], (6_000, 1))
    assert policy_value(LOG, never).lift.value < 0


def test_rows_of_one_customer_do_not_narrow_the_interval():
    rows = np.tile(np.arange(1_000), 5)
    once = Decisions(**{name: getattr(LOG, name)[:1_000] for name in LOG.__slots__[:-1]})
    five = Decisions(**{name: getattr(LOG, name)[rows] for name in LOG.__slots__[:-1]})
    expected = np.full((5_000, 3), 0.4)
    one = policy_value(once, CALLS[:1_000], expected=expected[:1_000])
    other = policy_value(five, CALLS[rows], expected=expected)
    assert other.robust.error == pytest.approx(one.robust.error)
    assert other.size == pytest.approx(one.size)


def test_decisions_without_a_known_chance_get_no_verdict():
    for unknown in (np.nan, 0.0, 0.009):
        propensity = LOG.propensity.copy()
        propensity[:3] = unknown
        told = policy_value(replace(LOG, propensity=propensity), CALLS)
        assert (told.verdict, told.without_support) == ("no_support", 3)


def test_an_action_the_log_could_not_draw_gets_no_verdict():
    has_chance = np.ones((6_000, 3))
    has_chance[:7, 0] = 0
    told = policy_value(replace(LOG, has_chance=has_chance), CALLS)
    assert (told.verdict, told.without_support) == ("no_support", 7)


def test_a_policy_far_from_the_log_gets_no_verdict():
    rng = np.random.default_rng(1)
    n = 6_000
    action = (rng.random(n) < 0.02).astype(np.int64)
    log = Decisions(
        action=action, outcome=rng.random(n), propensity=np.where(action == 1, 0.02, 0.98),
        clusters=np.arange(n), features=np.zeros((n, 1)),
    )  # fmt: skip
    told = policy_value(log, np.tile([0.0, 1.0], (n, 1)))
    assert told.verdict == "too_little_overlap"
    assert told.size < 200
    assert told.clipped == pytest.approx(0.6)


def test_wrong_chances_are_not_believed():
    wrong = np.full(6_000, 1 / 3)
    assert policy_value(replace(LOG, propensity=wrong), CALLS).verdict == "propensities_wrong"


def test_a_policy_must_be_chances():
    for bad in (CALLS * 1.1, CALLS - [[0.2, -0.2, 0.0]] * 6_000 - [[1, -1, 0]]):
        with pytest.raises(ValueError, match="sum to 1"):
            policy_value(LOG, bad)


def test_no_row_is_predicted_by_a_model_that_saw_its_customer():
    clusters = np.repeat(np.arange(40), 3)
    folds = fold_numbers(clusters, seed=1)
    assert [len(set(folds[clusters == one])) for one in range(40)] == [1] * 40
    assert np.bincount(folds).tolist() == [24] * 5
    outcome = clusters.astype(float)
    features, action = np.zeros((120, 1)), np.zeros(120, np.int64)
    expected = crossed_by_action(
        features, outcome, action, clusters, actions=2, fit=mean_model, seed=1
    )
    for part in range(5):
        here = folds == part
        assert expected[here, 0] == pytest.approx(outcome[~here].mean())
    assert (expected[:, 1] == 0).all()
