"""What was known of a customer on any day, against the same facts counted one by one."""

from dataclasses import asdict, replace

import numpy as np
import polars as pl
import pytest

from dunwell.ml.history import HISTORY_ITEMS, as_known
from dunwell.ml.past import CUSTOMER_FACTS, Past
from tests.ml.books import rewritten, sample_history
from tests.ml.plain_facts import customer_facts, mean, odd_history, quantile, weekday

BOOKS = {"odd": odd_history(1), "odd again": odd_history(2), "sample": sample_history(200, 6)}
ANY = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)


def asked(known, size=60, seed=5):
    """Return customers, an unknown one among them, and days from before the first to the last."""
    random = np.random.default_rng(seed)
    customers = random.choice([*known.items["customer_id"].unique().sort(), 7], size)
    first = known.items["issued_day"].min() - 5
    return customers, random.integers(first, known.as_of + 1, size)


def told(past, customers, days):
    return past.facts(past.code_of(customers), days)


@ANY
def test_every_fact_of_a_customer_is_what_counting_gives(book):
    past = Past(book)
    customers, days = asked(book)
    facts, weekdays = told(past, customers, days)
    assert tuple(facts) == CUSTOMER_FACTS
    for row, (customer, day) in enumerate(zip(customers, days, strict=True)):
        expected, shares = customer_facts(book, past.portfolio, int(customer), int(day))
        found = {name: float(values[row]) for name, values in facts.items()}
        assert found == pytest.approx(expected, nan_ok=True, rel=1e-6, abs=1e-9)
        assert weekdays[row] == pytest.approx(shares)


@ANY
def test_the_portfolio_is_what_counting_gives(book):
    paid = book.items.drop_nulls("paid_day").sort("customer_id", "paid_day", "due_day")
    late = (paid["paid_day"] - paid["due_day"]).to_list()
    cut = [min(max(one, -60), 90) for one in late]
    customers = paid["customer_id"].to_list()
    first = [one for n, one in enumerate(cut) if customers[:n].count(customers[n]) < 3]
    days = [weekday(day) for day in paid["paid_day"]]
    found = asdict(Past(book).portfolio)
    assert found.pop("weekdays") == pytest.approx(
        [days.count(day) / len(days) for day in range(7)]
    )
    assert found == pytest.approx(
        {
            "late_rate": mean([one > 0 for one in late]),
            "mean_late": mean(cut),
            "new_rate": mean([one > 0 for one in first]),
            "new_mean": mean(first),
            "new_median": quantile(first, 0.5),
            "new_low": quantile(first, 0.1),
            "new_high": quantile(first, 0.9),
        }
    )


@ANY
def test_a_day_gone_by_is_seen_as_it_was_seen_then(book):
    past = Past(book)
    customers, days = asked(book, size=30)
    facts, weekdays = told(past, customers, days)
    for row, day in enumerate(days):
        then = Past(as_known(book, as_of=int(day)), past.portfolio)
        only, shares = told(then, customers[row : row + 1], days[row : row + 1])
        # amounts are told in the currency's mean, which later items move
        same = [
            name for name in CUSTOMER_FACTS if not name.endswith(("_ratio", "amount_lateness"))
        ]
        assert {name: float(only[name][0]) for name in same} == pytest.approx(
            {name: float(facts[name][row]) for name in same}, nan_ok=True
        )
        assert shares[0] == pytest.approx(weekdays[row])


@pytest.mark.parametrize("fact", CUSTOMER_FACTS)
def test_what_happens_later_moves_no_fact(fact):
    book = BOOKS["sample"]
    day = book.as_of - 90
    then = as_known(book, as_of=day)
    other = as_known(rewritten(book, after=day), as_of=day)
    customers = book.items["customer_id"].unique().sort().to_numpy()
    days = np.full(len(customers), day)
    one, two = (told(Past(known), customers, days)[0][fact] for known in (then, other))
    assert np.array_equal(one, two, equal_nan=True)
    # and it is told at all: the facts of another day differ
    assert not np.array_equal(one, told(Past(then), customers, days - 60)[0][fact], equal_nan=True)


def test_amounts_of_another_size_in_one_currency_move_no_fact():
    book = sample_history(200, 6)
    larger = pl.when(pl.col("currency") == "USD").then(100).otherwise(1)
    scaled = replace(
        book, items=book.items.with_columns(pl.col("amount_minor", "open_minor") * larger)
    )
    customers, days = asked(book)
    one, two = told(Past(book), customers, days), told(Past(scaled), customers, days)
    for name in CUSTOMER_FACTS:
        assert two[0][name] == pytest.approx(one[0][name], nan_ok=True)
    assert np.array_equal(one[1], two[1])


def test_a_stranger_is_taken_for_a_new_customer():
    past = Past(BOOKS["sample"])
    facts, shares = told(past, np.array([999]), np.array([BOOKS["sample"].as_of]))
    assumed = past.portfolio
    assert past.code_of(np.array([999])).tolist() == [-1]
    assert [facts[name][0] for name in ("n", "median", "fading", "low", "n_open", "oldest")] == [
        0, assumed.new_median, assumed.new_mean, assumed.new_low, 0, 0,
    ]  # fmt: skip
    assert shares[0] == pytest.approx(assumed.weekdays)


def test_nothing_known_at_all_gives_the_documented_prior():
    empty = replace(BOOKS["sample"], items=BOOKS["sample"].items.head(0))
    past = Past(empty)
    facts, shares = told(past, np.array([1, 2]), np.array([20_000, 20_001]))
    expected = {
        "n": 0, "mean": 3, "share_late": 0.4, "median": 2, "low": -5, "high": 20, "fading": 3,
        "n_open": 0, "n_overdue": 0, "oldest": 0, "portfolio_recent": 0, "month_end_share": 0.25,
    }  # fmt: skip
    assert {name: facts[name].tolist() for name in expected} == {
        name: [pytest.approx(value)] * 2 for name, value in expected.items()
    }
    assert shares == pytest.approx(np.array([[0.2] * 5 + [0.0] * 2] * 2))
    assert past.amount_means(np.array([-1]), np.array([20_000])).tolist() == [
        pytest.approx(np.nan, nan_ok=True)
    ]


def test_an_item_due_before_it_was_issued_is_not_overdue_before_it_exists():
    rows = [(1, 1, "EUR", 100, 100, 20_100, 20_090, None, None)]
    book = replace(
        BOOKS["sample"], items=pl.DataFrame(rows, schema=HISTORY_ITEMS, orient="row"), as_of=20_200
    )
    days = np.array([20_095, 20_099, 20_100])
    facts, _ = told(Past(book), np.ones(3, np.int64), days)
    assert facts["n_overdue"].tolist() == [0, 0, 1]
