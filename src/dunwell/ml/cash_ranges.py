"""Quantiles of a period's cash: the sum's own distribution, a shock common to all, past errors.

Customers do not fail to pay independently: a holiday, a downturn or a wrong model moves all of
them at once. That shock is a factor 1 + c x Z on the whole sum; c is what past errors show
beyond what independent customers explain, drawn to a prior while errors are few. The range is
then set by the standardised errors of earlier forecasts (split conformal prediction, Vovk et al.
2005), pooled over horizons of a kind, as in `ml.forecast`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from dunwell.ml.cash_periods import MONTH, WEEK, WEEK_DAYS, CashSpan
from dunwell.ml.cash_spread import Parts, sum_quantiles
from dunwell.ml.curves import LEVELS
from dunwell.ml.forecast import (
    FEW_ERRORS,
    MOST_ERROR,
    NORMAL_ERROR,
    OWN_WEIGHT,
    ReplayedWeek,
)
from dunwell.ml.history import Floats, Ints

SHOWN = (0.05, 0.1, 0.5, 0.9, 0.95)
"""The quantiles that are kept."""

PRIOR_SHOCK = 0.05
PRIOR_ROWS = 8.0
"""Before errors show it, the common shock is 5 %; that counts as much as so many of them."""

NODES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
"""The shock at equally likely points."""

BIAS_WEIGHT = 4.0
"""No bias counts as much as so many errors of a period."""

HALF_DAYS = 56.0
"""An error this much older says half as much of the bias to come: what is never paid piles up."""

FEW = 4.0
"""A period with so many errors is still told a fifth wider than they were."""

OVERLAP = {MONTH: 4.0}
"""A month is forecast from four weeks of each month before it: four errors tell what one does."""

MONTH_WEEKS = 4
MONTHLY_WEEKS = ((1, 4), (5, 8), (9, 12))
"""Runs of replayed weeks that stand for months 1 to 3 until months themselves are over."""


@dataclass(frozen=True, slots=True)
class PastCash:
    """An earlier forecast of a period since over on a day; minor units of a currency."""

    currency: str
    kind: str
    number: int
    last_day: int
    expected_minor: int
    spread_minor: int
    came_minor: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What earlier errors say of a kind of period.

    `shock` is the common shock c; of period n, `biases[n - 1]` is how many told standard
    deviations more came than was expected and `widths[n - 1]` how many times wider the errors
    around that were than told; `shapes` are the errors so standardised.
    """

    shock: float
    biases: Floats
    widths: Floats
    shapes: Floats

    @property
    def errors(self) -> int:
        """How many earlier forecasts it rests on."""
        return len(self.shapes)


def replayed_cash(replay: Sequence[ReplayedWeek]) -> list[PastCash]:
    """Return the model's replayed weeks as past forecasts of weeks and, four at a time, months."""
    found = [
        PastCash(
            row.currency,
            WEEK,
            row.week,
            row.as_of + WEEK_DAYS * row.week,
            row.expected_minor,
            row.spread_minor,
            row.paid_minor,
        )
        for row in replay
    ]
    by_day: dict[tuple[str, int], dict[int, ReplayedWeek]] = {}
    for row in replay:
        by_day.setdefault((row.currency, row.as_of), {})[row.week] = row
    for (currency, as_of), weeks in sorted(by_day.items()):
        for number, (first, last) in enumerate(MONTHLY_WEEKS, 1):
            rows = [weeks[week] for week in range(first, last + 1) if week in weeks]
            if len(rows) == MONTH_WEEKS:
                found.append(
                    PastCash(
                        currency,
                        MONTH,
                        number,
                        as_of + WEEK_DAYS * last,
                        sum(row.expected_minor for row in rows),
                        round(float(np.sqrt(sum(row.spread_minor**2 for row in rows)))),
                        sum(row.paid_minor for row in rows),
                    )
                )
    return found


def calibration(
    past: Sequence[PastCash], *, currency: str, kind: str, most: int, as_of: int
) -> Calibration:
    """Return what past forecasts of a kind say; those of all currencies where one has few."""
    rows = [row for row in past if row.kind == kind and row.expected_minor > 0]
    own = [row for row in rows if row.currency == currency]
    rows = own if len(own) >= FEW_ERRORS else rows
    told = np.array([row.expected_minor for row in rows], np.float64)
    spread = np.array([row.spread_minor for row in rows], np.float64)
    came = np.array([row.came_minor for row in rows], np.float64)
    number = np.array([min(row.number, most) for row in rows], np.int64)
    shock = _shock(told, spread, came)
    size = np.sqrt(spread**2 + (shock * told) ** 2)
    error = np.clip((came - told) / np.maximum(size, 1), -MOST_ERROR, MOST_ERROR)
    overlap = OVERLAP.get(kind, 1.0)
    age = as_of - np.array([row.last_day for row in rows], np.float64)
    weight = np.power(0.5, np.maximum(age, 0) / HALF_DAYS)
    seen = np.bincount(number - 1, weights=weight, minlength=most) / overlap
    total = np.bincount(number - 1, weights=weight * error, minlength=most) / overlap
    # drawn to none: errors of one period are not those of all
    biases = np.asarray(total / (BIAS_WEIGHT + seen), np.float64)
    around = error - biases[number - 1]
    widths = _widths(number, np.abs(around), most=most)
    # few errors tell little of the next one, and those of neighbouring days tell the same
    unsure = np.sqrt(1 + FEW / (FEW + seen))
    return Calibration(shock, biases, widths * unsure, around / widths[number - 1])


def _shock(told: Floats, spread: Floats, came: Floats) -> float:
    """Return c: the error beyond the told spread as a share of the expected money."""
    gap = np.clip(came - told, -told, told)
    beyond = gap**2 - spread**2
    scale = float(np.mean(told**2)) if len(told) else 1.0
    shown = float(beyond.sum()) + PRIOR_ROWS * PRIOR_SHOCK**2 * scale
    return float(np.sqrt(max(shown, 0.0) / (float((told**2).sum()) + PRIOR_ROWS * scale)))


def _widths(number: Ints, size: Floats, *, most: int) -> Floats:
    seen = np.bincount(number - 1, minlength=most)
    total = np.bincount(number - 1, weights=size, minlength=most) / NORMAL_ERROR
    pooled = (OWN_WEIGHT + total.sum()) / (OWN_WEIGHT + seen.sum())
    return np.asarray((OWN_WEIGHT * pooled + total) / (OWN_WEIGHT + seen), np.float64)


def spreads(parts: Parts) -> Floats:
    """Return the standard deviation of each period's sum before the common shock."""
    return np.asarray(np.sqrt(parts.variance.sum(axis=0)), np.float64)


def ranges(
    parts: Parts,
    periods: Sequence[CashSpan],
    past: Calibration,
    *,
    most: float = np.inf,
    places: Sequence[int] = (),
) -> Ints:
    """Return the quantiles SHOWN of each period in whole minor units, 0 to `most`, rising.

    `places` are the columns of `parts` of the periods; by default all of them in order.
    """
    found = np.empty((len(periods), len(SHOWN)))
    mean, spread = parts.mean.sum(axis=0), spreads(parts)
    for row, (period, place) in enumerate(
        zip(periods, places or range(len(periods)), strict=True)
    ):
        size = float(np.hypot(spread[place], past.shock * mean[place]))
        if size <= 0:
            found[row] = mean[place]
            continue
        own = sum_quantiles(parts, place)
        shocked = (own[:, None] * (1 + past.shock * NODES[None, :])).ravel()
        width = past.widths[min(period.number, len(past.widths)) - 1]
        bias = past.biases[min(period.number, len(past.biases)) - 1]
        told = (shocked - mean[place]) / size
        found[row] = mean[place] + size * (bias + width * _pooled(told, past.shapes))
    whole = np.floor(np.clip(found, 0, most) + 0.5)
    return np.sort(np.minimum(whole, most), axis=1).astype(np.int64)


def _pooled(told: Floats, shapes: Floats) -> Floats:
    """Return the quantiles of the distribution's own points and past errors together.

    With equal weights the i-th of n values stands at i / (n + 1), the finite-sample rank of
    split conformal prediction.
    """
    values = np.concatenate([told, shapes])
    weights = np.concatenate([np.full(len(told), OWN_WEIGHT / len(told)), np.ones(len(shapes))])
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    half = weights.mean() / 2
    place = (weights.cumsum() - weights / 2 + half) / (weights.sum() + 2 * half)
    return np.asarray(np.interp(SHOWN, place, values), np.float64)
