"""Files with one record a line (CSV, XLSX): columns by many names, a problem kept with its line.

Each kind of line says its columns and what it needs; how such a file is opened, and how amounts
and days in it are read, is the same for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.money import minor_digits
from dunwell.formats.amounts import amount_parts, decimal_evidence, minor_of_texts
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.words import plain_words

NAMED = 12
"""Columns a refusal names."""


class LineFileError(ValueError):
    """A file that cannot be read: file, place, reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """Keep what is wrong where; the text reads `file: place: reason`."""
        super().__init__(f"{file}: {place}: {reason}")
        self.file, self.place, self.reason = file, place, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class LineLayout:
    """What a kind of line has: names of each field, parted by |, and the words of those needed.

    `error` is raised for a file that is no table of such lines, or has more than so many.
    """

    fields: Mapping[str, str]
    needed: Mapping[str, str]
    most_lines: int
    most_bytes: int
    error: type[LineFileError]

    def field_of(self, column: str) -> str:
        """Return the field a column is known as, an empty text for none."""
        wanted = plain_words(column)
        return next((one for one, told in self.fields.items() if wanted in told.split("|")), "")


@dataclass(frozen=True)
class LineTable:
    """An opened file: its table, and field -> column of the fields it has."""

    name: str
    layout: LineLayout
    table: Table
    fields: Mapping[str, str]

    @property
    def height(self) -> int:
        """Return the number of lines."""
        return self.table.cells.height

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Return (column, field) of every column, an empty field for one that is not used."""
        known = {column: field for field, column in self.fields.items()}
        return tuple((column, known.get(column, "")) for column in self.table.cells.columns)

    @cached_property
    def _cells(self) -> dict[str, list[str]]:
        cells = self.table.cells
        return {
            field: [cell or "" for cell in cells.get_column(column)]
            for field, column in self.fields.items()
        }

    def row(self, at: int) -> int:
        """Return the number of a line in the file."""
        return int(self.table.rows[at])

    def cell(self, field: str, at: int) -> str:
        """Return a cell's text, an empty one where the file has no such column."""
        return self._cells[field][at] if field in self._cells else ""

    def missing(self, at: int) -> list[str]:
        """Return what a line needs and does not have, in words."""
        needed = self.layout.needed
        return [
            f"the {words} is missing"
            for one, words in needed.items()
            if not self.cell(one, at).strip()
        ]

    def currencies(self, home: str) -> list[str]:
        """Return the currency of each line; where none stands there it is `home`."""
        return [self.cell("currency", at).strip().upper() or home for at in range(self.height)]

    def amounts(self, field: str, currencies: Sequence[str]) -> list[int | None]:
        """Return a column's amounts in minor units, None for a cell that is none.

        Raises the layout's error where decimal point and comma both fit every row.
        """
        column = self.fields[field]
        parts = amount_parts(self.table.cells.get_column(column))
        decimal = decimal_evidence(parts.get_column("core")).decided()
        if decimal == "?":
            reason = "the amounts fit a decimal point and a decimal comma; write 1000.00."
            raise self.layout.error(self.name, column, reason)
        digits = pl.Series([minor_digits(code) for code in currencies], dtype=pl.Int64)
        read = minor_of_texts(parts, digits, decimal=decimal)
        found: list[int | None] = read.get_column("minor").to_list()
        return found

    def days(self, field: str, *, told: str = "") -> tuple[list[date | str | None], bool]:
        """Return per line the day, a text for a cell that is none, or None for an empty cell.

        The second says that dates fit day-month and month-day in every row, and that `told` (dmy
        or mdy) does not say which it is.
        """
        column = self.fields.get(field, "")
        if not column:
            return [None] * self.height, False
        cells = self.table.cells.get_column(column)
        typed = self.table.days.get(column)
        texts = cells if typed is None else cells.set(typed.is_not_null(), None)
        evidence = order_evidence(texts)
        decided = evidence.decided() if evidence.dmy or evidence.mdy else told
        numbers = read_days(texts, order=decided or "rows").get_column("day").to_list()
        kinds = typed.to_list() if typed is not None else [None] * len(numbers)
        days: list[date | str | None] = []
        for cell, number, kind in zip(cells, numbers, kinds, strict=True):
            day = kind if kind is not None else number
            days.append(cell if day is None else day_date(int(day)))
        return days, bool(evidence.both) and not decided


def open_lines(content: bytes, name: str, *, layout: LineLayout) -> LineTable:
    """Return a CSV or XLSX as lines of a layout; of two columns of a field the first is taken.

    Raises the layout's error for a file that is no table, lacks a needed column, or is too large.
    """
    error = layout.error
    if len(content) > layout.most_bytes:
        most = layout.most_bytes // 1024**2
        raise error(name, "whole file", f"it has more than {most} MB. Send fewer lines.")
    try:
        table = read_table(content, name=name)
    except TableError as refusal:
        raise error(name, "whole file", str(refusal).removeprefix(f"{name}: ")) from refusal
    if table.refused_rows:
        shifted = table.findings.filter(pl.col("action") == "refused").row(0, named=True)
        raise error(name, f"row {shifted['row']}", str(shifted["reason"]))
    fields: dict[str, str] = {}
    for column in table.cells.columns:
        if field := layout.field_of(column):
            fields.setdefault(field, column)
    missing = [words for field, words in layout.needed.items() if field not in fields]
    if missing:
        shown = ", ".join(map(repr, table.cells.columns[:NAMED]))
        raise error(
            name,
            table.part or "first row",
            f"no column is known as {' or as '.join(missing)}; the columns are {shown}. Name the "
            "columns as the template does.",
        )
    if not 0 < table.cells.height <= layout.most_lines:
        raise error(
            name,
            table.part or "whole file",
            f"it has {table.cells.height} lines; send 1 to {layout.most_lines} at once.",
        )
    return LineTable(name=name, layout=layout, table=table, fields=fields)


def word_of(words: Mapping[str, str], text: str) -> str:
    """Return what a cell's word stands for, an empty text for an unknown one."""
    wanted = plain_words(text)
    if text.strip() and not wanted:
        return ""
    return next((name for name, told in words.items() if wanted in told.split("|")), "")


def day_in(told: date | str | None, problems: list[str], *, why: str = "is no day") -> date | None:
    """Return a line's day; a cell that is none is added to what is wrong with the line."""
    if isinstance(told, str):
        problems.append(f"{told[:40]!r} {why}; write it as 2026-01-31")
        return None
    return told
