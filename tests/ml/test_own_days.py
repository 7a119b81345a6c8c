"""A customer's own delays as odds of a day: where they were, there it is likely to pay."""

from dataclasses import replace

import numpy as np
import pytest

from dunwell.ml.closed_days import calendars
from dunwell.ml.features import Lookups, usual_amounts
from dunwell.ml.history import first_day
from dunwell.ml.own_days import own_odds
from dunwell.ml.past import WINDOW, Past
from tests.ml.books import sample_history

BOOK = sample_history(items=400, customers=12)
PAST = Past(BOOK)


def seen(items=BOOK.items):
    """Return items as seen on the book's day."""
    first, last = first_day(BOOK), BOOK.as_of
    _, calendar = calendars(items, BOOK, first=first, last=last)
    evening = np.full(items.height, BOOK.as_of, np.int32)
    return Lookups(BOOK, PAST, usual_amounts(BOOK)).views(items, evening, calendar)


VIEWS = seen()


def odds(views, late, row=None):
    rows = np.zeros(len(late), np.int64) if row is None else row
    return own_odds(views, rows, np.asarray(late), assumed=PAST.portfolio)


def test_the_last_delays_are_those_of_the_customer_latest_first():
    items = BOOK.items.filter(items_of(customer := int(BOOK.items["customer_id"][0])))
    paid = items.drop_nulls("paid_day").sort("paid_day", "due_day", descending=True)
    late = (paid["paid_day"] - paid["due_day"]).clip(-60, 90).to_list()[:WINDOW]
    row = int(np.flatnonzero((BOOK.items["customer_id"] == customer).to_numpy())[0])
    told = VIEWS.delays[row]
    assert len(late) > 3
    assert sorted(told[~np.isnan(told)].tolist()) == sorted(float(day) for day in late)


def items_of(customer):
    """Return the filter for the items of a customer."""
    return BOOK.items["customer_id"] == customer


def test_days_of_one_customer_are_worked_out_once_and_come_out_the_same():
    random = np.random.default_rng(2)
    row = random.integers(0, len(VIEWS.due), 60_000)
    late = random.integers(-200, 300, 60_000)
    many = odds(VIEWS, late, row)
    few = np.concatenate([odds(VIEWS, late[n : n + 9], row[n : n + 9]) for n in range(0, 900, 9)])
    assert many[:900] == pytest.approx(few, abs=1e-4)
    assert np.isfinite(many).all()


def test_a_customer_with_two_usual_days_is_likely_to_pay_on_both():
    delays = np.full((1, WINDOW), np.nan, np.float32)
    delays[0, :10] = [2, 2, 2, 2, 2, 20, 20, 20, 20, 20]
    facts = VIEWS.facts[:1].copy()
    one = replace(VIEWS.take(np.zeros(1, np.int64)), delays=delays, facts=facts)
    found = odds(one, np.arange(-10, 40))
    day = dict(zip(range(-10, 40), found.tolist(), strict=True))
    assert day[2] > day[10] + 1
    assert day[20] > day[10] + 1


def test_without_a_paid_item_the_portfolio_is_assumed():
    stranger = BOOK.items.head(1).with_columns(customer_id=BOOK.items["customer_id"].max() + 1)
    views = seen(stranger)
    assert np.isnan(views.delays).all()
    assert views.paid_place.tolist() == [-1]
    found = odds(views, np.arange(-60, 91))
    assert np.isfinite(found).all()
    assert found.argmax() > 60
