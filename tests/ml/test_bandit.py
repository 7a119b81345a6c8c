"""The bandit: never what is not permitted, exact chances, guardrails, drift, and replay."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.ml.bandit import (
    TRIALS,
    BanditPolicy,
    arm_chances,
    best_chances,
    blank_state,
    decided,
    updated,
)
from dunwell.ml.bandit_alarms import change_day, harm_evidence

DAY = date(2026, 4, 1)
TODAY = day_number(DAY)
ARMS = ("email-9", "email-14", "call-10", "sms-16")
POLICY = BanditPolicy(experiment="hours", salt="s", arms=ARMS)


def trials(*rows):
    """Rows of which every outcome is known; a seventh number says how many were decided."""
    whole = [row if len(row) == 7 else (*row, row[3]) for row in rows]
    return pl.DataFrame(whole, schema=TRIALS, orient="row")


def state(*rows, policy=POLICY, as_of=DAY):
    return updated(blank_state(), trials(*rows), policy=policy, as_of=as_of)


def candidates(*sets, cell="small/1-30"):
    return pl.DataFrame(
        [(n, cell, arm) for n, arms in enumerate(sets, 1) for arm in arms],
        schema={"customer_id": pl.Int64, "cell": pl.String, "arm": pl.String},
        orient="row",
    )


counts = st.lists(
    st.tuples(
        st.integers(TODAY - 40, TODAY - 1), st.sampled_from(["small/1-30", "small/91+"]),
        st.sampled_from(ARMS), st.integers(1, 60), st.integers(0, 60), st.integers(0, 20),
    ).map(lambda row: (*row[:4], min(row[4], row[3]), min(row[5], row[3]))),
    max_size=12,
)  # fmt: skip


@settings(max_examples=60)
@given(
    counts,
    st.lists(st.sets(st.sampled_from([*ARMS, "fax-3"]), min_size=1), min_size=1, max_size=12),
    st.integers(0, 200),
)
def test_an_arm_that_is_not_permitted_or_stopped_is_never_drawn(rows, sets, later):
    known = state(*rows)
    told = decided(known, candidates(*sets), policy=POLICY, as_of=DAY + timedelta(days=later))
    running = set(ARMS) - set(known.stops["arm"])
    possible = {n: some & running for n, some in enumerate(sets, 1) if some & running}
    assert told["customer_id"].to_list() == list(possible)
    for row in told.iter_rows(named=True):
        permitted = tuple(arm for arm in ARMS if arm in possible[row["customer_id"]])
        assert row["arm"] in permitted
        chances = arm_chances(known, permitted, cell="small/1-30", policy=POLICY)
        assert row["propensity_ppm"] == chances[row["arm"]]
        assert sum(chances.values()) == 1_000_000
        # every arm keeps the least, and all but the best together stay in the budget
        assert min(chances.values()) >= (20_000 if len(permitted) > 1 else 1_000_000)
        assert 1_000_000 - chances[row["best_arm"]] <= 300_000


def test_the_same_state_and_day_give_the_same_draw_and_the_next_day_another():
    sets = [set(ARMS)] * 300
    first = decided(blank_state(), candidates(*sets), policy=POLICY, as_of=DAY)
    again = decided(blank_state(), candidates(*sets).reverse(), policy=POLICY, as_of=DAY)
    assert first.equals(again)
    later = decided(blank_state(), candidates(*sets), policy=POLICY, as_of=DAY + timedelta(1))
    assert not first["arm"].equals(later["arm"])


def test_draws_come_as_often_as_their_chances_say():
    known = state(
        (TODAY - 9, "small/1-30", "call-10", 50, 20, 0),
        (TODAY - 9, "small/1-30", "email-9", 50, 15, 0),
    )
    told = decided(known, candidates(*[set(ARMS)] * 20_000), policy=POLICY, as_of=DAY)
    chances = arm_chances(known, ARMS, cell="small/1-30", policy=POLICY)
    for arm, ppm in chances.items():
        drawn, wanted = (told["arm"] == arm).sum(), 20_000 * ppm / 1e6
        assert abs(drawn - wanted) < 4 * np.sqrt(wanted)


def test_the_chance_to_be_best_is_the_integral():
    assert best_chances(np.ones(4), np.ones(4)) == pytest.approx([0.25] * 4)
    # two beliefs: P(Beta(1, 1) > Beta(2, 1)) = 1 / 3
    assert best_chances(np.array([1.0, 2.0]), np.ones(2)) == pytest.approx(
        [1 / 3, 2 / 3], abs=1e-3
    )
    wins, losses = np.array([30.0, 36.0, 3.0, 400.0]), np.array([70.0, 64.0, 4.0, 800.0])
    rng = np.random.default_rng(1)
    draws = rng.beta(wins, losses, size=(200_000, 4)).argmax(axis=1)
    assert best_chances(wins, losses) == pytest.approx(np.bincount(draws) / 200_000, abs=4e-3)


def test_a_new_cell_starts_from_the_other_cells():
    known = state(
        (TODAY - 9, "small/91+", "call-10", 400, 200, 0),
        (TODAY - 9, "small/91+", "email-9", 400, 40, 0),
    )
    chances = arm_chances(known, ("email-9", "call-10"), cell="new", policy=POLICY)
    assert chances == {"email-9": 20_000, "call-10": 980_000}


def test_outcomes_given_twice_count_once_and_later_days_wait():
    row, future = (TODAY - 9, "c", "call-10", 9, 3, 0), (TODAY, "c", "call-10", 5, 5, 0)
    once = state(row, future)
    twice = updated(once, trials(row), policy=POLICY, as_of=DAY)
    assert once.trials.rows() == [(*row, 9)]
    assert twice.trials.equals(once.trials)
    more = updated(once, trials((*row[:3], 10, 4, 1)), policy=POLICY, as_of=DAY)
    assert more.trials.rows() == [(TODAY - 9, "c", "call-10", 10, 4, 1, 10)]


def test_an_arm_that_brings_complaints_stops_for_good():
    rows = [(TODAY - 9, "c", arm, 200, 100, 20 if arm == "sms-16" else 2) for arm in ARMS]
    known = state(*rows)
    assert known.stops.rows() == [(TODAY, "sms-16", 200, 20)]
    told = decided(known, candidates({"sms-16"}, set(ARMS)), policy=POLICY, as_of=DAY)
    assert told["customer_id"].to_list() == [2]
    later = updated(known, trials(), policy=POLICY, as_of=DAY + timedelta(days=30))
    assert later.stops.equals(known.stops)


def test_harm_stops_an_arm_before_its_outcomes_are_known():
    known = state(
        (TODAY - 1, "c", "sms-16", 0, 0, 20, 200), (TODAY - 1, "c", "call-10", 0, 0, 2, 200)
    )
    assert known.stops.rows() == [(TODAY, "sms-16", 200, 20)]
    chances = arm_chances(known, ARMS, cell="c", policy=POLICY)
    assert chances["email-9"] == max(chances.values())


def test_the_first_arm_keeps_a_share_to_compare_with():
    policy = BanditPolicy(experiment="hours", salt="s", arms=ARMS, control_ppm=100_000)
    known = state(
        (TODAY - 9, "c", "email-9", 400, 40, 0), (TODAY - 9, "c", "call-10", 400, 200, 0)
    )
    two = ("email-9", "call-10")
    assert arm_chances(known, two, cell="c", policy=policy) == {
        "email-9": 100_000,
        "call-10": 900_000,
    }
    # where it is not permitted the others need no more than the least
    assert arm_chances(known, ("email-14", "call-10"), cell="c", policy=policy)[
        "call-10"
    ] in range(20_000, 300_001)


def test_few_lucky_answers_do_not_replace_the_first_arm_and_many_do():
    wary = BanditPolicy(
        experiment="hours", salt="s", arms=ARMS, prior_worth=40, switch_ppm=900_000
    )

    def chance(policy, tries, wins):
        known = state(
            (TODAY - 9, "c", "email-9", 20, 8, 0),
            (TODAY - 9, "c", "email-14", tries, wins, 0),
            policy=policy,
        )
        two = ("email-9", "email-14")
        return arm_chances(known, two, cell="c", policy=policy)["email-14"]

    assert chance(POLICY, 3, 3) > 900_000
    assert chance(wary, 3, 3) == 300_000
    assert chance(wary, 90, 72) > 900_000


def test_harm_at_the_limit_stops_an_arm_rarely_and_thrice_the_limit_soon():
    rng = np.random.default_rng(0)
    looks = np.arange(25, 1_501, 25)

    def stopped_at(rate):
        harms = np.cumsum(rng.random(1_500) < rate)
        return next(
            (n for n in looks if harm_evidence(int(harms[n - 1]), int(n), limit=0.02) >= 20), None
        )

    assert sum(stopped_at(0.02) is not None for _ in range(200)) <= 17  # 5 % and 2 errors
    found = [stopped_at(0.06) or 9_999 for _ in range(100)]
    assert np.median(found) < 250
    assert harm_evidence(0, 0, limit=0.02) == pytest.approx(1)


def test_a_change_of_success_is_found_near_its_day_and_none_where_there_is_none():
    rng = np.random.default_rng(2)
    days, tries = np.arange(100), np.full(100, 20)
    steady = rng.binomial(20, 0.3, (100, 100))
    alarms = [change_day(days, tries, wins, chance=0.05) for wins in steady]
    assert alarms.count(None) >= 95
    changed = rng.binomial(20, np.where(days < 60, 0.35, 0.15))
    assert abs(change_day(days, tries, changed, chance=0.05) - 60) <= 3
    assert change_day(days[:1], tries[:1], changed[:1], chance=0.05) is None
    assert change_day(days, tries * 0, tries * 0, chance=0.05) is None


def test_what_lies_before_a_change_is_forgotten_in_that_cell_only():
    def rows(cell, before, after):
        return [
            (TODAY - 60 + d, cell, "call-10", 20, before if d < 30 else after, 0)
            for d in range(60)
        ]

    known = state(*rows("a", 12, 2), *rows("b", 12, 12))
    assert known.resets.rows() == [(TODAY - 30, "a", "call-10")]
    again = updated(known, trials(), policy=POLICY, as_of=DAY)
    assert again.resets.equals(known.resets)
    for cell, best in (("a", "email-9"), ("b", "call-10")):
        told = decided(
            known, candidates({"email-9", "call-10"}, cell=cell), policy=POLICY, as_of=DAY
        )
        assert told["best_arm"].to_list() == [best]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arms": ()}, "distinct names"),
        ({"arms": ("a", "a")}, "distinct names"),
        ({"least_ppm": 100_001}, "least chance"),
        ({"control_ppm": 260_001}, "least chance"),
        ({"explore_ppm": 59_999}, "least chance"),
        ({"explore_ppm": 1_000_001}, "between 0 and"),
        ({"harm_limit_ppm": 0}, "between 0 and"),
    ],
)
def test_rules_that_cannot_hold_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        BanditPolicy(**{"experiment": "e", "salt": "s", "arms": ARMS, **change})
