"""One ledger as CSV, TSV, XLSX and Parquet reads alike; the order of its rows does not matter."""

import datetime
import io

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.formats.ledger import Ledger, read_ledger

ROWS = [
    ("A1", "C1", datetime.date(2026, 1, 31), datetime.date(2026, 3, 2), 1234.56, 34.56, "EUR"),
    ("A2", "C2", datetime.date(2026, 2, 13), datetime.date(2026, 2, 28), -12.5, -12.5, "USD"),
    ("A3", "C2", datetime.date(2026, 2, 14), datetime.date(2026, 2, 20), 700.0, 700.0, "JPY"),
]
COLUMNS = [
    "Invoice No",
    "Customer No",
    "Invoice Date",
    "Due Date",
    "Amount",
    "Open Amount",
    "Currency",
]


def text(delimiter: str, date_style: str, point: str) -> bytes:
    def shown(value: object) -> str:
        if isinstance(value, datetime.date):
            return value.strftime(date_style)
        return str(value).replace(".", point)

    lines = [delimiter.join(COLUMNS), *(delimiter.join(map(shown, row)) for row in ROWS)]
    return "\n".join(lines).encode()


def sheet() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "dd.mm.yyyy"}) as book:
        page = book.add_worksheet()
        for line, row in enumerate([COLUMNS, *ROWS]):
            page.write_row(line, 0, row)
    return target.getvalue()


def parquet() -> bytes:
    target = io.BytesIO()
    pl.DataFrame(ROWS, schema=COLUMNS, orient="row").write_parquet(target)
    return target.getvalue()


def told(read: Ledger) -> list[list[tuple[object, ...]]]:
    return [
        sorted(frame.drop("file", "part", "row").rows(), key=str)
        for frame in (
            read.items,
            read.payments,
            read.allocations,
            read.totals.with_columns(file=0, part=0, row=0),
        )
    ]


@pytest.mark.parametrize(
    "data",
    [
        text(",", "%m/%d/%Y", "."),
        text("\t", "%d.%m.%Y", ","),
        text(";", "%d/%m/%y", ","),
        text("|", "%d %B %Y", "."),
        text(";", "%Y%m%d", "."),
        sheet(),
        parquet(),
    ],
)
def test_every_format_gives_the_same_ledger(data: bytes) -> None:
    read, plain = read_ledger([("f", data)]), read_ledger([("f", text(",", "%Y-%m-%d", "."))])
    assert (read.status, told(read)) == ("ready", told(plain))


LINES = [
    "A1,C1,2026-01-31,2026-03-02,5,5,EUR",
    "A2,C1,2026-02-30,2026-03-02,5,5,EUR",
    "A3,C2,2026-01-31,,7,3,USD",
    ",C2,2026-01-31,2026-01-01,7,7,EUR",
    "A4,,2026-01-31,2026-03-02,9,9,EUR",
    "A5,C3,2026-01-31,2026-03-02,-9,-4,Taler",
]


@settings(max_examples=8)
@given(st.permutations(LINES))
def test_the_order_of_rows_never_matters(lines: list[str]) -> None:
    def read(rows: list[str]) -> Ledger:
        return read_ledger([("f", "\n".join([",".join(COLUMNS), *rows]).encode())])

    assert told(read(lines)) == told(read(LINES))
