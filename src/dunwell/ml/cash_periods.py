"""The periods of the cash outlook: thirteen weeks and twelve calendar months from a day on."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.calendars import day_date, day_number, month_end, month_number

WEEKS = 13
MONTHS = 12
WEEK_DAYS = 7

WEEK, MONTH, SPAN = "week", "month", "span"
"""A span is the first n weeks together; only levers ask for it."""


@dataclass(frozen=True, slots=True)
class CashSpan:
    """Days from `first_day` to `last_day`, both included, as day numbers."""

    kind: str
    number: int
    first_day: int
    last_day: int

    @property
    def starts_on(self) -> date:
        """The first day."""
        return day_date(self.first_day)

    @property
    def ends_on(self) -> date:
        """The last day."""
        return day_date(self.last_day)


def cash_periods(as_of: int) -> tuple[CashSpan, ...]:
    """Return the weeks, then the months, that follow a day.

    Week 1 begins on the next day. Month 1 is what is left of the next day's calendar month, so
    that months end where budgets end.
    """
    weeks = [
        CashSpan(WEEK, n, as_of + 1 + WEEK_DAYS * (n - 1), as_of + WEEK_DAYS * n)
        for n in range(1, WEEKS + 1)
    ]
    months, first = [], as_of + 1
    this = month_number(day_date(first))
    for n in range(1, MONTHS + 1):
        last = day_number(month_end(this + n - 1))
        months.append(CashSpan(MONTH, n, first, last))
        first = last + 1
    return (*weeks, *months)


def cash_spans(as_of: int) -> tuple[CashSpan, ...]:
    """Return the first 2, 3 ... 13 weeks together."""
    return tuple(CashSpan(SPAN, n, as_of + 1, as_of + WEEK_DAYS * n) for n in range(2, WEEKS + 1))


def period_ends(as_of: int) -> tuple[int, ...]:
    """Return the last days of all periods, ascending and each once."""
    return tuple(sorted({period.last_day for period in cash_periods(as_of)}))
