"""Forecast cash against the cash that came, from items already on the book.

Errors are shares of the money that came, so they are formed within a currency; currencies are
then averaged by their number of open items, because no rate may decide a score.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.backtest import Backtest
from dunwell.ml.draws import ratio
from dunwell.ml.history import Days, Floats, Ints, codes

FIRST_WEEKS = 4
"""The weeks a treasurer plans by."""

SHARES = ("wape", "bias", "cover_80", "width_80")


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
    cash = Cash(backtest, model)
    found = cash_figures(cash, cash.days, np.ones((1, len(cash.days))))

    def figure(name: str) -> float:
        return float(found[name][0])

    return CashScores(
        weeks=tuple(
            WeekScores(
                week,
                int((cash.week == week).sum()),
                *(figure(f"weeks.{week}.{name}") for name in SHARES),
            )
            for week in cash.weeks
        ),
        first_wape=figure("first_wape"),
        first_cover_80=figure("first_cover_80"),
        sum_wape=figure("sum_wape"),
    )


class Cash:
    """A model's forecasts with a known outcome, one row per snapshot, currency and week."""

    def __init__(self, backtest: Backtest, model: str) -> None:
        known = (
            backtest.cash.filter(pl.col("model") == model, pl.col("actual_minor").is_not_null())
            .with_columns(pl.col("mean_minor", "low_minor", "high_minor").fill_null(0.0))
            .sort("snapshot_day", "currency", "week")
        )
        book = backtest.requests.filter(pl.col("kind") == "open")
        items = known.select("currency").join(
            book.group_by("currency").agg(items=pl.len()), on="currency", how="left"
        )
        self.currency, names = codes(known["currency"])
        self.mass = np.zeros(len(names))
        self.mass[self.currency] = items["items"].fill_null(0).to_numpy()
        self.day = known["snapshot_day"].to_numpy()
        self.week = known["week"].to_numpy()
        self.weeks = sorted(known["week"].unique().to_list())
        self.days = known["snapshot_day"].unique().sort().to_numpy()
        self.actual, self.mean, self.low, self.high = (
            known[f"{name}_minor"].to_numpy().astype(np.float64)
            for name in ("actual", "mean", "low", "high")
        )


def cash_figures(cash: Cash, days: Days, weights: Floats) -> dict[str, Floats]:
    """Return every figure of CashScores under weights of snapshots (draw, day).

    `weeks.N.NAME` is a figure of one week ahead.
    """
    weight = weights[:, np.searchsorted(days, cash.day)]
    found: dict[str, Floats] = {}
    for week in cash.weeks:
        shares = _shares(cash, np.flatnonzero(cash.week == week), weight)
        found |= {f"weeks.{week}.{name}": values for name, values in shares.items()}
    first = np.flatnonzero(cash.week <= FIRST_WEEKS)
    pooled = _shares(cash, first, weight)
    return found | {
        "first_wape": pooled["wape"],
        "first_cover_80": pooled["cover_80"],
        "sum_wape": _sum_wape(cash, first, weight),
    }


def _shares(cash: Cash, rows: Ints, weight: Floats) -> dict[str, Floats]:
    """Return SHARES of some rows within currencies, averaged by open items."""
    actual, mean = cash.actual[rows], cash.mean[rows]
    low, high = cash.low[rows], cash.high[rows]
    came, seen = np.abs(actual), np.ones(len(rows))
    parts = {
        "wape": (np.abs(actual - mean), came),
        "bias": (mean - actual, came),
        "cover_80": (((actual >= low) & (actual <= high)).astype(np.float64), seen),
        "width_80": (high - low, came),
    }
    return {
        name: _by_items(cash, rows, weight[:, rows], above, below)
        for name, (above, below) in parts.items()
    }


def _sum_wape(cash: Cash, rows: Ints, weight: Floats) -> Floats:
    """Return the error of the sum over the rows of a snapshot and currency."""
    key = cash.day[rows] * len(cash.mass) + cash.currency[rows]
    _, one, place = np.unique(key, return_index=True, return_inverse=True)
    actual, mean = (
        np.bincount(place, weights=values[rows], minlength=len(one))
        for values in (cash.actual, cash.mean)
    )
    chosen = rows[one]
    return _by_items(cash, chosen, weight[:, chosen], np.abs(actual - mean), np.abs(actual))


def _by_items(cash: Cash, rows: Ints, weight: Floats, above: Floats, below: Floats) -> Floats:
    """Return above / below summed within a currency, then averaged by open items.

    A currency in which no money came tells nothing.
    """
    total, mass = np.zeros(len(weight)), np.zeros(len(weight))
    for currency, items in enumerate(cash.mass):
        own = cash.currency[rows] == currency
        share = ratio(weight[:, own] @ above[own], weight[:, own] @ below[own])
        is_told = ~np.isnan(share)
        total += np.where(is_told, items * share, 0)
        mass += np.where(is_told, items, 0)
    return ratio(total, mass)
