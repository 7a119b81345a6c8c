"""What a model said about each item, and what became of it.

An outcome is judged by a date that was fixed when the prediction was made (due day + k, or the
last quantile), never by whether the item happens to be paid already: of items still within
their time only those paid early would count, and every model would look too pessimistic.
"""

import numpy as np
import polars as pl

from dunwell.ml.curves import LEVELS, Curves
from dunwell.ml.history import History, Ints

LATE_DAYS = (0, 7, 30)
"""P(late by more than k days) is kept and judged for these k."""

SOON_DAYS = 7
"""P(paid within so many days) is kept for the weekly watch."""

QUANTILES = tuple(f"q{round(100 * level):02d}" for level in LEVELS)

PREDICTIONS: dict[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "as_of_day": pl.Int32,
    "due_day": pl.Int32,
    "history_items": pl.Int64,
    "late_0": pl.Float64,
    "late_7": pl.Float64,
    "late_30": pl.Float64,
    "soon": pl.Float64,
    **dict.fromkeys(QUANTILES, pl.Int32),
}
"""Columns of `predictions`. `history_items`: paid items of the customer on that day; `late_k`:
P(paid more than k days late); `soon`: P(paid within SOON_DAYS); `qNN`: day by which the item
is paid with NN %."""

MATURED: dict[str, type[pl.DataType]] = {
    **PREDICTIONS,
    "paid_day": pl.Int32,
    "is_late_0": pl.Boolean,
    "is_late_7": pl.Boolean,
    "is_late_30": pl.Boolean,
    "is_soon": pl.Boolean,
    "seen_day": pl.Int32,
}
"""Columns of `matured`: the predictions, the pay day if any, and what is known of each answer
(empty while it is not). `seen_day`: the pay day, told once the last quantile has passed, so that
the whole distribution can be judged; an item unpaid then carries the day after the history's."""


def predictions(curves: Curves, history: History) -> pl.DataFrame:
    """Return one row per item of the curves, in columns PREDICTIONS and their order.

    The history may be of a later day than the curves; only what had been paid by the curves'
    day is counted.
    """
    known = (
        history.items.filter(pl.col("paid_day") <= curves.as_of)
        .group_by("customer_id")
        .agg(pl.len().cast(pl.Int64).alias("history_items"))
    )
    told = {f"late_{days}": curves.late(days) for days in LATE_DAYS}
    told["soon"] = 1 - curves.unpaid_after(SOON_DAYS)
    days = [
        pl.Series(name, curves.quantile(level))
        for name, level in zip(QUANTILES, LEVELS, strict=True)
    ]
    return (
        curves.items.join(known, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("history_items").fill_null(0),
            pl.lit(curves.as_of).alias("as_of_day"),
            *[pl.Series(name, chances) for name, chances in told.items()],
            *days,
        )
        .select(*PREDICTIONS)
        .cast(pl.Schema(PREDICTIONS))
    )


def matured(history: History, told: pl.DataFrame) -> pl.DataFrame:
    """Return the predictions (columns PREDICTIONS) with what became of them, columns MATURED.

    `is_late_k` is known once due + k has passed and is left empty where it had passed before
    the prediction was made (nothing was predicted). Items settled without money before the
    answer fell due have none. Items unknown to the history are left out.
    """
    today = history.as_of
    ends = history.items.select("item_id", "paid_day", "ended_day")
    rows = told.join(ends, on="item_id", how="inner", maintain_order="left")
    late = [_after(pl.col("due_day") + days, today).alias(f"is_late_{days}") for days in LATE_DAYS]
    soon = ~_after(pl.col("as_of_day") + SOON_DAYS, today)
    is_seen = _after(pl.col(QUANTILES[-1]), today).is_not_null()
    seen = pl.when(is_seen).then(pl.col("paid_day").fill_null(today + 1))
    return (
        rows.with_columns(*late, soon.alias("is_soon"), seen.alias("seen_day"))
        .select(*MATURED)
        .cast(pl.Schema(MATURED))
    )


def _after(last: pl.Expr, today: int) -> pl.Expr:
    """Return whether an item was paid after the day `last`; empty while or where nobody knows."""
    is_over = (last <= today) & (last > pl.col("as_of_day"))
    is_cancelled = pl.col("paid_day").is_null() & (pl.col("ended_day") <= last).fill_null(
        value=False
    )
    is_paid_by = (pl.col("paid_day") <= last).fill_null(value=False)
    return pl.when(is_over & ~is_cancelled).then(~is_paid_by)


def quantile_days(rows: pl.DataFrame) -> Ints:
    """Return the 19 quantile days of each row, one column per level."""
    days = np.stack([rows[name].to_numpy() for name in QUANTILES], axis=1)
    return days.astype(np.int64)
