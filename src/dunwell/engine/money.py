"""Whole minor units, and the one place that rounds."""

from decimal import Decimal

import narwhals.stable.v2 as nw

WHOLE_CURRENCIES = (
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
    *("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
)
"""ISO 4217 currencies without decimal places."""

MINOR_DIGITS = {
    **dict.fromkeys(WHOLE_CURRENCIES, 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""ISO 4217 exponents that differ from 2."""

UNKNOWN_CURRENCY = "XXX"
"""ISO 4217's code for no currency; an unknown currency is reported under it, never merged."""

LARGEST_MINOR = 9_000_000_000_000_000
"""Largest amount accepted on entry, so that sums of a thousand of them stay inside 64 bits."""


def minor_digits(currency: str) -> int:
    """Return the number of decimal places the currency is counted in (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def is_currency_code(text: str) -> bool:
    """Return whether a text has the form of an ISO 4217 code: three capital letters A to Z."""
    return len(text) == len("EUR") and text.isascii() and text.isalpha() and text.isupper()


def to_minor(amount: Decimal, currency: str) -> int:
    """Turn 12.34 EUR into 1234; or raise ValueError: no number, too large, too fine.

    Judged by what comes back, for arithmetic on decimals rounds what has more than 28 digits.
    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is no amount of money")
    scaled = amount.scaleb(minor_digits(currency))
    if abs(scaled) > LARGEST_MINOR:
        raise ValueError(f"{amount} {currency} is larger than this ledger can hold")
    whole = int(scaled)
    if amount != from_minor(whole, currency):
        raise ValueError(f"{amount} has more decimals than {currency} allows")
    return whole


def from_minor(amount_minor: int, currency: str) -> Decimal:
    """Turn 1234 EUR into Decimal('12.34')."""
    return Decimal(amount_minor).scaleb(-minor_digits(currency))


def amount_words(amount_minor: int, currency: str) -> str:
    """Return an amount of minor units as sentences show it, with its currency."""
    return f"{from_minor(amount_minor, currency):,} {currency}".rstrip()


def percent_words(ppm: float) -> str:
    """Return parts per million as sentences show them: percent, at most two decimals."""
    return f"{ppm / 10_000:.2f}".rstrip("0").rstrip(".") + " %"


def share(amount: nw.Expr, numerator: nw.Expr, denominator: int | nw.Expr) -> nw.Expr:
    """Return amount * numerator / denominator in Int64, rounded half away from zero.

    Numerator and denominator are not negative; the caller keeps a zero
    denominator out. The product is held in 128 bits: amount times rate times
    days outgrows 64 bits at amounts a large customer does owe.
    """
    whole = nw.lit(denominator) if isinstance(denominator, int) else denominator
    below = whole.cast(nw.Int128)
    sign = nw.when(amount < 0).then(nw.lit(-1)).otherwise(nw.lit(1))
    doubled = amount.cast(nw.Int128).abs() * numerator.cast(nw.Int128) * 2
    rounded = (doubled + below) // (below * 2)
    return (rounded * sign.cast(nw.Int128)).cast(nw.Int64)


def part(amount_minor: int, numerator: int, denominator: int) -> int:
    """Return amount * numerator / denominator as `share` rounds it: half away from zero.

    Signs are free; the caller keeps a zero denominator out.
    """
    product = amount_minor * numerator
    whole = (2 * abs(product) + abs(denominator)) // (2 * abs(denominator))
    return whole if (product < 0) == (denominator < 0) else -whole
