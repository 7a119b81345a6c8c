"""Estimates with their errors, clustered by customer, and the answer "not enough data"."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from dunwell.ml.curves import Floats
from dunwell.ml.history import Ints

LEVEL = 0.95
"""Share of intervals that cover the truth, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value in the unit of the outcome, its standard error and its interval."""

    value: float
    error: float
    low: float
    high: float
    p_value: float
    """Chance of a value at least as far from 0 if the truth were 0."""


@dataclass(frozen=True, slots=True)
class NotEnough:
    """Why nothing was estimated: there are `seen` of `what`, `needed` are needed."""

    what: str
    seen: int
    needed: int


def estimate(
    value: float, error: float, *, level: float = LEVEL, freedom: float = math.inf
) -> Estimate:
    """Return the estimate with its t interval; `freedom` degrees, infinite for the normal."""
    degrees = min(freedom, 1e9)
    reach = float(stdtrit(degrees, 0.5 + level / 2)) * error
    far = abs(value) / error if error > 0 else math.inf if value else 0.0
    chance = 2 * float(stdtr(degrees, -far))
    return Estimate(value, error, value - reach, value + reach, chance)


def cluster_codes(clusters: Ints | None, rows: int) -> Ints:
    """Return 0..G-1 per row; without clusters every row stands alone."""
    if clusters is None:
        return np.arange(rows, dtype=np.int64)
    return np.unique(clusters, return_inverse=True)[1].astype(np.int64)


def clustered_error(influence: Floats, codes: Ints) -> float:
    """Return the standard error of a mean of influence values, rows of a cluster moving together.

    Sandwich estimate with the small-sample factor G / (G - 1) (Cameron and Miller 2015).
    """
    sums = np.bincount(codes, weights=influence - influence.mean())
    groups = len(sums)
    if groups <= 1:
        return math.inf
    return math.sqrt(groups / (groups - 1) * float(sums @ sums)) / len(influence)


def effective_size(weights: Floats, codes: Ints | None = None) -> float:
    """Return how many equal weights tell as much: (sum w)^2 / sum w^2 (Kish 1965).

    With `codes` the weights of a cluster are added first, so a customer counts once.
    """
    each = weights if codes is None else np.bincount(codes, weights=weights)
    squares = float(each @ each)
    return float(each.sum()) ** 2 / squares if squares > 0 else 0.0
