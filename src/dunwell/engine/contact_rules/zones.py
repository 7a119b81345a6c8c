"""Where a customer may be: plausible time zones, and their local days as tables."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw
from babel.core import get_global

from dunwell.engine.calendars import (
    SATURDAY,
    day_number,
    has_holidays,
    is_business_day,
    is_public_holiday,
)
from dunwell.engine.contact_rules.region_zones import REGION_ZONES
from dunwell.engine.contact_rules.tables import (
    DAY_SECONDS,
    DAY_STARTS,
    DAYS,
    FOREVER,
    OFFSETS,
    ZONE_SETS,
    ZoneTables,
)
from dunwell.engine.schema import table

WIDEST_HOURS = 8
"""Business customers whose zones lie further apart have no common office hours; ours count."""

Periods = tuple[tuple[int, int, int], ...]
"""(from_second, until_second, offset_seconds), without gaps from 0 to FOREVER."""


def plausible_zones(
    country: str, region: str, stated: Collection[str], *, home_zone: str, is_business: bool
) -> tuple[str, ...]:
    """Return every zone a customer may be in: as stated, of its region, or of its country.

    Without any of them it is the company's own. Of a business whose country spans more than
    WIDEST_HOURS it is the company's too; a person is protected in every one of its zones.
    """
    if stated:
        return tuple(sorted(set(stated)))
    place = region
    while place:
        if place in REGION_ZONES:
            return REGION_ZONES[place]
        place = place.rpartition("-")[0]
    found = tuple(sorted(str(name) for name in get_global("territory_zones").get(country, ())))
    if not found or (is_business and _spread_hours(found) > WIDEST_HOURS):
        return (home_zone,)
    return found


def holiday_calendar(country: str, region: str) -> str:
    """Return the calendar of a region where its holidays are known, else of its country."""
    place = region if country and region.startswith(f"{country}-") else ""
    while place:
        if has_holidays(place):
            return place
        place = place.rpartition("-")[0]
    return country


def zone_key(zones: Collection[str], *, first: date, last: date) -> tuple[str, ...]:
    """Return the zones without those whose clocks show the same as another's all the while."""
    by_offsets: dict[Periods, str] = {}
    for zone in sorted(zones):
        by_offsets.setdefault(offsets_of(zone, first, last), zone)
    return tuple(sorted(by_offsets.values()))


def zone_tables(sets: Mapping[str, Collection[str]], *, first: date, last: date) -> ZoneTables:
    """Return the tables of sets of zones, by key, for the local days from `first` to `last`."""
    zones = sorted({zone for found in sets.values() for zone in found})
    pairs = [(key, zone) for key in sorted(sets) for zone in sorted(sets[key])]
    periods = [(zone, *period) for zone in zones for period in offsets_of(zone, first, last)]
    starts = [(zone, *start) for zone in zones for start in _day_starts(zone, first, last)]
    return ZoneTables(
        sets=table(pairs, ZONE_SETS),
        offsets=table(periods, OFFSETS),
        starts=table(starts, DAY_STARTS),
    )


def days_table(calendars: Collection[str], *, first: date, last: date) -> nw.LazyFrame:
    """Return the days of calendars from `first` to `last` in columns DAYS."""
    rows = [row for name in sorted(calendars) for row in _days(name, first, last)]
    return table(rows, DAYS)


@lru_cache(maxsize=1024)
def offsets_of(zone: str, first: date, last: date) -> Periods:
    """Return the offsets of a zone; outside the days asked for the outermost ones go on."""
    place = ZoneInfo(zone)
    start = day_number(first - timedelta(days=2)) * DAY_SECONDS
    stop = day_number(last + timedelta(days=2)) * DAY_SECONDS
    found: list[tuple[int, int, int]] = []
    since, offset = 0, _offset(place, start)
    for second in range(start, stop, DAY_SECONDS):
        after = _offset(place, second + DAY_SECONDS)
        if after == offset:
            continue
        low, high = second, second + DAY_SECONDS
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(place, middle) == offset else (low, middle)
        found.append((since, high, offset))
        since, offset = high, after
    return (*found, (since, FOREVER, offset))


@lru_cache(maxsize=1024)
def _day_starts(zone: str, first: date, last: date) -> tuple[tuple[int, int], ...]:
    """Return (day, second) for each local day; where a day is entered twice, the later time."""
    periods = offsets_of(zone, first, last)
    rows: list[tuple[int, int]] = []
    for day in range(day_number(first), day_number(last) + 1):
        midnights = [
            (min(day * DAY_SECONDS - offset, until), since) for since, until, offset in periods
        ]
        rows.append((day, max(second for second, since in midnights if second > since)))
    return tuple(rows)


@lru_cache(maxsize=512)
def _days(calendar: str, first: date, last: date) -> tuple[tuple[object, ...], ...]:
    rows: list[tuple[object, ...]] = []
    business_no = 0
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        is_business = is_business_day(on, country=calendar) and on.weekday() < SATURDAY
        business_no += is_business
        rows.append(
            (
                calendar,
                day_number(on),
                on.isoweekday(),
                is_public_holiday(on, country=calendar),
                is_business,
                business_no,
            )
        )
    return tuple(rows)


def _offset(place: ZoneInfo, second: int) -> int:
    at = datetime.fromtimestamp(second, UTC).astimezone(place)
    return int((at.utcoffset() or timedelta()).total_seconds())


@lru_cache(maxsize=512)
def _spread_hours(zones: tuple[str, ...]) -> float:
    """Return how far standard times lie apart, as of January and July."""
    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7)]
    spreads = []
    for at in moments:
        offsets = [(at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()) for zone in zones]
        spreads.append((max(offsets) - min(offsets)).total_seconds() / 3600)
    return max(spreads)
