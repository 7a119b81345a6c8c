"""The facts of an item on a day, against the same facts counted one by one."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from dunwell.ml.features import FACTS, ITEM_FACTS, Lookups, usual_amounts
from dunwell.ml.history import NEVER, as_known
from dunwell.ml.past import CUSTOMER_FACTS, Past
from tests.ml.books import rewritten, sample_history
from tests.ml.plain_facts import item_facts, mean, odd_history

BOOKS = {"odd": odd_history(1), "odd again": odd_history(2), "sample": sample_history(200, 6)}
ANY = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
SIZED = ("log_amount", "amount_ratio", "amount_lateness", "open_ratio", "overdue_ratio")
"""Facts told in the currency's mean item, which later items move a little."""


def views(known, items, days, *, portfolio=None):
    lookups = Lookups(known, Past(known, portfolio), usual_amounts(known))
    calendar = np.zeros(items.height, np.int64)
    return lookups.views(items, np.asarray(days, np.int32), calendar)


def table(found):
    return {name: found.column(name).astype(float) for name in FACTS}


def looked_at(known, size=50, seed=3):
    """Return items and the evenings they are looked at: from before their issue to the end."""
    random = np.random.default_rng(seed)
    items = known.items[random.integers(0, known.items.height, size)]
    first = items["issued_day"].to_numpy() - 7
    return items, first + (random.random(size) * (known.as_of - first)).astype(np.int64)


@ANY
def test_every_fact_of_an_item_is_what_counting_gives(book):
    portfolio = Past(book).portfolio
    items, days = looked_at(book)
    found = views(book, items, days)
    facts = table(found)
    assert set(FACTS) == {*CUSTOMER_FACTS, *ITEM_FACTS}
    for row, (item, day) in enumerate(zip(items.to_dicts(), days, strict=True)):
        expected, shares = item_facts(book, portfolio, item, int(day))
        told = {name: values[row] for name, values in facts.items()}
        assert told == pytest.approx(expected, nan_ok=True, rel=1e-5, abs=1e-5)
        assert found.weekdays[row] == pytest.approx(shares)
        wait = expected["promise_wait"]
        assert found.promised[row] == (NEVER if np.isnan(wait) else day + wait)
    assert found.start.tolist() == np.maximum(items["issued_day"].to_numpy(), days + 1).tolist()
    assert found.due.tolist() == items["due_day"].to_list()


@ANY
def test_a_day_gone_by_is_seen_as_it_was_seen_then(book):
    portfolio = Past(book).portfolio
    items, days = looked_at(book, size=25)
    facts = table(views(book, items, days))
    for row, day in enumerate(days):
        then = as_known(book, as_of=int(day))
        only = table(views(then, items[row], [day], portfolio=portfolio))
        same = [name for name in FACTS if name not in {*SIZED, "currency"}]
        assert {name: only[name][0] for name in same} == pytest.approx(
            {name: facts[name][row] for name in same}, nan_ok=True
        )


@pytest.mark.parametrize("fact", ITEM_FACTS)
def test_what_happens_later_moves_no_fact(fact):
    book = sample_history(600, 6)
    day = book.as_of - 90
    then, other = as_known(book, as_of=day), as_known(rewritten(book, after=day), as_of=day)
    items, days = then.items, np.full(then.items.height, day)
    one, two = (views(known, items, days).column(fact) for known in (then, other))
    assert np.array_equal(one, two, equal_nan=True)
    assert len(np.unique(one[~np.isnan(one)])) > 1  # and the fact tells items apart


def test_keys_of_another_size_and_the_order_of_rows_move_no_fact():
    book = odd_history(4)
    items, days = looked_at(book)

    def renamed(frame):
        keys = [name for name in ("item_id", "customer_id") if name in frame.columns]
        return frame.with_columns(pl.col(keys) * 1_000_003 + 5_000_000_000)

    frames = ("parts", "disputes", "promises", "contacts", "papers")
    other = replace(
        book,
        items=renamed(book.items),
        **{name: renamed(getattr(book, name)).reverse() for name in frames},
    )
    one, two = views(book, items, days), views(other, renamed(items), days)
    assert np.array_equal(one.facts, two.facts, equal_nan=True)
    assert np.array_equal(one.weekdays, two.weekdays)
    assert np.array_equal(one.promised, two.promised)


def test_amounts_of_another_size_in_one_currency_move_no_fact():
    book = odd_history(5)
    items, days = looked_at(book)

    def scaled(frame, is_larger):
        money = [name for name in ("amount_minor", "open_minor") if name in frame.columns]
        return frame.with_columns(pl.col(money) * pl.when(is_larger).then(100).otherwise(1))

    dollars = book.items.filter(pl.col("currency") == "USD")["item_id"].implode()
    is_dollar = pl.col("item_id").is_in(dollars)
    other = replace(book, items=scaled(book.items, is_dollar), parts=scaled(book.parts, is_dollar))
    one, two = views(book, items, days), views(other, scaled(items, is_dollar), days)
    assert two.facts == pytest.approx(one.facts, rel=1e-5, abs=1e-6, nan_ok=True)


def test_usual_amounts_are_the_means_by_currency():
    book = BOOKS["odd"]
    by_currency = {
        name: mean(book.items.filter(currency=name)["amount_minor"].to_list())
        for name in ("EUR", "USD")
    }
    assert usual_amounts(book) == pytest.approx(by_currency)


def test_a_currency_the_model_was_not_fitted_on_is_compared_with_its_own_items():
    book = BOOKS["odd"]
    yen = book.items.with_columns(pl.col("amount_minor") * 150, currency=pl.lit("JPY"))
    now = replace(book, items=yen)
    fitted = Lookups(now, Past(now), {"EUR": 5000.0})
    found = fitted.views(yen, np.full(yen.height, now.as_of), np.zeros(yen.height, np.int64))
    relative = yen["amount_minor"].to_numpy() / yen["amount_minor"].mean()
    assert np.exp(found.column("log_amount")) == pytest.approx(relative, rel=1e-5)
    assert (found.column("currency") == -1).all()
    # and one that was never seen is usual in itself
    first = yen.head(1).with_columns(currency=pl.lit("ISK"))
    alone = fitted.views(first, np.array([now.as_of]), np.zeros(1, np.int64))
    assert alone.column("log_amount").tolist() == [0.0]


def test_contacts_of_customers_without_items_disturb_no_others():
    book = BOOKS["odd"]
    strangers = book.contacts.with_columns(customer_id=pl.lit(25, pl.Int64))
    other = replace(book, contacts=pl.concat([strangers, book.contacts]))
    items, days = looked_at(book)
    one, two = views(book, items, days), views(other, items, days)
    assert np.array_equal(one.facts, two.facts, equal_nan=True)


def test_rows_of_views_can_be_taken():
    items, days = looked_at(BOOKS["odd"], size=10)
    found = views(BOOKS["odd"], items, days)
    some = np.array([7, 2, 2])
    alone = views(BOOKS["odd"], items[some], days[some])
    assert np.array_equal(found.take(some).facts, alone.facts, equal_nan=True)
    assert found.take(some).day.tolist() == days[some].tolist()
