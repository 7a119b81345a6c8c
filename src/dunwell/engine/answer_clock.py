"""How long an answer takes in hours of work: business days of a country, from nine to five."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dunwell.engine.calendars import add_business_days, business_days, is_business_day

OPENS, CLOSES = time(9), time(17)
"""Local hours in which answers are written; eight of them are a day of work."""
DAY_MINUTES = 8 * 60
ANSWER_HOURS = 8
"""Hours of work within which a message is to be answered: one day of work."""
MOST_DAYS = 3_650


def work_minutes(start: datetime, end: datetime, *, country: str, zone: str) -> int:
    """Return the minutes of work between two moments, 0 where the end is not later.

    Public holidays and weekends of the country do not count, nor what is before nine or after
    five in the zone. A span of more than ten years counts as ten.
    """
    local = ZoneInfo(zone)
    begun, ended = start.astimezone(local), end.astimezone(local)
    if ended <= begun:
        return 0
    last = min(ended.date(), begun.date() + timedelta(days=MOST_DAYS))
    seconds = 0.0
    for day in business_days(country, first=begun.date(), last=last):
        opened = max(begun, datetime.combine(day, OPENS, local))
        closed = min(ended, datetime.combine(day, CLOSES, local))
        seconds += max((closed - opened).total_seconds(), 0)
    return int(seconds // 60)


def work_began(at: datetime, minutes: int, *, country: str, zone: str) -> datetime:
    """Return the moment from which so many minutes of work have passed at `at`.

    What came in before that moment has waited longer than the minutes.
    """
    local = ZoneInfo(zone)
    now, left = at.astimezone(local), minutes
    day, worked = now.date(), _worked(now, country=country)
    if worked > left:
        return _opened(day, local) + timedelta(minutes=worked - left)
    left -= worked
    while True:
        day = _day_before(day, country=country)
        if left <= DAY_MINUTES:
            return _opened(day, local) + timedelta(minutes=DAY_MINUTES - left)
        left -= DAY_MINUTES


def _worked(now: datetime, *, country: str) -> int:
    """Return the minutes of work of a day until now."""
    if not is_business_day(now.date(), country=country):
        return 0
    since = (now - datetime.combine(now.date(), OPENS, now.tzinfo)).total_seconds() // 60
    return int(min(max(since, 0), DAY_MINUTES))


def _opened(day: date, local: ZoneInfo) -> datetime:
    return datetime.combine(day, OPENS, local)


def _day_before(day: date, *, country: str) -> date:
    return add_business_days(day, -1, country=country)
