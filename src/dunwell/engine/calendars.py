"""Days as numbers, and which days are business days.

A calendar is named by an ISO 3166-1 code ("DE"), a code with a subdivision
("DE-BY") or TARGET, the euro payment system. Holidays come from the `holidays`
package; a code it does not know is a plain Monday-to-Friday week, and
`has_holidays` says so.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays
import narwhals.stable.v2 as nw

from dunwell.engine.late_packages import import_late
from dunwell.engine.schema import Column, Frame, table

import_late("holidays.countries")

EPOCH = date(1970, 1, 1)

TARGET = "TARGET"
"""Calendar of the euro payment system T2 (ECB): 1 January, Easter, 1 May, Christmas."""

SATURDAY = 5
THURSDAY = 3
LONGEST_CLOSURE_DAYS = 40
"""More days than any country closes in a row; the search for a business day stops there."""

ERA_DAYS = 146_097
"""Days in 400 years."""
ERA_DAYS_TO_EPOCH = 719_468
"""Days from 1 March of the year 0 to 1 January 1970."""
LEAP_EVERY, CENTURY_DAYS, YEAR_DAYS = 1_460, 36_524, 365
MONTHS_DAYS = 153
"""Days of five months running from March; they repeat."""

CALENDAR: Frame = {
    "day": Column(nw.Int32, "day number"),
    "month_no": Column(nw.Int32, "months since January 1970"),
    "month_of_year": Column(nw.Int32, "1 to 12"),
    "weekday": Column(nw.Int32, "1 = Monday to 7 = Sunday"),
    "is_business": Column(nw.Boolean, "banks and offices work"),
    "business_day_no": Column(
        nw.Int32, "business days from the first day of the frame up to and including this one"
    ),
    "business_day_of_month": Column(
        nw.Int32, "business days of the month so far, this one included"
    ),
    "business_days_left": Column(nw.Int32, "business days of the month after this day"),
    "next_business_day": Column(nw.Int32, "this day if it is a business day, else the next one"),
    "last_business_day": Column(nw.Int32, "last business day of the month"),
}


def day_number(on: date) -> int:
    """Return days since 1970-01-01, the form in which frames carry a date."""
    return (on - EPOCH).days


def day_date(day: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=day)


def month_number(on: date) -> int:
    """Return whole months since January 1970."""
    return (on.year - EPOCH.year) * 12 + on.month - 1


def month_end(month_no: int) -> date:
    """Return the last day of a month number."""
    following = month_no + 1
    return date(EPOCH.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def months_after(on: date, months: int) -> date:
    """Return the same day so many months on, the last of the month where there is none."""
    ahead = on.year * 12 + on.month - 1 + months
    year, month = ahead // 12, ahead % 12 + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def has_holidays(country: str) -> bool:
    """Return whether public holidays are known for the calendar; False means Monday to Friday."""
    return _holidays(country, 2026) is not None


def is_business_day(on: date, *, country: str) -> bool:
    """Return whether banks and offices of the country work on the day."""
    closed = _holidays(country, on.year)
    if closed is None:
        return on.weekday() < SATURDAY
    return closed.is_working_day(on)


def is_public_holiday(on: date, *, country: str) -> bool:
    """Return whether the day is a public holiday; False where holidays are not known."""
    closed = _holidays(country, on.year)
    return closed is not None and on in closed


def business_days(country: str, *, first: date, last: date) -> list[date]:
    """Return the business days from `first` to `last`, both included, in order."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_business_day(day, country=country)]


def next_business_day(on: date, *, country: str) -> date:
    """Return the day itself if it is a business day, else the first one after it."""
    return add_business_days(on - timedelta(days=1), 1, country=country)


def add_business_days(on: date, number: int, *, country: str) -> date:
    """Return the business day `number` business days after `on` (before it when negative).

    Zero returns the day itself, business day or not. Counting starts on the
    day after `on`, so a Saturday plus one is the Monday.
    """
    step = timedelta(days=1 if number > 0 else -1)
    day, left = on, abs(number)
    while left:
        day += step
        left -= is_business_day(day, country=country)
    return day


def month_start(day: nw.Expr) -> nw.Expr:
    """Return the day number of the first of the month a day number lies in.

    Whole numbers alone, by the 400 years after which the calendar repeats: what engines make
    of dates differs. Years begin in March here, so that a leap day is the last of one.
    """
    since = day + ERA_DAYS_TO_EPOCH
    of_era = since % ERA_DAYS
    leaps = of_era // LEAP_EVERY - of_era // CENTURY_DAYS + of_era // (ERA_DAYS - 1)
    year = (of_era - leaps) // YEAR_DAYS
    of_year = of_era - (YEAR_DAYS * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // MONTHS_DAYS
    return day - of_year + (MONTHS_DAYS * month + 2) // 5


def calendar_days(country: str, *, first: date, last: date) -> nw.LazyFrame:
    """Return one row per day of the whole months from `first` to `last`, in columns CALENDAR.

    The rows live in the embedded engine; another engine persists them first.
    """
    return _calendar_of_months(country, month_number(first), month_number(last))


@lru_cache(maxsize=64)
def _calendar_of_months(country: str, first: int, last: int) -> nw.LazyFrame:
    """Return the calendar; kept by months, since the next day asks for the same ones."""
    start, stop = month_end(first - 1) + timedelta(days=1), month_end(last)
    beyond = stop + timedelta(days=LONGEST_CLOSURE_DAYS)
    open_days = [day_number(day) for day in business_days(country, first=start, last=beyond)]
    days = range(day_number(start), day_number(stop) + 1)
    rows = [_calendar_row(day, open_days) for day in days]
    return table(rows, CALENDAR)


def _calendar_row(day: int, open_days: list[int]) -> tuple[int | bool, ...]:
    """Return one row of CALENDAR; `open_days` are the business days from the first day on."""
    on = day_date(day)
    month_no = month_number(on)
    passed = bisect_right(open_days, day)
    before_month = bisect_left(open_days, day_number(on.replace(day=1)))
    in_month = bisect_right(open_days, day_number(month_end(month_no)))
    coming = bisect_left(open_days, day)
    return (
        day,
        month_no,
        on.month,
        (day + THURSDAY) % 7 + 1,
        coming < passed,
        passed,
        passed - before_month,
        in_month - passed,
        open_days[coming],
        open_days[in_month - 1],
    )


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> holidays.HolidayBase | None:
    """Return the holidays of one year, or None for a calendar the package does not know."""
    if country == TARGET:
        return holidays.financial_holidays("XECB", years=year)
    code, _, subdivision = country.partition("-")
    try:
        return holidays.country_holidays(code, subdiv=subdivision or None, years=year)
    except NotImplementedError:
        return None
