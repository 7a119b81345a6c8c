"""Minor units and the one rounding."""

from decimal import ROUND_HALF_UP, Decimal

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.money import LARGEST_MINOR, from_minor, share, to_minor


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


def test_an_amount_finer_than_its_currency_is_refused():
    with pytest.raises(ValueError, match=r"12\.345 has more decimals than EUR allows"):
        to_minor(Decimal("12.345"), "EUR")


def test_an_amount_too_large_for_the_ledger_is_refused():
    with pytest.raises(ValueError, match="is larger than this ledger can hold"):
        to_minor(Decimal(LARGEST_MINOR), "EUR")


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
