"""A table as read from a file: text cells, typed cells beside them, and where each row stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from dunwell.formats.findings import TableError, empty_findings

MOST_COLUMNS = 1000
EXACT = 1e15
"""Floats below this hold every whole number."""
DEFAULT_LIMIT = 512 * 1024 * 1024
"""Largest file read unless the caller says otherwise, in bytes."""
SPACES = " \u00a0\u2007\u202f\u200b\ufeff\n"
"""What is trimmed from a cell. A tab or carriage return stays: it marks an injected formula."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table of a file.

    `cells` holds every cell as trimmed text (empty cells are null). `numbers` and `days`
    hold, for columns whose cells have a type in the file, the number (Int64, Float64 or
    Decimal) and the day number (Int32) of the cells that have one. `rows` is the row number
    of each row as a spreadsheet program or the database dump numbers it.
    """

    name: str
    part: str = ""
    cells: pl.DataFrame
    rows: pl.Series
    numbers: Mapping[str, pl.Series] = field(default_factory=dict)
    days: Mapping[str, pl.Series] = field(default_factory=dict)
    detected: Mapping[str, str | int] = field(default_factory=dict)
    findings: pl.DataFrame = field(default_factory=empty_findings)
    refused_rows: int = 0
    """Rows of the file that could not be laid out in columns; each is in `findings`."""
    role: str = ""
    """The role that the reader of a known format tells; empty where it is to be recognised."""
    above: tuple[tuple[str, ...], ...] = ()
    """Of a workbook's sheet, the rows above the header as texts."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Column -> field as told by that reader; columns that are not in it stay to be recognised."""

    @property
    def label(self) -> str:
        """Return file and part as a person reads them."""
        return f"{self.name} ({self.part})" if self.part else self.name

    def filtered(self, keep: pl.Series) -> "Table":
        """Return the table with the rows where `keep` is true."""
        return replace(
            self,
            cells=self.cells.filter(keep),
            rows=self.rows.filter(keep),
            numbers={name: column.filter(keep) for name, column in self.numbers.items()},
            days={name: column.filter(keep) for name, column in self.days.items()},
        )


def column_names(header: Sequence[str], *, name: str) -> list[str]:
    """Return unique, non-empty column names for a header row.

    Raises TableError when there are more columns than any ledger has.
    """
    if len(header) > MOST_COLUMNS:
        raise TableError(
            f"{name}: has {len(header)} columns; at most {MOST_COLUMNS} are read. Check the "
            "delimiter, or export only the columns of the ledger."
        )
    names: list[str] = []
    seen: set[str] = set()
    for position, cell in enumerate(header, start=1):
        base = " ".join(cell.split()) or f"column {position}"
        unique, copy = base, 1
        while unique in seen:
            copy += 1
            unique = f"{base} ({copy})"
        seen.add(unique)
        names.append(unique)
    return names


def trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return text columns without outer spaces; cells left empty become null."""
    # Polars reads a header like * or ^a$ as a pattern, so columns are numbered meanwhile
    numbered = frame.clone()
    numbered.columns = [f"column {place}" for place in range(frame.width)]
    text = pl.all().str.strip_chars(SPACES)
    found = numbered.select(pl.when(text.str.len_bytes() > 0).then(text))
    found.columns = frame.columns
    return found


def number_text(numbers: pl.Series) -> pl.Series:
    """Return floats as text: whole ones without a `.0`, for a number stored as 1234.0 is 1234."""
    is_whole = (numbers == numbers.round(0)) & (numbers.abs() < EXACT)
    whole = numbers.set(~is_whole, None).cast(pl.Int64).cast(pl.String)
    return whole.zip_with(is_whole.fill_null(value=True), numbers.cast(pl.String))
