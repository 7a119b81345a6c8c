"""How likely a customer pays on a day by its own last delays alone, smoothed.

Each delay is spread by a logistic kernel, wider the more the delays differ, and the portfolio's
first items count as a few more. Trees read usual days as single figures; here they see that a
customer has two usual days, or one it never misses.
"""

import numpy as np

from dunwell.ml.features import Views
from dunwell.ml.history import Ints
from dunwell.ml.past import Portfolio

FIRST_LATE, LAST_LATE = -90, 150
"""Days late beyond these count as these."""

LEAST_WIDTH = 1.0
WIDTH_SHARE = 0.15
"""Width of the kernel in days: this share of the span from the early to the late usual day."""

PRIOR_WEIGHT = 3.0
PRIOR_WIDTH = 6.0
"""The portfolio counts as so many items, and is spread so wide."""

SMALLEST = 1e-6


def own_odds(views: Views, row: Ints, late: np.ndarray, *, assumed: Portfolio) -> np.ndarray:
    """Return the log-odds of payment `late` days after the due day, unpaid before.

    `row` names the view of each day.
    """
    days = np.clip(late, FIRST_LATE, LAST_LATE).astype(np.int64)
    keys, one, back = np.unique(views.paid_place, return_index=True, return_inverse=True)
    span = np.arange(int(days.min(initial=0)), int(days.max(initial=0)) + 1)
    if len(keys) * len(span) < len(row):
        # many days of the same customers: once per customer and day late
        table = _odds(views, one, np.broadcast_to(span, (len(one), len(span))), assumed)
        return np.asarray(table[back[row], days - span[0]])
    return np.asarray(_odds(views, row, days[:, None], assumed)[:, 0])


def _odds(views: Views, rows: Ints, days: np.ndarray, assumed: Portfolio) -> np.ndarray:
    """Return the log-odds on days late (rows, days) of the customers of some views."""
    delays = views.delays[rows]
    span = views.column("high")[rows] - views.column("low")[rows]
    width = np.maximum(LEAST_WIDTH, WIDTH_SHARE * span).astype(np.float32)[:, None]
    start = np.float32(0.5) - days.astype(np.float32)
    before, after = (_prior(days, assumed, edge) for edge in (-0.5, 0.5))
    for place in range(delays.shape[1]):
        delay = delays[:, place : place + 1]
        seen = ~np.isnan(delay)
        if not seen.any():
            break
        gap = (np.where(seen, delay, 0) + start) / width
        before += np.where(seen, _left(gap), 0)
        after += np.where(seen, _left(gap - 1 / width), 0)
    paid = np.maximum(before - after, SMALLEST)
    return np.asarray(np.log(paid / np.maximum(after, SMALLEST)), np.float32)


def _prior(days: np.ndarray, assumed: Portfolio, edge: float) -> np.ndarray:
    """Return how many of the portfolio's items are unpaid so many days after the due day."""
    low, middle, high = assumed.new_low, assumed.new_median, assumed.new_high
    points = np.array([low, (low + middle) / 2, middle, (middle + high) / 2, high])
    span = np.arange(FIRST_LATE, LAST_LATE + 1)
    left = _left((points - span[:, None] - edge) / PRIOR_WIDTH).mean(axis=1)
    return np.asarray(PRIOR_WEIGHT * left[days - FIRST_LATE], np.float32)


def _left(gap: np.ndarray) -> np.ndarray:
    """Return the share of a logistic kernel above a point `gap` widths below its middle."""
    return np.asarray(1 / (1 + np.exp(np.clip(-gap, -30, 30))))
