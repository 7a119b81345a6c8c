"""Tables of any file: kind, encoding, delimiter, header, ragged rows, and every typed refusal."""

import gzip
import io
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from dunwell.formats.findings import TableError
from dunwell.formats.table import read_table, read_tables

SIMPLE = {"Number": ["A1", "A2"], "Amount": ["1", "2"]}


def cells(data: bytes, **told: str) -> dict[str, list[str | None]]:
    return read_table(data, name="f", **told).cells.to_dict(as_series=False)


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (b"Number,Amount\nA1,1\nA2,2\n", "comma"),
        (b"Number;Amount\nA1;1\nA2;2", "semicolon"),
        (b"Number\tAmount\r\nA1\t1\r\nA2\t2\r\n", "tab"),
        (b"Number|Amount\rA1|1\rA2|2\r", "pipe"),
        (b"sep=;\nNumber;Amount\nA1;1\nA2;2\n", "semicolon"),
        (b'"Number","Amount"\n"A1","1"\n" A2 ","2"\n', "comma"),
    ],
)
def test_a_delimited_file_is_read_whatever_its_delimiter(data: bytes, delimiter: str) -> None:
    table = read_table(data, name="f.txt")
    assert table.cells.to_dict(as_series=False) == SIMPLE
    assert table.detected["delimiter"] == delimiter


def test_a_header_that_looks_like_a_pattern_is_a_name() -> None:
    found = cells(b"*,^a$,Number\nx,y,A1\n ,z, A2\n")
    assert found == {"*": ["x", None], "^a$": ["y", "z"], "Number": ["A1", "A2"]}


def test_semicolons_win_over_decimal_commas() -> None:
    data = b"Number;Amount;Open\nA1;1,50;0,50\nA2;2,25;2,25\n"
    assert cells(data)["Amount"] == ["1,50", "2,25"]


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
        ("cp850", "cp850"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_the_encoding_is_found_by_content(encoding: str, detected: str) -> None:
    text = "Kunde;Name;Betrag\n1;Müller & Söhne;5\n2;Große Bäckerei;6\n3;Señor Niño;7\n4;Éclair à la crème;8\n"
    table = read_table(text.encode(encoding), name="f.csv")
    assert table.cells["Name"].to_list() == [
        "Müller & Söhne",
        "Große Bäckerei",
        "Señor Niño",
        "Éclair à la crème",
    ]
    assert table.detected["encoding"] == detected


def test_lines_in_another_encoding_are_kept_and_named() -> None:
    data = "Name,Amount\nMüller,1\n".encode() + "Söhne,2\n".encode("cp1252") + b"Plain,3\n"
    table = read_table(data, name="f.csv")
    assert table.cells["Name"].to_list() == ["Müller", "Söhne", "Plain"]
    assert table.findings.select("row", "code", "action", "value").rows() == [
        (3, "mixed_encoding", "kept", "Söhne,2")
    ]
    assert "from byte 23" in table.findings.item(0, "reason")


def test_bytes_a_code_page_leaves_undefined_are_not_lost() -> None:
    table = read_table(b"Name,Amount\nM\xfcller \x81,1\nS\xf6hne,2\n", name="f", encoding="")
    assert table.cells["Name"].to_list() == ["Müller \x81", "Söhne"]


def test_a_told_encoding_is_used_and_checked() -> None:
    data = "Name,Amount\nMüller,1\n".encode("latin-1")
    assert cells(data, encoding="latin-1")["Name"] == ["Müller"]
    with pytest.raises(TableError, match="byte 14 cannot be read as utf-8"):
        read_table(data, name="f", encoding="utf-8")
    with pytest.raises(TableError, match="not known"):
        read_table(data, name="f", encoding="klingon")


def test_title_rows_above_the_header_are_skipped_and_rows_keep_their_numbers() -> None:
    data = (
        b"Open items\nPrinted 2026-01-31,,\n,,\nInvoice No,Customer,Amount\nA1,C1,5\n\nA2,C2,6\n"
    )
    table = read_table(data, name="f")
    assert table.detected["header_row"] == 4
    assert table.cells.columns == ["Invoice No", "Customer", "Amount"]
    assert list(zip(table.rows, table.cells["Invoice No"], strict=True)) == [
        (5, "A1"),
        (6, None),
        (7, "A2"),
    ]


def test_a_file_without_a_header_gets_numbered_columns() -> None:
    table = read_table(b"1,2026-01-01,5.00\n2,2026-01-02,6.00\n", name="f")
    assert table.detected["header_row"] == 0
    assert table.cells.columns == ["column 1", "column 2", "column 3"]
    assert table.cells.height == 2


def test_repeated_and_empty_column_names_become_unique() -> None:
    table = read_table(b"Amount,,Amount\n1,2,3\n", name="f")
    assert table.cells.columns == ["Amount", "column 2", "Amount (2)"]


def test_quoted_cells_keep_delimiters_quotes_and_line_breaks() -> None:
    data = b'Name,Amount\n"Smith, ""Joe"" & Co",1\n"two\nlines",2\n'
    assert cells(data)["Name"] == ['Smith, "Joe" & Co', "two\nlines"]


def test_short_rows_are_filled_and_shifted_rows_refused_each_by_name() -> None:
    data = b"Number,Name,Amount\nA1,Joe,1\nA2,Ann\nA3,Smith, Ltd,3\nA4,Eve,4,,\n"
    table = read_table(data, name="f")
    assert table.cells.rows() == [("A1", "Joe", "1"), ("A2", "Ann", None), ("A4", "Eve", "4")]
    assert list(table.rows) == [2, 3, 5]
    assert table.refused_rows == 1
    assert table.findings.select("row", "code", "action", "value").rows() == [
        (3, "short_row", "kept", "A2,Ann"),
        (4, "shifted_row", "refused", "A3,Smith, Ltd,3"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"   \n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"Number,Amount\nA1,\0\0\n", "is zero"),
        (bytes(range(256)) * 20, "is zero"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"%PDF-1.7", "a PDF"),
        (gzip.compress(b"Number,Amount\n", mtime=0), "gzip"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page or XML"),
        (b"<?xml version='1.0'?><x/>", "web page or XML"),
        (b'[{"a": 1}]', "JSON"),
        (b"SQLite format 3\0", "SQLite"),
        (b'Number,Name\nA1,"Joe\nA2,Ann\n', "never closed"),
        (b'Number,Name\nA1,Joe\nA2,"Ann', "quote opened in the last line"),
        (b"PAR1\x15\x04", "cut off or damaged"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "cannot be read|damaged"),
        ((",".join(f"c{n}" for n in range(1001)) + "\n").encode(), "1001 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(data: bytes, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_table(data, name="f.csv")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)
    with pytest.raises(TableError, match=r"huge.csv: has 2,147,483,648 bytes"):
        read_table(path)


def test_a_missing_file_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be opened"):
        read_table(tmp_path / "absent.csv")


def workbook(sheets: dict[str, list[list[object]]], *, at: int = 0) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        page.write(line + at, column, value)
    return target.getvalue()


def test_a_sheet_keeps_numbers_and_dates_typed_beside_their_text() -> None:
    import datetime

    rows: list[list[object]] = [
        ["Invoice No", "Date", "Amount", "Mixed"],
        [1001, datetime.date(2026, 1, 31), 12.5, "x"],
        ["A2", "2026-02-01", "7,50", 3],
    ]
    table = read_table(workbook({"Items": rows}, at=3), name="f.xlsx")
    assert table.part == "Items"
    assert table.cells.rows() == [
        ("1001", "2026-01-31", "12.5", "x"),
        ("A2", "2026-02-01", "7,50", "3"),
    ]
    assert list(table.rows) == [5, 6]
    assert table.numbers["Amount"].to_list() == [12.5, None]
    assert table.days["Date"].to_list() == [20484, None]


def test_every_sheet_with_a_table_is_read_and_one_can_be_chosen() -> None:
    data = workbook(
        {
            "Customers": [["Customer", "Name"], ["C1", "Joe"]],
            "Empty": [],
            "Items": [["Number", "Amount"], ["A1", 5]],
        }
    )
    assert [table.part for table in read_tables(data, name="f")] == ["Customers", "Items"]
    assert [table.part for table in read_tables(data, name="f", sheet="Items")] == ["Items"]
    with pytest.raises(TableError, match="no sheet 'Nope'"):
        read_tables(data, name="f", sheet="Nope")


@pytest.mark.parametrize("keep", [30, 200, 1000, -30, -5])
def test_a_cut_off_workbook_is_refused(keep: int) -> None:
    data = workbook({"Items": [["Number", "Amount"], ["A1", 5]]})
    with pytest.raises(TableError, match="damaged"):
        read_table(data[:keep], name="f.xlsx")


@pytest.mark.parametrize("parts", [1, 10])
def test_a_zip_bomb_is_refused_without_opening_it(parts: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(parts):
            part = f"xl/worksheets/sheet{number}.xml"
            archive.writestr(part, bytes(80 * 1024**2 // parts))
    with pytest.raises(TableError, match="unpacks to far more"):
        read_table(target.getvalue(), name="bomb.xlsx")


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(workbook({"Items": [["Number", "Amount"], ["A1", 5]]}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1)
    with pytest.raises(TableError, match="damaged"):
        read_table(bytes(data), name="f.xlsx")


FAR = {
    "last": b'r="XFD1048576"',
    "single quotes": b"r='XFD1'",
    "spaces": b'r = "AAA5"',
    "small letters": b'r="zzz5"',
    "behind the last row": b'r="A2602306"',
    "wide and deep": b'r="F1000000"',
    "less wide and deep": b"s='0' r='AZ100000'",
    "deep and wide": b'r="ZZ3000"',
    "twice": b'r="A1"\tr="ZZ9000"',
}


@pytest.mark.parametrize("address", FAR.values(), ids=FAR)
def test_a_sheet_with_absurdly_far_cells_is_refused(address: bytes) -> None:
    with pytest.raises(TableError, match="beyond column"):
        read_table(changed_sheet(b'r="B2"', address), name="f.xlsx")


def changed_sheet(old: bytes, new: bytes) -> bytes:
    """A workbook of two cells by two whose sheet's XML has one text in place of another."""
    source = zipfile.ZipFile(io.BytesIO(workbook({"Items": [["Number", "Amount"], ["A1", 5]]})))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            text = source.read(entry)
            archive.writestr(entry, text.replace(old, new) if "sheet1" in entry.filename else text)
    return target.getvalue()


def test_cells_and_rows_without_an_address_are_counted() -> None:
    far = b'<row><c r="A3"/>' + b"<c/>" * 2_000 + b"</row>" + b"<row/>" * 2_000
    with pytest.raises(TableError, match="beyond column"):
        read_table(changed_sheet(b"</sheetData>", far + b"</sheetData>"), name="f.xlsx")
    near = b"<row>" + b"<c><v>7</v></c>" * 2 + b"</row>"
    data = changed_sheet(b"</sheetData>", near * 2_000 + b"</sheetData>")
    assert read_table(data, name="f.xlsx").cells.height == 2_001


def test_a_zip_without_a_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", "Number,Amount\n")
    with pytest.raises(TableError, match="no XLSX or ODS workbook"):
        read_table(target.getvalue(), name="f.zip")


def test_parquet_keeps_its_types() -> None:
    frame = pl.DataFrame(
        {
            "Number": [1, 2],
            "Date": pl.Series(["2026-01-31", None]).str.to_date(),
            "Amount": [79656.600000001, 5.0],
            "Open": pl.Series(["1.50", "2.25"]).cast(pl.Decimal(12, 2)),
            "Tags": [["x"], ["y"]],
        }
    )
    target = io.BytesIO()
    frame.write_parquet(target)
    table = read_table(target.getvalue(), name="f.parquet")
    assert table.cells.rows() == [
        ("1", "2026-01-31", "79656.600000001", "1.50"),
        ("2", None, "5", "2.25"),
    ]
    assert sorted(table.numbers) == ["Amount", "Number", "Open"]
    assert table.days["Date"].to_list() == [20484, None]
    assert table.detected["columns_left_out"] == "Tags"


DUMP = b"""-- dump
/*!40101 SET NAMES utf8 */;
CREATE TABLE `customers` (
  `customerNumber` int(11) NOT NULL,
  `customerName` varchar(50) NOT NULL,
  `phone` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`customerNumber`)
);
insert  into `customers`(`customerNumber`,`customerName`,`phone`) values
(103,'Atelier d\\'art, (Nantes)',NULL),
(112,'Sig''nal; insert into x values (1)','70"25');
INSERT INTO customers VALUES (119,'third',''), (1,'short');
COPY public.payments (id, amount) FROM stdin;
1\t5.00
2\t\\N
\\.
"""


def test_an_sql_dump_gives_a_table_per_database_table() -> None:
    customers, payments = read_tables(DUMP, name="dump.sql")
    assert (customers.part, payments.part) == ("customers", "payments")
    assert customers.cells.rows() == [
        ("103", "Atelier d'art, (Nantes)", None),
        ("112", "Sig'nal; insert into x values (1)", '70"25'),
        ("119", "third", None),
    ]
    assert customers.findings.select("row", "code", "action").rows() == [
        (4, "shifted_row", "refused")
    ]
    assert payments.cells.rows() == [("1", "5.00"), ("2", None)]


@pytest.mark.parametrize("keep", [DUMP.index(b"Atelier"), DUMP.index(b"2\t"), 60])
def test_a_cut_off_sql_dump_is_refused(keep: int) -> None:
    with pytest.raises(TableError):
        read_tables(DUMP[:keep], name="dump.sql")
