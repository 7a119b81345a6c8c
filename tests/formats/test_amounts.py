"""Amount text to minor units: styles, signs, currencies in the cell, and what is refused."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.money import from_minor
from dunwell.formats.amounts import (
    amount_parts,
    decimal_evidence,
    minor_of_numbers,
    minor_of_texts,
)
from dunwell.formats.currencies import currency_code


def read(
    *texts: str | None, decimal: str = "", digits: int = 2
) -> list[tuple[int | None, str | None]]:
    parts = amount_parts(pl.Series(list(texts), dtype=pl.String))
    decided = decimal or decimal_evidence(parts["core"]).decided()
    allowed = pl.Series([digits] * len(texts))
    return minor_of_texts(parts, allowed, decimal="rows" if decided == "?" else decided).rows()


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1234.56", 123456), ("1234,56", 123456), ("1,234.56", 123456), ("1.234,56", 123456),
        ("1'234.56", 123456), ("1 234,56", 123456), ("1\u00a0234,56", 123456), ("1\u202f234,56", 123456),
        ("1.234.567,80", 123456780), ("1,234,567.8", 123456780), ("1.234.567", 123456700),
        ("12,34,567.50", 123456750), ("0.50", 50), (".5", 50), ("5.", 500), ("0,5", 50), ("7", 700),
        ("-5.25", -525), ("5.25-", -525), ("(5.25)", -525), ("- 5,25", -525), ("\u22125.25", -525),
        ("5.25 CR", -525), ("5.25CR", -525), ("5.25 DR", 525), ("5,25 H", -525), ("5,25 S", 525),
        ("€ 5,25", 525), ("5,25 €", 525), ("EUR 5.25", 525), ("5.25EUR", 525), ("CHF 1'234.50", 123450),
        ("$5.25", 525), ("-$5.25", -525), ("$-5.25", -525), ("($5.25)", -525), ("US$ 5.25", 525),
        ("Fr. 5.25", 525), ("+5.25", 525), ("1234.5600", 123456),
    ],
)  # fmt: skip
def test_every_style_of_an_amount_reads_exactly(text: str, minor: int) -> None:
    assert read(text) == [(minor, None)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("12.345", "too_many_decimals"),
        ("0.001", "too_many_decimals"),
        ("abc", "unreadable_amount"),
        ("12pcs", "unreadable_amount"),
        ("1e5", "unreadable_amount"),
        ("1.2.3", "unreadable_amount"),
        ("12,3456.00", "unreadable_amount"),
        ("2026-01-31", "unreadable_amount"),
        ("99999999999999999999", "too_large_amount"),
        ("9000000000000000", "too_large_amount"),
        ("n/a", "missing_amount"),
        ("NaN", "missing_amount"),
        ("-", "missing_amount"),
        (None, "missing_amount"),
    ],
)
def test_what_is_no_exact_amount_says_why(text: str | None, problem: str) -> None:
    assert read(text, decimal=".") == [(None, problem)]


def test_float_noise_in_text_is_rounded_and_said() -> None:
    assert read("0.30000000000000004", "79656.600000001", "5.1234567") == [
        (30, "float_noise"),
        (7965660, "float_noise"),
        (None, "too_many_decimals"),
    ]


def test_the_decimal_sign_is_settled_by_the_other_rows() -> None:
    assert read("1.234", "5,50") == [(123400, None), (550, None)]
    assert read("1,234", "5.50") == [(123400, None), (550, None)]


def test_where_both_signs_fit_every_row_nothing_is_guessed() -> None:
    cores = amount_parts(pl.Series(["1,500", "2,000"]))["core"]
    evidence = decimal_evidence(cores)
    assert (evidence.decided(), evidence.both, evidence.example) == ("?", 2, "1,500")
    assert read("1,500", decimal=".") == [(150000, None)]
    assert read("1,500", decimal=",") == [(150, None)]


def test_a_column_with_both_signs_is_read_row_by_row() -> None:
    assert read("1.234,50", "1,234.50", "1.234") == [
        (123450, None),
        (123450, None),
        (None, "ambiguous_amount"),
    ]


@pytest.mark.parametrize(
    ("text", "digits", "minor"),
    [("1234", 0, 1234), ("1234.00", 0, 1234), ("1.2345", 4, 12345), ("1.5", 3, 1500)],
)
def test_the_currency_says_how_many_decimals_count(text: str, digits: int, minor: int) -> None:
    assert read(text, digits=digits, decimal=".") == [(minor, None)]


def test_currency_marks_are_found_beside_the_amount() -> None:
    marks = amount_parts(pl.Series(["€ 5", "5 USD", "CHF5", "5", "US$ 5", "12,00 eur"]))["mark"]
    found = [None if mark is None else currency_code(mark) for mark in marks]
    assert found == ["EUR", "USD", "CHF", None, "USD", "EUR"]


def test_typed_numbers_are_exact_or_said_to_be_rounded() -> None:
    floats = pl.Series([1.1, 79656.600000001, 2.345, 1e20, None])
    digits = pl.Series([2] * 5)
    assert minor_of_numbers(floats, digits).rows() == [
        (110, None),
        (7965660, "float_noise"),
        (None, "too_many_decimals"),
        (None, "too_large_amount"),
        (None, "missing_amount"),
    ]
    assert minor_of_numbers(pl.Series([5, 2**62]), pl.Series([2, 2])).rows() == [
        (500, None),
        (None, "too_large_amount"),
    ]
    money = pl.Series(["1.50", "-2.25"]).cast(pl.Decimal(12, 2))
    assert minor_of_numbers(money, pl.Series([2, 2])).rows() == [(150, None), (-225, None)]


def grouped(minor: int, currency: str, group: str, point: str) -> str:
    text = f"{from_minor(abs(minor), currency):,}"
    return text.replace(",", "\0").replace(".", point).replace("\0", group)


STYLES = [(",", "."), (".", ","), ("'", "."), ("\u00a0", ","), ("", "."), ("", ",")]
SIGNS = ["-{}", "{}-", "({})", "{} CR"]


@given(
    st.integers(-8 * 10**15, 8 * 10**15),
    st.sampled_from(STYLES),
    st.sampled_from(SIGNS),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_every_style_round_trips(
    minor: int, style: tuple[str, str], sign: str, currency: str
) -> None:
    group, point = style
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    text = grouped(minor, currency, group, point)
    text = sign.format(text) if minor < 0 else text
    assert read(text, decimal=point, digits=digits) == [(minor, None)]


@given(st.lists(st.integers(-(10**11), 10**11), min_size=1), st.sampled_from(STYLES))
def test_a_column_is_read_alike_with_and_without_being_told(
    minors: list[int], style: tuple[str, str]
) -> None:
    group, point = style
    texts = ["-" * (minor < 0) + grouped(minor, "EUR", group, point) for minor in minors]
    assert read(*texts) == [(minor, None) for minor in minors]


@given(st.integers(-(10**13), 10**13))
def test_floats_of_whole_cents_round_trip(minor: int) -> None:
    number = pl.Series([minor / 100])
    assert minor_of_numbers(number, pl.Series([2]))["minor"].to_list() == [minor]
