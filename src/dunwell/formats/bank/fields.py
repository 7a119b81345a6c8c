"""Amounts, days and currencies as bank files write them: exact, or refused with the place."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.engine.money import to_minor
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.currencies import ISO_CODES

LONGEST_QUOTE = 60
"""A refusal quotes at most this many characters of the file."""
LONGEST_AMOUNT = 40
FIRST_YEAR, LAST_YEAR = 1970, 2099
WITHDRAWN = frozenset({"BGL", "DEM", "EEK", "FRF", "LTL", "LVL", "ROL", "SKK", "TRL", "YUM"})
"""Currencies that older statements hold, all with two decimal places."""

_AMOUNT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")


def quote(text: str) -> str:
    """Return the text as a refusal quotes it: one line, cut where long."""
    plain = " ".join(text.split())
    return f"'{plain[:LONGEST_QUOTE]}…'" if len(plain) > LONGEST_QUOTE else f"'{plain}'"


def known_currency(text: str, *, file: str, place: str) -> str:
    """Return the ISO 4217 code; an unknown one is refused, for its precision is unknown."""
    code = text.strip().upper()
    if code in ISO_CODES or code in WITHDRAWN:
        return code
    raise StatementError(
        file,
        place,
        f"{quote(text)} is no currency code of ISO 4217, so its decimals are unknown. Ask the "
        "bank for the file again",
    )


def minor_amount(text: str, currency: str, *, file: str, place: str, decimal: str = ".") -> int:
    """Return the amount in minor units of the currency, with the sign as written.

    `decimal` is the decimal sign of the format (`,` in MT940). Thousands separators, and more
    decimals than the currency has, are refused: nothing is guessed or rounded.
    """
    plain = text.strip()
    if decimal != ".":
        plain = plain.replace(".", "x").replace(decimal, ".")
    if len(plain) > LONGEST_AMOUNT or not plain.isascii() or not _AMOUNT.fullmatch(plain):
        raise StatementError(
            file, place, f"{quote(text)} is not an amount. Ask the bank for the file again"
        )
    try:
        return to_minor(Decimal(plain), currency)
    except (InvalidOperation, ValueError) as error:
        raise StatementError(
            file, place, f"{error}. Amounts are never rounded; ask the bank for the file again"
        ) from error


def calendar_day(text: str, year: int, month: int, day: int, *, file: str, place: str) -> date:
    """Return the day, or refuse `text` as one that does not exist or lies outside 1970 to 2099."""
    if FIRST_YEAR <= year <= LAST_YEAR:
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise StatementError(
        file,
        place,
        f"{quote(text)} is no day of the calendar from {FIRST_YEAR} to {LAST_YEAR}. Ask the bank "
        "for the file again",
    )


def short_year(two_digits: int) -> int:
    """Return the year of a two-digit one: 70 to 99 lie in the last century."""
    return (1900 if two_digits >= FIRST_YEAR % 100 else 2000) + two_digits


def compact_day(text: str, *, file: str, place: str) -> date:
    """Return the day of YYMMDD or YYYYMMDD."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and len(plain) in {6, 8}:
        year = int(plain[:-4])
        return calendar_day(
            text,
            short_year(year) if len(plain) == 6 else year,  # noqa: PLR2004
            int(plain[-4:-2]),
            int(plain[-2:]),
            file=file,
            place=place,
        )
    raise StatementError(
        file, place, f"{quote(text)} is not a day. Ask the bank for the file again"
    )
