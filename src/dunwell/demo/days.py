"""Business days of the demo: weekdays without the four fixed bank holidays, as day numbers."""

import numpy as np

from dunwell.demo.arrays import IntArray

HOLIDAYS = ("01-01", "05-01", "12-25", "12-26")


def business_calendar(first_day: int, last_day: int) -> np.busdaycalendar:
    """Return the calendar covering both days with a year to spare on either side."""
    first, last = np.array([first_day, last_day], dtype="datetime64[D]").astype("datetime64[Y]")
    years = np.arange(first - 1, last + 3)
    return np.busdaycalendar(
        holidays=np.array([f"{year}-{day}" for year in years for day in HOLIDAYS], "datetime64[D]")
    )


def business_days(first_day: int, last_day: int, calendar: np.busdaycalendar) -> IntArray:
    """Return every business day from the first to the last day, both included."""
    days = np.arange(first_day, last_day + 1, dtype=np.int64)
    return days[np.is_busday(days.astype("datetime64[D]"), busdaycal=calendar)]


def on_or_after(days: IntArray, calendar: np.busdaycalendar) -> IntArray:
    """Return each day, or the next business day."""
    return later(days, np.zeros(len(days), dtype=np.int64), calendar)


def on_or_before(days: IntArray, calendar: np.busdaycalendar) -> IntArray:
    """Return each day, or the business day before it."""
    dates = days.astype("datetime64[D]")
    return np.busday_offset(dates, 0, roll="backward", busdaycal=calendar).astype(np.int64)


def later(days: IntArray, count: IntArray, calendar: np.busdaycalendar) -> IntArray:
    """Return the business day `count` business days after each day, rolled forward first."""
    dates = days.astype("datetime64[D]")
    return np.busday_offset(dates, count, roll="forward", busdaycal=calendar).astype(np.int64)


def on_weekday(days: IntArray, weekday: IntArray) -> IntArray:
    """Return the next day on the weekday (0 = Monday); a negative weekday leaves the day alone."""
    # 1970-01-01 was a Thursday, hence the 3.
    moved = days + (weekday - (days + 3)) % 7
    return np.where(weekday < 0, days, moved)


def month_of(days: IntArray) -> IntArray:
    """Return the calendar month of each day, 1 to 12."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def month_end(days: IntArray, months: IntArray | int = 0) -> IntArray:
    """Return the last calendar day of each day's month, `months` months on."""
    month = days.astype("datetime64[D]").astype("datetime64[M]") + (np.asarray(months) + 1)
    return np.asarray(month.astype("datetime64[D]").astype(np.int64) - 1)


def month_end_run(days: IntArray, lead: IntArray, calendar: np.busdaycalendar) -> IntArray:
    """Return the first run at or after each day, `lead` business days before a month's end."""
    runs = _run(days, 0, lead, calendar)
    return np.where(runs < days, _run(days, 1, lead, calendar), runs)


def _run(days: IntArray, months: int, lead: IntArray, calendar: np.busdaycalendar) -> IntArray:
    """Return the run of the month `months` months after each day's own."""
    last = on_or_before(month_end(days, months), calendar)
    return later(last, -lead, calendar)
