"""Day numbers, business days and holidays."""

from calendar import isleap
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import (
    TARGET,
    add_business_days,
    business_days,
    calendar_days,
    day_date,
    day_number,
    has_holidays,
    is_business_day,
    is_public_holiday,
    month_end,
    month_number,
    month_start,
    months_after,
    next_business_day,
)
from tests.engine.rows import answers

dates = st.dates(date(1990, 1, 1), date(2050, 12, 31))


@given(dates)
def test_a_day_number_is_the_same_day(on):
    assert day_date(day_number(on)) == on
    assert month_end(month_number(on)).replace(day=1) == on.replace(day=1)


@pytest.mark.parametrize(
    ("on", "country", "expected"),
    [
        (date(2026, 4, 3), "DE", False),  # Good Friday
        (date(2026, 4, 3), "TARGET", False),
        (date(2026, 10, 3), "TARGET", False),  # a Saturday
        (date(2026, 10, 5), "DE", True),
        (date(2026, 7, 3), "US", False),  # Independence Day, observed
        (date(2026, 1, 6), "DE", True),
        (date(2026, 1, 6), "DE-BY", False),  # Epiphany in Bavaria only
        (date(2026, 5, 1), "TARGET", False),
        (date(2026, 5, 1), "", True),  # unknown: Monday to Friday
        (date(2026, 5, 2), "??", False),
        (date(2026, 5, 15), "SA", False),  # a Friday, weekend there
        (date(2026, 5, 17), "SA", True),
    ],
)
def test_business_days_follow_the_country(on, country, expected):
    assert is_business_day(on, country=country) is expected


def test_an_unknown_calendar_says_that_it_has_no_holidays():
    codes = ("DE", "DE-BY", TARGET, "", "??", "DE-XX")

    assert [has_holidays(code) for code in codes] == [True, True, True, False, False, False]


def test_the_days_around_easter_are_skipped():
    thursday, tuesday = date(2026, 4, 2), date(2026, 4, 7)

    assert next_business_day(date(2026, 4, 3), country="DE") == tuesday
    assert next_business_day(thursday, country="DE") == thursday
    assert add_business_days(thursday, 1, country="DE") == tuesday
    assert add_business_days(tuesday, -1, country="DE") == thursday
    assert add_business_days(date(2026, 4, 4), 0, country="DE") == date(2026, 4, 4)
    assert business_days("DE", first=thursday, last=tuesday) == [thursday, tuesday]


@given(dates, st.integers(1, 30))
def test_adding_business_days_agrees_with_counting_them(on, number):
    later = add_business_days(on, number, country=TARGET)

    assert len(business_days(TARGET, first=on + timedelta(days=1), last=later)) == number


def test_the_calendar_frame_describes_each_day():
    frame = calendar_days("DE", first=date(2026, 4, 10), last=date(2026, 5, 20))
    eve = frame.filter(nw.col("day") == day_number(date(2026, 4, 3)))

    assert len(answers(frame)) == 61
    assert answers(eve) == [
        {
            "day": day_number(date(2026, 4, 3)),
            "month_no": month_number(date(2026, 4, 3)),
            "month_of_year": 4,
            "weekday": 5,
            "is_business": False,
            "business_day_no": 2,
            "business_day_of_month": 2,
            "business_days_left": 18,
            "next_business_day": day_number(date(2026, 4, 7)),
            "last_business_day": day_number(date(2026, 4, 30)),
        }
    ]


@given(dates)
def test_the_calendar_frame_agrees_with_the_functions(on):
    frame = calendar_days(TARGET, first=on, last=on)
    (row,) = answers(frame.filter(nw.col("day") == day_number(on)))

    assert row["is_business"] == is_business_day(on, country=TARGET)
    assert row["next_business_day"] == day_number(next_business_day(on, country=TARGET))
    assert row["weekday"] == on.isoweekday()


@pytest.mark.parametrize("country", ["DE", "TARGET", ""])
def test_each_row_of_two_years_agrees_with_counting(country):
    """Over two ends of a year and a leap day; months are counted by the plain functions alone."""
    first, last = date(2023, 12, 1), date(2025, 1, 31)
    months: dict[tuple[int, int], list[date]] = {}
    expected, passed = [], 0
    for on in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        begin = on.replace(day=1)
        end = (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if begin == on:
            months[on.year, on.month] = business_days(country, first=on, last=end)
        open_days = months[on.year, on.month]
        is_open = is_business_day(on, country=country)
        passed += is_open
        of_month = sum(day <= on for day in open_days)
        expected.append((
            day_number(on), (on.year - 1970) * 12 + on.month - 1, on.month, on.isoweekday(),
            is_open, passed, of_month, len(open_days) - of_month,
            day_number(next_business_day(on, country=country)), day_number(open_days[-1]),
        ))  # fmt: skip
    assert [
        tuple(row.values()) for row in answers(calendar_days(country, first=first, last=last))
    ] == (expected)


def test_the_frame_runs_over_whole_months_whatever_day_was_asked_for():
    frame = calendar_days("DE", first=date(2024, 2, 29), last=date(2024, 3, 1))
    days = [row["day"] for row in answers(frame.select("day"))]
    assert (days[0], days[-1]) == (day_number(date(2024, 2, 1)), day_number(date(2024, 3, 31)))
    assert len(days) == 29 + 31


YEARS = [*range(1896, 1906), *range(1968, 1973), *range(1996, 2005), *range(2019, 2033)]
YEARS += [*range(2096, 2106), *range(2396, 2406)]
"""Around ends of centuries with and without a leap day, of the 400 years, and nowadays."""


def test_the_first_of_the_month_is_found_from_the_number_of_a_day_alone():
    days = [
        date(year, 1, 1) + timedelta(days=n) for year in YEARS for n in range(365 + isleap(year))
    ]
    frame = nw.from_native(pl.DataFrame({"day": [day_number(on) for on in days]}).lazy())
    found = answers(frame.select(first=month_start(nw.col("day"))))
    assert [row["first"] for row in found] == [day_number(on.replace(day=1)) for on in days]


def test_a_holiday_is_one_where_holidays_are_known():
    epiphany = date(2026, 1, 6)
    told = [is_public_holiday(epiphany, country=code) for code in ("DE-BY", "DE", "TARGET", "??")]
    assert told == [True, False, False, False]
    # a Sunday is no business day and no holiday
    assert not is_public_holiday(date(2026, 1, 4), country="DE-BY")


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 4), 0, date(2026, 5, 4)),
    ],
)
def test_months_after_keep_the_day_or_end_the_month(on, months, expected):
    assert months_after(on, months) == expected


def test_every_day_of_a_month_is_told_by_the_same_calendar():
    # a process that lives for long would keep one for every day it has seen
    days = [date(2026, 11, day) for day in (1, 17, 30)]
    first, *others = [
        calendar_days("DE", first=date(2025, 3, day.day), last=day + timedelta(days=31))
        for day in days[:2]
    ] + [calendar_days("DE", first=date(2025, 3, 31), last=date(2026, 12, 31))]
    assert all(other is first for other in others)
