"""Minor units and the one rounding."""

from decimal import ROUND_HALF_UP, Decimal

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.money import (
    LARGEST_MINOR,
    amount_words,
    from_minor,
    is_currency_code,
    minor_digits,
    part,
    percent_words,
    share,
    to_minor,
)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("-0.01", "EUR", -1),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("1.0000", "CLF", 10_000),
        ("5", "XXX", 500),
    ],
)
def test_minor_units_follow_the_currency(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("digits", "currencies"),
    [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, "EUR USD GBP CHF INR BRL HUF CNY"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ],
)
def test_the_decimal_places_are_those_of_iso_4217(digits, currencies):
    assert {minor_digits(currency) for currency in currencies.split()} == {digits}


@pytest.mark.parametrize(
    "amount", ["12.345", "0.001", "-0.009", "1." + "0" * 40 + "1", "1e-400", "-12.3400000000001"]
)
def test_an_amount_finer_than_its_currency_is_refused(amount):
    """However many digits it has: nothing is rounded on the way in."""
    with pytest.raises(ValueError, match="has more decimals than EUR allows"):
        to_minor(Decimal(amount), "EUR")


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_amount_is_accepted_and_a_cent_more_is_refused(sign):
    largest = sign * Decimal("90000000000000.00")
    assert to_minor(largest, "EUR") == sign * 9_000_000_000_000_000
    for larger in (largest + sign * Decimal("0.01"), largest * 10**30, sign * Decimal("1e400")):
        with pytest.raises(ValueError, match="is larger than this ledger can hold"):
            to_minor(larger, "EUR")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_amount(text):
    with pytest.raises(ValueError, match=f"{text} is no amount of money"):
        to_minor(Decimal(text), "EUR")


def test_a_currency_code_is_three_capital_letters():
    codes = ("EUR", "XXX", "eur", "EURO", "EU", "E1R", "ÄÖÜ", "E R", "")

    assert [code for code in codes if is_currency_code(code)] == ["EUR", "XXX"]


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (1_234_56, "EUR", "1,234.56 EUR"),
        (-5, "EUR", "-0.05 EUR"),
        (1_234, "JPY", "1,234 JPY"),
        (1_234, "KWD", "1.234 KWD"),
        (100, "", "1.00"),
    ],
)
def test_an_amount_in_words_has_its_own_decimals_and_its_currency(minor, currency, words):
    assert amount_words(minor, currency) == words


@pytest.mark.parametrize(
    ("ppm", "words"),
    [(0, "0 %"), (20_000, "2 %"), (102_700, "10.27 %"), (5_000, "0.5 %"), (1_000_000, "100 %")],
)
def test_a_rate_in_words_is_percent(ppm, words):
    assert percent_words(ppm) == words


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "expected"),
    [
        (10, 1, 4, 3),  # 2.5
        (9, 1, 4, 2),  # 2.25
        (11, 1, 4, 3),  # 2.75
        (1, 1, 2, 1),
        (1, 1, 3, 0),
        (7, 0, 3, 0),
        (7, 3, 1, 21),
        (1, 1, 1, 1),
    ],
)
def test_a_part_rounds_half_away_from_zero_whatever_the_signs(
    sign, amount, numerator, denominator, expected
):
    assert part(sign * amount, numerator, denominator) == sign * expected
    assert part(amount, sign * numerator, denominator) == sign * expected
    assert part(amount, numerator, sign * denominator) == sign * expected
    assert part(-amount, sign * numerator, -denominator) == sign * expected


@given(
    st.lists(
        st.tuples(
            st.integers(-LARGEST_MINOR, LARGEST_MINOR),
            st.integers(0, 999),
            st.integers(1000, 10**9),
        ),
        min_size=1,
    )
)
def test_a_share_is_exact_and_rounds_half_away_from_zero(rows):
    amounts, above, below = zip(*rows, strict=True)
    frame = nw.from_native(pl.DataFrame({"amount": amounts, "above": above, "below": below}))
    shared = frame.select(
        by_column=share(nw.col("amount"), nw.col("above"), nw.col("below")),
        by_number=share(nw.col("amount"), nw.col("above"), 1000),
    )
    expected = [
        (_rounded(a * n, d), _rounded(a * n, 1000))
        for a, n, d in zip(amounts, above, below, strict=True)
    ]

    assert shared.rows() == expected


def _rounded(above: int, below: int) -> int:
    whole, rest = divmod(abs(above), below)
    up = Decimal(rest * 2).quantize(Decimal(1), rounding=ROUND_HALF_UP) >= below
    return (whole + up) * (-1 if above < 0 else 1)
