"""Spreadsheets (XLSX, XLSM, XLS) to tables, one per sheet that holds one."""

import io
import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, ZipError

from dunwell.engine.calendars import day_number
from dunwell.formats.findings import TableError
from dunwell.formats.grid import EXACT, Table, column_names, number_text, trimmed
from dunwell.formats.header import LOOK_AT, header_row

CHUNK_ROWS = 20_000

Cell = int | float | str | bool | time | date | datetime | timedelta


def read_spreadsheet(data: bytes, *, name: str, sheet: str = "") -> list[Table]:
    """Return a table for each sheet with a header and rows, or only the named one.

    Raises TableError when the workbook is damaged, locked by a password, has no such sheet or
    holds no table.
    """
    try:
        found = _sheets(CalamineWorkbook.from_filelike(io.BytesIO(data)), name=name, sheet=sheet)
    except PasswordError as error:
        raise TableError(f"{name}: is locked by a password. Save it without one.") from error
    except (CalamineError, ZipError, OSError, ValueError, OverflowError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(
            f"{name}: the workbook cannot be read ({error}). Save or export it again."
        ) from error
    except BaseException as error:
        # The reader is compiled; where a damaged file breaks it, it raises this unlisted class.
        if type(error).__name__ != "PanicException":
            raise
        raise TableError(f"{name}: the workbook is damaged. Save or export it again.") from error
    if not found:
        raise TableError(f"{name}: no sheet holds a table. Export the ledger again.")
    return found


def _sheets(workbook: CalamineWorkbook, *, name: str, sheet: str) -> list[Table]:
    names = workbook.sheet_names
    if sheet and sheet not in names:
        raise TableError(f"{name}: has no sheet {sheet!r}; it has {', '.join(names)}.")
    tables = (
        _sheet(workbook.get_sheet_by_name(title), name=name, title=title)
        for title in ([sheet] if sheet else names)
    )
    return [table for table in tables if table is not None]


def _text(cell: Cell | None) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _sheet(sheet: CalamineSheet, *, name: str, title: str) -> Table | None:
    if sheet.start is None or not sheet.height:
        return None
    # `iter_rows` starts at the sheet's first row; an export's table may start anywhere.
    base = sheet.start[0]
    rows = itertools.islice(sheet.iter_rows(), base, None)
    first: list[list[Cell]] = [list(row) for row in itertools.islice(rows, LOOK_AT)]
    texts = [[_text(cell) for cell in row] for row in first]
    header = header_row(texts)
    width = max((len(row) for row in first), default=0)
    names = column_names(texts[header] if header >= 0 else [""] * width, name=name)
    body = itertools.chain(first[header + 1 :], (list(row) for row in rows))
    start = base + header + 2
    table = _columns(body, names=names)
    if not table[0].height:
        return None
    cells, numbers, days = table
    return Table(
        name=name,
        part=title,
        cells=trimmed(cells),
        rows=pl.int_range(start, start + cells.height, eager=True, dtype=pl.Int64).alias("row"),
        numbers=numbers,
        days=days,
        detected={
            "format": "spreadsheet",
            "sheet": title,
            "header_row": base + header + 1 if header >= 0 else 0,
            "columns": len(names),
        },
    )


Columns = tuple[pl.DataFrame, dict[str, pl.Series], dict[str, pl.Series]]
Parts = tuple[pl.Series, pl.Series, pl.Series]
"""A column's text, numbers (Float64) and day numbers (Int32)."""


def _columns(body: Iterator[list[Cell]], *, names: list[str]) -> Columns:
    """Return the body's columns chunk by chunk, so that cells as objects never fill the memory."""
    chunks: list[list[Parts]] = []
    while chunk := list(itertools.islice(body, CHUNK_ROWS)):
        columns = list(itertools.zip_longest(*chunk))[: len(names)]
        columns += [(None,) * len(chunk)] * (len(names) - len(columns))
        chunks.append([_parts(column) for column in columns])
    if not chunks:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String)), {}, {}
    whole = [
        [pl.concat([chunk[at][kind] for chunk in chunks]) for kind in range(3)]
        for at in range(len(names))
    ]
    texts = pl.DataFrame(dict(zip(names, (column[0] for column in whole), strict=True)))
    numbers, days = (
        {
            name: column[kind].alias(name)
            for name, column in zip(names, whole, strict=True)
            if column[kind].null_count() < texts.height
        }
        for kind in (1, 2)
    )
    return texts, numbers, days


def _parts(column: tuple[Cell | None, ...]) -> Parts:
    """Return one column's cells by kind; columns of one kind only take the fast way."""
    kinds = set(map(type, column))
    size = len(column)
    no_numbers = pl.Series([None], dtype=pl.Float64).extend_constant(None, size - 1)
    no_days = pl.Series([None], dtype=pl.Int32).extend_constant(None, size - 1)
    if kinds <= {str, type(None)}:
        return pl.Series(column, dtype=pl.String), no_numbers, no_days
    cells = [None if cell == "" else cell for cell in column]
    kinds = set(map(type, cells)) - {type(None)}
    if kinds <= {float, int}:
        numbers = pl.Series(cells, dtype=pl.Float64, strict=False)
        return number_text(numbers), numbers, no_days
    if kinds == {date}:
        days = pl.Series(cells, dtype=pl.Date)
        return days.cast(pl.String), no_numbers, days.to_physical().cast(pl.Int32)
    return (
        pl.Series([_text(cell) for cell in cells], dtype=pl.String),
        pl.Series([_number(cell) for cell in cells], dtype=pl.Float64),
        pl.Series([_day(cell) for cell in cells], dtype=pl.Int32),
    )


def _number(cell: Cell | None) -> float | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return float(cell)


def _day(cell: Cell | None) -> int | None:
    if isinstance(cell, datetime):
        return day_number(cell.date())
    return day_number(cell) if isinstance(cell, date) else None
