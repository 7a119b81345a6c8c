"""Amounts whose last digit carries the sign (zoned decimals), as in CFONB."""

from dunwell.formats.bank.fields import quote
from dunwell.formats.bank.fixed_width import Record

PLUS = "{ABCDEFGHI"
MINUS = "}JKLMNOPQR"
"""The sign's letter of last digit 0 to 9."""


def overpunched(record: Record, first: int, last: int, currency: str, *, decimals: int) -> int:
    """Return the signed amount there in minor units. Raises StatementError."""
    text = record.cut(first, last)
    digits, mark = text[:-1], text[-1:]
    sign = -1 if mark in MINUS else 1
    final = (MINUS if sign < 0 else PLUS).find(mark) if mark else -1
    if final < 0 or not (digits.isascii() and digits.isdigit()):
        raise record.refuse(
            f"{quote(text)} is no amount with its sign in the last letter. Ask the bank for the "
            "file again"
        )
    return record.scaled(sign * int(digits + str(final)), currency, decimals=decimals)
