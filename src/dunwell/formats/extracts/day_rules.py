"""Days counted from a day: the coming Friday, the end of a month, a day without its year."""

from datetime import date, timedelta

from dunwell.engine import calendars

FRIDAY = 4


def weekday_after(day: date, weekday: int) -> date:
    """Return the first such weekday after the day."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def weekday_before(day: date, weekday: int) -> date:
    """Return the last such weekday before the day."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def month_end(day: date, *, months: int = 0) -> date:
    """Return the last day of the month so many months on."""
    return calendars.month_end(calendars.month_number(day) + months)


def friday_of_week(day: date, *, weeks: int) -> date:
    """Return the Friday of the week so many weeks on: the last day a bank works."""
    monday = day - timedelta(days=day.weekday())
    return monday + timedelta(weeks=weeks, days=FRIDAY)


def numbered_week(day: date, week: int) -> date | None:
    """Return the Friday of a numbered week (ISO 8601) that is not over yet; None for no such."""
    for year in (day.year, day.year + 1):
        try:
            friday = date.fromisocalendar(year, week, FRIDAY + 1)
        except ValueError:
            continue
        if friday >= day:
            return friday
    return None


def with_year(day: date, *, month: int, number: int, lies: int) -> date | None:
    """Return the date a day and month mean when no year is given; None when there is none.

    `lies`: 1 = not before the day, -1 = not after it, 0 = whichever is nearest.
    """
    found = []
    for year in (day.year - 1, day.year, day.year + 1, day.year + 4):
        try:
            found.append(date(year, month, number))
        except ValueError:
            continue
    fitting = [one for one in found if (one - day).days * lies >= 0]
    return min(fitting, key=lambda one: abs((one - day).days), default=None)


def with_month(day: date, *, number: int, lies: int) -> date | None:
    """Return the date that "the 15th" means; of a month that has such a day."""
    step = -1 if lies < 0 else 1
    for months in range(3):
        first = calendars.months_after(day.replace(day=1), months * step)
        try:
            found = first.replace(day=number)
        except ValueError:
            continue
        if (found - day).days * step >= 0:
            return found
    return None
