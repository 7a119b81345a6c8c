"""Figures of invoices as text: amounts, quantities, prices, percents and dates, exactly."""

from datetime import date
from decimal import Decimal

from dunwell.engine.money import from_minor
from dunwell.formats.einvoice.findings import EInvoiceError

MICRO_DIGITS = 6
PERCENT_DIGITS = 4
"""A rate is ppm of 1, so a percent has four decimals."""

MOST_AMOUNT_DIGITS = 2
"""Decimals of an amount in EN 16931, whatever the currency (BR-DEC-01 to 28)."""


def amount_text(minor: int, currency: str, *, where: str) -> str:
    """Return minor units as EN 16931 writes them; raises EInvoiceError for a third decimal."""
    amount = from_minor(minor, currency)
    plain = amount.quantize(Decimal(1).scaleb(-MOST_AMOUNT_DIGITS))
    if plain != amount:
        raise EInvoiceError(
            f"{amount} {currency} has more than two decimals, and EN 16931 has room for two",
            advice="Bill amounts of whole hundredths in this currency.",
            where=where,
            rule="BR-DEC",
        )
    return str(amount if amount.as_tuple().exponent == 0 else plain)


def micros_text(micros: int) -> str:
    """Return millionths as the shortest decimal text."""
    return _short(Decimal(micros).scaleb(-MICRO_DIGITS))


def percent_text(ppm: int) -> str:
    """Return ppm of 1 as percent, the shortest decimal text."""
    return _short(Decimal(ppm).scaleb(-PERCENT_DIGITS))


def _short(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compact_date(day: date) -> str:
    """Return a day as CII writes it: 20261127 (format 102)."""
    return f"{day:%Y%m%d}"


def read_date(text: str) -> date | None:
    """Return the day of `2026-11-27`, `20261127`, or either with what follows; else None."""
    digits = text.strip()
    if digits[:8].isdigit() and len(digits) >= len("20261127"):
        digits = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    try:
        return date.fromisoformat(digits[:10])
    except ValueError:
        return None
