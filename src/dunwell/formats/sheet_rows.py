"""Tables as they stand in a file, every row from the first one: for layouts without a header.

`table.read_tables` looks for a header and passes over what is above it; a financial statement
has its years there.
"""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.formats.compound_file import OLE
from dunwell.formats.encoding import decode
from dunwell.formats.findings import TableError
from dunwell.formats.grid import SPACES
from dunwell.formats.workbook_sheet import Cell
from dunwell.formats.workbooks import ZIP, workbook_sheets

DELIMITERS = ";,\t|"
MOST_ROWS, MOST_COLUMNS = 5_000, 200
"""A statement has a few hundred rows and a dozen columns; more is another kind of file."""


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell: its text, and its number where the file holds one as such."""

    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet (or the whole text file): its name for people, and its rows from row 1."""

    label: str
    rows: tuple[tuple[SheetCell, ...], ...]


def read_sheet_rows(data: bytes, *, name: str) -> list[SheetRows]:
    """Return every sheet of a workbook (XLSX, ODS, XLS), or the one table of a delimited text.

    Raises TableError for a damaged or locked file, and one that is longer than a statement.
    """
    if data.startswith((ZIP, OLE)):
        return list(_sheets(data, name))
    text = decode(data, name=name).data.decode("utf-8").removeprefix("\ufeff")
    return [SheetRows(label=name, rows=_delimited(text, name))]


def _delimited(text: str, name: str) -> tuple[tuple[SheetCell, ...], ...]:
    """Return the rows parted by the sign that lays out most of them in more than one cell."""
    counts = {sign: sum(sign in line for line in text.splitlines()) for sign in DELIMITERS}
    # a decimal comma parts no cells where another sign does
    delimiter = max(DELIMITERS, key=lambda sign: (counts[sign], -DELIMITERS.index(sign)))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise TableError(f"{name}: a quote is not closed ({error}). Export it again.") from error
    _check(name, len(rows), max(map(len, rows), default=0))
    return tuple(tuple(SheetCell(cell.strip(SPACES)) for cell in row) for row in rows)


def _sheets(data: bytes, name: str) -> Iterator[SheetRows]:
    for sheet in workbook_sheets(data, name=name):
        label = f"{name} ({sheet.title})"
        _check(label, sheet.first, 0)
        above: list[list[Cell]] = [[] for _ in range(sheet.first)]
        left = (SheetCell(""),) * sheet.left
        rows = []
        for row in itertools.chain(above, sheet.rows):
            rows.append((*left, *map(_cell, row)))
            _check(label, len(rows), len(rows[-1]))
        yield SheetRows(label=label, rows=tuple(rows))


def _cell(value: object) -> SheetCell:
    if isinstance(value, bool) or value is None:
        return SheetCell("")
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return SheetCell(str(int(value)) if whole else repr(value), float(value))
    if isinstance(value, datetime):
        return SheetCell(value.date().isoformat())
    if isinstance(value, date):
        return SheetCell(value.isoformat())
    return SheetCell(str(value).strip(SPACES))


def _check(label: str, rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise TableError(
            f"{label}: has {rows:,} rows and {columns:,} columns, more than a financial statement "
            f"({MOST_ROWS:,} and {MOST_COLUMNS:,})."
        )
