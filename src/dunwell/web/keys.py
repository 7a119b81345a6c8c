"""Keys of records and days as they stand in addresses and forms."""

from datetime import date

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years of days that begin or end a span; others would overflow a moment."""

LONGEST_KEY = 18
"""Digits that every 64-bit key has at most; more would overflow the database."""


def read_key(text: str) -> int | None:
    """Return the key a text stands for, None when it is none."""
    is_key = text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
    return int(text) if is_key else None


def read_day(text: str) -> date | None:
    """Return the day a text such as 2026-01-31 stands for, None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_span_day(text: str) -> date | None:
    """Return the day a span begins or ends with, None for none or one far from any record."""
    found = read_day(text)
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None
