"""Rows to CSV, XLSX and Parquet files that are safe to open: no cell can run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # ships no types

Value = str | int | float | bool | Decimal | date | datetime | None

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""First characters with which a spreadsheet program may take text for a formula."""
LONGEST_CELL = 32_767
"""Characters a spreadsheet cell can hold."""
MOST_ROWS = 1_048_576
LARGEST = 1e15
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Kinds of file rows are written as, by the ending of their name."""


class ExportError(ValueError):
    """The rows do not fit into the file; the message says which limit and what to do."""


def safe_text(value: Value) -> Value:
    """Return text with a leading quote where a spreadsheet would run it; other values unchanged.

    Numbers keep their minus: only text is quoted, because only text can hold a formula. Zero
    characters, which no spreadsheet can show, are shown as U+2400.
    """
    if not isinstance(value, str):
        return value
    marked = f"'{value}" if value.startswith(RISKY) else value
    return marked.replace("\0", "\u2400")


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(safe_text(value))


def write_table(
    kind: str, *, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> tuple[bytes, str]:
    """Return rows as a file of one of MEDIA_TYPES, and a file name that every system takes.

    Raises ExportError for more rows than a sheet can hold.
    """
    if kind == "csv":
        data = write_csv(columns, rows)
    elif kind == "xlsx":
        data = write_xlsx(columns, rows, sheet=name)
    else:
        data = write_parquet(columns, rows)
    return data, f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.{kind}"


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a CSV file: UTF-8 with byte order mark (spreadsheets need it), comma, ISO dates."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_plain(column) for column in columns])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def write_xlsx(
    columns: Sequence[str], rows: Iterable[Sequence[Value]], *, sheet: str = "Export"
) -> bytes:
    """Return an XLSX file of one sheet with a header row; dates and numbers keep their type.

    Raises ExportError for more rows than a sheet can hold.
    """
    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet(sheet[:31])
        page.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            page.write_string(0, at, str(safe_text(column))[:LONGEST_CELL], bold)
        for line, row in enumerate(rows, start=1):
            if line >= MOST_ROWS:
                raise ExportError(
                    f"A sheet holds {MOST_ROWS - 1:,} rows at most. Export as CSV, or fewer rows."
                )
            for at, value in enumerate(row):
                _write_cell(page, line, at, value)
    return target.getvalue()


def _write_cell(page: xlsxwriter.worksheet.Worksheet, line: int, at: int, value: Value) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(line, at, value)
    elif isinstance(value, int | float | Decimal):
        # A double holds no more digits than this; the comparison is false for NaN, too.
        fits = -LARGEST < float(value) < LARGEST
        if fits:
            page.write_number(line, at, value)
        else:
            page.write_string(line, at, str(value))
    elif isinstance(value, date):
        page.write_datetime(line, at, value)
    else:
        page.write_string(line, at, str(safe_text(value))[:LONGEST_CELL])


def write_parquet(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a Parquet file for other programs: days, numbers and amounts keep their type.

    A column holds one type: whole numbers, amounts (exact decimals), truth values, days,
    moments, or else text. Columns that share a name are numbered.
    """
    cells: list[list[Value]] = [[] for _ in columns]
    for row in rows:
        for column, value in zip(cells, row, strict=True):
            column.append(value)
    names: list[str] = []
    for name in columns:
        names.append(name if name not in names else f"{name} {len(names) + 1}")
    frame = pl.DataFrame([_series(*one) for one in zip(names, cells, strict=True)])
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd")
    return target.getvalue()


def _series(name: str, values: list[Value]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) == 1 and kinds <= {int, bool, date, datetime, float}:
        return pl.Series(name, values)
    if kinds and kinds <= {int, Decimal}:
        places = max(
            (-int(value.as_tuple().exponent) for value in values if isinstance(value, Decimal)),
            default=0,
        )
        exact = [None if value is None else Decimal(str(value)) for value in values]
        return pl.Series(name, exact, dtype=pl.Decimal(38, max(0, places)))
    return pl.Series(name, [None if value is None else str(value) for value in values], pl.String)
