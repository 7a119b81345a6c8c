"""The replay of the past: what models are told, what is kept, and what the scores make of it."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dunwell.engine.calendars import day_number
from dunwell.formats.frames import file_frames
from dunwell.formats.ledger import read_ledger
from dunwell.ml.backtest import HORIZONS, REQUESTS, backtest, book_cash
from dunwell.ml.cash_scores import cash_scores
from dunwell.ml.curves import ITEM_COLUMNS, Curves
from dunwell.ml.history import as_known, history
from dunwell.ml.intervals import intervals, paired
from dunwell.ml.league import scopes
from dunwell.ml.naive import NAIVE, due_date
from dunwell.ml.scores import outcomes, request_scores
from dunwell.ml.worklist_scores import worklist_scores
from tests.ml.books import requests, rewritten, sample_history

BOOK = sample_history(items=900, customers=15)
FIRST, LAST = BOOK.as_of - 210, BOOK.as_of - 70
DONE = backtest(BOOK, NAIVE, first=FIRST, last=LAST)
NEW = scopes(DONE)["new"]


@dataclass(frozen=True)
class Spy:
    """A model that writes down what it is told."""

    told: list
    fitted: list
    name: str = "spy"

    def curves(self, known, asked):
        self.told.append((known, asked))
        return due_date(known).curves(known, asked)

    def make(self, known):
        self.fitted.append(known.as_of)
        return self


def same(one, two):
    for name in one.predictions:
        left, right = one.predictions[name], two.predictions[name]
        assert np.array_equal(left.late, right.late)
        assert np.array_equal(left.days, right.days)
        assert np.array_equal(left.unpaid, right.unpaid)
    assert one.requests.equals(two.requests)
    assert one.cash.equals(two.cash)


def test_a_model_is_told_only_what_was_known_and_no_outcome():
    spy = Spy([], [])
    backtest(BOOK, {"spy": spy.make}, first=FIRST, last=FIRST + 28)
    assert spy.fitted == [FIRST, FIRST + 28]
    assert [known.as_of for known, _ in spy.told] == [FIRST + 7 * n for n in range(5)]
    for known, asked in spy.told:
        assert known.items.equals(as_known(BOOK, as_of=known.as_of).items)
        assert tuple(asked.columns) == ITEM_COLUMNS
        opened = set(known.open["item_id"])
        coming = BOOK.items.filter(
            pl.col("issued_day").is_between(known.as_of + 1, known.as_of + 7)
        )
        assert set(asked["item_id"]) == opened | set(coming["item_id"])


def test_what_happens_later_moves_no_earlier_prediction():
    day = FIRST + 7 * 8
    other = backtest(rewritten(BOOK, after=day), NAIVE, first=FIRST, last=day)
    once = backtest(BOOK, NAIVE, first=FIRST, last=day)
    # new items of the last snapshot are later facts themselves
    kept = [
        (done.requests["snapshot_day"] < day).to_numpy()
        | (done.requests["kind"] == "open").to_numpy()
        for done in (once, other)
    ]
    for name in NAIVE:
        one, two = once.predictions[name], other.predictions[name]
        assert np.array_equal(one.late[kept[0]], two.late[kept[1]])
        assert np.array_equal(one.days[kept[0]], two.days[kept[1]])
        assert np.array_equal(one.unpaid[kept[0]], two.unpaid[kept[1]])
    forecast = ("model", "snapshot_day", "currency", "week", "mean_minor", "low_minor")
    assert once.cash.select(forecast).equals(other.cash.select(forecast))
    assert not once.requests["paid_day"].equals(other.requests["paid_day"])


def test_the_order_of_the_histories_rows_changes_nothing():
    shuffled = replace(
        BOOK,
        items=BOOK.items.sample(fraction=1, shuffle=True, seed=2),
        parts=BOOK.parts.sample(fraction=1, shuffle=True, seed=2),
    )
    last = FIRST + 35
    one, two = (backtest(book, NAIVE, first=FIRST, last=last) for book in (BOOK, shuffled))
    same(one, two)
    for name in NAIVE:
        assert repr(request_scores(one, name, scopes(one)["new"])) == repr(
            request_scores(two, name, scopes(two)["new"])
        )


def test_an_item_that_occurs_twice_is_refused():
    doubled = replace(BOOK, items=pl.concat([BOOK.items, BOOK.items.head(1)]))
    with pytest.raises(ValueError, match="holds an item twice"):
        backtest(doubled, NAIVE, first=FIRST, last=LAST)


def test_a_model_that_answers_other_requests_is_refused():
    class Fewer:
        name = "fewer"

        def curves(self, known, asked):
            return due_date(known).curves(known, asked.head(3))

    with pytest.raises(ValueError, match="fewer did not answer the requests of day"):
        backtest(BOOK, {"fewer": lambda _: Fewer()}, first=FIRST, last=FIRST)


def test_every_request_carries_its_outcome_and_the_customers_past():
    assert tuple(DONE.requests.columns) == REQUESTS
    row = DONE.requests.row(DONE.requests.height // 2, named=True)
    then = as_known(BOOK, as_of=row["snapshot_day"])
    paid = then.items.filter(
        pl.col("customer_id") == row["customer_id"], pl.col("paid_day").is_not_null()
    )
    item = BOOK.items.row(by_predicate=pl.col("item_id") == row["item_id"], named=True)
    assert row["customer_items"] == paid.height
    assert (row["paid_day"], row["ended_day"]) == (item["paid_day"], item["ended_day"])


def test_a_request_counts_only_where_its_answer_is_known():
    # snapshot 100, data end on 130, due 110 unless said
    def row(paid, ended=None, due=110, kind="open", issued=90):
        days = {"issued_day": issued, "due_day": due, "snapshot_day": 100}
        return {**days, "kind": kind, "paid_day": paid, "ended_day": paid or ended}

    cases = [
        row(108),
        row(115),
        row(None),  # overdue at the end: late
        row(None, due=130),  # due on the last day: not known yet
        row(None, ended=105),  # written off before the due day: says nothing
        row(None, ended=120),  # written off later: was late by then
        row(115, due=95),  # late already at the snapshot: no question
        row(101, due=95, kind="new"),  # a new request is always asked
    ]
    frame = pl.DataFrame(cases, schema_overrides={"paid_day": pl.Int32, "ended_day": pl.Int32})
    came = outcomes(frame, as_of=130)
    assert came.is_late_known.tolist() == [True, True, True, False, False, True, False, True]
    assert came.is_late[came.is_late_known].tolist() == [False, True, True, True, True]
    assert came.days_late[came.is_paid].tolist() == [-2, 5, 20, 6]
    # after 7, 14, 30 days: days 107, 114, 130
    assert came.is_unpaid[:3].tolist() == [[True, False, False], [True, True, False], [True] * 3]
    assert came.is_unpaid_known[4].tolist() == [False, False, False]
    assert came.is_unpaid_known[5].tolist() == [True, True, False]


def test_a_better_model_scores_better():
    scores = {name: request_scores(DONE, name, NEW) for name in NAIVE}
    best, plain = scores["customer_median"], scores["due_date"]
    assert best.days.rows == plain.days.rows > 150
    assert best.late.auc > plain.late.auc + 0.1
    assert best.late.brier < plain.late.brier
    assert best.days.crps < plain.days.crps
    assert best.days.mae < plain.days.mae
    found = paired(DONE, "customer_median", "due_date", NEW)
    difference = found.gap
    assert difference["crps"].high < 0
    assert difference["auc"].low > 0
    assert difference["crps"].value == pytest.approx(best.days.crps - plain.days.crps)
    assert difference["brier"].value == pytest.approx(best.late.brier - plain.late.brier)


def test_a_model_against_itself_differs_by_nothing():
    for interval in paired(DONE, "due_date", "due_date", NEW).gap.values():
        assert (interval.value, interval.low, interval.high) == (0, 0, 0)


def test_intervals_hold_the_figure_and_are_those_of_drawing_customers():
    found = intervals(DONE, "customer_median", {"new": NEW}, draws=100)
    # the slow way: draw customers, gather their rows, take the mean
    rows = DONE.requests.filter(pl.Series(NEW))
    customers = np.unique(rows["customer_id"].to_numpy())
    came = outcomes(rows, as_of=DONE.as_of)
    off = np.abs(came.days_late - DONE.predictions["customer_median"].days[NEW, 9])
    drawn = np.random.default_rng(0).multinomial(
        len(customers), np.full(len(customers), 1 / len(customers)), size=100
    )
    means = []
    for times in drawn:
        repeat = times[np.searchsorted(customers, rows["customer_id"].to_numpy())]
        means.append(np.nanmean(np.repeat(off, repeat)))
    assert found["new.days.mae"].low == pytest.approx(np.quantile(means, 0.025))
    assert found["new.days.mae"].high == pytest.approx(np.quantile(means, 0.975))


def test_the_cash_of_a_book_is_chance_times_amount_within_a_currency():
    asked = (
        requests(BOOK)
        .head(4)
        .with_columns(
            pl.Series("customer_id", [1, 1, 2, 2]),
            pl.Series("currency", ["EUR", "EUR", "EUR", "USD"]),
            pl.Series("open_minor", [100, 200, 400, 1000]),
        )
    )
    paid = np.full((4, 120), 0.5, np.float32)
    paid[:, :7] = 0.0
    curves = Curves(BOOK.as_of, asked, paid, np.full(4, 0.01, np.float32), "half")
    weeks = book_cash(BOOK, curves, 2)
    assert weeks.select("currency", "week", "mean_minor").rows() == [
        ("EUR", 1, 0.0),
        ("EUR", 2, 350.0),
        ("USD", 1, 0.0),
        ("USD", 2, 500.0),
    ]
    alone = 50**2 + 100**2 + 200**2
    tied = (50 + 100) ** 2 + 200**2
    deviation = np.sqrt(0.7 * alone + 0.3 * tied)
    assert weeks["high_minor"][1] == pytest.approx(350 + 1.2815516 * deviation)
    assert weeks["low_minor"][1] == pytest.approx(350 - 1.2815516 * deviation)


def test_actual_cash_is_the_money_that_came_on_the_book_part_by_part():
    day, week, currency = FIRST + 14, 2, "EUR"
    book = as_known(BOOK, as_of=day).open.filter(pl.col("currency") == currency)
    came = BOOK.parts.filter(
        pl.col("day").is_between(day + 8, day + 14),
        pl.col("item_id").is_in(book["item_id"].implode()),
    )
    row = DONE.cash.filter(
        pl.col("model") == "due_date",
        pl.col("snapshot_day") == day,
        pl.col("week") == week,
        pl.col("currency") == currency,
    )
    assert came.height > 0
    assert row["actual_minor"].to_list() == [came["amount_minor"].sum()]


def test_weeks_beyond_the_data_have_no_actual_cash():
    late = backtest(BOOK, {"due_date": due_date}, first=BOOK.as_of - 20, last=BOOK.as_of - 20)
    known = late.cash.filter(pl.col("actual_minor").is_not_null())
    assert set(known["week"]) == {1, 2}


def test_cash_errors_are_formed_within_a_currency_and_averaged_by_items():
    rows = [("m", 1, "EUR", 1, 100, 90.0, 80.0, 95.0), ("m", 8, "EUR", 1, 100, 130.0, 90.0, 140.0)]
    rows += [("m", 1, "JPY", 1, 10_000, 0.0, 0.0, 1.0)]
    asked = pl.DataFrame({"kind": ["open"] * 4, "currency": ["EUR", "EUR", "EUR", "JPY"]})
    made = replace(
        DONE, requests=asked, cash=pl.DataFrame(rows, schema=DONE.cash.schema, orient="row")
    )
    (week,) = cash_scores(made, "m").weeks
    assert (week.week, week.rows) == (1, 3)
    assert week.wape == pytest.approx(0.75 * (10 + 30) / 200 + 0.25 * 1.0)
    assert week.bias == pytest.approx(0.75 * (-10 + 30) / 200 - 0.25 * 1.0)
    assert week.cover_80 == pytest.approx(0.75 * 0.5 + 0.25 * 0.0)


def test_the_worklist_ranks_between_chance_and_truth():
    found = worklist_scores(DONE, "customer_median")
    assert found.books > 10
    assert found.perfect >= found.model > found.age
    assert found.perfect_items >= found.model_items


def test_unpaid_scores_cover_every_horizon():
    scores = request_scores(DONE, "customer_median", ~NEW)
    assert tuple(part.days for part in scores.unpaid) == HORIZONS
    assert all(part.auc > 0.6 for part in scores.unpaid)


def test_a_backtest_without_snapshots_is_empty_and_scores_nan():
    empty = backtest(BOOK, NAIVE, first=FIRST, last=FIRST - 1)
    rows = scopes(empty)["new"]
    scores = request_scores(empty, "due_date", rows)
    assert (scores.requests, scores.customers) == (0, 0)
    assert np.isnan(
        [scores.late.auc, scores.days.crps, cash_scores(empty, "due_date").first_wape]
    ).all()
    found = intervals(empty, "due_date", {"new": rows})
    assert np.isnan([found["new.late.auc"].value, found["cash.first_wape"].high]).all()


def test_the_customers_own_past_reaches_the_reference_figures_on_the_ibm_ledger():
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "ar_ibm"
    if not folder.is_dir():
        pytest.skip(f"test data {folder} is absent")
    read = read_ledger(sorted(folder.iterdir()), default_currency="USD")
    book = history(file_frames(read).ledger, as_of=date(2013, 12, 31))
    done = backtest(
        book,
        {"customer_median": NAIVE["customer_median"]},
        first=day_number(date(2012, 10, 1)),
        last=day_number(date(2013, 4, 1)),
    )
    scores = request_scores(done, "customer_median", scopes(done)["new"])
    assert scores.late.auc >= 0.85
    assert scores.days.mae <= 7.2
    assert scores.days.crps <= 5.3
