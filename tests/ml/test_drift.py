"""Drift: quiet while the model is right, loud soon after customers start paying later."""

import json
from functools import lru_cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.ml.alarms import CONSEQUENCES, Alarm, alarms
from dunwell.ml.drift import (
    PSI,
    TRAILING,
    psi,
    reference,
    reference_data,
    reference_from,
    trailing,
)
from dunwell.ml.paid_watch import CALM_ALARMS, WATCH, PaidWeek, paid_weeks, watch, watch_limit
from tests.ml.watched import FIRST_DAY, predicted_weeks

NO_INPUTS = pl.DataFrame(schema=PSI)
NO_WATCH = pl.DataFrame(schema=WATCH)
NO_TRAIL = pl.DataFrame(schema=TRAILING)


@lru_cache
def shifted(seed):
    """Return a book of a year whose customers pay ten days later from week 30 on."""
    return predicted_weeks(seed, weeks=50, shift_week=30)


def sample(size=2000, seed=0, shift=0.0):
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": random.normal(30 + shift, 10, size),
            "amount": random.integers(1, 6, size),
            "terms": random.choice(["net30", "net60", "cash"], size),
            "is_new": random.random(size) < 0.1,
        }
    )


def weeks_of(gaps, spread=10.0):
    """Return watched weeks whose gaps are the given deviations."""
    return [
        PaidWeek(FIRST_DAY + 7 * n, 1000.0, spread**2, round(1000 + spread * gap))
        for n, gap in enumerate(gaps)
    ]


def test_the_same_sample_has_no_distance():
    rows = sample()
    assert psi(reference(rows), rows).rows() == [
        (name, 0, chance, "stable")
        for name, chance in zip(
            rows.columns, psi(reference(rows), rows)["chance_ppm"], strict=True
        )
    ]


def test_the_distance_is_the_textbook_sum():
    before = pl.DataFrame({"kind": ["a"] * 60 + ["b"] * 40})
    now = pl.DataFrame({"kind": ["a"] * 30 + ["b"] * 70})
    p, q = np.array([60.5, 40.5]) / 101, np.array([30.5, 70.5]) / 101
    exact = float(((q - p) * np.log(q / p)).sum())
    row = psi(reference(before), now).row(0, named=True)
    assert row["psi_ppm"] == round(exact * 1_000_000)
    assert row["verdict"] == "shifted"


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from("abcd"), min_size=5, max_size=60),
    st.lists(st.sampled_from("abcde"), min_size=5, max_size=60),
)
def test_the_distance_is_the_same_both_ways_and_never_negative(one, other):
    # a value the reference never saw has its own bin on one side only
    other = [value for value in other if value in one] or one
    first, second = pl.DataFrame({"kind": one}), pl.DataFrame({"kind": other})
    there = psi(reference(first), second)["psi_ppm"][0]
    back = psi(reference(second), first)["psi_ppm"][0]
    if set(one) == set(other):
        assert there == back
    assert there >= 0


def test_inputs_are_judged_each_on_its_own():
    bins = reference(sample())
    moved = psi(bins, sample(seed=1, shift=15.0))
    alone = psi(reference(sample().select("age")), sample(seed=1, shift=15.0).select("age"))
    assert moved["verdict"].to_list() == ["shifted", "stable", "stable", "stable"]
    assert moved.filter(pl.col("code") == "age").equals(alone)


def test_equal_samples_of_any_size_are_rarely_called_shifted():
    bins = reference(sample(4000))
    verdicts = pl.concat(
        [psi(bins, sample(size, seed)) for size in (20, 60, 200) for seed in range(1, 34)]
    )["verdict"]
    assert (verdicts != "stable").sum() <= 0.03 * len(verdicts)


def test_new_values_and_empty_ones_are_bins_of_their_own():
    bins = reference(sample())
    rows = sample(seed=2).with_columns(
        age=pl.when(pl.col("is_new")).then(None).otherwise("age"), terms=pl.lit("net90")
    )
    table = psi(bins, rows)
    assert table["verdict"].to_list() == ["shifted", "stable", "shifted", "stable"]


def test_a_season_that_returns_every_year_is_no_shift():
    bins = reference(sample().select("age"))
    august, last_august = sample(seed=1, shift=15.0), sample(seed=2, shift=15.0)
    assert psi(bins, august)["verdict"].to_list() == ["shifted"]
    assert psi(bins, august, a_year_ago=last_august)["verdict"].to_list() == ["stable"]


def test_a_missing_input_is_named():
    with pytest.raises(ValueError, match=r"^input terms is missing"):
        psi(reference(sample()), sample().drop("terms"))


def test_a_reference_survives_storage():
    bins = reference(sample())
    assert reference_from(json.loads(json.dumps(reference_data(bins)))) == bins


def test_an_empty_week_says_nothing():
    assert psi(reference(sample()), sample().clear())["verdict"].to_list() == ["stable"] * 4


def test_a_week_counts_once_its_seven_days_are_over():
    rows = predicted_weeks(weeks=3, items_a_week=10)
    cut = FIRST_DAY + 14
    rows = rows.with_columns(is_soon=pl.when(pl.col("as_of_day") < cut).then("is_soon"))
    weeks = paid_weeks(rows)
    first = rows.filter(pl.col("as_of_day") == FIRST_DAY)
    assert [week.as_of for week in weeks] == [FIRST_DAY, FIRST_DAY + 7]
    assert weeks[0].paid == first["is_soon"].sum()
    assert weeks[0].expected == pytest.approx(first["soon"].sum())
    alone = (first["soon"] * (1 - first["soon"])).sum()
    assert weeks[0].variance > alone


def test_a_right_model_raises_no_more_alarms_than_stated():
    """400 years of t-distributed gaps of unknown spread, judged by 16 calm weeks."""
    random = np.random.default_rng(11)
    alarmed = 0
    for _ in range(400):
        gaps = random.uniform(0.5, 3) * random.standard_t(5, 68)
        alarmed += (watch(weeks_of(gaps, spread=100.0))["verdict"] != "calm").any()
    # 5 % of 400 and three standard errors
    assert alarmed <= 400 * CALM_ALARMS + 3 * np.sqrt(400 * CALM_ALARMS * (1 - CALM_ALARMS))


def test_the_limit_is_the_same_every_time():
    first = watch_limit()
    watch_limit.cache_clear()
    assert watch_limit() == first


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nothing_is_said_about_a_right_model_of_customers_who_pay_in_runs(seed):
    rows = predicted_weeks(seed, weeks=68)
    trailed = trailing(rows)
    found = alarms(
        watched=watch(paid_weeks(rows)),
        inputs=NO_INPUTS,
        trailed=trailed,
        promoted_crps=trailed["crps_days"][16],
    )
    assert found == ()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_customers_paying_ten_days_later_are_noticed_within_four_weeks(seed):
    table = watch(paid_weeks(shifted(seed)))
    loud = table.filter(pl.col("verdict") != "calm")
    assert loud["verdict"].unique().to_list() == ["fewer"]
    assert 0 <= (loud["as_of_day"][0] - FIRST_DAY) // 7 - 30 <= 4


def test_a_shift_is_told_with_what_follows():
    rows = shifted(0)
    trailed = trailing(rows)
    found = alarms(
        watched=watch(paid_weeks(rows)),
        inputs=NO_INPUTS,
        trailed=trailed,
        promoted_crps=trailed["crps_days"][16],
    )
    codes = ["paid_fewer", "less_exact", "range_missed", "miscalibrated"]
    assert [alarm.code for alarm in found] == codes
    assert [alarm.follows for alarm in found] == [CONSEQUENCES[code] for code in codes]
    assert "fall_back" in found[0].follows
    assert found[0].says.startswith("Customers pay later than predicted: in the last ")


def test_customers_paying_sooner_are_noticed_too():
    gaps = [*np.random.default_rng(1).standard_normal(16), *[2.0] * 8]
    assert watch(weeks_of(gaps))["verdict"].to_list()[-1] == "more"


def test_one_week_is_no_drift():
    gaps = [*np.random.default_rng(1).standard_normal(16), -40.0, 0.0, 0.0]
    assert watch(weeks_of(gaps))["verdict"].to_list() == ["calm"] * 3


def test_a_slow_season_alarms_once_and_not_again_the_year_after():
    random = np.random.default_rng(4)
    gaps = random.standard_normal(104)
    gaps[30:38] -= 2.5
    gaps[82:90] -= 2.5
    table = watch(weeks_of(gaps))
    loud = {
        (day - FIRST_DAY) // 7 for day in table.filter(pl.col("verdict") != "calm")["as_of_day"]
    }
    assert loud & set(range(30, 40))
    assert not loud & set(range(80, 104))


def test_nothing_is_said_before_the_calm_weeks_are_over():
    assert watch(weeks_of([9.0] * 16)).equals(NO_WATCH)
    assert paid_weeks(predicted_weeks(weeks=1).clear()) == ()


def test_trailing_tables_start_with_the_first_day_and_leave_the_unknown_empty():
    rows = predicted_weeks(weeks=4, items_a_week=10)
    rows = rows.with_columns(seen_day=None, is_late_0=None).cast(
        {"seen_day": pl.Int32, "is_late_0": pl.Boolean}
    )
    table = trailing(rows)
    assert table.schema == pl.Schema(TRAILING)
    assert table["as_of_day"].to_list() == [FIRST_DAY + 7 * n for n in range(4)]
    assert table["crps_days"].null_count() == table["ece_ppm"].null_count() == 4
    assert alarms(watched=NO_WATCH, inputs=NO_INPUTS, trailed=table, promoted_crps=1.0) == ()


def test_shifted_inputs_are_named_farthest_first():
    inputs = pl.DataFrame(
        [
            ("age", 300_000, 1, "shifted"),
            ("size", 90_000, 1, "stable"),
            ("days", 410_000, 1, "shifted"),
        ],
        schema=PSI,
        orient="row",
    )
    found = alarms(watched=NO_WATCH, inputs=inputs, trailed=NO_TRAIL, promoted_crps=1.0)
    says = (
        "The book no longer looks like the one the model learned from. "
        "PSI: days (0.41), age (0.30)."
    )
    assert found == (Alarm("inputs_shifted", 0, says, ("refit",)),)
