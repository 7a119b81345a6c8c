"""On which days banks do not move money, per calendar, as arrays by day number."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from dunwell.engine.calendars import SATURDAY, business_days, day_date, has_holidays
from dunwell.ml.dates import weekday_of
from dunwell.ml.history import Days, History

WORKDAY, WEEKEND, HOLIDAY, AFTER_HOLIDAY = range(4)
"""States of a day. After a holiday the payments of the closed day arrive as well."""

STATES = 4

MARGIN_DAYS = 430
"""How far before and after the days asked about the arrays reach."""

CURRENCY_CALENDARS = {
    "USD": "US",
    "EUR": "TARGET",
    "GBP": "GB",
    "CAD": "CA",
    "CHF": "CH",
    "JPY": "JP",
    "AUD": "AU",
    "SEK": "SE",
    "NOK": "NO",
    "DKK": "DK",
    "PLN": "PL",
    "CZK": "CZ",
    "HUF": "HU",
    "INR": "IN",
    "BRL": "BR",
    "MXN": "MX",
    "ZAR": "ZA",
    "NZD": "NZ",
    "SGD": "SG",
    "CNY": "CN",
}
"""The calendar assumed for an item of a customer whose country is not known."""


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """States of the days from `first` on for some calendars, one row per calendar.

    `moved[c, d]` is the weekday (0 = Monday) whose payments move to that day because it was
    a holiday, -1 when none do.
    """

    names: tuple[str, ...]
    first: int
    state: np.ndarray
    moved: np.ndarray

    def at(self, calendar: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return state and moved weekday of days, both broadcast together."""
        place = np.clip(day - self.first, 0, self.state.shape[1] - 1)
        return self.state[calendar, place], self.moved[calendar, place]


def calendar_names(items: pl.DataFrame, history: History) -> pl.Series:
    """Return the calendar of each item: its customer's country, else its currency's."""
    joined = items.select("customer_id", "currency").join(
        history.countries, on="customer_id", how="left", maintain_order="left"
    )
    country = pl.col("country").fill_null("")
    by_currency = pl.col("currency").replace_strict(CURRENCY_CALENDARS, default="")
    return joined.select(pl.when(country != "").then(country).otherwise(by_currency))[
        "country"
    ].rename("calendar")


def calendars(
    items: pl.DataFrame, history: History, *, first: int, last: int
) -> tuple[ClosedDays, np.ndarray]:
    """Return the closed days of the items' calendars, and each item's place among them."""
    names = calendar_names(items, history)
    distinct = names.unique().sort()
    closed = closed_days(distinct.to_list() or [""], first=first, last=last)
    return closed, distinct.search_sorted(names).to_numpy()


def closed_days(names: Sequence[str], *, first: int, last: int) -> ClosedDays:
    """Return the states of the days between two day numbers and MARGIN_DAYS around them."""
    start, stop = first - MARGIN_DAYS, last + MARGIN_DAYS
    rows = [_states(name, start // 366, (stop - start) // 366 + 2) for name in names]
    offset = start - (start // 366) * 366
    span = stop - start + 1
    state = np.stack([row[0][offset : offset + span] for row in rows])
    moved = np.stack([row[1][offset : offset + span] for row in rows])
    return ClosedDays(names=tuple(names), first=start, state=state, moved=moved)


@lru_cache(maxsize=64)
def _states(name: str, block: int, blocks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return states and moved weekdays of whole blocks of 366 days, kept between calls."""
    first = block * 366
    days = first + np.arange(blocks * 366)
    weekday = weekday_of(days)
    is_weekend = weekday >= SATURDAY
    state = np.where(is_weekend, WEEKEND, WORKDAY)
    if name and has_holidays(name):
        works = business_days(name, first=day_date(first), last=day_date(int(days[-1])))
        is_open = np.zeros(len(days), bool)
        is_open[_numbers(works) - first] = True
        state[~is_open & ~is_weekend] = HOLIDAY
    # the working day before: Friday for a Monday
    back = np.where(weekday == 0, 3, 1)
    before = np.maximum(np.arange(len(days)) - back, 0)
    follows = (state == WORKDAY) & (state[before] == HOLIDAY)
    moved = np.where(follows, weekday[before], -1)
    state[follows] = AFTER_HOLIDAY
    return state.astype(np.int8), moved.astype(np.int8)


def _numbers(days: Sequence[object]) -> Days:
    return np.array(days, "datetime64[D]").astype(np.int32)
