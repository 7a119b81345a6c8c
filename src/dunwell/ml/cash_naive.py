"""What simple rules say of the same periods, and what came: the measure of a cash forecast.

`due_date` every open item is paid on its due day, what is overdue in week 1; `due_median` that
many days later as the company's items usually are; `last_year` the same days 52 weeks ago;
`average` the average of the last 13 weeks. The first two say nothing of invoices not written
yet: what our own forecast adds beyond the book is added to them too, so that they are compared
on the book alone.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from dunwell.ml.cash_periods import CashSpan
from dunwell.ml.history import History, Ints

DUE_DATE, DUE_MEDIAN, LAST_YEAR, AVERAGE = "due_date", "due_median", "last_year", "average"
RULES = (DUE_DATE, DUE_MEDIAN, LAST_YEAR, AVERAGE)
OF_BOOK = (DUE_DATE, DUE_MEDIAN)
"""Rules that go by the items on the book."""

YEAR_DAYS = 364
AVERAGE_DAYS = 91


def naive_cash(
    history: History, currency: str, periods: Sequence[CashSpan], *, median_delay: int
) -> dict[str, list[int]]:
    """Return per rule the minor units of each period; a rule without past enough is left out."""
    own = history.open.filter(pl.col("currency") == currency)
    amounts = own["open_minor"].to_numpy().astype(np.int64)
    due = own["due_day"].to_numpy().astype(np.int64)
    tomorrow = history.as_of + 1
    found = {
        DUE_DATE: _on_days(np.maximum(due, tomorrow), amounts, periods),
        DUE_MEDIAN: _on_days(np.maximum(due + median_delay, tomorrow), amounts, periods),
    }
    days, money = _received(history, currency)
    if not len(days):
        return found
    first, last = int(days.min()), history.as_of
    so_far = np.zeros(last - first + 2, np.int64)
    np.add.at(so_far, days - first + 1, money)
    so_far = so_far.cumsum()

    def between(begin: int, end: int) -> int:
        low, high = max(begin - first, 0), max(end - first + 1, 0)
        return int(so_far[min(high, len(so_far) - 1)] - so_far[min(low, len(so_far) - 1)])

    if first <= last - AVERAGE_DAYS:
        recent = between(last - AVERAGE_DAYS + 1, last)
        found[AVERAGE] = [
            round(recent * (one.last_day - one.first_day + 1) / AVERAGE_DAYS) for one in periods
        ]
    if first <= last - YEAR_DAYS:
        found[LAST_YEAR] = [
            between(one.first_day - YEAR_DAYS, one.last_day - YEAR_DAYS) for one in periods
        ]
    return found


def cash_came(history: History, known: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Return `periods` with came_known_minor and came_all_minor.

    `periods` has columns currency, as_of_day, first_day, last_day. `all` is the money on items in
    those days; `known` that on items known on `as_of_day`: issued by then, or foreseen. `known`
    (item_id, known_day) says since when an item that was issued later was foreseen.
    """
    if not periods.height:
        empty = pl.lit(0, pl.Int64)
        return periods.with_columns(came_known_minor=empty, came_all_minor=empty)
    since = periods["first_day"].min()
    money = (
        history.parts.filter(pl.col("day") >= since)
        .join(history.items.select("item_id", "currency", "issued_day"), on="item_id")
        .join(known, on="item_id", how="left")
        .with_columns(since=pl.min_horizontal("issued_day", "known_day"))
        .group_by("currency", "day", "since")
        .agg(pl.col("amount_minor").sum())
        .sort("currency", "day", "since")
    )
    keys = ("day", "since", "amount_minor")
    by_currency = {
        str(name): [part[key].to_numpy().astype(np.int64) for key in keys]
        for (name,), part in money.group_by("currency")
    }
    nothing = [np.zeros(0, np.int64)] * len(keys)
    known_sums, all_sums = [], []
    for currency, as_of, first, last in periods.select(
        "currency", "as_of_day", "first_day", "last_day"
    ).iter_rows():
        day, seen, amount = by_currency.get(currency, nothing)
        within = (day >= first) & (day <= last)
        all_sums.append(int(amount[within].sum()))
        known_sums.append(int(amount[within & (seen <= as_of)].sum()))
    return periods.with_columns(
        came_known_minor=pl.Series(known_sums, dtype=pl.Int64),
        came_all_minor=pl.Series(all_sums, dtype=pl.Int64),
    )


def _on_days(days: Ints, amounts: Ints, periods: Sequence[CashSpan]) -> list[int]:
    return [
        int(amounts[(days >= one.first_day) & (days <= one.last_day)].sum()) for one in periods
    ]


def _received(history: History, currency: str) -> tuple[Ints, Ints]:
    """Return day and minor units of the money on items of a currency."""
    own = history.items.filter(pl.col("currency") == currency).select("item_id")
    found = history.parts.join(own, on="item_id", how="semi")
    return (
        found["day"].to_numpy().astype(np.int64),
        found["amount_minor"].to_numpy().astype(np.int64),
    )
