"""Days on which no bank moves money, against the calendar library asked day by day."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from dunwell.engine.calendars import day_date, day_number, is_business_day
from dunwell.ml.closed_days import (
    AFTER_HOLIDAY,
    HOLIDAY,
    MARGIN_DAYS,
    WEEKEND,
    WORKDAY,
    calendar_names,
    closed_days,
)
from tests.ml.books import sample_history

FIRST, LAST = day_number(date(2025, 11, 1)), day_number(date(2026, 7, 31))


def state(country, on):
    """The state of a day, told by the calendar library alone."""
    if on.weekday() >= 5:
        return WEEKEND
    if not is_business_day(on, country=country):
        return HOLIDAY
    before = on - timedelta(days=3 if on.weekday() == 0 else 1)
    return AFTER_HOLIDAY if not is_business_day(before, country=country) else WORKDAY


@pytest.mark.parametrize("country", ["US", "DE", "TARGET", "GB", "JP"])
def test_every_day_is_what_the_calendar_says(country):
    closed = closed_days([country], first=FIRST, last=LAST)
    days = np.arange(FIRST - MARGIN_DAYS, LAST + MARGIN_DAYS + 1)
    states, moved = closed.at(np.zeros(len(days), np.int64), days)
    assert states.tolist() == [state(country, day_date(int(day))) for day in days]
    for day, told, weekday in zip(days, states, moved, strict=True):
        before = (day_date(int(day)).weekday() - 1) % 7
        expected = (4 if before == 6 else before) if told == AFTER_HOLIDAY else -1
        assert weekday == expected


def test_the_day_after_a_bank_holiday_takes_its_payments_in():
    closed = closed_days(["US", "DE", ""], first=FIRST, last=LAST)
    # Memorial Day and Independence Day (observed on Friday) of the USA
    days = np.array([day_number(date(2026, 5, 25)), day_number(date(2026, 5, 26))])
    observed = np.array([day_number(date(2026, 7, 3)), day_number(date(2026, 7, 6))])
    usa, germany, none = (np.full(2, place) for place in range(3))
    told = [found.tolist() for found in closed.at(usa, days)]
    assert told == [[HOLIDAY, AFTER_HOLIDAY], [-1, 0]]
    assert [found.tolist() for found in closed.at(usa, observed)] == [
        [HOLIDAY, AFTER_HOLIDAY], [-1, 4],
    ]  # fmt: skip
    # Whit Monday closes Germany on the same day by chance; a place without holidays never closes
    assert closed.at(germany, days)[0].tolist() == [HOLIDAY, AFTER_HOLIDAY]
    assert closed.at(none, days)[0].tolist() == [WORKDAY, WORKDAY]


def test_calendars_and_days_are_broadcast_together():
    closed = closed_days(["US", "DE"], first=FIRST, last=LAST)
    days = FIRST + np.arange(60)
    together = closed.at(np.array([[0], [1]]), days[None, :])[0]
    alone = [closed.at(np.full(60, place), days)[0] for place in (0, 1)]
    assert np.array_equal(together, np.stack(alone))


def test_a_day_does_not_depend_on_the_span_that_is_asked_for():
    days = FIRST + np.arange(100)
    zero = np.zeros(100, np.int64)
    one = closed_days(["DE"], first=FIRST, last=LAST).at(zero, days)
    for first, last in ((FIRST - 900, LAST), (FIRST, LAST + 800), (FIRST + 50, FIRST + 60)):
        two = closed_days(["DE"], first=first, last=last).at(zero, days)
        assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])


def test_a_calendar_is_the_customers_country_or_else_the_currencys():
    countries = pl.DataFrame({"customer_id": [1, 2, 3], "country": ["DE", "", "QQ"]})
    known = replace(sample_history(items=5), countries=countries)
    items = pl.DataFrame(
        {
            "customer_id": [3, 1, 2, 2, 9, 9],
            "currency": ["USD", "USD", "USD", "EUR", "JPY", "XXX"],
        }
    )
    names = calendar_names(items, known)
    assert names.to_list() == ["QQ", "DE", "US", "TARGET", "JP", ""]
    assert names.name == "calendar"
    # a country without a known calendar has weekends and no holidays
    closed = closed_days(["QQ"], first=FIRST, last=LAST)
    states = closed.at(np.zeros(200, np.int64), FIRST + np.arange(200))[0]
    assert set(states.tolist()) == {WORKDAY, WEEKEND}


def test_no_items_need_no_calendar():
    known = sample_history(items=5)
    assert calendar_names(known.items.head(0), known).to_list() == []
