"""Where a figure began to go another way: the fewest straight pieces that describe it well.

Every way of cutting the months into pieces of at least SHORTEST is priced by the squared rest of
a line through each piece; dynamic programming finds the cheapest for each number of pieces, and
the number is the one with the least criterion of Liu, Wu and Zidek (1997, Statistica Sinica 7,
497-525), which Bai and Perron (2003, Journal of Applied Econometrics 18, 1-22) recommend beside
BIC: a season taken out leaves months that resemble their neighbours, where BIC sees breaks that
are none. Sixty months are 1,800 pieces: exact, no search.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

SHORTEST = 6
"""Months a piece lasts at least: shorter ones are outliers, not another way of going."""

MOST_PIECES = 5
PARAMETERS = 3
"""Each further piece costs a level, a slope and the place of its cut."""

LWZ_FACTOR, LWZ_POWER = 0.299, 2.1
"""The criterion's price of a parameter is 0.299 (ln n) ** 2.1, where BIC's is ln n."""

NOISE_SHARE = 1e-6
"""Rests below this share of the whole movement are rounding, not noise."""


OUTLIER_SPREADS = 3.5
"""A month stands out this many robust spreads from its line (Iglewicz and Hoaglin 1993)."""

MAD_TO_SIGMA = 1.4826
HALF_WINDOW = 3
"""Months on each side a spike is compared with (Hampel's filter, Pearson 2002)."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlier:
    """A month far from the line of its piece: its place, and by how much, in the unit."""

    place: int
    by: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Months `first` to `last` (places, both in it) that go along one line, in the unit."""

    first: int
    last: int
    starts_at: float
    per_month: float

    @property
    def ends_at(self) -> float:
        """Return where the line of the piece ends."""
        return self.starts_at + self.per_month * (self.last - self.first)


def pieces(values: Sequence[float]) -> tuple[Piece, ...]:
    """Return the straight pieces of a series in order; one piece where nothing breaks.

    Empty for fewer than two values. A break point is the first month of a later piece. Months
    far from their neighbours do not count (`_without_spikes`).
    """
    count = len(values)
    if count < 2:  # noqa: PLR2004  a line needs two points
        return ()
    series = _without_spikes(np.asarray(values, dtype=np.float64))
    cost = _costs(series)
    most = min(MOST_PIECES, max(1, count // SHORTEST))
    # best[k][end]: least cost of the months before `end` in k + 1 pieces
    best = [[cost[0][end] for end in range(count + 1)]]
    cuts: list[list[int]] = [[0] * (count + 1)]
    for number in range(1, most):
        row, cut = [float("inf")] * (count + 1), [0] * (count + 1)
        for end in range((number + 1) * SHORTEST, count + 1):
            for start in range(number * SHORTEST, end - SHORTEST + 1):
                price = best[number - 1][start] + cost[start][end]
                if price < row[end]:
                    row[end], cut[end] = price, start
        best.append(row)
        cuts.append(cut)
    floor = NOISE_SHARE * float(((series - series.mean()) ** 2).sum()) + 1e-12
    prices = [
        count * log((best[number][count] + floor) / count)
        + PARAMETERS * (number + 1) * LWZ_FACTOR * log(count) ** LWZ_POWER
        for number in range(most)
    ]
    number = prices.index(min(prices))
    ends = [count]
    for left in range(number, 0, -1):
        ends.append(cuts[left][ends[-1]])
    bounds = [0, *reversed(ends)]
    return tuple(_piece(series, a, b) for a, b in pairwise(bounds))


def outliers(values: Sequence[float], found: Sequence[Piece]) -> tuple[Outlier, ...]:
    """Return the months that stand out from the pieces of `pieces`, in order."""
    if not found:
        return ()
    line = [
        piece.starts_at + piece.per_month * step
        for piece in found
        for step in range(piece.last - piece.first + 1)
    ]
    rest = np.asarray(values, dtype=np.float64) - np.asarray(line)
    middle = float(np.median(rest))
    spread = MAD_TO_SIGMA * float(np.median(np.abs(rest - middle)))
    if spread <= NOISE_SHARE * float(np.abs(line).max()):
        return ()
    far = np.flatnonzero(np.abs(rest - middle) > OUTLIER_SPREADS * spread)
    return tuple(Outlier(place=int(place), by=float(rest[place])) for place in far)


def _without_spikes(series: Array) -> Array:
    """Return the series with months far from the middle of their neighbours put there."""
    clean = series.copy()
    for place in range(len(series)):
        near = series[max(0, place - HALF_WINDOW) : place + HALF_WINDOW + 1]
        middle = float(np.median(near))
        spread = MAD_TO_SIGMA * float(np.median(np.abs(near - middle)))
        if abs(series[place] - middle) > OUTLIER_SPREADS * spread:
            clean[place] = middle
    return clean


def _costs(series: Array) -> list[list[float]]:
    """Return cost[start][end]: the squared rest of a line through months start to end - 1."""
    count = len(series)
    places = np.arange(count, dtype=np.float64)
    values = series - series.mean()
    sums = [
        np.concatenate([[0.0], np.cumsum(column)])
        for column in (np.ones(count), places, places**2, values, values * places, values**2)
    ]
    table = [[float("inf")] * (count + 1) for _ in range(count + 1)]
    for start in range(count):
        for end in range(start + 1, count + 1):
            n, x, xx, y, xy, yy = (float(one[end] - one[start]) for one in sums)
            across, cross, along = xx - x * x / n, xy - x * y / n, yy - y * y / n
            table[start][end] = max(0.0, along - (cross * cross / across if across > 0 else 0.0))
    return table


def _piece(series: Array, start: int, end: int) -> Piece:
    part = series[start:end]
    places = np.arange(end - start, dtype=np.float64)
    slope = 0.0
    if len(part) > 1:
        off = places - places.mean()
        slope = float((off * part).sum() / (off**2).sum())
    return Piece(
        first=start,
        last=end - 1,
        starts_at=float(part.mean()) - slope * float(places.mean()),
        per_month=slope,
    )
