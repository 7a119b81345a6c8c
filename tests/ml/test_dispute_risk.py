"""Dispute probabilities: learnt with shrinkage, calibrated, blind to the future, shy without data."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.dispute_days import HORIZON_DAYS, dispute_days, first_disputes
from dunwell.ml.dispute_risk import (
    DISPUTE_RISKS,
    PPM,
    PRIOR_SHARE,
    dispute_risk,
    fitted,
    predicted,
)
from dunwell.ml.dispute_scores import DisputeScores, dispute_backtest, scored
from dunwell.ml.history import HISTORY_ITEMS, History, as_known

LAST = 900
CUSTOMERS = 300


@dataclass(frozen=True)
class World:
    """A simulated ledger with the chance each item really had."""

    history: History
    segments: pl.DataFrame
    chance: np.ndarray
    disputed: np.ndarray


@lru_cache
def world(*, count=15_000, base=-3.4, spread=1.0, seed=1) -> World:
    """Return items whose disputes depend on customer, segment, amount and terms."""
    random = np.random.default_rng(seed)
    customer = random.integers(0, CUSTOMERS, count)
    public = np.arange(CUSTOMERS) % 4 == 0
    own = random.normal(0, spread, CUSTOMERS) + 0.6 * public
    issued = np.sort(random.integers(0, LAST + 1, count))
    amount = (np.exp(random.normal(0, 1, count)) * 100_000).astype(np.int64) + 1
    due = issued + random.choice([14, 30, 60], count)
    log_odds = base + own[customer] + 0.8 * (amount > 400_000) + 0.4 * (due - issued == 60)
    chance = 1 / (1 + np.exp(-log_odds))
    disputed = random.random(count) < chance
    opened = issued + np.minimum(random.gamma(2, 12, count).astype(int) + 1, 115)
    paid = np.maximum(due + random.normal(5, 12, count).astype(int), issued + 1)
    paid = np.where(disputed, np.maximum(paid, opened + 20), paid)
    seen = disputed & (opened <= LAST)
    items = pl.DataFrame(
        {
            "item_id": np.arange(1, count + 1),
            "customer_id": customer + 1,
            "currency": ["EUR"] * count,
            "amount_minor": amount,
            "open_minor": np.where(paid <= LAST, 0, amount),
            "issued_day": issued,
            "due_day": due,
            "paid_day": paid,
            "ended_day": paid,
        }
    ).with_columns(
        pl.when(pl.col(name) <= LAST).then(name).alias(name) for name in ("paid_day", "ended_day")
    )
    disputes = {
        "item_id": np.flatnonzero(seen) + 1,
        "opened_day": opened[seen],
        "closed_day": np.minimum(opened[seen] + 15, LAST),
    }
    segment = np.where(public, "public", "standard")
    return World(
        history=made(items, pl.DataFrame(disputes)),
        segments=pl.DataFrame({"customer_id": np.arange(1, CUSTOMERS + 1), "segment": segment}),
        chance=chance,
        disputed=disputed,
    )


def made(items: pl.DataFrame, disputes: pl.DataFrame, *, as_of=LAST) -> History:
    """Return a history of items and disputes alone."""
    days = {"item_id": pl.Int64, "opened_day": pl.Int32, "closed_day": pl.Int32}
    return History(
        as_of=as_of,
        items=items.cast(pl.Schema(HISTORY_ITEMS)),
        parts=pl.DataFrame(
            schema={"item_id": pl.Int64, "day": pl.Int32, "amount_minor": pl.Int64}
        ),
        disputes=disputes.cast(pl.Schema(days)),
        promises=pl.DataFrame(
            schema={"item_id": pl.Int64, "made_day": pl.Int32, "withdrawn_day": pl.Int32}
        ),
        contacts=pl.DataFrame(
            schema={"item_id": pl.Int64, "customer_id": pl.Int64, "day": pl.Int32}
        ),
        countries=pl.DataFrame(),
    )


def few(*rows, disputed=(), as_of=LAST) -> History:
    """Return a history of (customer, issued_day, amount, is_open) rows, disputed after 5 days."""
    items = [
        {
            "item_id": n,
            "customer_id": customer,
            "currency": "EUR",
            "amount_minor": amount,
            "open_minor": amount if is_open else 0,
            "issued_day": issued,
            "due_day": issued + 30,
            "paid_day": None if is_open else issued + 30,
            "ended_day": None if is_open else issued + 30,
        }
        for n, (customer, issued, amount, is_open) in enumerate(rows, 1)
    ]
    opened = [
        {"item_id": n, "opened_day": rows[n - 1][1] + 5, "closed_day": None} for n in disputed
    ]
    disputes = pl.DataFrame(
        opened, schema={"item_id": pl.Int64, "opened_day": pl.Int32, "closed_day": pl.Int32}
    )
    return made(pl.DataFrame(items, schema=pl.Schema(HISTORY_ITEMS)), disputes, as_of=as_of)


def draft(customer=1, amount=10_000, terms=30, issued=LAST, item=-1) -> pl.DataFrame:
    row = dict(
        zip(ITEM_COLUMNS, (item, customer, "EUR", amount, issued, issued + terms), strict=True)
    )
    types = {name: HISTORY_ITEMS[name] for name in ITEM_COLUMNS}
    return pl.DataFrame([row], schema=pl.Schema(types))


def chance_of(history, *requests, **more):
    return dispute_risk(history, pl.concat(requests), **more)["p_dispute_ppm"].to_list()


def test_without_a_single_item_the_prior_answers_and_says_that_it_rests_on_nothing():
    told = dispute_risk(few(), draft())

    assert told.schema == pl.Schema(DISPUTE_RISKS)
    assert told.rows() == [(-1, round(PRIOR_SHARE * PPM), 0, [])]


def test_many_items_without_a_dispute_lower_the_prior_but_never_to_nothing():
    some = few(*[(1, 300 + n, 10_000, False) for n in range(50)])
    many = few(*[(1, 200 + n % 600, 10_000, False) for n in range(2_000)])
    (after_few,), (after_many,) = chance_of(some, draft()), chance_of(many, draft())

    assert 0 < after_many < after_few < PRIOR_SHARE * PPM


def test_one_dispute_of_one_item_is_believed_a_little_and_ten_of_ten_a_lot():
    sound = [(9, 300 + n, 10_000, False) for n in range(300)]
    once = few(*sound, (1, 700, 10_000, False), disputed=[301])
    always = few(
        *sound, *[(1, 700 + n, 10_000, False) for n in range(10)], disputed=range(301, 311)
    )
    (one,), (ten,), (new,) = (
        chance_of(once, draft()),
        chance_of(always, draft()),
        chance_of(once, draft(customer=77)),
    )

    assert new < one < 250_000 < ten < 900_000


def test_reasons_name_the_customer_first_and_the_count_it_rests_on():
    sound = [(9, 300 + n, 10_000, False) for n in range(300)]
    always = few(
        *sound, *[(1, 700 + n, 10_000, False) for n in range(10)], disputed=range(301, 311)
    )
    (row,) = dispute_risk(always, draft()).rows(named=True)

    assert row["rests_on"] == 10
    assert row["reasons"][0]["code"] == "customer"
    assert row["reasons"][0]["log_odds_ppm"] > 1 * PPM
    sizes = [abs(reason["log_odds_ppm"]) for reason in row["reasons"]]
    assert sizes == sorted(sizes, reverse=True)


def test_a_disputed_item_is_certain_and_a_silent_old_one_is_safer_than_a_new_one():
    rows = [(n % 5, 200 + n, 10_000, False) for n in range(500)]
    base = few(
        *rows,
        (1, LAST - 1, 10_000, True),
        (1, LAST - 110, 10_000, True),
        (1, LAST - 9, 10_000, True),
        disputed=[*range(1, 200, 5), 503],
    )
    told = dispute_risk(base, base.open.select(ITEM_COLUMNS))
    young, old, disputed = told["p_dispute_ppm"].to_list()

    assert disputed == PPM
    assert told["reasons"].to_list()[2] == [{"code": "disputed", "log_odds_ppm": 0}]
    assert 0 < old < young < PPM


def test_young_items_do_not_make_a_ledger_look_sound():
    """Two ledgers with one rate; in the second most items are two days old."""
    old = [(n % 50, 300 + n % 400, 10_000, False) for n in range(1_000)]
    young = [(n % 50, LAST - 2, 10_000, True) for n in range(1_000)]
    disputed = range(1, 1_000, 10)
    (steady,), (growing,) = (
        chance_of(few(*old, disputed=disputed), draft(customer=7)),
        chance_of(few(*old, *young, disputed=disputed), draft(customer=7)),
    )

    assert growing > 0.75 * steady


def test_delays_are_estimated_as_if_every_item_were_old():
    history = world().history
    young = as_known(history, as_of=200)
    found = dispute_days(young, first_disputes(young)).share(np.array([10, 30, 60, HORIZON_DAYS]))
    true = dispute_days(history, first_disputes(history)).share(
        np.array([10, 30, 60, HORIZON_DAYS])
    )

    assert found[-1] == true[-1] == 1
    assert np.abs(found - true).max() < 0.1


@pytest.mark.parametrize(("ages", "sign"), [((0, -3), 0), ((20, 40), -1)])
def test_silence_lowers_the_odds_once_time_has_passed(ages, sign):
    history = world().history
    effect = dispute_days(history, first_disputes(history)).log_odds_at(np.array(ages))

    assert np.sign(effect).tolist() == [sign] * len(ages)


def test_by_time_split_it_ranks_far_better_than_the_rate_and_is_calibrated():
    made_up = world()
    scores = dispute_backtest(
        made_up.history,
        cuts=range(400, LAST - HORIZON_DAYS, 56),
        new_days=56,
        segments=made_up.segments,
    )
    issued = made_up.history.items["issued_day"].to_numpy()
    judged = (issued > 400) & (issued <= LAST - HORIZON_DAYS)
    truth = made_up.disputed[judged].astype(float)
    best = scored(made_up.chance[judged], np.full(judged.sum(), truth.mean()), truth)

    assert (scores.items, scores.disputed) == (judged.sum(), truth.sum())
    assert scores.brier < 0.97 * scores.base_brier
    assert scores.auc > best.auc - 0.08
    assert scores.ece < 0.012
    assert abs(scores.mean_probability - truth.mean()) < 0.008


def test_where_nothing_is_to_be_learnt_it_is_no_worse_than_the_rate():
    flat = world(count=6_000, spread=0.0, base=-3.0, seed=4)
    history = flat.history
    random = np.random.default_rng(3)
    disputed = np.flatnonzero(random.random(6_000) < 0.04) + 1
    opened = history.items["issued_day"].to_numpy()[disputed - 1] + random.integers(
        1, 60, len(disputed)
    )
    seen = opened <= LAST
    disputes = pl.DataFrame(
        {"item_id": disputed[seen], "opened_day": opened[seen], "closed_day": opened[seen]}
    )
    noise = made(history.items, disputes)
    scores = dispute_backtest(noise, cuts=range(400, LAST - HORIZON_DAYS, 56), new_days=56)

    assert scores.brier < 1.005 * scores.base_brier


def test_an_open_book_is_calibrated_by_age():
    made_up = world()
    told, truth, ages = [], [], []
    for cut in range(350, 750, 50):
        past = as_known(made_up.history, as_of=cut)
        asked = past.open.filter(
            pl.col("issued_day") > cut - 60,
            ~pl.col("item_id").is_in(past.disputes["item_id"].implode()),
        )
        risks = predicted(fitted(past, segments=made_up.segments), past, asked)
        told.append(risks["p_dispute_ppm"].to_numpy() / PPM)
        truth.append(made_up.disputed[asked["item_id"].to_numpy() - 1])
        ages.append(cut - asked["issued_day"].to_numpy())
    chance, happened, age = (np.concatenate(part) for part in (told, truth, ages))
    for low, high in ((0, 15), (15, 30), (30, 60)):
        span = (age >= low) & (age < high)
        assert abs(chance[span].mean() - happened[span].mean()) < 0.012


def test_nothing_after_the_day_and_no_order_of_rows_moves_a_probability():
    made_up, day = world(count=4_000), 600
    past = as_known(made_up.history, as_of=day)
    asked = past.open.head(200).select(ITEM_COLUMNS)
    expected = dispute_risk(past, asked, segments=made_up.segments)
    late = made_up.history.disputes.filter(pl.col("opened_day") > day)
    other = replace(
        made_up.history,
        items=made_up.history.items.with_columns(
            amount_minor=pl.when(pl.col("issued_day") > day).then(9).otherwise("amount_minor")
        ),
        disputes=pl.concat(
            [made_up.history.disputes, late.with_columns(item_id=pl.lit(1, pl.Int64))]
        ),
    )
    mixed = replace(past, disputes=past.disputes.sample(fraction=1, shuffle=True, seed=1))
    rewritten = as_known(other, as_of=day)

    assert dispute_risk(rewritten, asked, segments=made_up.segments).equals(expected)
    assert dispute_risk(mixed, asked, segments=made_up.segments.reverse()).equals(expected)
    assert (
        dispute_risk(past, asked.reverse(), segments=made_up.segments).reverse().equals(expected)
    )


def test_scores_of_known_answers():
    perfect = scored(np.array([0.0, 1.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]))
    tied = scored(np.full(4, 0.5), np.full(4, 0.25), np.array([0.0, 0.0, 1.0, 0.0]))

    assert perfect == DisputeScores(2, 1, 1.0, 0.0, 0.25, 0.0, 0.5)
    assert (tied.auc, tied.brier, tied.base_brier) == (0.5, 0.25, 0.1875)
    assert dispute_backtest(few(), cuts=[100]) == DisputeScores(0, 0, 0.5, 0.0, 0.0, 0.0, 0.0)
