"""Conversion at a dated rate."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.fx import convert, rates_in_force
from tests.engine.rows import answers, fx, items

AS_OF = date(2026, 3, 31)
RATES = fx(
    {"currency": "USD", "day": date(2026, 1, 1), "rate_ppm": 900_000},
    {"currency": "USD", "day": date(2026, 3, 31), "rate_ppm": 920_000},
    {"currency": "USD", "day": date(2026, 4, 1), "rate_ppm": 1},
    {"currency": "JPY", "day": date(2026, 3, 1), "rate_ppm": 600_000},
)
SHOWN = ("item_id", "converted_minor", "rate_ppm", "rate_day", "is_converted")


def test_the_rate_in_force_is_the_latest_one_not_after_the_day():
    assert answers(rates_in_force(RATES, as_of=AS_OF)) == [
        {"currency": "JPY", "rate_day": day_number(date(2026, 3, 1)), "rate_ppm": 600_000},
        {"currency": "USD", "rate_day": day_number(AS_OF), "rate_ppm": 920_000},
    ]
    assert answers(rates_in_force(RATES, as_of=date(2025, 12, 31))) == []


def test_a_missing_rate_keeps_the_row_and_flags_it():
    owed = items(
        {"currency": "EUR", "amount_minor": 777},
        {"currency": "USD", "amount_minor": -1_250},
        {"currency": "CHF", "amount_minor": 5},
        {"currency": "XXX", "amount_minor": 5},
    )

    assert [
        tuple(row.values()) for row in answers(convert(owed, RATES, to="EUR", as_of=AS_OF), *SHOWN)
    ] == [
        (1, 777, 1_000_000, None, True),
        (2, -1_150, 920_000, day_number(AS_OF), True),
        (3, None, None, None, False),
        (4, None, None, None, False),
    ]


def test_a_foreign_target_is_reached_through_home_with_one_rounding():
    owed = items(
        {"currency": "USD", "amount_minor": 1_001},
        {"currency": "EUR", "amount_minor": 1_001},
        {"currency": "JPY", "amount_minor": 1_001},
    )
    found = convert(owed, RATES, to="JPY", home="EUR", as_of=AS_OF)

    assert answers(found, "item_id", "converted_minor") == [
        {"item_id": 1, "converted_minor": 1_535},
        {"item_id": 2, "converted_minor": 1_668},
        {"item_id": 3, "converted_minor": 1_001},
    ]


def test_a_target_without_a_rate_converts_only_itself():
    owed = items({"currency": "CHF", "amount_minor": 9}, {"currency": "USD"})
    found = convert(owed, RATES, to="CHF", home="EUR", as_of=AS_OF)

    assert answers(found, "item_id", "converted_minor", "is_converted") == [
        {"item_id": 1, "converted_minor": 9, "is_converted": True},
        {"item_id": 2, "converted_minor": None, "is_converted": False},
    ]


@given(st.integers(-9 * 10**15, 9 * 10**15), st.integers(1, 500_000_000))
def test_half_a_minor_unit_rounds_away_from_zero(amount, rate):
    owed = items({"currency": "USD", "amount_minor": amount})
    rates = fx({"currency": "USD", "rate_ppm": rate})
    whole, rest = divmod(abs(amount) * rate, 1_000_000)
    expected = (whole + (rest >= 500_000)) * (-1 if amount < 0 else 1)

    assert answers(convert(owed, rates, to="EUR", as_of=AS_OF), "converted_minor") == [
        {"converted_minor": expected}
    ]
