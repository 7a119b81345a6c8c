"""Day numbers, business days and holidays."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
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
    month_end,
    month_number,
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
