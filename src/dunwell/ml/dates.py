"""Weekdays and places in a month of many day numbers at once."""

import numpy as np

from dunwell.ml.history import Ints

WEEK = 7
MONDAY_OFFSET = 3
"""1970-01-01 was a Thursday: (day + 3) % 7 is 0 on Mondays."""


def weekday_of(days: np.ndarray) -> np.ndarray:
    """Return the weekday of each day, 0 = Monday."""
    return np.asarray((days + MONDAY_OFFSET) % WEEK)


def month_place(days: np.ndarray) -> tuple[Ints, Ints, Ints]:
    """Return the day of the month (1 = the first), the days left in it, and the month (1 to 12).

    The last day of a month has one day left: itself.
    """
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    day_of_month = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    left = ((month + 1).astype("datetime64[D]") - dates).astype(np.int64)
    return day_of_month, left, month.astype(np.int64) % 12 + 1
