"""The outlook's sums, ranges and levers on books whose answer is known, and on a real ledger."""

from itertools import combinations, pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dunwell.ml.cash_accuracy import JudgedCash, cash_league
from dunwell.ml.cash_claims import CLAIMS, no_claims, paid_chances
from dunwell.ml.cash_naive import cash_came
from dunwell.ml.cash_outlook import ALL, KNOWN, Book, cash_outlook
from dunwell.ml.cash_periods import cash_periods, period_ends
from dunwell.ml.cash_ranges import PastCash, calibration
from dunwell.ml.cash_sums import Moments, whole_shares
from dunwell.ml.history import as_known
from dunwell.ml.levers import Lever, Target, best_levers, p10_with
from dunwell.ml.naive import customer_median
from dunwell.ml.pay_delays import pay_delays
from dunwell.ml.run_rate import new_business
from dunwell.ml.run_rate import together as all_new_business
from tests.ml.books import requests, sample_history
from tests.ml.test_forecast import LEDGER, ledger_history

NOBODY_PLANNED = pl.Series("item_id", [], dtype=pl.Int64)


def told(history, past=None, *, is_together=False):
    """The outlook of a history by each customer's median."""
    curves = customer_median(history).curves(history, requests(history))
    ends = period_ends(history.as_of)
    paid = [curves.paid_by(np.full(len(curves), end, np.int32)) for end in ends]
    names = ("item_id", "customer_id", "currency", "open_minor", "due_day")
    return cash_outlook(
        history,
        Book(curves.items.select(*names), np.stack(paid, axis=1).astype(np.float32)),
        no_claims(),
        planned=NOBODY_PLANNED,
        past=past or {KNOWN: [], ALL: []},
        home="EUR",
        rates_ppm={"USD": 900_000} if is_together else {},
    )


def covered(history, *, snapshots, learn, step=7):
    """Share of periods whose 80 % range held, each set by what was over by its own day."""
    rows, held = [], []
    nothing = pl.DataFrame(schema={"item_id": pl.Int64, "known_day": pl.Int32})
    for number, ago in enumerate(range(snapshots, 0, -1)):
        day = history.as_of - step * ago
        past = {
            scope: [
                PastCash(r["currency"], r["kind"], r["number"], r["last_day"], r["expected_minor"],
                         r["spread_minor"], r[f"came_{scope}_minor"])
                for r in rows if r["scope"] == scope and r["last_day"] <= day
            ]
            for scope in (KNOWN, ALL)
        }  # fmt: skip
        found = told(as_known(history, as_of=day), past).rows.filter(
            ~pl.col("is_consolidated"), pl.col("last_day") <= history.as_of
        )
        asked = found.select("currency", "first_day", "last_day", as_of_day=pl.lit(day))
        came = cash_came(history, nothing, asked).select("came_known_minor", "came_all_minor")
        made = found.hstack(came).rows(named=True)
        rows += made
        if number >= learn:
            held += [
                (r["scope"], r["kind"], r["p10_minor"] <= r[f"came_{r['scope']}_minor"] <= r["p90_minor"])
                for r in made if r[f"came_{r['scope']}_minor"]
            ]  # fmt: skip
    return {
        (scope, kind): float(np.mean([ok for s, k, ok in held if (s, k) == (scope, kind)]))
        for scope in (KNOWN, ALL)
        for kind in ("week", "month")
    }


def test_weeks_and_months_follow_the_day_without_a_gap():
    periods = cash_periods(20_000)
    assert [(one.kind, one.number) for one in (periods[0], periods[13])] == [
        ("week", 1),
        ("month", 1),
    ]
    for kind, size in (("week", 13), ("month", 12)):
        own = [one for one in periods if one.kind == kind]
        assert len(own) == size and own[0].first_day == 20_001
        assert all(b.first_day == a.last_day + 1 for a, b in pairwise(own))


def test_components_add_up_and_the_whole_is_never_more_than_is_owed():
    history = sample_history(items=800, customers=30)
    rows = told(history, is_together=True).rows
    names = [name for name in rows.columns if name.endswith("_minor")]
    parts = rows.select(names[names.index("items_minor") :]).sum_horizontal()
    assert parts.to_list() == rows["expected_minor"].to_list()
    owed = dict(history.open.group_by("currency").agg(pl.col("open_minor").sum()).iter_rows())
    known = rows.filter(pl.col("scope") == KNOWN, pl.col("kind") == "month")
    for currency, minor in owed.items():
        own = known.filter(pl.col("currency") == currency, ~pl.col("is_consolidated"))
        assert own["expected_minor"].sum() <= minor and own["p95_minor"].max() <= minor


@example([5e-324, 0.0, 5e-324], 10**9)
@example([1e-300], 10**9)
@given(
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=20), st.integers(0, 10**9)
)
def test_shares_add_up_to_the_last_minor_unit(weights, total):
    whole = whole_shares(np.array(weights), total)
    assert whole.sum() == (total if sum(weights) > 0 else 0) and (whole >= 0).all()


def test_a_claim_is_a_mixture_of_its_laws():
    row = ("x", "item", 1, 1, 1, "EUR", 100, "", 103, 500_000, 0, 0, 0, 500_000)
    claims = pl.DataFrame([row], schema=CLAIMS, orient="row")
    paid = paid_chances(
        claims, (102, 110), as_of=100, base=np.array([[0.2, 0.4]]),
        delays=pay_delays(sample_history(items=50)),
    )  # fmt: skip
    assert paid.round(6).tolist() == [[0.1, 0.7]]


def test_errors_common_to_all_customers_widen_the_range():
    calm = [
        PastCash("EUR", "week", 1 + n % 3, 100 + n, 1000, 100, 1000 + 100 * (-1) ** n)
        for n in range(30)
    ]
    shaken = [
        PastCash("EUR", "week", 1 + n % 3, 100 + n, 1000, 100, 1000 + 400 * (-1) ** n)
        for n in range(30)
    ]
    few = calibration([], currency="EUR", kind="week", most=13, as_of=130)
    small, large = (
        calibration(past, currency="EUR", kind="week", most=13, as_of=130)
        for past in (calm, shaken)
    )
    assert few.shock == pytest.approx(0.05) and few.errors == 0
    assert small.shock < 0.05 and 0.3 < large.shock < 0.4


def test_late_errors_move_the_range_more_than_old_ones():
    def biases(gap, day):
        past = [
            PastCash("EUR", "week", 1, day - 7 * n, 1000, 100, 1000 + gap * (n < 8))
            for n in range(30)
        ]
        return calibration(past, currency="EUR", kind="week", most=13, as_of=day).biases

    came_less = biases(-100, 700)
    assert came_less[0] < -0.3 and (came_less[1:] == 0).all()
    # a year on the same errors say next to nothing
    past = [PastCash("EUR", "week", 1, 700 - 7 * n, 1000, 100, 900) for n in range(30)]
    later = calibration(past, currency="EUR", kind="week", most=13, as_of=1_064).biases
    assert -0.05 < later[0] < 0


def test_the_rate_of_billing_is_unsure_in_all_periods_together():
    known = sample_history(items=700, customers=40)
    periods = cash_periods(known.as_of)[:13]
    for new in new_business(known, periods):
        spans = new.with_spans(13)
        assert (np.diff(new.rate / new.mean) > 0).all()
        assert spans.mean[-1] == pytest.approx(new.mean.sum())
        # own swings of weeks even out, a wrong rate does not
        assert spans.alone[-1] < 0.5 * new.alone.sum()
        assert spans.rate[-1] == pytest.approx(new.rate.sum())
        both = all_new_business([(new, 1.0), (new, 2.0)], "EUR")
        assert both.mean == pytest.approx(3 * new.mean)
        assert both.spread == pytest.approx(np.sqrt(5) * new.spread)
    assert all_new_business([], "EUR") is None


def test_the_league_is_scored_by_what_came():
    rows = [
        JudgedCash(1, 100, (80, 90, 100, 110, 120), {"average": 50}, 100),
        JudgedCash(1, 100, (80, 90, 100, 110, 120), {}, 120),
    ]
    ours, average = cash_league(rows)
    assert (ours.rows, ours.wape_ppm, ours.bias_ppm) == (2, 90_909, -90_909)
    assert (ours.cover_80_ppm, ours.cover_90_ppm) == (500_000, 1_000_000)
    assert (average.rows, average.wape_ppm, average.ours_wape_ppm) == (1, 500_000, 0)
    assert average.pinball_ppm == 250_000 and average.cover_80_ppm is None


def small_book(seed, levers=8):
    """A week of six customers and some actions on them."""
    random = np.random.default_rng(seed)
    chance = random.uniform(0.1, 0.6, levers)
    amounts = random.integers(100, 1000, levers).astype(float)
    customers = np.arange(1, levers + 1) % 6 + 1
    deviation = amounts * np.sqrt(chance * (1 - chance))
    keys = np.arange(1, 7)
    sums = {
        name: np.array([[value[customers == key].sum()] for key in keys])
        for name, value in (
            ("mean", amounts * chance),
            ("alone", deviation**2),
            ("tied", deviation),
        )
    }
    most = np.array([amounts[customers == key].sum() for key in keys])
    moments = Moments(keys, sums["mean"], sums["alone"], sums["tied"] ** 2, most)
    after = np.clip(chance + random.uniform(0.1, 0.4, levers), 0, 1)
    made = [
        Lever(
            f"call:{n}", int(customers[n]), frozenset({n}), 1,
            np.array([[amounts[n] * chance[n]], [deviation[n] ** 2], [deviation[n]]]),
            np.array([[amounts[n] * after[n]], [amounts[n] ** 2 * after[n] * (1 - after[n])],
                      [amounts[n] * np.sqrt(after[n] * (1 - after[n]))]]),
        )
        for n in range(levers)
    ]  # fmt: skip
    mean = float(sums["mean"].sum())
    return moments, made, Target(0, mean, mean * 0.6, 0.05)


@pytest.mark.parametrize("seed", range(4))
def test_the_best_levers_are_nearly_those_of_brute_force(seed):
    moments, levers, target = small_book(seed)
    for most in (2, 3):
        steps = best_levers(moments, levers, target, needed=1e9, most=most)
        best = max(p10_with(moments, one, target) for one in combinations(levers, most))
        got = p10_with(moments, [step.lever for step in steps], target)
        assert got - target.p10 >= 0.9 * (best - target.p10) > 0
        # what the steps say is what the set does together, not a sum of single effects
        assert steps[-1].p10_minor == round(got)


def test_levers_stop_when_there_is_enough_and_never_share_an_item():
    moments, levers, target = small_book(7)
    enough = target.p10 + 1
    assert len(best_levers(moments, levers, target, needed=enough)) == 1
    assert best_levers(moments, levers, target, needed=target.p10) == ()
    twice = [*levers, *(Lever(f"debit:{n}", one.customer, one.items, 1, one.before, one.after)
                        for n, one in enumerate(levers))]  # fmt: skip
    chosen = [step.lever.items for step in best_levers(moments, twice, target, needed=1e9)]
    assert len(chosen) == len(set(chosen)) <= len(levers)


def test_ranges_hold_about_as_often_as_they_say_on_a_simulated_ledger():
    found = covered(sample_history(items=700, customers=40), snapshots=12, learn=7)
    assert 0.6 <= found[KNOWN, "week"] <= 0.95 and 0.6 <= found[ALL, "week"] <= 0.95


@pytest.mark.release
def test_ranges_hold_over_a_longer_simulated_past():
    found = covered(sample_history(items=6000, customers=120), snapshots=44, learn=12)
    assert 0.70 <= found[KNOWN, "week"] <= 0.90 and 0.70 <= found[ALL, "week"] <= 0.90


@pytest.mark.release
@pytest.mark.skipif(not LEDGER.exists(), reason=f"{LEDGER} is not on this machine")
def test_ranges_hold_on_a_real_ledger():
    found = covered(ledger_history(), snapshots=40, learn=12)
    # measured .867, .848, .743 and .911; the months are only seven, of two currencies
    assert 0.74 <= found[KNOWN, "week"] <= 0.88 and 0.74 <= found[KNOWN, "month"] <= 0.90
    assert 0.72 <= found[ALL, "week"] <= 0.88
