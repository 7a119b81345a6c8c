"""Exports and imports of the open items as files: CSV, XLSX and Parquet, written and read.

What is written is what the desk's exports write, what is read what an upload is read with; the
rows go through the product's own writers and readers, text, days and exact amounts.
"""

import zlib
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, partial
from io import BytesIO

import polars as pl
from python_calamine import CalamineWorkbook

from bench.bank_day import ROWS
from bench.cost import Meter
from bench.measures import Result
from bench.workload import Workload
from dunwell.formats.exports import Value, write_csv, write_parquet, write_xlsx
from dunwell.formats.table import read_table

LIMIT = 1 << 32
KINDS = ("csv", "parquet", "xlsx")
HEAD = ("Number", "Customer", "Currency", "Open amount", "Kind", "Due")
DUE = {"shared": "due_date", "built-in": "Due Date"}
WRITERS: dict[str, Callable[[Sequence[str], Sequence[Sequence[Value]]], bytes]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}


def write_table(load: Workload, *, kind: str) -> Result:
    """Write every open item into one file of a kind."""
    rows = _rows(load)
    with Meter() as meter:
        data = WRITERS[kind](HEAD, rows)
    result = Result(meter.cost(), {"bytes": len(data)})
    result.expect("rows", len(rows), load.oracle()["items"])
    return result


def read_back(load: Workload, *, kind: str) -> Result:
    """Read a file of every open item as an upload is read; amounts add up to what they were."""
    data = _file(load, kind)
    with Meter() as meter:
        table = read_table(data, name=f"items.{kind}", limit_bytes=LIMIT)
    result = Result(meter.cost(), {"bytes": len(data)})
    result.expect("rows", table.cells.height, load.oracle()["items"])
    minor = (table.cells["Open amount"].cast(pl.Float64) * 100).round().cast(pl.Int64).sum()
    result.expect("hundredths", minor, int(sum(row[3] for row in _rows(load)) * 100))
    return result


@cache
def _rows(load: Workload) -> list[tuple[str, str, str, Decimal, str, date]]:
    """Return the open items as an export has them."""
    customer, number, currency, amount, kind, _ = ROWS[load.origin]
    due = DUE[load.origin]
    cells = pl.read_csv(load.items_file, infer_schema=False)
    return (
        cells.select(
            number,
            customer,
            currency,
            pl.col(amount).cast(pl.Decimal(18, 2)),
            kind,
            pl.col(due).str.to_date(),
        )
        .filter(pl.col(amount) != 0)
        .rows()
    )


@cache
def _file(load: Workload, kind: str) -> bytes:
    """Return the file that is read back, made once for the sizes that reading is measured at."""
    path = load.folder / f"export.{kind}"
    if not path.exists():
        path.write_bytes(WRITERS[kind](HEAD, _rows(load)))
    return path.read_bytes()


def compress(load: Workload) -> Result:
    """Compress the text of the same rows: a workbook is a zip of text."""
    text = _file(load, "csv")
    with Meter() as meter:
        data = zlib.compress(text, 1)
    return Result(meter.cost(), {"bytes": len(data)})


def plain_write(load: Workload, *, kind: str) -> Result:
    """Polars writes the same rows, held as columns."""
    frame = pl.DataFrame(_rows(load), schema=list(HEAD), orient="row")
    target = BytesIO()
    with Meter() as meter:
        if kind == "csv":
            frame.write_csv(target)
        else:
            frame.write_parquet(target)
    return Result(meter.cost(), {"bytes": target.tell()})


def plain_read(load: Workload, *, kind: str) -> Result:
    """Polars reads the file as it is; calamine reads a workbook's cells."""
    data = _file(load, kind)
    with Meter() as meter:
        if kind == "csv":
            rows = pl.read_csv(data, infer_schema=False).height
        elif kind == "parquet":
            rows = pl.read_parquet(data).height
        else:
            sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
            rows = sum(1 for _ in sheet.iter_rows())
    return Result(meter.cost(), {"rows": rows})


MEASURES: dict[str, Callable[[Workload], Result]] = {
    **{f"{kind}_write": partial(write_table, kind=kind) for kind in KINDS},
    **{f"{kind}_read": partial(read_back, kind=kind) for kind in KINDS},
}
FLOORS: dict[str, Callable[[Workload], Result]] = {
    "csv_write": partial(plain_write, kind="csv"),
    "parquet_write": partial(plain_write, kind="parquet"),
    "xlsx_write": compress,
    **{f"{kind}_read": partial(plain_read, kind=kind) for kind in KINDS},
}
"""Both by the name of the measure."""
