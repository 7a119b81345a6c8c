"""Periods of an invoice that comes again: each begins a step after the one before."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

STEPS = {"month": 1, "quarter": 3, "year": 12}
"""Months of a period."""

MOST_PERIODS = 1_200


@dataclass(frozen=True, slots=True)
class Period:
    """A period with its first and last day, and the day it is billed."""

    from_on: date
    to_on: date
    bill_on: date


def due_periods(
    *, every: str, day: int, starts_on: date, ends_on: date | None, as_of: date
) -> Iterator[Period]:
    """Yield the periods billed by a day, the oldest first.

    A period is billed on `day`, at most the month's last, of the month in which it begins, and
    never before it begins. One that begins after `ends_on` is not billed; the last may be cut
    short by it.
    """
    for count in range(MOST_PERIODS):
        begin = _plus_months(starts_on, count * STEPS[every])
        if ends_on is not None and begin > ends_on:
            return
        bill_on = max(begin, _on_day(begin, day))
        if bill_on > as_of:
            return
        end = _plus_months(starts_on, (count + 1) * STEPS[every]) - timedelta(days=1)
        yield Period(begin, end if ends_on is None else min(end, ends_on), bill_on)


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _on_day(date(year, month + 1, 1), day.day)


def _on_day(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))
