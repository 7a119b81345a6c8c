"""Spreadsheets (XLSX, XLSM, ODS, XLS) to tables, one per sheet that holds one."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, time

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.formats.findings import TableError
from dunwell.formats.grid import EXACT, Table, column_names, number_text, trimmed
from dunwell.formats.header import LOOK_AT, header_row
from dunwell.formats.shared_texts import most_text
from dunwell.formats.workbook_refusals import too_much_text
from dunwell.formats.workbook_sheet import Cell, Sheet
from dunwell.formats.workbooks import workbook_sheets

CHUNK_ROWS = 20_000
SHEETS_TIMES = 4
"""What all sheets together show may be so many times what one may, numbers and days as texts."""


def read_spreadsheet(data: bytes, *, name: str, sheet: str = "") -> list[Table]:
    """Return a table for each sheet with a header and rows, or only the named one.

    Raises TableError when the workbook is damaged, locked by a password, has no such sheet or
    holds no table, and where it would take far more memory than its size tells.
    """
    found, shown, most = [], 0, most_text(len(data))
    for one in workbook_sheets(data, name=name, sheet=sheet):
        table = _sheet(one, name=name)
        if table is not None:
            found.append(table)
            # many sheets may show the same texts again
            shown += int(table.cells.estimated_size())
            if shown > SHEETS_TIMES * most:
                raise too_much_text(name, SHEETS_TIMES * most)
    if not found:
        raise TableError(f"{name}: no sheet holds a table. Export the ledger again.")
    return found


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


def _sheet(sheet: Sheet, *, name: str) -> Table | None:
    first = list(itertools.islice(sheet.rows, LOOK_AT))
    texts = [[_text(cell) for cell in row] for row in first]
    header = header_row(texts)
    body = itertools.chain(first[header + 1 :], sheet.rows)
    start = sheet.first + header + 2
    above, names = texts[: max(header, 0)], texts[header] if header >= 0 else []
    cells, numbers, days = _columns(body, header=names, above=above, name=name)
    if not cells.height:
        return None
    return Table(
        name=name,
        part=sheet.title,
        cells=trimmed(cells),
        rows=pl.int_range(start, start + cells.height, eager=True, dtype=pl.Int64).alias("row"),
        numbers=numbers,
        days=days,
        above=tuple(map(tuple, above)),
        detected={
            "format": "spreadsheet",
            "sheet": sheet.title,
            "header_row": sheet.first + header + 1 if header >= 0 else 0,
            "columns": cells.width,
        },
    )


Columns = tuple[pl.DataFrame, dict[str, pl.Series], dict[str, pl.Series]]
Parts = tuple[pl.Series, pl.Series, pl.Series]
"""A column's text, numbers (Float64) and day numbers (Int32)."""


def _columns(
    body: Iterator[list[Cell]], *, header: list[str], above: list[list[str]], name: str
) -> Columns:
    """Return the body's columns chunk by chunk, so that cells as objects never fill the memory."""
    chunks: list[list[Parts]] = []
    heights: list[int] = []
    while chunk := list(itertools.islice(body, CHUNK_ROWS)):
        # refused before so many columns are made
        column_names([""] * max(map(len, chunk)), name=name)
        chunks.append([_parts(column) for column in itertools.zip_longest(*chunk)])
        heights.append(len(chunk))
    width = max([len(header), *map(len, chunks)])
    left = _empty_left([*above, header], chunks)
    names = column_names([*header, *[""] * (width - len(header))][left:], name=name)
    if not chunks:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String)), {}, {}
    for columns, height in zip(chunks, heights, strict=True):
        columns += [_parts((None,) * height) for _ in range(width - len(columns))]
    whole = [
        [pl.concat([chunk[at][kind] for chunk in chunks]) for kind in range(3)]
        for at in range(left, width)
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


def _empty_left(first: list[list[str]], chunks: list[list[Parts]]) -> int:
    """Return how many columns on the left hold nothing: not every kind of file leaves them out."""
    for at in range(max(map(len, first))):
        columns = [chunk[at][0] for chunk in chunks if at < len(chunk)]
        if any(row[at : at + 1] not in ([], [""]) for row in first) or any(
            (column.fill_null("") != "").any() for column in columns
        ):
            return at
    return 0


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
