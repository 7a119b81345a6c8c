"""Compound interest with monthly rests, as exact whole numbers (MSMED Act 2006, section 16).

A rest is a month from the first day late. Within a rest interest runs on the open amount and
on the interest of the rests before; a full rest at one rate bears a twelfth of the yearly rate,
a part of one bears it by its days. Nothing runs on days on which nothing is open.
The numbers grow with every rest, so they are kept as numerator and denominator of an item.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.engine.calendars import day_date, day_number, months_after
from dunwell.engine.charges.reference_rates import PPM

MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Days with one open amount and one yearly rate, within one calendar month."""

    month_no: int
    from_day: int
    until_day: int
    rate_ppm: int
    base_minor: int


def compound_sums(stretches: Sequence[Stretch], *, start_day: int) -> dict[int, int]:
    """Return the running interest at the end of each calendar month, rounded half up.

    `stretches` in order of time, none before `start_day`; minor units by month number.
    """
    start = day_date(start_day)
    rest, first = 0, start_day
    stop = day_number(months_after(start, 1))
    earned, below = 0, 1  # interest of the full rests, as a fraction
    runs, weights = 0, 0  # open amount * rate * days, and rate * days, of this rest
    sums: dict[int, int] = {}
    for stretch in stretches:
        day = stretch.from_day
        while day < stretch.until_day:
            while day >= stop:
                scale = MONTHS * PPM * (stop - first)
                earned, below = earned * (scale + weights) + runs * below, below * scale
                runs, weights = 0, 0
                rest += 1
                first, stop = stop, day_number(months_after(start, rest + 1))
            until = min(stretch.until_day, stop)
            weight = stretch.rate_ppm * (until - day)
            runs += stretch.base_minor * weight
            weights += weight
            day = until
        scale = MONTHS * PPM * (stop - first)
        total, divisor = earned * (scale + weights) + runs * below, below * scale
        sums[stretch.month_no] = (2 * total + divisor) // (2 * divisor)
    return sums
