"""Proofs on worlds whose truth is known: what is planted is found, and nothing else is."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from dunwell.ml.action_choice import ChancePolicy, chosen
from dunwell.ml.action_plan import planned
from dunwell.ml.bandit import BanditPolicy, blank_state, decided, updated
from dunwell.ml.experiments import Plan, propensity_mismatch, verdict
from dunwell.ml.next_action import ActionPolicy, evidence, no_evidence, rank
from dunwell.ml.policy_value import policy_value
from dunwell.ml.uplift import adjusted, difference
from tests.ml.action_world import ACTIONS, BANDS, World

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

DAY = date(2026, 1, 5)
POLICY = ActionPolicy(minute_minor=60, fixed_minor={})
SIZES = [
    pytest.param(1, id="short"),
    pytest.param(5, id="long", marks=pytest.mark.release),
]
"""How many times as many runs: the long tier draws other worlds as well."""


def within(hits, runs, rate):
    """A count as chance allows it: outside in two of a thousand tests of a true rate."""
    return binom.ppf(0.001, runs, rate) <= hits <= binom.ppf(0.999, runs, rate)


@pytest.mark.parametrize("times", SIZES)
def test_the_interval_of_the_uplift_covers_the_planted_truth(times):
    runs, plain, narrowed = 200 * times, 0, 0
    for seed in range(runs):
        acted, paid, before = World(seed, customers=2_000).pair("31-60")
        one, other = difference(acted, paid).uplift, adjusted(acted, paid, before).uplift
        plain += one.low <= 0.12 <= one.high
        narrowed += other.low <= 0.12 <= other.high
    assert within(plain, runs, 0.95)
    assert within(narrowed, runs, 0.95)


@pytest.mark.parametrize("times", SIZES)
def test_the_value_of_a_policy_is_covered_by_its_interval(times):
    runs, hits, errors = 200 * times, 0, []
    for seed in range(runs):
        world = World(10_000 + seed, customers=2_000)
        policy = np.where((world.band == "31-60")[:, None], [[0.9, 0.05, 0.05]], [[0.1, 0.1, 0.8]])
        truth = float((policy * world.truth).sum(axis=1).mean())
        told = policy_value(world.decisions(), policy).robust
        hits += told.low <= truth <= told.high
        errors.append(told.value - truth)
    assert within(hits, runs, 0.95)
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(runs)


def test_the_planted_action_ranks_first_and_the_idle_one_falls_below_its_cost():
    customers = pl.DataFrame(
        {
            "customer_id": range(len(BANDS)),
            "collect_minor": [40_000] * len(BANDS),
            "days_past_due": [0, 10, 45, 75, 100],
            "p_unpaid_ppm": [600_000] * len(BANDS),
        }
    )
    options = customers.select("customer_id").join(
        pl.DataFrame({"action": ["call", "email", "none"]}), how="cross"
    )
    # the priors believe in early mails
    first = rank(customers, options, no_evidence(), policy=POLICY).row(0, named=True)
    assert (first["action"], first["band"]) == ("email", "1-30")
    hits, mails = 0, []
    for seed in range(6):
        log = World(seed, customers=40_000).log()
        told = rank(customers, options, evidence(log), policy=POLICY)
        top = told.row(0, named=True)
        hits += (top["action"], top["band"]) == ("call", "31-60")
        # 12 points, less what the prior still draws it towards 6.6
        assert abs(top["uplift_ppm"] - 120_000) < 30_000
        mails += told.filter(pl.col("action") == "email")["uplift_ppm"].to_list()
    assert hits == 6
    # of the 0.6 to 3 points the priors gave a mail less than one is left on average
    assert abs(np.mean(mails)) < 8_000


@pytest.mark.parametrize("times", SIZES)
def test_the_interval_of_an_observed_effect_covers_the_planted_one(times):
    runs, hits = 100 * times, 0
    for seed in range(runs):
        world = World(50_000 + seed, customers=3_000)
        (told,) = (
            evidence(world.log())
            .filter(action="call", band="31-60")
            .select("observed_ppm", "error_ppm")
            .rows()
        )
        rows = world.band == "31-60"
        # twelve points of what would have stayed unpaid
        truth = 0.12 / (1 - world.alone[rows]).mean()
        hits += abs(told[0] / 1e6 - truth) <= 1.96 * told[1] / 1e6
    assert within(hits, runs, 0.95)


def test_the_loop_of_plan_chance_and_log_learns_from_its_own_decisions():
    """Ten rounds: rank, plan, leave three tenths to chance, log, and read the log again."""
    log, policy = None, ChancePolicy(experiment="loop", salt="s", holdout_ppm=300_000)
    shown = evidence(World(1, customers=10).log().filter(pl.col("action") == "call"))
    for number in range(10):
        world = World(100 + number, customers=5_000)
        customers = world.customers_frame()
        options = customers.select("customer_id").join(
            pl.DataFrame({"action": ACTIONS}), how="cross"
        )
        ranked = rank(customers, options, shown, policy=POLICY)
        plan = planned(ranked, capacity_minutes=5_000)
        done = chosen(plan, options, policy=policy, as_of=DAY + timedelta(days=91 * number))
        rng = np.random.default_rng(number)
        number_of = np.array([ACTIONS.index(action) for action in done["action"]])
        paid = rng.random(5_000) < world.truth[np.arange(5_000), number_of]
        rows = world.log().with_columns(
            *(done[name] for name in ("action", "propensity_ppm", "is_holdout")),
            customer_id=pl.col("customer_id") + 5_000 * number,
            is_paid=pl.Series(paid),
            paid_ppm=pl.Series(np.where(paid, 1_000_000, 0)),
        )
        log = rows if log is None else pl.concat([log, rows])
        shown = evidence(log)
    assert propensity_mismatch(log)["p_value"].min() > 0.01
    found = {(row["action"], row["band"]): row for row in shown.iter_rows(named=True)}
    best = max(found, key=lambda key: found[key]["observed_ppm"])
    assert best == ("call", "31-60")
    others = [row["observed_ppm"] for key, row in found.items() if key != best]
    assert max(others) < found[best]["observed_ppm"] / 2
    # the desk came to call where calls work and nearly nowhere else
    last = plan.join(customers, on="customer_id").filter(pl.col("action") == "call")
    assert last["days_past_due"].is_between(31, 60).mean() > 0.8


@pytest.mark.parametrize("times", SIZES)
def test_a_against_a_is_found_different_as_often_as_promised(times):
    runs, plain, narrowed = 400 * times, 0, 0
    for seed in range(runs):
        world = World(20_000 + seed, customers=1_000, planted={})
        acted = np.random.default_rng(seed).integers(0, 2, 1_000)
        paid = world.paid.astype(float)
        plain += difference(acted, paid).uplift.p_value < 0.05
        narrowed += adjusted(acted, paid, world.alone).uplift.p_value < 0.05
    assert within(plain, runs, 0.05)
    assert within(narrowed, runs, 0.05)


def experiment_ends(effect, runs, seed):
    """What experiments end with that are looked at four times and stopped at the first verdict."""
    plan = Plan(
        experiment="e", challenger="new", champion="old", customers=1_000, share=0.5, smallest=0.1
    )
    rng, ends = np.random.default_rng(seed), []
    for _ in range(runs):
        is_new = rng.random(1_000) < 0.5
        rows = pl.DataFrame(
            {
                "customer_id": np.arange(1_000),
                "arm": np.where(is_new, "new", "old"),
                "enrolled_day": np.arange(1_000) // 20,
                "outcome": (rng.random(1_000) < 0.4 + effect * is_new).astype(float),
            }
        )
        looks = (verdict(plan, rows.head(seen)) for seen in (250, 500, 750, 1_000))
        ends.append(
            next((one.outcome for one in looks if one.outcome != "undecided"), "undecided")
        )
    return ends


@pytest.mark.parametrize("times", SIZES)
def test_an_experiment_that_is_looked_at_again_and_again_keeps_its_error(times):
    ends = experiment_ends(0.0, 400 * times, seed=1)
    wrong = len(ends) - ends.count("undecided")
    assert wrong <= binom.ppf(0.999, len(ends), 0.05)
    # with an effect of ten points it has about the power it was planned with
    found = experiment_ends(0.1, 60 * times, seed=2)
    assert found.count("keep") >= binom.ppf(0.001, len(found), 0.8)
    assert found.count("revert") == 0


def test_a_log_whose_chances_are_wrong_is_not_believed():
    caught = false_alarms = 0
    for seed in range(40):
        world = World(30_000 + seed, customers=1_500)
        band = pl.Series("band", world.band)
        # right on the whole, wrong in every band: the hard cases were called more often
        even = np.bincount(world.action, minlength=3)[world.action] / 1_500
        logs = [world.log().with_columns(band), world.log(propensity=even).with_columns(band)]
        right, wrong = (propensity_mismatch(log, by=("band",))["p_value"].min() for log in logs)
        false_alarms += right < 0.01
        caught += wrong < 0.01
    assert caught == 40
    assert false_alarms <= 2


def played(policy, rates, *, days, seed, change=None):
    """Regret by day (wins given up) of a bandit over two cells of 50 customers, and its state."""
    rng, state, regret = np.random.default_rng(seed), blank_state(), []
    permitted = pl.DataFrame({"customer_id": range(100)}).with_columns(
        cell=pl.when(pl.col("customer_id") % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b")),
    )
    candidates = permitted.join(pl.DataFrame({"arm": policy.arms}), how="cross")
    for number in range(days):
        on = DAY + timedelta(days=number)
        true = np.array(change[1] if change and number >= change[0] else rates)
        drawn = decided(state, candidates, policy=policy, as_of=on)
        arms = np.array([policy.arms.index(arm) for arm in drawn["arm"]])
        regret.append((true.max() - true[arms]).sum())
        outcomes = (
            drawn.with_columns(win=pl.Series(rng.random(100) < true[arms]))
            .group_by("cell", "arm")
            .agg(tries=pl.len(), wins=pl.col("win").sum(), harms=pl.lit(0), decisions=pl.len())
            .with_columns(day=pl.lit((on - date(1970, 1, 1)).days))
        )
        state = updated(state, outcomes, policy=policy, as_of=on + timedelta(days=1))
    return np.cumsum(regret), state, drawn


ARMS = ("email-9", "email-14", "call-10")


@pytest.mark.parametrize("times", SIZES)
def test_the_bandit_finds_the_best_arm_and_its_regret_flattens(times):
    free = BanditPolicy(experiment="free", salt="s", arms=ARMS, least_ppm=0, explore_ppm=1_000_000)
    runs = [played(free, (0.20, 0.26, 0.35), days=120, seed=seed) for seed in range(2 * times - 1)]
    regret = np.mean([one for one, *_ in runs], axis=0)
    # four times the days: at random the regret would be four times as high as well
    assert regret[119] / regret[29] < 2
    assert regret[119] < 0.1 * 120 * 100 * 0.35 / 2
    for _, state, drawn in runs:
        assert (drawn["arm"] == "call-10").mean() > 0.9
        assert state.resets.height == 0


def test_the_price_of_the_guardrails_is_the_least_share_and_no_more():
    kept = BanditPolicy(experiment="kept", salt="s", arms=ARMS)
    regret, *_ = played(kept, (0.20, 0.26, 0.35), days=90, seed=1)
    late = (regret[89] - regret[59]) / 30
    # a fiftieth of 100 customers a day on each of two worse arms: .02 * 100 * (.15 + .09)
    assert 0.2 < late < 2 * 0.48


def test_the_bandit_follows_when_the_best_arm_changes():
    kept = BanditPolicy(experiment="kept", salt="s", arms=ARMS)
    regret, state, drawn = played(
        kept, (0.20, 0.26, 0.40), days=100, seed=2, change=(50, (0.45, 0.26, 0.12))
    )
    assert {arm for _, _, arm in state.resets.rows()} >= {"call-10"}
    assert (drawn["arm"] == "email-9").mean() > 0.9
    assert (regret[99] - regret[84]) / 15 < 2
