"""Expected cash by week: sums that reconcile, ranges that hold, nothing taken from the future."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.ml.cash_spread import customer_parts, sum_quantiles
from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS, LEVELS, Curves
from dunwell.ml.forecast import CASH_WEEKS, ReplayedWeek, cash_weeks, replayed_weeks, replays
from dunwell.ml.history import HISTORY_ITEMS, History, as_known
from dunwell.ml.naive import customer_median
from tests.ml.books import requests, rewritten, sample_history

LEDGER = Path(__file__).parents[3] / "shared/data/ar_highradius/asof_2019-10-31.csv"
AS_OF = 20_000


def book(rows, *, parts=(), as_of=AS_OF):
    """Return a history of open items (item, customer, currency, minor) and money on them."""
    items = pl.DataFrame(
        [(*row[:3], row[3], row[3], as_of - 30, as_of, None, None) for row in rows],
        schema=HISTORY_ITEMS,
        orient="row",
    )
    days = {"item_id": pl.Int64, "day": pl.Int32, "amount_minor": pl.Int64}
    return History(
        as_of=as_of,
        items=items,
        parts=pl.DataFrame(list(parts), schema=days, orient="row"),
        disputes=pl.DataFrame(
            schema={"item_id": pl.Int64, "opened_day": pl.Int32, "closed_day": pl.Int32}
        ),
        promises=pl.DataFrame(
            schema={
                "item_id": pl.Int64,
                "made_day": pl.Int32,
                "due_day": pl.Int32,
                "withdrawn_day": pl.Int32,
            }
        ),
        contacts=pl.DataFrame(
            schema={"item_id": pl.Int64, "customer_id": pl.Int64, "day": pl.Int32}
        ),
        countries=pl.DataFrame(schema={"customer_id": pl.Int64, "country": pl.String}),
    )


def curves(known, chance):
    """Return curves that pay each item with the given chance on each of the first days."""
    paid = np.zeros((known.open.height, GRID_DAYS), np.float32)
    for row, days in enumerate(chance):
        for day, so_far in days.items():
            paid[row, day - 1 :] = so_far
    return Curves(
        as_of=known.as_of,
        items=known.open.select(*ITEM_COLUMNS),
        paid=paid,
        tail=np.zeros(known.open.height, np.float32),
        model="test",
    )


def median_at(known):
    return customer_median(known).curves(known, requests(known))


def test_a_week_is_the_sum_of_the_curves_by_currency():
    known = book([(1, 1, "USD", 1000), (2, 1, "EUR", 500), (3, 2, "EUR", 900)])
    told = curves(known, [{3: 0.4, 8: 1.0}, {7: 1.0}, {14: 1.0}])
    assert cash_weeks(told, known, weeks=2).rows() == [
        ("EUR", 1, AS_OF + 1, AS_OF + 7, 500, 500, 500, 500),
        ("EUR", 2, AS_OF + 8, AS_OF + 14, 900, 900, 900, 900),
        ("USD", 1, AS_OF + 1, AS_OF + 7, 400, 0, 0, 1000),
        ("USD", 2, AS_OF + 8, AS_OF + 14, 600, 0, 1000, 1000),
    ]


def test_one_item_is_paid_or_not_and_nothing_between():
    known = book([(1, 1, "EUR", 12_345)])
    rows = cash_weeks(curves(known, [{1: 0.3}]), known, weeks=1)
    assert rows.select("expected_minor", "p10_minor", "p50_minor", "p90_minor").rows() == [
        (3704, 0, 0, 12_345)
    ]


def test_an_empty_book_has_no_rows():
    known = book([])
    assert cash_weeks(curves(known, []), known).schema == pl.Schema(CASH_WEEKS)
    assert cash_weeks(curves(known, []), known).height == 0


def test_curves_of_another_day_are_refused():
    known = book([(1, 1, "EUR", 100)])
    told = replace(curves(known, [{1: 1.0}]), as_of=AS_OF - 1)
    with pytest.raises(ValueError, match=r"^curves of day 19999, history of day 20000$"):
        cash_weeks(told, known)


def test_items_that_are_not_open_in_the_history_do_not_count():
    known = book([(1, 1, "EUR", 100), (2, 1, "EUR", 70)])
    told = curves(known, [{1: 1.0}, {1: 1.0}])
    only = replace(known, items=known.items.head(1))
    assert cash_weeks(told, only, weeks=1)["expected_minor"].to_list() == [100]


def test_expected_money_reconciles_with_the_curves_and_the_book():
    known = sample_history(items=2000, customers=60)
    told = median_at(known)
    rows = cash_weeks(told, known, weeks=13)
    exact = told.items.select("currency", "open_minor").with_columns(
        *[pl.Series(f"{week}", chance) for week, chance in enumerate(told.by_week(13).T)]
    )
    for (currency,), part in rows.group_by("currency"):
        own = exact.filter(pl.col("currency") == currency)
        so_far = 0.0
        for week, expected in enumerate(part.sort("week")["expected_minor"].cum_sum()):
            so_far += float((own["open_minor"] * own[f"{week}"]).sum())
            assert abs(expected - so_far) <= 0.5 + 1e-3
        assert part["expected_minor"].sum() <= own["open_minor"].sum()


def test_the_order_of_rows_changes_nothing():
    known = sample_history(items=500)
    told = median_at(known)
    order = np.random.default_rng(1).permutation(len(told))
    past = replays(known, median_at, count=4)
    turned = cash_weeks(told.take(order), known, replay=past[::-1])
    assert turned.equals(cash_weeks(told, known, replay=past))


@settings(max_examples=40)
@given(
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=12),
    seed=st.integers(0, 1000),
    paid=st.lists(st.integers(-(10**6), 10**9), max_size=30),
)
def test_levels_are_ordered_and_stay_inside_the_book(amounts, seed, paid):
    random = np.random.default_rng(seed)
    known = book([(n, n % 3, "EUR", minor) for n, minor in enumerate(amounts)])
    told = curves(known, [dict(enumerate(np.sort(random.random(40)), 1)) for _ in amounts])
    past = [
        ReplayedWeek("EUR", AS_OF - 100 + n, n % 5 + 1, 10**6, 10**4, minor)
        for n, minor in enumerate(paid)
    ]
    rows = cash_weeks(told, known, weeks=6, replay=past)
    low, middle, high = (rows[f"p{level}_minor"].to_numpy() for level in (10, 50, 90))
    assert (low >= 0).all()
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert (high <= sum(amounts)).all()


def test_the_distribution_of_few_items_is_the_exact_one():
    amounts, chances = np.array([900.0, 500.0, 250.0, 120.0, 60.0]), [0.3, 0.5, 0.8, 0.45, 0.6]
    parts = customer_parts(np.array(chances)[:, None], amounts, np.arange(5))
    sums = []
    for paid in product((0, 1), repeat=5):
        chance = np.prod(
            [p if is_paid else 1 - p for p, is_paid in zip(chances, paid, strict=True)]
        )
        sums.append((float(np.dot(amounts, paid)), chance))
    values, mass = map(np.array, zip(*sorted(sums), strict=True))
    step = amounts.sum() / 511
    for level, told in zip(LEVELS, sum_quantiles(parts, 0), strict=True):
        assert mass[values < told - 2 * step].sum() <= level + 0.01
        assert mass[values <= told + 2 * step].sum() >= level - 0.01


def test_the_distribution_of_many_items_is_normal():
    random = np.random.default_rng(2)
    amounts, chance = random.uniform(1, 9, 4000), random.uniform(0.1, 0.9, (4000, 1))
    parts = customer_parts(chance, amounts, np.arange(4000))
    mean, spread = parts.mean.sum(), np.sqrt(parts.variance.sum())
    told = (sum_quantiles(parts, 0) - mean) / spread
    normal = [-1.645, -1.2816, 0.0, 1.2816, 1.645]
    assert np.abs(told[[0, 1, 9, 17, 18]] - normal).max() < 0.02


def test_a_customer_who_pays_in_runs_has_a_wider_week():
    amounts, chance = np.full(50, 10.0), np.full((50, 1), 0.5)
    one = customer_parts(chance, amounts, np.zeros(50, np.int64))
    many = customer_parts(chance, amounts, np.arange(50))
    # 0.7 x independent + 0.3 x all together, against independent
    assert one.variance.sum() == pytest.approx((0.7 + 0.3 * 50) * many.variance.sum())


def test_a_replayed_week_is_what_was_said_and_the_money_that_came():
    known = book(
        [(1, 1, "EUR", 1000), (2, 2, "USD", 80)],
        parts=[(1, AS_OF + 7, 300), (1, AS_OF + 8, 200), (3, AS_OF + 1, 5)],
    )
    told = curves(known, [{2: 0.5, 10: 1.0}, {1: 1.0}])
    later = replace(known, as_of=AS_OF + 16)
    assert replayed_weeks(later, [told]) == (
        ReplayedWeek("EUR", AS_OF, 1, 500, 500, 300),
        ReplayedWeek("EUR", AS_OF, 2, 500, 500, 200),
        ReplayedWeek("USD", AS_OF, 1, 80, 0, 0),
        ReplayedWeek("USD", AS_OF, 2, 0, 0, 0),
    )


def test_replays_know_only_what_was_known():
    known = sample_history(items=900)
    first = replays(known, median_at, count=8)
    cut = known.as_of - 28
    other = replays(rewritten(known, after=cut), median_at, count=8)
    mine = [row for row in first if row.as_of + 7 * row.week <= cut]
    assert mine == [row for row in other if row.as_of + 7 * row.week <= cut]
    said = [(row.as_of, row.week, row.expected_minor) for row in first if row.as_of <= cut]
    assert said == [(r.as_of, r.week, r.expected_minor) for r in other if r.as_of <= cut]


def test_replays_before_the_first_item_are_left_out():
    known = sample_history(items=50)
    early = as_known(known, as_of=int(known.items["issued_day"].min()) + 10)
    assert {row.as_of for row in replays(early, median_at, count=16)} == {early.as_of - 7}


def test_past_errors_twice_as_large_widen_the_range():
    known = sample_history(items=1500, customers=80)
    told = median_at(known)
    alone = cash_weeks(told, known, weeks=4)
    random = np.random.default_rng(3)

    def past(times):
        return [
            ReplayedWeek("EUR", known.as_of - 7 * n, w, 0, 10**6, round(times * 10**6 * gap))
            for n in range(4, 20)
            for w, gap in enumerate(random.standard_normal(4), 1)
        ]

    right = cash_weeks(told, known, weeks=4, replay=past(1))
    wrong = cash_weeks(told, known, weeks=4, replay=past(3))

    def width(rows):
        own = rows.filter(pl.col("currency") == "EUR")
        return (own["p90_minor"] - own["p10_minor"]).sum()

    assert 0.7 < width(right) / width(alone) < 1.5
    assert 1.8 < width(wrong) / width(alone) < 4.5


def ledger_history():
    """Return the development ledger of HighRadius as known on its last day."""
    rows = pl.read_csv(LEDGER, try_parse_dates=True, schema_overrides={"cust_number": pl.String})
    day = {
        name: pl.col(column).cast(pl.Date).cast(pl.Int32)
        for name, column in (
            ("issued_day", "document_create_date"),
            ("due_day", "due_in_date"),
            ("paid_day", "clear_date"),
        )
    }
    items = (
        rows.filter(~pl.col("doc_dup"), pl.col("total_open_amount") > 0)
        .select(
            customer_id=pl.col("cust_number").fill_null("").rank("dense").cast(pl.Int64),
            currency="invoice_currency",
            amount_minor=(pl.col("total_open_amount") * 100).round().cast(pl.Int64),
            **day,
        )
        .with_row_index("item_id")
        .with_columns(ended_day=pl.col("paid_day"), open_minor=pl.col("amount_minor"))
        .select(*HISTORY_ITEMS)
        .cast(pl.Schema(HISTORY_ITEMS))
    )
    money = items.drop_nulls("paid_day").select("item_id", "paid_day", "amount_minor")
    empty = book([], as_of=30_000)
    parts = money.rename({"paid_day": "day"})
    return as_known(replace(empty, items=items, parts=parts), as_of=18_200)


@pytest.mark.skipif(not LEDGER.exists(), reason=f"{LEDGER} is not on this machine")
def test_the_range_of_a_week_holds_on_a_real_ledger():
    """80 % ranges of 16 weekly forecasts, weeks 1-4; naive model, nothing fitted to outcomes."""
    known = ledger_history()
    days = [known.as_of - 3 - 7 * step for step in range(36, 0, -1)]
    past = {day: as_known(known, as_of=day) for day in days}
    told = {day: median_at(past[day]) for day in days}
    seen = replayed_weeks(known, told.values(), weeks=4)
    came = {(row.currency, row.as_of, row.week): row.paid_minor for row in seen}
    inside = []
    for day in days[16:]:
        matured = [row for row in seen if day - 112 <= row.as_of <= day - 7 * row.week]
        for row in cash_weeks(told[day], past[day], weeks=4, replay=matured).to_dicts():
            paid = came.get((row["currency"], day, row["week"]))
            if paid is not None:
                inside.append(row["p10_minor"] <= paid <= row["p90_minor"])
    assert 0.73 <= np.mean(inside) <= 0.88
