"""Records of fixed width: cut into lines, and their numbers read exactly or refused by place."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dunwell.engine.money import to_minor
from dunwell.formats.bank.fields import calendar_day, quote, short_year
from dunwell.formats.bank.statement import StatementError

MOST_RECORDS = 2_000_000
NO_DAY = frozenset({"", "000000", "00000000", "999999"})
"""What fixed records hold where there is no day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record with its number in the file; `cut` counts positions from 1, as formats do."""

    file: str
    line: int
    text: str

    @property
    def place(self) -> str:
        """Return where the record stands, for messages."""
        return f"line {self.line}"

    def cut(self, first: int, last: int) -> str:
        """Return positions `first` to `last`, without the spaces that fill them."""
        return self.text[first - 1 : last].strip()

    def raw(self, first: int, last: int) -> str:
        """Return positions `first` to `last` as they are; a short record is filled with spaces."""
        return self.text[first - 1 : last].ljust(last - first + 1)

    def refuse(self, reason: str) -> StatementError:
        """Return the refusal of this record, to be raised."""
        return StatementError(self.file, self.place, reason)

    def whole(self, first: int, last: int, what: str) -> int:
        """Return the digits there as a number; empty is 0. Raises StatementError."""
        text = self.cut(first, last)
        if not text:
            return 0
        if not (text.isascii() and text.isdigit()):
            raise self.refuse(
                f"{what} {quote(text)} is not a number. Ask the bank for the file again"
            )
        return int(text)

    def amount(self, first: int, last: int, currency: str, *, decimals: int) -> int:
        """Return digits with that many implied decimals in minor units. Raises StatementError."""
        if not self.cut(first, last):
            raise self.refuse("the amount is missing. Ask the bank for the file again")
        return self.scaled(self.whole(first, last, "amount"), currency, decimals=decimals)

    def scaled(self, units: int, currency: str, *, decimals: int) -> int:
        """Return a number of 10^-decimals units in minor units, exactly. Raises StatementError."""
        try:
            return to_minor(Decimal(units).scaleb(-decimals), currency)
        except ValueError as error:
            raise self.refuse(f"{error}. Amounts are never rounded; ask the bank") from error

    def day(self, first: int, last: int, *, order: str) -> date | None:
        """Return the day there, or None where none is given; `order` is ymd or dmy, year of two
        digits. Raises StatementError."""
        text = self.cut(first, last)
        if text in NO_DAY:
            return None
        if not (text.isascii() and text.isdigit() and len(text) == 6):  # noqa: PLR2004
            raise self.refuse(f"{quote(text)} is not a day. Ask the bank for the file again")
        one, two, three = int(text[:2]), int(text[2:4]), int(text[4:])
        year, month, day = (one, two, three) if order == "ymd" else (three, two, one)
        return calendar_day(text, short_year(year), month, day, file=self.file, place=self.place)


def fixed_records(text: str, *, width: int, name: str) -> list[Record]:
    """Return the records of a file, one per line or, without line ends, one per `width`.

    Empty lines count but give no record. Raises StatementError for far too many records.
    """
    lines = text.split("\n")
    filled = [line for line in lines if line.strip("\x1a\0 ")]
    if len(filled) == 1 and len(filled[0]) > width:
        whole = filled[0]
        lines = [whole[start : start + width] for start in range(0, len(whole), width)]
    if len(lines) > MOST_RECORDS:
        raise StatementError(
            name, "whole file", f"the file has more than {MOST_RECORDS:,} lines. Split it"
        )
    return [
        Record(file=name, line=number, text=line)
        for number, line in enumerate(lines, 1)
        if line.strip("\x1a\0 ")
    ]
