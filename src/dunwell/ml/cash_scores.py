"""Forecast cash against the cash that came, from items already on the book.

Errors are shares of the money that came, so they are formed within a currency; currencies are
then averaged by their number of open items, because no rate may decide a score.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.backtest import Backtest
from dunwell.ml.scores import weighted_mean

FIRST_WEEKS = 4
"""The weeks a treasurer plans by."""


@dataclass(frozen=True, slots=True)
class WeekScores:
    """One week ahead: absolute error, bias (> 0 says too much) and 80 % range over actual money.

    `cover_80` is the share of forecasts whose range held the actual sum; `rows` counts
    forecasts (snapshot x currency) with a known outcome.
    """

    week: int
    rows: int
    wape: float
    bias: float
    cover_80: float
    width_80: float


@dataclass(frozen=True, slots=True)
class CashScores:
    """Cash by week ahead, weeks 1 to 4 pooled, and the sum of these four weeks."""

    weeks: tuple[WeekScores, ...]
    first_wape: float
    first_cover_80: float
    sum_wape: float


def cash_scores(backtest: Backtest, model: str) -> CashScores:
    """Return the scores of a model's cash forecasts."""
    known = backtest.cash.filter(
        pl.col("model") == model, pl.col("actual_minor").is_not_null()
    ).with_columns(pl.col("mean_minor", "low_minor", "high_minor").fill_null(0.0))
    book = backtest.requests.filter(pl.col("kind") == "open")
    items = book.group_by("currency").agg(items=pl.len())
    first = known.filter(pl.col("week") <= FIRST_WEEKS)
    sums = first.group_by("currency", "snapshot_day").agg(
        pl.col("actual_minor", "mean_minor", "low_minor", "high_minor").sum()
    )
    weeks = sorted(known["week"].unique().to_list())
    pooled = _shares(first, items)
    return CashScores(
        weeks=tuple(_week(known.filter(pl.col("week") == week), items, week) for week in weeks),
        first_wape=pooled["wape"],
        first_cover_80=pooled["cover_80"],
        sum_wape=_shares(sums, items)["wape"],
    )


def _week(rows: pl.DataFrame, items: pl.DataFrame, week: int) -> WeekScores:
    return WeekScores(week=week, rows=rows.height, **_shares(rows, items))


def _shares(rows: pl.DataFrame, items: pl.DataFrame) -> dict[str, float]:
    """Return wape, bias, cover_80 and width_80 within currencies, averaged by open items."""
    actual, mean = pl.col("actual_minor"), pl.col("mean_minor")
    low, high = pl.col("low_minor"), pl.col("high_minor")
    came = actual.abs().sum().cast(pl.Float64)
    over = pl.when(came > 0).then(came)
    # in the order of days, so that a float sum is the same every time
    by_currency = (
        rows.sort("snapshot_day")
        .group_by("currency", maintain_order=True)
        .agg(
            wape=(actual - mean).abs().sum() / over,
            bias=(mean - actual).sum() / over,
            cover_80=((actual >= low) & (actual <= high)).mean(),
            width_80=(high - low).sum() / over,
        )
        .join(items, on="currency", how="left")
        .sort("currency")
    )
    mass = by_currency["items"].to_numpy()
    names = ("wape", "bias", "cover_80", "width_80")
    return {
        name: weighted_mean(by_currency[name].fill_null(np.nan).to_numpy(), mass) for name in names
    }
