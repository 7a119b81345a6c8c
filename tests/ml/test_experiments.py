"""Experiments: size, soundness of the arms, and a verdict that does not change its mind."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, norm

from dunwell.ml.experiments import (
    Guardrail,
    Plan,
    always_valid,
    arms_mismatch,
    customers_needed,
    propensity_mismatch,
    verdict,
)
from tests.ml.action_world import World

PLAN = Plan(
    experiment="calls", challenger="new", champion="old", customers=1_000, share=0.5, smallest=0.1
)


def readings(rates, *, customers=1_000, seed=0, share=0.5, **measures):
    """Customers, ten a day, of which the rates (new, old) pay; measures alike."""
    rng = np.random.default_rng(seed)
    is_new = rng.random(customers) < share

    def drawn(pair):
        return (rng.random(customers) < np.where(is_new, *pair)).astype(float)

    return pl.DataFrame(
        {
            "customer_id": np.arange(customers),
            "arm": np.where(is_new, "new", "old"),
            "enrolled_day": 20_000 + np.arange(customers) // 10,
            "outcome": drawn(rates),
            **{name: drawn(pair) for name, pair in measures.items()},
        }
    )


def test_the_size_is_the_textbooks():
    # two rates around one half, ten points apart, at an error of .04 for the final reading
    assert customers_needed(smallest=0.1, deviation=0.5) == 839
    assert customers_needed(smallest=0.1, deviation=0.5, share=0.1) == 2_329
    with pytest.raises(ValueError, match="not 0"):
        customers_needed(smallest=0, deviation=0.5)


def power_of(customers, *, smallest, share):
    """The chance to find the effect at an error of .04, two-sided, by the normal."""
    spread = 0.5 * np.sqrt((1 / share + 1 / (1 - share)) / customers)
    reach, shift = norm.ppf(0.98), smallest / spread
    return norm.sf(reach - shift) + norm.cdf(-reach - shift)


@settings(max_examples=30)
@given(st.floats(0.01, 0.5), st.floats(0.05, 0.95), st.floats(0.5, 0.99))
def test_the_size_found_has_the_power_asked_for(smallest, share, power):
    needed = customers_needed(smallest=smallest, deviation=0.5, share=share, power=power)
    reached = power_of(needed, smallest=smallest, share=share)
    assert reached >= power - 1e-9
    if needed > 50:
        assert power_of(needed - 2, smallest=smallest, share=share) < power + 1e-4


def test_uneven_arms_are_told_by_chi_square():
    counts, shares = np.array([520, 480]), np.array([0.5, 0.5])
    assert arms_mismatch(counts, shares) == pytest.approx(chisquare(counts).pvalue)
    assert arms_mismatch(np.array([600, 400]), shares) < 1e-9
    assert arms_mismatch(np.array([3, 0]), shares) == 1
    assert arms_mismatch(np.array([9]), np.array([1.0])) == 1


def test_a_better_challenger_is_kept_and_a_worse_one_reverted():
    kept = verdict(PLAN, readings((0.50, 0.36), seed=1))
    assert (kept.outcome, kept.why) == ("keep", "better")
    assert kept.final.low > 0
    assert kept.seen == kept.planned == 1_000
    lost = verdict(PLAN, readings((0.36, 0.50), seed=1))
    assert (lost.outcome, lost.why) == ("revert", "worse")


def test_no_difference_is_undecided_and_says_when_it_is_too_early():
    same = readings((0.4, 0.4), seed=3)
    assert verdict(PLAN, same).why == "no_difference_shown"
    early = verdict(PLAN, same.head(400))
    assert (early.outcome, early.why, early.final) == ("undecided", "too_early", None)
    few = verdict(PLAN, same.head(60))
    assert (few.outcome, few.why, few.effect) == ("undecided", "not_enough_data", None)


def test_a_large_effect_may_be_read_before_the_end():
    told = verdict(PLAN, readings((0.7, 0.3), seed=4).head(400))
    assert (told.outcome, told.final) == ("keep", None)
    assert told.always.low > 0


def test_the_final_reading_waits_for_every_outcome_and_ignores_later_customers():
    rows = readings((0.45, 0.38), customers=1_500, seed=5)
    open_one = rows.with_columns(outcome=pl.when(pl.col("customer_id") != 999).then("outcome"))
    assert verdict(PLAN, open_one).final is None
    assert verdict(PLAN, open_one).seen == 999
    final = verdict(PLAN, rows.head(1_000))
    assert verdict(PLAN, rows) == final
    assert verdict(PLAN, rows.sample(fraction=1, shuffle=True, seed=1)) == final


def test_arms_that_were_not_divided_as_planned_decide_nothing():
    told = verdict(PLAN, readings((0.6, 0.3), share=0.6, seed=6))
    assert (told.outcome, told.why) == ("undecided", "arms_do_not_match")
    assert told.mismatch_p < 1e-6


@pytest.mark.parametrize(
    ("complaints", "outcome", "why", "state"),
    [
        ((0.20, 0.02), "revert", "guardrail_harmed", "harmed"),
        ((0.02, 0.02), "keep", "better", "safe"),
        ((0.055, 0.02), "undecided", "guardrail_unclear", "unclear"),
    ],
)
def test_a_guardrail_overrides_a_better_outcome(complaints, outcome, why, state):
    plan = Plan(
        experiment="calls", challenger="new", champion="old", customers=1_000, share=0.5,
        smallest=0.1, guardrails=(Guardrail("complained", 0.03),),
    )  # fmt: skip
    told = verdict(plan, readings((0.6, 0.4), seed=7, complained=complaints))
    assert (told.outcome, told.why, told.guardrails[0].state) == (outcome, why, state)


def test_a_guardrail_may_be_something_that_must_not_fall():
    plan = Plan(
        experiment="calls", challenger="new", champion="old", customers=1_000, share=0.5,
        smallest=0.1, guardrails=(Guardrail("content", 0.03, is_harm_high=False),),
    )  # fmt: skip
    told = verdict(plan, readings((0.6, 0.4), seed=8, content=(0.5, 0.9)))
    assert (told.outcome, told.guardrails[0].harm.low > 0.03) == ("revert", True)


def test_looking_every_day_is_right_as_often_as_promised():
    rng = np.random.default_rng(9)
    looks, missed = range(100, 1_001, 50), 0
    for _ in range(200):
        acted = (rng.random(1_000) < 0.3).astype(np.int64)
        paid = (rng.random(1_000) < 0.4 + 0.1 * acted).astype(float)
        told = [
            always_valid(acted[:n], paid[:n], share=0.3, tuned_at=500, error=0.1) for n in looks
        ]
        missed += any(not one.low <= 0.1 <= one.high for one in told)
    assert missed <= 28  # a tenth of 200 and two standard errors


def test_chances_that_were_logged_wrong_are_found():
    world = World(21, customers=3_000)
    right = propensity_mismatch(world.log())
    assert right["action"].to_list() == ["call", "email", "none"]
    assert right["permitted_n"].to_list() == [3_000] * 3
    assert right["p_value"].min() > 0.05
    assert (right["ratio_ppm"] - 1_000_000).abs().max() < 60_000
    wrong = propensity_mismatch(world.log(propensity=np.full(3_000, 1 / 3)))
    assert wrong["p_value"].min() < 1e-9
    (email,) = wrong.filter(pl.col("action") == "email")["ratio_ppm"]
    assert email < 750_000


def test_a_customer_decided_about_often_does_not_raise_a_false_alarm():
    world = World(22, customers=300)
    once = world.log()
    often = pl.concat([once.with_columns(as_of_day=pl.lit(day, pl.Int32)) for day in range(40)])
    one, other = propensity_mismatch(once), propensity_mismatch(often)
    assert other["p_value"].to_list() == pytest.approx(one["p_value"].to_list())
