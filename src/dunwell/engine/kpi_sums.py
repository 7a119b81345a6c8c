"""The sums of one part of the book in one currency, ready for the formulas."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from dunwell.engine.calendars import day_date, day_number, month_end, month_number
from dunwell.engine.kpis import SalesMonth

LARGEST = ("largest_owed_minor",)
"""Measures that do not add up over parts: of several the largest one counts."""


NOT_ADDITIVE = (*LARGEST, "covered_minor")
"""Inputs of a whole that are not the sum of those of its parts."""


@dataclass(slots=True)
class Facts:
    """The sums of one currency in one window, as `kpi_facts` gives them."""

    as_of: date
    window_days: int
    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_key: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, measure: str, key: int | None, value: int) -> None:
        """Add a sum; what is added to the same measure and key adds up, the largest stays one."""
        if measure in LARGEST:
            self.sums[measure] = max(self.sums[measure], value)
        elif key is None:
            self.sums[measure] += value
        else:
            held = self.by_key[measure]
            held[key] = held.get(key, 0) + value

    @property
    def begin_day(self) -> int:
        """The day number at whose end the window begins."""
        return day_number(self.as_of) - self.window_days

    @property
    def months(self) -> int:
        """How many months the window is, at least one."""
        return max(1, round(self.window_days * 12 / 365))

    def until(self, measure: str, day: int) -> int:
        """Return the sum of a measure over all days up to and including the day."""
        return sum(value for key, value in self.by_key[measure].items() if key <= day)

    def within(self, measure: str) -> int:
        """Return the sum of a measure over the window."""
        return self.until(measure, day_number(self.as_of)) - self.until(measure, self.begin_day)

    def receivables(self, day: int) -> int:
        """Return the sum of all open items at the end of the day."""
        return self.until("billed_minor", day) - self.until("settled_minor", day)

    def overdue(self, day: int) -> int:
        """Return the sum of the open items past due at the end of the day."""
        return self.until("fell_due_minor", day) - self.until("settled_late_minor", day)


def sales_months(facts: Facts) -> list[SalesMonth]:
    """Return the calendar months of sales, newest first, the newest cut off at `as_of`."""
    days = [*facts.by_key["sales_minor"], *facts.by_key["open_sales_minor"]]
    if not days:
        return []
    sales: dict[int, int] = defaultdict(int)
    still_open: dict[int, int] = defaultdict(int)
    for measure, months in (("sales_minor", sales), ("open_sales_minor", still_open)):
        for day, value in facts.by_key[measure].items():
            months[_month_of(day)] += value
    newest = month_number(facts.as_of)
    oldest = _month_of(min(days))
    return [
        SalesMonth(
            sales_minor=sales[number],
            days=_days_of(number)
            if number < newest
            else (facts.as_of - month_end(number - 1)).days,
            open_minor=still_open[number],
        )
        for number in range(newest, oldest - 1, -1)
    ]


@lru_cache(maxsize=4096)
def _month_of(day: int) -> int:
    """Return the month number of a day number; the same few days are asked for every part."""
    return month_number(day_date(day))


@lru_cache(maxsize=4096)
def _days_of(month: int) -> int:
    """Return how many days a whole month has."""
    return (month_end(month) - month_end(month - 1)).days
