"""A monthly figure taken apart: its trend, its season, and what neither explains.

Seasonal-trend decomposition by loess, with robustness weights (Cleveland, Cleveland, McRae and
Terpenning 1990, "STL", Journal of Official Statistics 6, 3-73), written out for whole series of
months: each calendar month's values are smoothed over the years, the smoothed season is centred
over every twelve months, and the trend is a loess of what is left. Below two full years there is
no season to tell from chance, and the trend stands alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PERIOD = 12
"""Months of a season."""

FEWEST_FOR_SEASON = 24
"""Months from which a season is told: every calendar month seen twice."""

FEWEST_FOR_TREND = 4
TREND_SPAN = 21
"""Months under the trend's loess: the smallest odd span STL recommends for a period of 12."""

SEASON_SPAN = 7
"""Years under the loess of one calendar month; fewer years take them all."""

INNER, OUTER = 2, 5
"""Passes of STL: two inner ones settle it, five rounds of robustness weights tame outliers."""

SMALLEST_SPREAD = 1e-9
STRONG_SEASON = 0.3
"""From this strength on a season is spoken of (Wang, Smith and Hyndman 2006, F_s)."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decomposition:
    """value = trend + season + rest, month by month, in the unit of the figure.

    `strength` is the share of the detrended movement the season explains, 0 to 1; `has_season`
    when there are two years, it is at least STRONG_SEASON and the years agree. Without it
    `season` is all 0.
    `high` and `low` are the calendar months (1-12) of the latest year's season's ends.
    `adjusted` is the value without the season.
    """

    values: tuple[float, ...]
    trend: tuple[float, ...]
    season: tuple[float, ...]
    rest: tuple[float, ...]
    strength: float
    has_season: bool
    high: int | None
    low: int | None

    @property
    def adjusted(self) -> tuple[float, ...]:
        """Return the series with the season taken out."""
        return tuple(a - b for a, b in zip(self.values, self.season, strict=True))


def decomposition(values: Sequence[float], *, first_month: int) -> Decomposition | None:
    """Return a series of months taken apart, None below FEWEST_FOR_TREND months.

    `values` are of months running without a gap; `first_month` is the calendar month of the first.
    """
    if len(values) < FEWEST_FOR_TREND:
        return None
    series = np.asarray(values, dtype=np.float64)
    can_season = len(series) >= FEWEST_FOR_SEASON
    trend, season = _stl(series) if can_season else (_trend_alone(series), np.zeros_like(series))
    strength = _strength(season, series - trend - season) if can_season else 0.0
    has_season = (
        can_season and strength >= STRONG_SEASON and _years_agree(series - _trend_alone(series))
    )
    if can_season and not has_season:
        trend, season = _trend_alone(series), np.zeros_like(series)
    rest = series - trend - season
    high = low = None
    if has_season:
        months = [(first_month - 1 + place) % PERIOD + 1 for place in range(len(series))]
        latest = list(zip(season[-PERIOD:].tolist(), months[-PERIOD:], strict=True))
        high, low = max(latest)[1], min(latest)[1]
    return Decomposition(
        values=tuple(series.tolist()),
        trend=tuple(trend.tolist()),
        season=tuple(season.tolist()),
        rest=tuple(rest.tolist()),
        strength=strength,
        has_season=has_season,
        high=high,
        low=low,
    )


def _years_agree(detrended: Array) -> bool:
    """Return whether the same months of other years tell a month better than no season does.

    Two years of chance are half season by construction, and one bad half-year in two is a season
    of half its size: what a year has to itself is not seen in the others. `detrended` is without
    the trend that knows of no season; STL's own has bent to the season it is asked about.
    """
    off = detrended - detrended.mean()
    others = np.empty_like(off)
    for month in range(PERIOD):
        years = off[month::PERIOD]
        others[month::PERIOD] = (years.sum() - years) / (len(years) - 1)
    return bool(((off - others) ** 2).sum() < (off**2).sum())


def _stl(series: Array) -> tuple[Array, Array]:
    trend = np.zeros_like(series)
    season = np.zeros_like(series)
    robust = np.ones_like(series)
    for _ in range(OUTER):
        for _ in range(INNER):
            season = _season(series - trend, robust)
            trend = _loess(series - season, TREND_SPAN, robust)
        robust = _robustness(series - trend - season)
    return trend, season


def _trend_alone(series: Array) -> Array:
    robust = np.ones_like(series)
    trend = series
    for _ in range(OUTER):
        trend = _loess(series, TREND_SPAN, robust)
        robust = _robustness(series - trend)
    return trend


def _season(detrended: Array, robust: Array) -> Array:
    """Return the season: loess over the years of each calendar month, its level taken out."""
    smooth = np.empty_like(detrended)
    for month in range(PERIOD):
        years = detrended[month::PERIOD]
        smooth[month::PERIOD] = _loess(years, SEASON_SPAN, robust[month::PERIOD], degree=0)
    return smooth - _centred(smooth)


def _centred(season: Array) -> Array:
    """Return the moving level of a season: 2 x 12 averages, the ends held.

    STL's low-pass filter (two averages of 12, one of 3, a loess) does the same job; the 2 x 12
    average takes out exactly what twelve months have in common.
    """
    weights = np.ones(PERIOD + 1)
    weights[[0, -1]] = 0.5
    half = PERIOD // 2
    level = np.convolve(season, weights / PERIOD, mode="valid")
    return np.concatenate([np.full(half, level[0]), level, np.full(half, level[-1])])


def _loess(values: Array, span: int, robust: Array, *, degree: int = 1) -> Array:
    """Return the locally weighted line (degree 0: mean) through each point, tricube weights."""
    count = len(values)
    places = np.arange(count, dtype=np.float64)
    distance = np.abs(places[:, None] - places[None, :])
    taken = min(span, count)
    reach = np.sort(distance, axis=1)[:, taken - 1] + 1.0
    if span > count:
        reach = reach + (span - count) / 2
    weights = np.clip(1 - (distance / reach[:, None]) ** 3, 0, None) ** 3 * robust[None, :]
    mass = weights.sum(axis=1)
    # a point whose neighbours all lost their weight keeps them unweighted
    weights = np.where(mass[:, None] > SMALLEST_SPREAD, weights, (distance < reach[:, None]) * 1.0)
    mass = weights.sum(axis=1)
    mean = weights @ values / mass
    if degree == 0:
        return np.asarray(mean)
    middle = weights @ places / mass
    off = places[None, :] - middle[:, None]
    spread = (weights * off**2).sum(axis=1)
    cross = (weights * off * values[None, :]).sum(axis=1)
    slope = np.divide(cross, spread, out=np.zeros(count), where=spread > SMALLEST_SPREAD)
    return np.asarray(mean + slope * (places - middle))


def _robustness(rest: Array) -> Array:
    """Return bisquare weights of the rests, 6 medians wide, as STL has them."""
    middle = float(np.median(np.abs(rest)))
    if middle <= SMALLEST_SPREAD:
        return np.ones_like(rest)
    return np.asarray(np.clip(1 - (rest / (6 * middle)) ** 2, 0, None) ** 2)


def _strength(season: Array, rest: Array) -> float:
    moved = float(np.var(season + rest))
    return 0.0 if moved <= SMALLEST_SPREAD else max(0.0, 1 - float(np.var(rest)) / moved)
