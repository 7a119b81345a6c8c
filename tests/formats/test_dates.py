"""Date text to day numbers: styles in four languages, order of day and month, what is refused."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.dates import MONTHS, civil_day, order_evidence, read_days


def read(
    *texts: str | None, order: str = "", otherwise: str = ""
) -> list[tuple[str | None, str | None]]:
    series = pl.Series(list(texts), dtype=pl.String)
    decided = order or order_evidence(series).decided()
    days = read_days(series, order=decided, otherwise=otherwise)
    return [
        (None if day is None else (date(1970, 1, 1) + timedelta(days=day)).isoformat(), problem)
        for day, problem, _ in days.rows()
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31", "2026/1/31", "2026.01.31", "20260131", "20260131.0", "2026-01-31T10:11:12Z",
        "2026-01-31 10:11:12.123456", "2026-01-31 10:11:12+01:00", "31/01/2026", "31-1-2026",
        "31.01.2026", "31.1.26", "31/01/26", "1/31/2026", "01-31-26", "1/31/2026 9:05 PM",
        "31.01.2026 00:00", "31. Januar 2026", "31 January 2026", "January 31, 2026", "Jan 31, 2026",
        "31-Jan-2026", "31-JAN-26", "31st January 2026", "31 janvier 2026", "31 janv. 2026",
        "31 de enero de 2026", "31 ene 2026", "2026-Jan-31", "Sat, 31 Jan 2026", "46053",
        "46053.5", " 31.01.2026 ",
    ],
)  # fmt: skip
def test_every_style_of_one_date_reads_alike(text: str) -> None:
    assert read(text) == [("2026-01-31", None)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-02-30", "impossible_date"),
        ("30.02.2026", "impossible_date"),
        ("29/02/2025", "impossible_date"),
        ("2026-13-01", "impossible_date"),
        ("32/01/2026", "impossible_date"),
        ("30 Feb 2026", "impossible_date"),
        ("0206-01-01", "implausible_date"),
        ("9999-12-31", "implausible_date"),
        ("1969-12-31", "implausible_date"),
        ("soon", "unreadable_date"),
        ("12/2026", "unreadable_date"),
        ("1,234.50", "unreadable_date"),
        ("31 Foo 2026", "unreadable_date"),
        ("0000-00-00", "missing_date"),
        ("00.00.0000", "missing_date"),
        ("NULL", "missing_date"),
        ("-", "missing_date"),
        (None, "missing_date"),
    ],
)
def test_what_is_no_date_says_why(text: str | None, problem: str) -> None:
    assert read(text) == [(None, problem)]


def test_one_row_that_fits_one_order_only_decides_the_column() -> None:
    assert read("05/06/2026", "31/01/2026") == [("2026-06-05", None), ("2026-01-31", None)]
    assert read("05/06/2026", "01/31/2026") == [("2026-05-06", None), ("2026-01-31", None)]


def test_where_both_orders_fit_every_row_nothing_is_guessed() -> None:
    evidence = order_evidence(pl.Series(["05/06/2026", "07/08/26", "09/09/2026"]))
    assert (evidence.decided(), evidence.both, evidence.example) == ("?", 2, "05/06/2026")
    assert read("05/06/2026", "09/09/2026") == [(None, "ambiguous_date"), ("2026-09-09", None)]
    assert read("05/06/2026", order="dmy") == [("2026-06-05", None)]
    assert read("05/06/2026", order="mdy") == [("2026-05-06", None)]


def test_a_column_with_both_orders_is_read_row_by_row() -> None:
    assert read("13/01/2026", "01/13/2026", "02/03/2026", "04/04/2026") == [
        ("2026-01-13", None),
        ("2026-01-13", None),
        (None, "ambiguous_date"),
        ("2026-04-04", None),
    ]
    told = read("13/01/2026", "01/13/2026", "02/03/2026", order="rows", otherwise="mdy")
    assert told == [("2026-01-13", None), ("2026-01-13", None), ("2026-02-03", None)]


def test_dotted_dates_are_day_month_year() -> None:
    assert read("05.06.2026") == [("2026-06-05", None)]


@pytest.mark.parametrize(
    ("text", "year"), [("1/31/69", 2069), ("1/31/70", 1970), ("31 Jan 99", 1999)]
)
def test_two_digit_years_turn_at_69(text: str, year: int) -> None:
    assert read(text) == [(f"{year}-01-31", None)]


FORMATS = ["{y:04}-{m:02}-{d:02}", "{y:04}{m:02}{d:02}", "{d:02}.{m:02}.{y:04}", "{y:04}/{m}/{d}"]


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMATS))
def test_unambiguous_styles_round_trip(day: date, style: str) -> None:
    assert read(style.format(y=day.year, m=day.month, d=day.day)) == [(day.isoformat(), None)]


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_ordered_styles_round_trip_once_the_order_is_told(day: date, order: str) -> None:
    first, second = (day.day, day.month) if order == "dmy" else (day.month, day.day)
    assert read(f"{first:02}/{second:02}/{day.year}", order=order) == [(day.isoformat(), None)]


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)), st.sampled_from(sorted(MONTHS)))
def test_month_names_of_four_languages_round_trip(day: date, name: str) -> None:
    expected = date(day.year, MONTHS[name], min(day.day, 28))
    assert read(f"{expected.day} {name} {day.year}") == [(expected.isoformat(), None)]


@given(st.dates(date(1, 3, 1), date(9999, 12, 31)))
def test_civil_day_agrees_with_the_calendar(day: date) -> None:
    found = pl.select(civil_day(pl.lit(day.year), pl.lit(day.month), pl.lit(day.day))).item()
    assert found == (day - date(1970, 1, 1)).days
