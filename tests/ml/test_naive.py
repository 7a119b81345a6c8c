"""The models without learning: laws of their curves, and their numbers by hand."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS
from dunwell.ml.history import HISTORY_ITEMS, as_known
from dunwell.ml.lateness import EARLIEST, lateness, prior
from dunwell.ml.naive import NAIVE, new_lateness, portfolio_lateness
from tests.ml.books import requests, rewritten, sample_history

BOOK = sample_history()
ASKED = BOOK.items.select(*ITEM_COLUMNS)
MODELS = pytest.mark.parametrize("name", NAIVE)


def paid(days, *, customer=1, first=1, start=20_000):
    """Return items due one after another and paid so many days late."""
    rows = [
        (first + n, customer, "EUR", 100, 0, due - 30, due, due + late, due + late)
        for n, late in enumerate(days)
        for due in (start + n,)
    ]
    return pl.DataFrame(rows, schema=HISTORY_ITEMS, orient="row")


def still_open(number, *, customer, due, issued=None):
    row = (number, customer, "EUR", 100, 100, issued or due - 30, due, None, None)
    return pl.DataFrame([row], schema=HISTORY_ITEMS, orient="row")


def known(*frames, as_of=20_500):
    return replace(BOOK, as_of=as_of, items=pl.concat(frames))


@MODELS
def test_a_curve_rises_from_nothing_on_the_day_asked_and_stays_within_0_and_1(name):
    curves = NAIVE[name](BOOK).curves(BOOK, ASKED)
    assert curves.model == name and curves.as_of == BOOK.as_of
    assert curves.items.equals(ASKED)
    assert curves.paid_by(np.full(len(curves), BOOK.as_of)).max() == 0
    assert (curves.paid >= 0).all() and (curves.paid <= 1).all()
    assert (np.diff(curves.paid, axis=1) >= 0).all()
    assert (curves.tail > 0).all() and (curves.tail < 1).all()


@MODELS
def test_an_item_is_not_paid_before_it_is_issued(name):
    later = ASKED.with_columns(pl.lit(BOOK.as_of + 5, pl.Int32).alias("issued_day"))
    curves = NAIVE[name](BOOK).curves(BOOK, later)
    assert curves.paid[:, :4].max() == 0


@MODELS
def test_what_the_future_holds_moves_no_curve(name):
    day = BOOK.as_of - 120
    then = as_known(BOOK, as_of=day)
    other = as_known(rewritten(BOOK, after=day), as_of=day)
    asked = requests(then)
    one = NAIVE[name](then).curves(then, asked)
    two = NAIVE[name](other).curves(other, asked)
    assert asked.height > 20
    assert np.array_equal(one.paid, two.paid) and np.array_equal(one.tail, two.tail)


@MODELS
def test_the_order_of_rows_changes_nothing(name):
    shuffled = replace(BOOK, items=BOOK.items.sample(fraction=1, shuffle=True, seed=3))
    order = np.random.default_rng(1).permutation(ASKED.height)
    one = NAIVE[name](BOOK).curves(BOOK, ASKED)
    two = NAIVE[name](shuffled).curves(shuffled, ASKED[order])
    assert np.array_equal(one.paid[order], two.paid)
    assert np.array_equal(one.tail[order], two.tail)


@MODELS
def test_a_day_without_news_conditions_the_curve_and_nothing_else(name):
    # P(paid by t | unpaid on day 20) from the curve of day 0 is the curve of day 20
    model = NAIVE[name](BOOK)
    later = replace(BOOK, as_of=BOOK.as_of + 20)
    asked = requests(BOOK)
    late_rate = {"customer_rate"}
    if name in late_rate:  # a due day that passes tells whether an item is late: news
        asked = asked.filter(pl.col("due_day") > later.as_of)
        later = replace(later, items=BOOK.items.filter(pl.col("due_day") <= BOOK.as_of))
        asked = asked.filter(pl.col("customer_id").is_in(later.items["customer_id"].implode()))
    before, after = model.curves(BOOK, asked), model.curves(later, asked)
    day = np.full(asked.height, BOOK.as_of + 75, np.int32)
    gone = before.paid_by(np.full(asked.height, later.as_of, np.int32))
    expected = (before.paid_by(day) - gone) / (1 - gone)
    assert asked.height > 5
    assert after.paid_by(day) == pytest.approx(expected, abs=2e-6)


@MODELS
def test_without_any_history_the_documented_prior_answers(name):
    nothing = replace(BOOK, items=BOOK.items.head(0))
    due = BOOK.as_of + 30
    asked = still_open(1, customer=9, due=due).select(*ITEM_COLUMNS)
    curves = NAIVE[name](nothing).curves(nothing, asked)
    assert curves.late(0) == pytest.approx([0.5], abs=1e-6)
    assert curves.late(1) == pytest.approx([0.475], abs=1e-6)
    assert curves.late(-10) == pytest.approx([1.0], abs=1e-6)
    assert curves.tail == pytest.approx([0.05], abs=1e-5)


@MODELS
def test_an_item_overdue_for_years_still_has_a_chance(name):
    asked = still_open(1, customer=1, due=BOOK.as_of - 4000).select(*ITEM_COLUMNS)
    curves = NAIVE[name](BOOK).curves(BOOK, asked)
    hazard = portfolio_lateness(BOOK).tail
    steps = np.arange(1, GRID_DAYS + 1)
    assert curves.paid[0] == pytest.approx(1 - (1 - hazard) ** steps, abs=1e-6)


def test_without_censoring_and_prior_the_lateness_is_the_plain_distribution():
    days = np.array([-3, 0, 0, 2, 5, 5, 9, 14, 20, 29])
    found = lateness(days, is_paid=np.ones(10, bool), before=prior(), weight=1e-12)
    told = found.unpaid[np.arange(-5, 29) - EARLIEST]
    plain = [(days > day).mean() for day in range(-5, 29)]
    assert told == pytest.approx(plain, abs=1e-9)


def test_items_still_open_count_as_unpaid_for_as_long_as_they_stayed_open():
    # Kaplan-Meier by hand: 4 at risk, one paid at 2; one open left at 3; 2 at risk, one paid at 5
    days = np.array([2, 3, 5, 40])
    is_paid = np.array([True, False, True, True])
    found = lateness(days, is_paid=is_paid, before=prior(), weight=1e-12)
    assert found.unpaid[np.array([1, 2, 3, 4, 5]) - EARLIEST] == pytest.approx(
        [1, 3 / 4, 3 / 4, 3 / 4, 3 / 8]
    )


def test_the_tail_is_payments_over_days_stayed():
    # beyond day 30: one paid after 40 more days, one open for 69 more; the prior adds 1 in 20
    days = np.array([0] * 40 + [70, 99])
    is_paid = np.array([True] * 41 + [False])
    found = lateness(days, is_paid=is_paid, before=prior())
    assert found.tail == pytest.approx((1 + 1) / (40 + 69 + 20))


@given(st.lists(st.tuples(st.integers(-400, 900), st.booleans()), max_size=60))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_a_lateness_never_rises_and_never_ends(rows):
    days = np.array([day for day, _ in rows], np.int64)
    is_paid = np.array([flag for _, flag in rows], bool)
    found = lateness(days, is_paid=is_paid, before=prior())
    assert (np.diff(found.unpaid) <= 0).all()
    assert found.unpaid[-1] > 0 and found.unpaid[0] <= 1
    assert 0 < found.tail <= 0.5 and found.items == int(is_paid.sum())


def test_a_customer_is_its_last_fifty_items_weighed_against_the_portfolio():
    # customer 1: fifty old items 40 days late, then fifty paid on the day; customer 2: 10 late
    book = known(
        paid([40] * 50, customer=1),
        paid([0] * 50, customer=1, first=51, start=20_100),
        paid([10] * 100, customer=2, first=1001),
    )
    asked = still_open(9999, customer=1, due=20_530).select(*ITEM_COLUMNS)
    curves = NAIVE["customer_median"](book).curves(book, asked)
    weight, portfolio = 50 / 55, portfolio_lateness(book)
    for day in (0, 5, 10, 39):
        expected = (1 - weight) * portfolio.unpaid[day - EARLIEST]
        assert curves.late(day) == pytest.approx([expected], abs=1e-6)
    assert curves.quantile(0.5) - curves.due == [0]


def test_a_customers_rate_counts_items_that_are_due_and_open_as_late():
    book = known(
        paid([-1] * 6 + [4] * 2, customer=1),
        still_open(500, customer=1, due=20_400),
        paid([-1] * 60 + [4] * 40, customer=2, first=1001),
    )
    asked = still_open(9999, customer=1, due=20_530).select(*ITEM_COLUMNS)
    curves = NAIVE["customer_rate"](book).curves(book, asked)
    rate = portfolio_lateness(book).late
    assert curves.late(0) == pytest.approx([(3 + 5 * rate) / (9 + 5)], abs=1e-6)


def test_a_new_customer_pays_like_new_customers_did():
    # old customers pay on the day; ten new ones were 20 days late on their first three items
    newcomers = [
        paid([20, 20, 20, 0, 0], customer=customer, first=customer * 100, start=20_200)
        for customer in range(11, 21)
    ]
    book = known(paid([0] * 200, customer=1), *newcomers)
    portfolio = portfolio_lateness(book)
    found = new_lateness(book, portfolio)
    assert found.items == 30
    # the only payments of day 0 among these 20 + 30 items are the portfolio's 20
    assert found.late > 0.6
    assert portfolio.late < 0.2
    asked = still_open(9999, customer=77, due=20_540).select(*ITEM_COLUMNS)
    for name in ("customer_median", "customer_rate"):
        curves = NAIVE[name](book).curves(book, asked)
        assert curves.late(0) == pytest.approx([found.late], abs=1e-6)


def test_who_was_there_in_the_first_days_is_not_taken_for_new():
    book = known(paid([0] * 5, customer=1), paid([30] * 3, customer=2, first=50, start=20_050))
    portfolio = portfolio_lateness(book)
    found = new_lateness(book, portfolio)
    assert found.items == 0
    assert found.unpaid[: 30 - EARLIEST] == pytest.approx(portfolio.unpaid[: 30 - EARLIEST])


def test_an_item_settled_without_money_says_only_that_it_was_unpaid_until_then():
    written_off = still_open(500, customer=1, due=20_100).with_columns(
        pl.lit(20_112, pl.Int32).alias("ended_day"), pl.lit(0, pl.Int64).alias("open_minor")
    )
    one = portfolio_lateness(known(paid([3] * 20), written_off))
    days = np.array([3] * 20 + [12])
    is_paid = np.array([True] * 20 + [False])
    assert np.array_equal(one.unpaid, lateness(days, is_paid=is_paid, before=prior()).unpaid)
