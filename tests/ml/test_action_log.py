"""The log of decisions: what may stand in it, what came of it, and plan against chance."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_date
from dunwell.engine.strategy_steps import CHANNELS
from dunwell.ml.action_choice import ChancePolicy, chosen
from dunwell.ml.action_log import MONEY, NONE, with_outcomes
from dunwell.ml.experiments import propensity_mismatch
from tests.ml.action_world import World

DAY = date(2026, 3, 2)
LOG = World(1, customers=4).log().drop("received_minor", "paid_ppm", "is_paid")
"""Decisions of day 20,000 about customers 1 to 4."""


def money(*rows):
    return pl.DataFrame(list(rows), schema=MONEY, orient="row")


def test_money_counts_from_the_day_after_for_fourteen_days():
    owed = LOG["collect_minor"].to_list()
    told = with_outcomes(
        LOG,
        money(
            (1, 20_000, owed[0]),
            (1, 20_015, owed[0]),
            (2, 20_001, owed[1]),
            (3, 20_014, owed[2] // 2),
            (3, 20_014, 1),
            (4, 20_003, owed[3]),
            (4, 20_004, -owed[3] - 5),
        ),
        as_of=day_date(20_014),
    )
    assert told.select("received_minor", "is_paid").rows() == [
        (0, False),
        (owed[1], True),
        (owed[2] // 2 + 1, False),
        (-5, False),
    ]
    assert told["paid_ppm"].to_list() == [
        0,
        1_000_000,
        ((owed[2] // 2 + 1) * 2_000_000 + owed[2]) // (2 * owed[2]),
        0,
    ]


def test_a_window_that_is_not_over_has_no_outcome():
    told = with_outcomes(LOG, money((1, 20_001, 10**9)), as_of=day_date(20_013))
    assert told.select("received_minor", "paid_ppm", "is_paid").rows() == [(None, None, None)] * 4


def test_money_after_the_day_asked_about_is_not_seen_and_asking_again_replaces():
    later = money((1, 20_001, 5), (2, 20_020, 10**9))
    first = with_outcomes(LOG, later, as_of=day_date(20_014))
    assert first["received_minor"].to_list() == [5, 0, 0, 0]
    assert with_outcomes(first, later, as_of=day_date(20_014)).equals(first)


POLICY = ChancePolicy(experiment="next-action", salt="s", holdout_ppm=200_000)


def options(*sets):
    return pl.DataFrame(
        [(customer, action) for customer, actions in enumerate(sets, 1) for action in actions],
        schema={"customer_id": pl.Int64, "action": pl.String},
        orient="row",
    )


def plans(*actions):
    return pl.DataFrame({"customer_id": range(1, len(actions) + 1), "action": actions})


@settings(max_examples=30)
@given(
    st.lists(st.sets(st.sampled_from([*CHANNELS, NONE]), min_size=1), min_size=1, max_size=20),
    st.integers(0, 300),
)
def test_nothing_but_a_permitted_action_is_ever_chosen(sets, day):
    told = chosen(
        plans(*["call"] * len(sets)),
        options(*sets),
        policy=POLICY,
        as_of=DAY + timedelta(days=day),
    )
    assert told.height == len(sets)
    for row, permitted in zip(told.iter_rows(named=True), sets, strict=True):
        assert row["action"] in {*permitted, NONE}
        assert row["permitted"] == ",".join(sorted({*permitted, NONE}))
        if not row["is_holdout"]:
            assert row["action"] == ("call" if "call" in permitted else NONE)


def test_the_plan_is_followed_outside_the_holdout_with_the_chance_told():
    told = chosen(
        plans("call", "email"), options({"call", "email"}, {"email"}), policy=POLICY, as_of=DAY
    )
    assert told.rows() == [
        (1, "call", 866_667, "call,email,none", False),
        (2, "email", 900_000, "email,none", False),
    ]


def test_the_chances_told_are_those_of_the_draw():
    sets = [{"call", "email", "letter"}] * 20_000
    told = chosen(plans(*["email"] * 20_000), options(*sets), policy=POLICY, as_of=DAY)
    assert propensity_mismatch(told)["p_value"].min() > 0.05
    assert abs(told["is_holdout"].mean() - 0.2) < 0.01
    # who is in the holdout stays so within a period and is drawn anew in the next
    next_day, next_period = (
        chosen(
            plans(*["email"] * 20_000), options(*sets), policy=POLICY, as_of=DAY + timedelta(n)
        )["is_holdout"]
        for n in (1, 91)
    )
    assert next_day.equals(told["is_holdout"])
    assert 0.03 < (next_period & told["is_holdout"]).mean() < 0.05


def test_a_holdout_of_nobody_or_everybody_is_refused():
    for share in (0, 1_000_000):
        with pytest.raises(ValueError, match="share between"):
            ChancePolicy(experiment="e", salt="s", holdout_ppm=share)
