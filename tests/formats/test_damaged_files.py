"""Damaged files of every kind give a result or a typed error, never another exception."""

import io
import random

import polars as pl
import pytest
import xlsxwriter

from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.ledger import read_ledger
from dunwell.formats.table import read_tables

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

TEXT = (
    "Offene Posten;;;;;;;\nRechnung;Kunde;Name;Datum;Fällig;Betrag;Offen;Währung\n"
    'A1;C1;"Müller; Söhne";31.01.2026;02.03.2026;1.234,56;0,00;EUR\n'
    "A2;C1;Joe;05.02.2026;;-12,50;-12,50;EUR\nA3;C2;=1+1;30.02.2026;01.04.2026;7;3;JPY\n"
    "A1;C1;x;31.01.2026;02.03.2026;1,00;;Taler\nSumme;;;;;1.230,06;;\n"
)
DUMP = (
    "-- dump\nCREATE TABLE `pay` (\n `customerNumber` int,\n `checkNumber` text,\n `paymentDate` date,\n `amount` decimal\n);\n"
    "INSERT INTO `pay` VALUES (103,'HQ\\'1','2004-10-19','6066.78'),(104,NULL,'2004-13-19',5);\n"
)
ALPHABET = [
    b"\0",
    b"\xff",
    b'"',
    b"'",
    b"\n",
    b"\r",
    b";",
    b",",
    b"\t",
    b"-",
    b"9" * 30,
    b"\xc3",
    b"(",
    b"=",
    b".",
    b"e",
]


def workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("Items")
        for line, row in enumerate(TEXT.splitlines()):
            for column, value in enumerate(row.split(";")):
                page.write(line, column, value)
    return target.getvalue()


def parquet() -> bytes:
    target = io.BytesIO()
    frame = {
        "invoice_no": ["A1", "A2"],
        "customer_id": [1, 2],
        "invoice_date": ["2026-01-01", "x"],
        "amount": [1.5, -2.25],
    }
    pl.DataFrame(frame).write_parquet(target)
    return target.getvalue()


SOURCES = {
    "csv": TEXT.encode("cp1252"),
    "utf16": TEXT.encode("utf-16"),
    "sql": DUMP.encode(),
    "xlsx": workbook(),
    "parquet": parquet(),
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        act = chance.randrange(5)
        if act == 0:
            out[at : at + 1] = bytes([chance.randrange(256)])
        elif act == 1:
            out[at:at] = chance.choice(ALPHABET)
        elif act == 2:
            del out[at : at + chance.randint(1, 40)]
        elif act == 3:
            out[at:at] = out[at // 2 : at // 2 + chance.randint(1, 60)]
        else:
            del out[at if chance.random() < 0.2 else len(out) :]
    return bytes(out)


@pytest.mark.parametrize(
    ("kind", "rounds"),
    [("csv", 800), ("utf16", 500), ("sql", 1000), ("xlsx", 1500), ("parquet", 1500)],
)
def test_reading_tables_of_damaged_files_never_breaks(kind: str, rounds: int) -> None:
    chance = random.Random(f"tables {kind}")
    read = refused = 0
    for _ in range(rounds):
        try:
            read_tables(damaged(SOURCES[kind], chance), name="f")
            read += 1
        except TableError as error:
            refused += str(error).startswith("f: ")
    assert read + refused == rounds


@pytest.mark.parametrize(
    ("kind", "rounds"), [("csv", 60), ("sql", 30), ("xlsx", 10), ("parquet", 30)]
)
def test_reading_ledgers_of_damaged_files_never_breaks(kind: str, rounds: int) -> None:
    chance = random.Random(f"ledger {kind}")
    for _ in range(rounds):
        try:
            read = read_ledger(
                [("f", damaged(SOURCES[kind], chance)), ("g", b"Customer No,Name\nC1,Joe\n")]
            )
        except (TableError, LedgerError):
            continue
        totals = read.totals
        assert (totals["in_minor"] == totals["imported_minor"] + totals["refused_minor"]).all()
        assert read.items.filter(pl.col("due_day") < pl.col("issued_day")).height == 0
        assert read.items["number"].is_unique().all()
        assert read.payments["payment_number"].is_unique().all()
        read.as_dict()
