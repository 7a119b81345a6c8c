"""Delimited text (CSV, TSV, semicolon, pipe) to a table, set-based, without losing a row.

Rows with too few cells are filled up and reported; rows with too many are refused with
their text, because a stray delimiter has shifted their cells.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from dunwell.formats.encoding import Decoded, decode
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table, column_names, trimmed
from dunwell.formats.header import header_row

DELIMITERS = ",;\t|"
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE = 1 << 18
SAMPLE_ROWS = 200
LONGEST_CELL = 1 << 24
_OPEN_CELL = re.compile(rb'(?:^|[,;\t|])"(?:[^"]|"")*$')


@dataclass(frozen=True, kw_only=True, slots=True)
class _Odd:
    row: int
    cells: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Layout:
    delimiter: str
    header: int
    names: list[str]
    skipped: int


def read_delimited(data: bytes, *, name: str, encoding: str = "", delimiter: str = "") -> Table:
    """Return the table of a delimited text file; `encoding` and `delimiter` override detection.

    Raises TableError for an empty file, a quote that is never closed, and what `decode` refuses.
    """
    decoded = decode(data, name=name, encoding=encoding)
    if not decoded.data.strip():
        raise TableError(f"{name}: the file is empty. Export the ledger again.")
    layout = _layout(decoded.data, name=name, delimiter=delimiter)
    frame, odd = _parse(decoded.data, layout=layout, name=name)
    _refuse_open_quote(decoded.data, frame, odd, name=name)
    return _table(frame, odd, layout=layout, decoded=decoded, name=name)


def _sample_rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _fit(rows: Sequence[Sequence[str]]) -> float:
    """Return how well a delimiter lays the sample out: share of even rows, then width."""
    counts = Counter(len(row) for row in rows if any(map(str.strip, row)))
    total = sum(counts.values())
    width = max(
        (size for size in counts if size > 1), key=lambda size: counts[size] * size, default=0
    )
    if not width:
        return 0.0
    return counts[width] / total * (1 + math.log(width))


def _layout(data: bytes, *, name: str, delimiter: str) -> _Layout:
    text = data[:SAMPLE].decode("utf-8", "ignore")
    skipped = 0
    first = text.split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:
        delimiter, skipped = delimiter or first[-1], 1
    if len(data) > SAMPLE and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii()):
        raise TableError(f"{name}: the delimiter must be one character such as ; or a tab.")
    found = delimiter or max(
        DELIMITERS, key=lambda mark: (_fit(_sample_rows(text, mark)), -DELIMITERS.index(mark))
    )
    rows = _sample_rows(text, found)
    header = header_row(rows[skipped:])
    header = header + skipped if header >= 0 else -1
    if header >= 0:
        names = list(rows[header])
        while len(names) > 1 and not names[-1].strip() and _is_trailing(rows, header, len(names)):
            names.pop()
    else:
        width = Counter(len(row) for row in rows if any(map(str.strip, row))).most_common(1)
        names = [""] * (width[0][0] if width else 1)
    return _Layout(
        delimiter=found,
        header=header,
        names=column_names(names, name=name),
        skipped=header + 1 if header >= 0 else skipped,
    )


def _is_trailing(rows: Sequence[Sequence[str]], header: int, width: int) -> bool:
    """Return whether no sampled row below the header fills column number `width`."""
    return not any(len(row) >= width and row[width - 1].strip() for row in rows[header + 1 :])


def _parse(data: bytes, *, layout: _Layout, name: str) -> tuple[pl.DataFrame, list[_Odd]]:
    """Return all rows of the expected width as text, and the others with their numbers."""
    odd: list[_Odd] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        odd.append(_Odd(row=row.number, cells=row.actual_columns, text=row.text))
        return "skip"

    keys = [f"c{position}" for position in range(len(layout.names))]
    try:
        read = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                column_names=keys,
                block_size=min(max(len(data), 1 << 10), 1 << 25),
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                invalid_row_handler=keep,
                ignore_empty_lines=False,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except (pa.ArrowException, UnicodeError) as error:
        raise TableError(
            f"{name}: cannot be read as delimited text ({error}). Export it again as CSV."
        ) from error
    frame = pl.from_arrow(read)
    if not isinstance(frame, pl.DataFrame):  # pragma: no cover -- a table gives a frame
        raise TableError(f"{name}: cannot be read as delimited text.")
    return frame.rename(dict(zip(keys, layout.names, strict=True))), odd


def _refuse_open_quote(data: bytes, frame: pl.DataFrame, odd: list[_Odd], *, name: str) -> None:
    """Raise when the last row runs to the end of the file inside a quote: the file is cut off."""
    if data.count(b'"') % 2 == 0:
        return
    last_line = data.rstrip().rpartition(b"\n")[2]
    if _OPEN_CELL.search(last_line):
        raise TableError(
            f"{name}: a quote opened in the last line is never closed: the file is cut off. "
            "Export it again."
        )
    total = frame.height + len(odd)
    if odd and odd[-1].row == total:
        text, closed = odd[-1].text, False
    elif frame.height:
        text = frame.row(frame.height - 1)[-1] or ""
        closed = data.rstrip().endswith(b'"')
    else:
        return
    if "\n" in text.strip() and not closed:
        line = data.count(b"\n") + 1 - text.count("\n")
        raise TableError(
            f"{name}: a quote opened near line {line} is never closed, so the file is cut off or "
            "damaged there. Export it again."
        )


def _numbered(frame: pl.DataFrame, odd: list[_Odd]) -> pl.Series:
    """Return the number of each row of `frame` in the file, counting the odd rows too."""
    numbers = pl.int_range(1, frame.height + len(odd) + 1, eager=True, dtype=pl.Int64)
    if not odd:
        return numbers.rename("row")
    gone = pl.Series([one.row for one in odd], dtype=pl.Int64)
    return numbers.filter(~numbers.is_in(gone.implode())).rename("row")


def _filled(odd: list[_Odd], *, layout: _Layout) -> pl.DataFrame:
    """Return rows of another width laid out in the columns where nothing is shifted by that."""
    width = len(layout.names)
    kept: list[list[str]] = []
    rows: list[int] = []
    for one in odd:
        if one.row <= layout.skipped or len(one.text) > LONGEST_CELL:
            continue
        try:
            cells = next(csv.reader([one.text], delimiter=layout.delimiter, strict=True), [])
        except csv.Error:
            continue
        if "\n" in one.text or any(cell.strip() for cell in cells[width:]):
            continue
        kept.append([*cells[:width], *[""] * (width - len(cells))])
        rows.append(one.row)
    frame = pl.DataFrame(kept, schema=dict.fromkeys(layout.names, pl.String), orient="row")
    return frame.insert_column(0, pl.Series("row", rows, dtype=pl.Int64).alias("\0row"))


def _table(
    frame: pl.DataFrame, odd: list[_Odd], *, layout: _Layout, decoded: Decoded, name: str
) -> Table:
    numbered = frame.insert_column(0, _numbered(frame, odd).alias("\0row"))
    log = FindingLog()
    refused = 0
    if odd:
        filled = _filled(odd, layout=layout)
        laid_out = set(filled.get_column("\0row"))
        refused = _report_odd(odd, laid_out=laid_out, layout=layout, name=name, log=log)
        numbered = pl.concat([numbered, filled]).sort("\0row")
    numbered = numbered.filter(pl.col("\0row") > layout.skipped)
    rows = numbered.get_column("\0row").alias("row")
    cells = trimmed(numbered.drop("\0row"))
    _report_encoding(decoded, name=name, log=log)
    detected: dict[str, str | int] = {
        "format": "delimited text",
        "encoding": decoded.encoding,
        "delimiter": DELIMITER_NAMES.get(layout.delimiter, layout.delimiter),
        "header_row": layout.header + 1,
        "columns": len(layout.names),
    }
    return Table(
        name=name,
        cells=cells,
        rows=rows,
        detected=detected,
        findings=log.frame(),
        refused_rows=refused,
    )


def _report_odd(
    odd: list[_Odd], *, laid_out: set[int], layout: _Layout, name: str, log: FindingLog
) -> int:
    width = len(layout.names)
    below = [one for one in odd if one.row > layout.skipped]
    frame = pl.DataFrame(
        {
            "file": name,
            "part": "",
            "row": [one.row for one in below],
            "cells": [one.cells for one in below],
            "value": [one.text for one in below],
        },
        schema={
            "file": pl.String,
            "part": pl.String,
            "row": pl.Int64,
            "cells": pl.Int64,
            "value": pl.String,
        },
        strict=False,
    )
    is_kept = frame.get_column("row").is_in(list(laid_out))
    log.rows(
        frame.filter(is_kept & (frame.get_column("cells") < width)),
        code="short_row",
        reason=pl.format("has {} of {} cells; the missing ones are read as empty", "cells", width),
        action="kept",
        severity="warning",
        value=pl.col("value"),
    )
    log.rows(
        frame.filter(~is_kept),
        code="shifted_row",
        reason=pl.format(
            "has {} cells where the header has {}; a delimiter or quote inside a cell has shifted "
            "them. Quote the cell and import again",
            "cells",
            width,
        ),
        action="refused",
        severity="error",
        value=pl.col("value"),
    )
    return int((~is_kept).sum())


def _report_encoding(decoded: Decoded, *, name: str, log: FindingLog) -> None:
    if not decoded.odd_lines:
        return
    lines = pl.DataFrame(
        {
            "file": name,
            "part": "",
            "row": [line.line for line in decoded.odd_lines],
            "offset": [line.offset for line in decoded.odd_lines],
            "value": [line.text for line in decoded.odd_lines],
        }
    )
    log.rows(
        lines,
        code="mixed_encoding",
        reason=pl.format(
            "line {} (from byte {}) is not UTF-8 like the rest; it was read as {}. "
            "Check its letters",
            "row",
            "offset",
            pl.lit(decoded.encoding.rpartition(" ")[2]),
        ),
        action="kept",
        severity="warning",
        value=pl.col("value"),
    )
