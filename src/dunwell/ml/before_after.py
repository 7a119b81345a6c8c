"""What a change brought where chance did not decide: a series broken by it, or beside another.

Weaker than an experiment: whatever else changed on that day is in the effect too.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dunwell.ml.estimates import estimate
from dunwell.ml.history import Floats

LEAST_BEFORE, LEAST_AFTER = 6, 3
"""Points below which nothing is told: a trend needs some before, chance some after."""

LEAST_EACH = 3
"""Points before and after that a difference beside others needs."""


@dataclass(frozen=True, slots=True)
class Change:
    """The effect in the figure's unit with its 95 % interval, and the points it rests on."""

    kind: Literal["series", "difference"]
    value: float
    low: float
    high: float
    before: int
    after: int


def level_change(values: Floats, *, after: int) -> Change | None:
    """Return how far the last `after` points lie from where the line before would have gone.

    Segmented regression with one trend and one step; the errors are Newey and West's with one
    lag, since neighbours resemble each other (Wagner, Soumerai, Zhang and Ross-Degnan 2002,
    Segmented regression analysis of interrupted time series studies). None with too few points.
    """
    before = len(values) - after
    if before < LEAST_BEFORE or after < LEAST_AFTER:
        return None
    time = np.arange(len(values), dtype=np.float64)
    is_after = (time >= before).astype(np.float64)
    design = np.column_stack([np.ones_like(time), time - time.mean(), is_after])
    inverse = np.linalg.inv(design.T @ design)
    weights = inverse @ design.T @ values
    rest = values - design @ weights
    scores = design * rest[:, None]
    neighbours = scores[1:].T @ scores[:-1]
    freedom = len(values) - design.shape[1]
    # Bartlett's weight of the one lag is a half; small samples are widened by n / (n - k)
    middle = (scores.T @ scores + 0.5 * (neighbours + neighbours.T)) * len(values) / freedom
    variance = max(float((inverse @ middle @ inverse)[2, 2]), 0.0)
    told = estimate(float(weights[2]), math.sqrt(variance), freedom=freedom)
    return Change("series", told.value, told.low, told.high, before, after)


def difference_change(changed: Floats, others: Floats, *, after: int) -> Change | None:
    """Return how much more the changed ones moved than the others, before to after.

    Difference in differences: of the monthly gap between the two, the mean after less the mean
    before, with Welch's interval. None with too few points.
    """
    gap = changed - others
    before = len(gap) - after
    if before < LEAST_EACH or after < LEAST_EACH:
        return None
    first, last = gap[:before], gap[before:]
    parts = first.var(ddof=1) / before, last.var(ddof=1) / after
    error = math.sqrt(sum(parts))
    freedom = math.inf
    if error > 0:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (before - 1) + parts[1] ** 2 / (after - 1))
    told = estimate(float(last.mean() - first.mean()), error, freedom=freedom)
    return Change("difference", told.value, told.low, told.high, before, after)
