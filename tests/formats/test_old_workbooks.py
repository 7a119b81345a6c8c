"""XLS: read as written, and safe against files that would take memory, time or the process."""

import struct
from datetime import date
from random import Random

import pytest

from dunwell.formats.compound_file import read_compound_file, write_compound_file
from dunwell.formats.findings import TableError
from dunwell.formats.old_workbook import safe_workbook
from dunwell.formats.sheet_rows import read_sheet_rows
from dunwell.formats.table import read_table, read_tables
from tests.formats.outlook_builders import compound
from tests.formats.workbook_builders import (
    begun,
    dimensions,
    old_cell,
    old_sheet,
    old_stream,
    old_workbook,
    record,
)

ROWS = [
    ["Number", "Day", "Amount", "Paid", "Text"],
    ["A1", date(2026, 1, 31), 12.5, True, "Müller & Söhne"],
    ["A2", date(2026, 2, 28), -3, False, "\u4e2d\u6587"],
]
CELLS = {
    "Number": ["A1", "A2"],
    "Day": ["2026-01-31", "2026-02-28"],
    "Amount": ["12.5", "-3"],
    "Paid": ["true", "false"],
    "Text": ["Müller & Söhne", "\u4e2d\u6587"],
}
END = record(0x0A)


def stream_of(body, texts=(), **more):
    return compound({"Workbook": old_stream({"Items": body}, texts, **more)})


def formula(row, column, value, tokens=b""):
    """A formula with its value; b"\\0" for a text, which the next record holds."""
    told = struct.pack("<d", value) if isinstance(value, float) else b"\0" * 6 + b"\xff\xff"
    place = struct.pack("<HHH", row, column, 0)
    return record(6, place + told + bytes(6) + struct.pack("<H", len(tokens)) + tokens)


def test_an_old_workbook_gives_its_texts_numbers_and_days() -> None:
    table = read_table(old_workbook({"Items": ROWS}), name="f.xls")
    assert table.part == "Items"
    assert table.cells.to_dict(as_series=False) == CELLS
    assert table.numbers["Amount"].to_list() == [12.5, -3.0]
    assert table.days["Day"].to_list() == [(row[1] - date(1970, 1, 1)).days for row in ROWS[1:]]
    assert table.rows.to_list() == [2, 3]


def test_every_sheet_of_an_old_workbook_is_a_table() -> None:
    data = old_workbook({"Items": ROWS, "Notes": [["Text"], ["one"]], "Empty": [[""]]})
    found = {table.part: table.cells.height for table in read_tables(data, name="f.xls")}
    assert found == {"Items": 2, "Notes": 1}
    assert read_table(data, name="f.xls", sheet="Notes").cells.to_dict(as_series=False) == {
        "Text": ["one"]
    }
    with pytest.raises(TableError, match="no sheet 'Other'; it has Items, Notes, Empty"):
        read_table(data, name="f.xls", sheet="Other")


def test_a_sheet_without_a_name_is_called_by_its_number() -> None:
    found = read_tables(old_workbook({"": ROWS, "\6 ": ROWS, " A": ROWS}), name="f.xls")
    assert [table.part for table in found] == ["sheet 1", "sheet 2", " A"]


def test_a_statement_in_an_old_workbook_keeps_every_row() -> None:
    rows = read_sheet_rows(old_workbook({"P & L": [["", "2025"], ["Sales", 7]]}), name="f.xls")
    assert [sheet.label for sheet in rows] == ["f.xls (P & L)"]
    assert [[cell.text for cell in row] for row in rows[0].rows] == [["", "2025"], ["Sales", "7"]]


def test_texts_that_go_on_in_further_records_are_read_whole() -> None:
    chance = Random(7)
    texts = ["".join(chance.choices("aä中😀", k=chance.randrange(1, 6_000))) for _ in range(40)]
    data = old_workbook({"Items": [["Text"], *[[text] for text in texts]]})
    assert read_table(data, name="f.xls").cells["Text"].to_list() == texts


def test_values_of_formulas_are_read_and_formulas_are_not() -> None:
    # a reader that looks at this formula puts spaces in front of a text half a million times
    slow = b"\x1e\1\0" + b"\x19\x40\0\xff" * 2_000
    body = old_sheet([["Amount", "Text"]], texts := [])
    body += formula(1, 0, 4.5, slow) + formula(1, 1, b"\0", slow)
    body += record(0x0207, struct.pack("<HB", 3, 0) + b"yes")
    table = read_table(stream_of(body, texts), name="f.xls")
    assert table.cells.to_dict(as_series=False) == {"Amount": ["4.5"], "Text": ["yes"]}


def test_charts_within_a_sheet_are_no_cells() -> None:
    chart = begun(32) + old_cell(60_000, 200, 7, []) + begun(32) + END + END
    body = old_sheet(ROWS[:2], texts := []) + chart + old_cell(2, 2, 9, texts)
    table = read_table(stream_of(body, texts), name="f.xls")
    assert table.cells["Amount"].to_list() == ["12.5", "9"]


@pytest.mark.parametrize("stated", [(0xFFFFFFFF, 0xFFFF), (65_536, 256)])
def test_stated_dimensions_are_not_believed(stated) -> None:
    body = dimensions(*stated) + old_sheet(ROWS, texts := [])
    table = read_table(stream_of(body, texts), name="f.xls")
    assert table.cells.to_dict(as_series=False) == CELLS


def test_two_far_cells_are_refused_and_near_ones_are_not() -> None:
    body = old_sheet(ROWS, texts := [])
    for far in ((65_535, 65_535), (40_000, 80), (3, 702)):
        with pytest.raises(TableError, match="nearly all empty"):
            read_table(stream_of(body + old_cell(*far, 1, texts), texts), name="f.xls")
    table = read_table(stream_of(body + old_cell(20_000, 60, 1, texts), texts), name="f.xls")
    assert table.cells.shape == (20_000, 61)


def test_rows_of_numbers_are_counted_to_their_last_column() -> None:
    numbers = struct.pack("<HH", 1, 0) + struct.pack("<HI", 0, 7 << 2 | 2) * 3
    body = old_sheet([["A", "B", "C"]], texts := []) + record(0xBD, numbers + b"\2\0")
    found = read_table(stream_of(body, texts), name="f.xls").cells.row(0)
    assert found == ("7", "7", "7")
    far = struct.pack("<HH", 65_000, 0) + struct.pack("<HI", 0, 7 << 2 | 2) * 250
    with pytest.raises(TableError, match="nearly all empty"):
        read_table(stream_of(body + record(0xBD, far + b"\xf9\0"), texts), name="f.xls")


def test_many_sheets_in_one_place_are_refused() -> None:
    body = old_sheet(ROWS, texts := [])
    sheets = {f"S{number}": body if number == 0 else b"" for number in range(50)}
    start = old_stream(sheets, texts).index(begun(16))
    same = old_stream(sheets, texts, places=[start] * 50)
    with pytest.raises(TableError, match="its sheets overlap"):
        read_table(compound({"Workbook": same}), name="f.xls")
    two = {"A": body, "B": body}
    start = old_stream(two, texts).index(begun(16))
    within = old_stream(two, texts, places=[start, start + 20])
    with pytest.raises(TableError, match="its sheets overlap"):
        read_table(compound({"Workbook": within}), name="f.xls")


def test_one_long_text_in_very_many_cells_is_refused_and_short_ones_are_not() -> None:
    long = "x" * 32_767
    texts = [long, "Text"]
    cells = [old_cell(row, 0, "Text" if row == 0 else long, texts) for row in range(4_400)]
    with pytest.raises(TableError, match="long texts in so many cells that they take over 256 MB"):
        read_table(stream_of(b"".join(cells), texts), name="f.xls")
    rows = [["Text"], [long], *[[f"t{row % 100}"] for row in range(50_000)]]
    table = read_table(old_workbook({"Items": rows}), name="f.xls")
    assert table.cells.height == 50_001


DAMAGED = {
    "its own text longer than its record": record(0x0204, struct.pack("<HHHHB", 0, 0, 0, 60_000, 0)),
    "a formula's text longer than its record": record(0x0207, struct.pack("<HB", 60_000, 0)),
    "a short formula": record(6, bytes(21)),
    "a short cell": record(0xFD, bytes(9)),
    "a record beyond the end": struct.pack("<HH", 0x0203, 60_000),
}  # fmt: skip


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED)
def test_records_that_are_not_whole_are_refused(body) -> None:
    with pytest.raises(TableError, match=r"the workbook is damaged \((it|a \w+) is cut off\)"):
        read_table(stream_of(body), name="f.xls")


def test_a_sheet_that_is_missing_is_refused() -> None:
    with pytest.raises(TableError, match="a sheet is missing"):
        read_table(stream_of(b"", places=[99_999]), name="f.xls")


def test_a_text_table_in_very_many_pieces_is_refused() -> None:
    # a reader that takes the first of so many pieces away again and again needs hours
    pieces = record(0xFC, bytes(8)) + record(0x3C) * 200_000
    with pytest.raises(TableError, match="too many pieces"):
        read_table(stream_of(b"", more=pieces), name="f.xls")


def test_texts_that_are_cut_off_are_refused() -> None:
    for more in (b"\x05\0\1a", b"\x05\0\x08", b"\1\0\4\xff\xff\xff\xffa"):
        table = record(0xFC, bytes(8) + more)
        with pytest.raises(TableError, match="a text is cut off"):
            read_table(stream_of(b"", more=table), name="f.xls")


def test_an_archive_within_the_cells_is_never_opened() -> None:
    body = record(0x0204, struct.pack("<HHHHB", 0, 0, 0, 4, 0) + b"PK\5\6")
    with pytest.raises(TableError, match="its cells hold an archive"):
        read_table(stream_of(body), name="f.xls")


def test_locked_workbooks_and_other_office_files_are_told_apart() -> None:
    with pytest.raises(TableError, match="locked by a password"):
        read_table(stream_of(b"", more=record(0x2F, b"\1\0" + bytes(50))), name="f.xls")
    with pytest.raises(TableError, match="locked by a password"):
        read_table(compound({"EncryptedPackage": b"x" * 5_000}), name="f.xlsx")
    with pytest.raises(TableError, match="an office file but no workbook"):
        read_table(compound({"WordDocument": b"x" * 5_000}), name="f.doc")
    data = bytearray(old_workbook({"Items": ROWS}))
    directory = int.from_bytes(data[48:52], "little")
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    # the directory's sector follows itself
    data[table + 4 * directory : table + 4 * directory + 4] = data[48:52]
    with pytest.raises(TableError, match="it runs in a circle"):
        read_table(bytes(data), name="f.xls")


def test_what_is_opened_holds_nothing_but_the_cells() -> None:
    names = record(0x18, bytes(40))
    picture = record(0xEB, b"picture" * 1_000)
    data = stream_of(old_sheet(ROWS, texts := []), texts, more=names + picture)
    safe = safe_workbook(data, name="f.xls")
    assert b"picture" in data and b"picture" not in safe
    assert list(read_compound_file(safe).streams) == ["Workbook"]
    # what is safe stays as it is
    assert safe_workbook(safe, name="f.xls") == safe


def test_a_compound_file_is_read_as_it_was_written() -> None:
    for size in (0, 1, 4_096, 4_097, 5_000_000):
        content = Random(size).randbytes(size)
        read = read_compound_file(write_compound_file("Book", content)).streams["Book"]
        assert read == content.ljust(4_096, b"\0")
