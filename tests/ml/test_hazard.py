"""The learned model: laws of its curves, nothing from the future, and habits it must find."""

from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from dunwell.engine.calendars import day_number
from dunwell.formats.frames import file_frames
from dunwell.formats.ledger import read_ledger
from dunwell.ml.artifact import dump
from dunwell.ml.backtest import backtest
from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS, LEVELS
from dunwell.ml.history import HISTORY_ITEMS, as_known, history
from dunwell.ml.league import results
from dunwell.ml.metrics import auc, crps
from dunwell.ml.naive import NAIVE
from dunwell.ml.pay_date import fit
from tests.ml.books import requests, rewritten, sample_history
from tests.ml.planted import AS_OF, fitted, of_kind, planted

SHARED = Path(__file__).parents[3] / "shared" / "data"
IBM = SHARED / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
BOOK = sample_history(250)
TYPES = {name: HISTORY_ITEMS[name] for name in ITEM_COLUMNS}
THANKSGIVING = day_number(date(2026, 11, 26))


@cache
def model():
    return fit(BOOK, "hazard")


def billed(customers, *, due, issued=AS_OF + 1, minor=20_000):
    """Return an item for each of the customers, not issued yet."""
    rows = [(90_000 + n, who, "USD", minor, issued, due) for n, who in enumerate(customers)]
    return pl.DataFrame(rows, schema=TYPES, orient="row")


def daily(curves):
    """Return P(paid on the day) for every day of the grid."""
    return np.diff(curves.paid, axis=1, prepend=0)


def asked(rows, known=None):
    return fitted().curves(known or planted().known, rows)


def test_curves_are_distributions_that_start_when_the_item_does():
    later = BOOK.items.head(40).select(*ITEM_COLUMNS)
    later = later.with_columns(
        item_id=pl.col("item_id") + 10_000,
        issued_day=pl.lit(BOOK.as_of + 6, pl.Int32),
        due_day=pl.lit(BOOK.as_of, pl.Int32) + pl.int_range(pl.len(), dtype=pl.Int32) * 20,
    )
    told = model().curves(BOOK, pl.concat([requests(BOOK), later]))
    assert told.model == "hazard" and told.as_of == BOOK.as_of
    assert told.items.equals(pl.concat([requests(BOOK), later]))
    assert told.paid.shape == (len(told), GRID_DAYS) and told.paid.dtype == np.float32
    assert (told.paid >= 0).all() and (told.paid <= 1).all()
    assert (np.diff(told.paid, axis=1) >= 0).all()
    assert (told.paid[-40:, :5] == 0).all() and (told.paid[-40:, 6:] > 0).all()
    assert (told.tail > 0).all() and (told.tail < 1).all()
    is_past = told.due <= BOOK.as_of
    assert is_past.any() and (told.late(0)[is_past] == 1).all()
    days = np.stack([told.quantile(level) for level in LEVELS])
    assert (np.diff(days, axis=0) >= 0).all()
    assert (told.expected() > days[0] - 1).all()


def test_a_small_history_is_asked_by_the_mean_of_four_seeds():
    whole = model()
    assert len(whole.fits) == 4
    told = whole.curves(BOOK, requests(BOOK))
    alone = [replace(whole, fits=(one,)).curves(BOOK, requests(BOOK)) for one in whole.fits]
    assert np.allclose(told.paid, np.mean([one.paid for one in alone], axis=0), atol=1e-6)
    assert np.allclose(told.tail, np.mean([one.tail for one in alone], axis=0), atol=1e-6)
    assert all(not np.allclose(alone[0].paid, other.paid, atol=1e-3) for other in alone[1:])


def test_what_the_future_holds_moves_neither_the_fit_nor_a_curve():
    day = BOOK.as_of - 60
    then, other = as_known(BOOK, as_of=day), as_known(rewritten(BOOK, after=day), as_of=day)
    one, two = fit(then, "hazard"), fit(other, "hazard")
    assert dump(one) == dump(two)
    a, b = one.curves(then, requests(then)), two.curves(other, requests(other))
    assert len(a) > 15
    assert np.array_equal(a.paid, b.paid) and np.array_equal(a.tail, b.tail)


def test_the_same_history_and_seed_give_the_same_bytes_and_another_seed_does_not():
    once = fit(sample_history(250), "hazard")
    assert dump(once) == dump(model())
    assert dump(fit(BOOK, "hazard", seed=8)) != dump(once)


def test_the_order_of_the_requests_changes_nothing():
    rows = BOOK.items.select(*ITEM_COLUMNS).with_columns(
        issued_day=pl.max_horizontal("issued_day", pl.lit(BOOK.as_of - 40, pl.Int32))
    )
    order = np.random.default_rng(1).permutation(rows.height)
    one, two = model().curves(BOOK, rows), model().curves(BOOK, rows[order])
    assert two.items.equals(rows[order])
    assert two.paid == pytest.approx(one.paid[order], abs=1e-6)
    assert np.array_equal(one.take(order[:9]).items, two.items[:9])
    alone = model().curves(BOOK, rows[order[:1]])
    assert alone.paid[0] == pytest.approx(two.paid[0], abs=1e-6)


def test_other_keys_in_the_same_order_change_no_curve():
    def renamed(frame):
        keys = [name for name in ("item_id", "customer_id") if name in frame.columns]
        return frame.with_columns(pl.col(keys) * 1009 + 10**9)

    frames = ("items", "parts", "disputes", "promises", "contacts", "countries", "papers")
    other = replace(BOOK, **{name: renamed(getattr(BOOK, name)) for name in frames})
    told = fit(other, "hazard").curves(other, requests(other))
    plain = model().curves(BOOK, requests(BOOK))
    assert np.array_equal(told.paid, plain.paid) and np.array_equal(told.tail, plain.tail)


def test_amounts_of_another_size_in_one_currency_change_no_curve():
    # times 128: exact in binary, so that nothing at all may move
    is_dollar = BOOK.items.filter(pl.col("currency") == "USD")["item_id"].implode()
    times = pl.when(pl.col("item_id").is_in(is_dollar)).then(128).otherwise(1)
    money = pl.col("amount_minor", "open_minor") * times
    other = replace(
        BOOK,
        items=BOOK.items.with_columns(money),
        parts=BOOK.parts.with_columns(pl.col("amount_minor") * times),
    )
    told = fit(other, "hazard").curves(other, requests(other))
    plain = model().curves(BOOK, requests(BOOK))
    assert np.array_equal(told.paid, plain.paid) and np.array_equal(told.tail, plain.tail)


def test_a_customer_who_pays_on_thursdays_is_expected_on_a_thursday():
    thursday = THURSDAY_BEFORE
    told = daily(asked(billed(of_kind("weekday"), due=thursday + 3)))
    on_day = told[:, thursday - AS_OF - 1]
    assert (on_day > 0.6).all()
    assert (told.argmax(axis=1) == thursday - AS_OF - 1).all()


THURSDAY_BEFORE = THANKSGIVING - 7


def test_the_day_after_a_bank_holiday_takes_its_payments_over():
    told = daily(asked(billed(of_kind("weekday"), due=THANKSGIVING + 3)))
    place = THANKSGIVING - AS_OF - 1
    assert (told[:, place] < 0.1).all()
    assert (told[:, place + 1] > 0.5).all()


def test_a_month_end_payer_is_expected_on_the_last_working_day():
    last = day_number(date(2026, 11, 30))
    told = daily(asked(billed(of_kind("month_end"), due=last - 7)))
    assert (told[:, last - AS_OF - 1] > 0.5).all()
    assert (told[:, : last - AS_OF - 5].sum(axis=1) < 0.2).all()


def test_slow_and_prompt_customers_are_told_apart():
    slow, prompt = (asked(billed(of_kind(kind), due=AS_OF + 20)) for kind in ("slow", "prompt"))
    assert slow.late(0).min() > 0.9
    assert prompt.late(0).max() < 0.4
    assert np.median(slow.quantile(0.5) - slow.due) == pytest.approx(22, abs=5)
    assert np.median(prompt.quantile(0.5) - prompt.due) == pytest.approx(-2, abs=3)


def test_a_running_promise_makes_its_day_the_likeliest():
    known, truth = planted().known, planted().truth
    slow = of_kind("slow")
    rows = truth.items.filter(pl.col("customer_id").is_in(slow)).tail(12)
    rows = rows.with_columns(
        issued_day=pl.lit(AS_OF - 31, pl.Int32), due_day=pl.lit(AS_OF - 1, pl.Int32)
    ).select(*ITEM_COLUMNS)
    promised = AS_OF + 10
    made = [(item, AS_OF, promised, None) for item in rows["item_id"]]
    promises = pl.DataFrame(made, schema=known.promises.schema, orient="row")
    none = replace(
        known, promises=known.promises.filter(~pl.col("item_id").is_in(rows["item_id"].implode()))
    )
    with_promise = replace(none, promises=pl.concat([none.promises, promises]))
    place = promised - AS_OF - 1
    unasked, asked_for = asked(rows, none), asked(rows, with_promise)
    before, after = daily(unasked), daily(asked_for)
    assert (after.argmax(axis=1) == place).all()
    assert after[:, place].mean() > 4 * before[:, place].mean()
    assert after[:, place].mean() > 0.3
    # the expected day moves towards it
    gaps = [np.abs(curves.expected() - promised).mean() for curves in (unasked, asked_for)]
    assert gaps[1] < gaps[0]


def test_a_disputed_item_waits_longer():
    known = planted().known
    rows = known.open.filter(
        pl.col("due_day") > AS_OF + 3, pl.col("customer_id").is_in(of_kind("prompt"))
    ).select(*ITEM_COLUMNS)
    opened = pl.DataFrame(
        [(item, AS_OF, None) for item in rows["item_id"]],
        schema=known.disputes.schema,
        orient="row",
    )
    disputed = replace(known, disputes=pl.concat([known.disputes, opened]))
    wait = asked(rows, disputed).expected() - asked(rows).expected()
    assert rows.height > 5
    assert (wait > 3).all() and wait.mean() > 10


def test_a_new_customer_is_judged_as_a_new_one_not_as_the_portfolio():
    truth = planted().truth.items.with_columns(is_late=pl.col("paid_day") > pl.col("due_day"))
    portfolio = truth["is_late"].mean()
    first = truth.group_by("customer_id").agg(first_paid=pl.col("paid_day").min())
    new = truth.join(first, on="customer_id").filter(
        pl.col("customer_id") >= 100, pl.col("issued_day") <= pl.col("first_paid")
    )
    rate = new["is_late"].mean()
    late = asked(billed([5001, 5002], due=AS_OF + 20)).late(0)
    assert abs(late - rate).max() < abs(late - portfolio).min()
    assert late == pytest.approx(rate, abs=0.1)


def slow_book(items=900, as_of=20_000, span=160):
    """Return what is known, and the truth, of a book so young that half of it is not paid."""
    random = np.random.default_rng(4)
    issued = np.sort(as_of - random.integers(0, span, items))
    paid = issued + 5 + np.floor(random.exponential(60, items)).astype(np.int64)
    rows = [
        (n, 1 + n % 30, "EUR", 1000, 1000, int(day), int(day) + 14, int(end), int(end))
        for n, (day, end) in enumerate(zip(issued, paid, strict=True), 1)
    ]
    frame = pl.DataFrame(rows, schema=HISTORY_ITEMS, orient="row")
    whole = replace(sample_history(5), as_of=as_of + 2000, items=frame)
    empty = {
        name: getattr(whole, name).head(0)
        for name in ("parts", "disputes", "promises", "contacts", "countries")
    }
    whole = replace(whole, **empty)
    return as_known(whole, as_of=as_of), whole


def test_items_not_paid_yet_count_as_waiting_and_are_not_dropped():
    known, _ = slow_book()
    paid_only = replace(known, items=known.items.filter(pl.col("paid_day").is_not_null()))
    assert known.open.height > 250
    rows = billed(range(1, 31), due=known.as_of + 15, issued=known.as_of + 1).with_columns(
        currency=pl.lit("EUR")
    )
    truth = 1 - np.exp(-26 / 60)  # paid within 30 days of the issue, by construction
    with_open, without = (
        fit(history, "hazard").curves(known, rows).paid_by(np.full(30, known.as_of + 31))
        for history in (known, paid_only)
    )
    assert abs(with_open.mean() - truth) < 0.1
    assert abs(without.mean() - truth) > 0.3


def test_on_a_ledger_of_habits_it_beats_every_naive_model():
    known, truth = planted().known, planted().truth
    new = truth.items.filter(
        pl.col("issued_day").is_between(AS_OF + 1, AS_OF + 60), pl.col("paid_day").is_not_null()
    )
    is_late = (new["paid_day"] > new["due_day"]).to_numpy()
    actual = new["paid_day"].to_numpy().astype(float)
    scores = {}
    for name in (*NAIVE, "hazard"):
        curves = fitted(name).curves(known, new.select(*ITEM_COLUMNS))
        days = np.stack([curves.quantile(level) for level in LEVELS], axis=1)
        scores[name] = (auc(is_late, curves.late(0)), crps(actual, days.astype(float)).mean())
    ranks, losses = ({name: score[n] for name, score in scores.items()} for n in (0, 1))
    assert new.height > 150
    assert max(ranks, key=ranks.get) == min(losses, key=losses.get) == "hazard"
    assert losses["hazard"] < 0.8 * losses["customer_median"]


def test_extreme_requests_are_answered():
    known = planted().known
    rows = pl.concat(
        [
            billed([1], due=AS_OF + 730),
            billed([1], due=AS_OF - 2000, issued=AS_OF - 2030),
            billed([1], due=AS_OF + 10, minor=1),
            billed([1], due=AS_OF + 10, minor=9 * 10**17),
            billed([4242], due=AS_OF + 10).with_columns(currency=pl.lit("ISK")),
            billed([1], due=AS_OF - 5),
        ]
    )
    told = asked(rows, known)
    assert np.isfinite(told.paid).all() and np.isfinite(told.tail).all()
    assert (np.diff(told.paid, axis=1) >= 0).all()
    assert (told.quantile(0.9) > AS_OF).all()
    assert told.late(0)[[1, 5]].tolist() == [1, 1]
    assert told.expected()[0] > AS_OF + 20
    nothing = asked(rows.head(0), known)
    assert (len(nothing), nothing.paid.shape, nothing.model) == (0, (0, GRID_DAYS), "hazard")


@pytest.mark.parametrize("name", ["items", "countries"])
def test_a_model_answers_on_a_history_that_lacks_what_it_was_fitted_on(name):
    known = planted().known
    bare = replace(known, **{name: getattr(known, name).head(0)})
    told = asked(billed([1, 2], due=AS_OF + 20), bare)
    assert np.isfinite(told.paid).all() and (np.diff(told.paid, axis=1) >= 0).all()


def ibm():
    if not IBM.exists():
        pytest.skip(f"test data {IBM} is absent")
    frames = file_frames(read_ledger([IBM], default_currency="USD"))
    return history(
        frames.ledger,
        as_of=date(2014, 3, 31),
        countries=frames.details.select("customer_id", "country"),
        papers=nw.from_native(frames.papers.lazy()),
    )


def figures(known, *, step_days, refit_days, first=date(2013, 4, 8), last=date(2013, 10, 28)):
    tested = backtest(
        known,
        {name: partial(fit, name=name) for name in ("customer_median", "hazard")},
        first=day_number(first),
        last=day_number(last),
        step_days=step_days,
        refit_days=refit_days,
        cash_weeks=0,
    )
    return results(tested, "hazard").new, results(tested, "customer_median").new


def test_it_beats_the_customers_median_on_a_public_ledger():
    # fitted once, eight snapshots; the whole protocol is in the long tier
    learned, naive = figures(ibm(), step_days=28, refit_days=1000)
    assert learned.late.auc >= 0.87
    assert learned.days.crps < 0.95 * naive.days.crps
    assert learned.days.mae < naive.days.mae


@pytest.mark.release
def test_it_reaches_the_targets_on_a_public_ledger_week_by_week():
    # the weeks and the bars of the design's protocol
    weeks = {"first": date(2013, 5, 6), "last": date(2013, 11, 25)}
    learned, naive = figures(ibm(), step_days=7, refit_days=28, **weeks)
    assert learned.days.crps < 0.92 * naive.days.crps
    assert learned.late.auc >= 0.88
    assert learned.late.calibration_error <= 0.03
    assert learned.days.mae <= 5.7
    assert learned.days.crps <= 4.22


def test_a_book_paid_in_cash_alone_can_be_learned_from():
    past = sample_history(400)
    same_day = past.items.with_columns(
        paid_day="issued_day", ended_day="issued_day", open_minor=pl.lit(0, pl.Int64)
    )
    model = fit(replace(past, items=same_day), "hazard")

    curves = model.curves(past, requests(past))

    assert curves.paid.min() >= 0
    assert curves.paid.max() <= 1
