"""Any table as rows for a scorecard: columns of plain numbers become numbers, others texts."""

from pathlib import Path

import polars as pl

from dunwell.formats.findings import TableError
from dunwell.formats.table import read_table

NOTHING = ("", "?", "na", "n/a", "nan", "null")
"""Cells, in small letters, that say that a value is missing."""

LARGEST = 5_000_000
"""More rows than this are not read: fewer tell a scorecard as much."""


def read_scoring_rows(source: Path | bytes, *, name: str = "") -> pl.DataFrame:
    """Return a file's table with numbers as numbers; a cell of NOTHING is missing.

    A column is of numbers when every other cell is a plain number with a decimal point. Raises
    TableError for a file without rows or with too many, and for what `read_table` refuses.
    """
    table = read_table(source, name=name)
    cells = table.cells
    cells = cells.select([column for column in cells.columns if column.strip()])
    if not cells.height or not cells.width:
        raise TableError(f"{table.label}: there are no rows below the header; check the file.")
    if cells.height > LARGEST:
        raise TableError(
            f"{table.label}: {cells.height} rows are too many; give at most {LARGEST}."
        )
    return cells.select([_typed(cells[column]) for column in cells.columns])


def _typed(cells: pl.Series) -> pl.Series:
    texts = cells.cast(pl.String).str.strip_chars()
    is_nothing = texts.str.to_lowercase().is_in(NOTHING)
    known = pl.select(pl.when(~is_nothing).then(texts)).to_series().rename(cells.name)
    numbers = known.cast(pl.Float64, strict=False)
    if numbers.null_count() > known.null_count() or numbers.null_count() == len(numbers):
        return known
    whole = numbers.cast(pl.Int64, strict=False)
    is_whole = (whole.cast(pl.Float64) == numbers).all() and whole.null_count() == (
        numbers.null_count()
    )
    return whole if is_whole else numbers
