"""The distribution of days late over many items, open ones counted as long as they stayed open.

Product-limit estimate with a prior (Susarla and Van Ryzin 1976): the hazard of each day is
(paid + prior paid) / (at risk + prior at risk), so no history gives the prior and a long one
the Kaplan-Meier curve. Beyond the last day with enough items at risk the hazard is constant.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

EARLIEST = -180
"""Days late below this count as this (paid half a year before the due day)."""

LATEST = 400
"""Last day told one by one; beyond it the hazard is constant."""

DAYS_LATE = np.arange(EARLIEST, LATEST + 1)

PRIOR_ITEMS = 5.0
"""A prior weighs as much as this many items."""

PRIOR_ON_TIME = 0.5
PRIOR_EARLY_DAYS = 10
PRIOR_HAZARD = 0.05
"""With no history at all half the items are paid within the ten days up to the due day, the
rest one in twenty a day from then on: an assumption, wide on purpose."""

TAIL_ITEMS = 20
"""The daily hazard is read day by day while this many items are at risk."""

TAIL_START = 30
"""Days late before which no tail starts."""

MOST_HAZARD = 0.5
"""A constant tail never settles more than this share of what is left in a day."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """P(not paid by d days late) for every day of DAYS_LATE, and the daily hazard beyond.

    `items` is the number of paid items it rests on.
    """

    unpaid: Floats
    tail: float
    items: int

    @property
    def late(self) -> float:
        """P(paid after the due day)."""
        return float(self.unpaid[-EARLIEST])


def prior() -> Lateness:
    """Return the distribution assumed where nothing is known."""
    early = 1 - PRIOR_ON_TIME * np.clip((DAYS_LATE + PRIOR_EARLY_DAYS) / PRIOR_EARLY_DAYS, 0, 1)
    unpaid = early * np.power(1 - PRIOR_HAZARD, np.maximum(DAYS_LATE, 0))
    return Lateness(unpaid=unpaid, tail=PRIOR_HAZARD, items=0)


def lateness(
    days: Ints, *, is_paid: npt.NDArray[np.bool_], before: Lateness, weight: float = PRIOR_ITEMS
) -> Lateness:
    """Return the distribution of items paid `days` late, or last seen unpaid `days` late.

    `before` is the prior and counts as `weight` items.
    """
    column = np.clip(days, EARLIEST, LATEST) - EARLIEST
    size = len(DAYS_LATE)
    paid = np.bincount(column[is_paid], minlength=size).astype(np.float64)
    seen = np.bincount(column, minlength=size).astype(np.float64)
    at_risk = seen[::-1].cumsum()[::-1]
    before_unpaid = np.concatenate([[1.0], before.unpaid[:-1]])
    expected = weight * (before_unpaid - before.unpaid)
    hazard = (paid + expected) / (at_risk + weight * before_unpaid)
    start = _tail_start(at_risk)
    # an item paid on the first day of the tail was at risk for one day, not for none
    stayed = np.maximum(column + EARLIEST - start, 0)
    events = float(((stayed > 0) & is_paid & (days <= LATEST)).sum())
    tail = (events + 1) / (float(stayed.sum()) + 1 / before.tail)
    tail = float(np.clip(tail, 1e-4, MOST_HAZARD))
    hazard[start - EARLIEST + 1 :] = tail
    unpaid = np.cumprod(1 - np.minimum(hazard, 1 - 1e-9))
    return Lateness(unpaid=unpaid, tail=tail, items=int(is_paid.sum()))


def _tail_start(at_risk: Floats) -> int:
    """Return the last day late with enough items at risk, TAIL_START at least."""
    enough = max(1.0, min(TAIL_ITEMS, at_risk[0] / 10))
    last = int((at_risk >= enough).sum()) - 1 + EARLIEST
    return int(np.clip(last, TAIL_START, LATEST))
