"""Amounts in texts: read as people write them, and compared with the ledger."""

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.money import from_minor
from dunwell.engine.stated_amounts import (
    UNCLEAR,
    WRONG,
    Ledger,
    LedgerItem,
    amount_findings,
    possible_numbers,
    stated_amounts,
)

LEDGER = Ledger(
    items=(
        LedgerItem(number="INV-1001", currency="EUR", amount_minor=119_000, open_minor=50_000),
        LedgerItem(number="INV-1002", currency="EUR", amount_minor=2_550, open_minor=2_550),
        LedgerItem(number="INV-77", currency="USD", amount_minor=10_000, open_minor=10_000),
    ),
    foreign=("INV-9",),
    totals={"EUR": frozenset({52_550}), "USD": frozenset({10_000})},
)


def found(text):
    return [(one.kind, one.line, one.quote) for one in amount_findings(text, LEDGER)]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("€1,234.50", ("EUR", 123_450)),
        ("1.234,50 €", ("EUR", 123_450)),
        ("EUR 1234.5", ("EUR", 123_450)),
        ("1\u202f234,50\u00a0€", ("EUR", 123_450)),
        ("CHF 1'234.50", ("CHF", 123_450)),
        ("1.234 EUR", ("EUR", 123_400)),
        ("US$5", ("USD", 500)),
        ("JPY 1,234", ("JPY", 1_234)),
        ("-12,00 €", ("EUR", -1_200)),
        ("20 euros", ("EUR", 2_000)),
        ("1,234.567 KWD", ("KWD", 1_234_567)),
    ],
)
def test_amounts_are_read_as_they_are_written(text, reading):
    [amount] = stated_amounts(f"pay {text}, please")
    assert reading in amount.readings


@given(
    st.integers(0, 10**11),
    st.sampled_from(["EUR", "USD", "GBP", "CHF", "JPY", "KWD", "SEK", "PLN"]),
    st.sampled_from(["en", "de", "fr", "es", "de_CH"]),
)
def test_what_babel_writes_is_read_back(minor, currency, language):
    text = format_currency(from_minor(minor, currency), currency, locale=language)
    readings = {one for amount in stated_amounts(f"({text})") for one in amount.readings}
    assert (currency, minor) in readings


@pytest.mark.parametrize(
    "text", ["5 % of 100", "on 05.03.2026", "INV 123", "room EUR", "call +49 30 123456", "v1.2.3"]
)
def test_other_numbers_are_no_amounts(text):
    assert stated_amounts(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Invoice INV-1001: 500.00 EUR is open.",
        "Invoice INV-1001 of 1.190,00 € with 690,00 € paid and 500,00 € open.",
        "INV-1001 and INV-1002: together €525.50.",
        "In all €525.50.",
        "INV-1001 EUR 500 INV-1002 EUR 25.50",
        "Please pay 25,50 €.",
        "INV-77: $100.00",
        "Nothing about money.",
    ],
)
def test_what_the_ledger_holds_may_be_said(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "quote"),
    [
        ("Invoice INV-1001: 501.00 EUR is open.", WRONG, "501.00 EUR"),
        ("Hello\n  INV-1002: 500,00 €\n", WRONG, "500,00 €"),
        # the right figure in the wrong money
        ("INV-77: 100,00 €", WRONG, "100,00 €"),
        ("Please pay 999,99 €.", UNCLEAR, "999,99 €"),
        ("INV-1001 and INV-1002: together €999.", UNCLEAR, "€999"),
        ("About INV-9 of yours", WRONG, "INV-9"),
    ],
)
def test_what_it_does_not_hold_is_told(text, kind, quote):
    assert [(one[0], one[2]) for one in found(text)] == [(kind, quote)]


def test_the_line_is_told_and_what_is_right():
    [one] = amount_findings("Dear Pat,\n\nINV-1001 is open with\n€7.00.\n", LEDGER)
    assert (one.line, one.is_blocking, one.text) == (
        4, True, "Of INV-1001 500.00 EUR is open; it was made out for 1,190.00 EUR.",
    )  # fmt: skip


def test_numbers_of_items_are_found_among_the_words():
    text = "Your R1, INV-1001/2. and 4711 of 2026, 100234 (10.03.2026)."
    assert possible_numbers(text) == ("R1", "INV-1001/2", "100234", "10.03.2026")


def test_a_long_text_of_amounts_is_read_in_time():
    text = "INV-1001 €1,111.11 " * 5_000
    assert len(amount_findings(text, LEDGER)) == 50
