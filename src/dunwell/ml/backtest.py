"""What models would have said week by week in the past, beside what then happened.

Every snapshot shows a model the ledger as known on that day and asks about the items of the
open book and those issued in the days until the next one; no outcome is handed out. All
models get the same snapshots and requests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.curves import ITEM_COLUMNS, LEVELS, Curves
from dunwell.ml.history import Floats, History, Ints, as_known, codes
from dunwell.ml.model import Maker, PayDateModel

HORIZONS = (7, 14, 30)
"""Days after which "still unpaid?" is asked."""

REQUESTS = (
    *ITEM_COLUMNS,
    "kind",
    "snapshot_day",
    "customer_items",
    "paid_day",
    "ended_day",
)
"""Columns of `Backtest.requests`. `kind`: "new" (issued after the snapshot) or "open";
`customer_items`: paid items of the customer known on the snapshot; `paid_day`, `ended_day`:
what happened by the end of the data, as in `HISTORY_ITEMS`."""

CASH = (
    "model",
    "snapshot_day",
    "currency",
    "week",
    "actual_minor",
    "mean_minor",
    "low_minor",
    "high_minor",
)
"""Columns of `Backtest.cash`: money from the items on the book at the snapshot. Week w ends
7w days after it; `actual_minor` is empty where that lies beyond the data; low and high are
the 10 and 90 % quantiles."""

TIED = 0.3
"""How far items of one customer are paid together: share of the variance that is fully tied."""

NORMAL_90 = 1.2815515655446004
"""90 % quantile of the standard normal distribution."""

Cash = Callable[[History, Curves, int], pl.DataFrame]
"""Forecasts the cash of a book: history, curves of the open items and number of weeks in;
currency, week, mean_minor, low_minor, high_minor out (one row per currency and week)."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """One model's answers, one row per row of `Backtest.requests`.

    `late`: P(paid after the due day). `days`: days late by level of LEVELS. `unpaid`: P(still
    unpaid HORIZONS days after the snapshot or, if later, the issue day).
    """

    late: Floats
    days: npt.NDArray[np.int16]
    unpaid: Floats


@dataclass(frozen=True, slots=True)
class Backtest:
    """Requests with outcomes, and each model's predictions of them.

    `as_of` is the day up to which outcomes are known, `paid_items` the number of items paid
    by then. `requests` has REQUESTS, `cash` has CASH.
    """

    as_of: int
    paid_items: int
    requests: pl.DataFrame
    predictions: Mapping[str, Predictions]
    cash: pl.DataFrame


def backtest(
    history: History,
    makers: Mapping[str, Maker],
    *,
    first: int,
    last: int,
    step_days: int = 7,
    refit_days: int = 28,
    cash_weeks: int = 8,
    cash: Cash | None = None,
) -> Backtest:
    """Return what each maker's model would have said on every snapshot from `first` to `last`.

    Models are fitted on the first snapshot and again every `refit_days`. Days late are scored
    of paid items only, so `last` should lie far enough before the history's day for slow items
    to have been paid (60 days or more). `cash` forecasts the
    money of the open book (default `book_cash`). Raises ValueError when an item occurs twice
    or a model answers other requests than it was asked.
    """
    if history.items["item_id"].is_duplicated().any():
        raise ValueError("the history holds an item twice; a copy would leak its own outcome")
    forecast = cash or book_cash
    models: dict[str, PayDateModel] = {}
    asked: list[pl.DataFrame] = []
    told: dict[str, list[Predictions]] = {name: [] for name in makers}
    money: list[pl.DataFrame] = []
    refit = first
    for day in range(first, last + 1, step_days):
        known = as_known(history, as_of=day)
        if day >= refit:
            models = {name: make(known) for name, make in makers.items()}
            refit = day + refit_days
        requests = snapshot_requests(history, known, new_days=step_days)
        questions = requests.select(ITEM_COLUMNS)
        book = np.flatnonzero((requests["kind"] == "open").to_numpy())
        actual = _actual_cash(history, requests, day=day, weeks=cash_weeks)
        for name, model in models.items():
            curves = model.curves(known, questions)
            if not curves.items["item_id"].equals(questions["item_id"]):
                raise ValueError(f"{name} did not answer the requests of day {day} in their order")
            told[name].append(predictions(curves))
            if cash_weeks:
                weeks = forecast(known, curves.take(book), cash_weeks)
                money.append(_scored_cash(actual, weeks, model=name, day=day))
        asked.append(requests)
    return Backtest(
        as_of=history.as_of,
        paid_items=history.paid_items,
        requests=pl.concat(asked) if asked else _no_requests(),
        predictions={name: _stacked(parts) for name, parts in told.items()},
        cash=pl.concat(money) if money else pl.DataFrame(schema=_CASH_TYPES),
    )


def snapshot_requests(history: History, known: History, *, new_days: int) -> pl.DataFrame:
    """Return the requests of one snapshot in columns REQUESTS, outcomes from `history`.

    Sorted, so that the order of the history's rows changes nothing. `known` is the history as
    of the snapshot. The amount of an item not issued yet is its open amount.
    """
    day = known.as_of
    is_new = pl.col("issued_day").is_between(day + 1, day + new_days)
    new = history.items.filter(is_new).with_columns(open_minor="amount_minor", kind=pl.lit("new"))
    outcome = history.items.select("item_id", "paid_day", "ended_day")
    opened = (
        known.open.drop("paid_day", "ended_day")
        .join(outcome, on="item_id", how="left", maintain_order="left")
        .with_columns(kind=pl.lit("open"))
    )
    paid = known.items.filter(pl.col("paid_day").is_not_null())
    numbers = paid.group_by("customer_id").agg(customer_items=pl.len().cast(pl.Int64))
    columns = (*ITEM_COLUMNS, "kind", "paid_day", "ended_day")
    return (
        pl.concat([new.select(columns), opened.select(columns)])
        .join(numbers, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("customer_items").fill_null(0), snapshot_day=pl.lit(day, dtype=pl.Int32)
        )
        .select(REQUESTS)
        .sort("kind", "item_id")
    )


def predictions(curves: Curves) -> Predictions:
    """Return what is scored of the curves, row by row."""
    issued = curves.items["issued_day"].to_numpy().astype(np.int32)
    start = np.maximum(issued, np.int32(curves.as_of))
    days = np.stack([curves.quantile(level) - curves.due for level in LEVELS], axis=1)
    limits = np.iinfo(np.int16)
    unpaid = [1 - curves.paid_by(start + np.int32(days)) for days in HORIZONS]
    return Predictions(
        late=curves.late(0),
        days=np.clip(days, limits.min, limits.max).astype(np.int16),
        unpaid=np.stack(unpaid, axis=1),
    )


def book_cash(history: History, curves: Curves, weeks: int) -> pl.DataFrame:  # noqa: ARG001
    """Return the expected money per currency and week with a normal 80 % range.

    Mean: open amount times P(paid in the week). Variance: a blend of independent items and
    items of one customer fully tied (TIED). Nothing from the history is needed here.
    """
    amount = curves.items["open_minor"].to_numpy().astype(np.float64)
    chance = np.clip(curves.by_week(weeks), 0, 1)
    means = amount[:, None] * chance
    spreads = amount[:, None] * np.sqrt(chance * (1 - chance))
    currency, names = codes(curves.items["currency"])
    customer, customers = codes(curves.items["customer_id"])
    pairs, pair = np.unique(currency * len(customers) + customer, return_inverse=True)
    of_pair = pairs // max(len(customers), 1)
    mean = _sums(means, currency, len(names))
    alone = _sums(spreads**2, currency, len(names))
    tied = _sums(_sums(spreads, pair, len(pairs)) ** 2, of_pair, len(names))
    reach = NORMAL_90 * np.sqrt((1 - TIED) * alone + TIED * tied)
    return pl.DataFrame(
        {
            "currency": np.repeat(names.to_numpy(), weeks),
            "week": np.tile(np.arange(1, weeks + 1), len(names)),
            "mean_minor": mean.ravel(),
            "low_minor": np.maximum(mean - reach, 0).ravel(),
            "high_minor": (mean + reach).ravel(),
        },
        schema_overrides={"currency": pl.String},
    )


def _sums(values: Floats, groups: Ints, number: int) -> Floats:
    """Return the column sums of each group, added in the order of the rows."""
    sums = np.zeros((number, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums


_CASH_TYPES = {
    "model": pl.String,
    "snapshot_day": pl.Int32,
    "currency": pl.String,
    "week": pl.Int64,
    "actual_minor": pl.Int64,
    "mean_minor": pl.Float64,
    "low_minor": pl.Float64,
    "high_minor": pl.Float64,
}


def _actual_cash(
    history: History, requests: pl.DataFrame, *, day: int, weeks: int
) -> pl.DataFrame:
    """Return the money that came on the open items by currency and week, parts as they came."""
    book = requests.filter(pl.col("kind") == "open").select("item_id", "currency")
    grid = book.select(pl.col("currency").unique()).join(
        pl.DataFrame({"week": np.arange(1, weeks + 1)}), how="cross"
    )
    came = (
        history.parts.filter(pl.col("day").is_between(day + 1, day + 7 * weeks))
        .join(book, on="item_id", how="inner")
        .with_columns(week=(pl.col("day").cast(pl.Int64) - day + 6) // 7)
        .group_by("currency", "week")
        .agg(actual_minor=pl.col("amount_minor").sum())
    )
    is_known = day + 7 * pl.col("week") <= history.as_of
    return grid.join(came, on=["currency", "week"], how="left").with_columns(
        actual_minor=pl.when(is_known).then(pl.col("actual_minor").fill_null(0))
    )


def _scored_cash(
    actual: pl.DataFrame, weeks: pl.DataFrame, *, model: str, day: int
) -> pl.DataFrame:
    return (
        actual.join(weeks, on=["currency", "week"], how="left")
        .with_columns(model=pl.lit(model), snapshot_day=pl.lit(day, dtype=pl.Int32))
        .select(pl.col(name).cast(dtype) for name, dtype in _CASH_TYPES.items())
        .sort("currency", "week")
    )


def _stacked(parts: list[Predictions]) -> Predictions:
    if not parts:
        return Predictions(
            late=np.empty(0),
            days=np.empty((0, len(LEVELS)), np.int16),
            unpaid=np.empty((0, len(HORIZONS))),
        )
    return Predictions(
        late=np.concatenate([part.late for part in parts]),
        days=np.concatenate([part.days for part in parts]),
        unpaid=np.concatenate([part.unpaid for part in parts]),
    )


def _no_requests() -> pl.DataFrame:
    texts, whole = ("currency", "kind"), ("issued_day", "due_day", "snapshot_day")
    days = (*whole, "paid_day", "ended_day")
    types = {
        name: pl.String if name in texts else pl.Int32 if name in days else pl.Int64
        for name in REQUESTS
    }
    return pl.DataFrame(schema=types)
