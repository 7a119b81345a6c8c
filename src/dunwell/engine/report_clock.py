"""On which day a report is due: business days, Mondays, first business days of a month."""

from datetime import date, timedelta

from dunwell.engine.calendars import is_business_day, next_business_day

DAY, WEEK, MONTH = "day", "week", "month"
EVERY = (DAY, WEEK, MONTH)


def report_day(every: str, *, from_on: date, as_of: date, country: str) -> date | None:
    """Return the last day up to `as_of` on which a report was due, None before its first one.

    Days that were missed are not caught up one by one: a report tells of the day it is made.
    Monday's report of a holiday is due on the next business day. Raises ValueError for another
    rhythm.
    """
    if every not in EVERY:
        raise ValueError(f"{every}: a report comes every {', '.join(EVERY)}")
    if every == DAY:
        day = as_of
        while not is_business_day(day, country=country):
            day -= timedelta(days=1)
    else:
        begins = _begin(every, as_of)
        day = _first_open(begins, country)
        if day > as_of:
            day = _first_open(_begin(every, begins - timedelta(days=1)), country)
    return day if day >= from_on else None


def _begin(every: str, on: date) -> date:
    """Return the first day of the week or month."""
    return on - timedelta(days=on.weekday()) if every == WEEK else on.replace(day=1)


def _first_open(on: date, country: str) -> date:
    return on if is_business_day(on, country=country) else next_business_day(on, country=country)
