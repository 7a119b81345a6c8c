"""ODS: read as written wherever workbooks are, and bounded where a few bytes say many cells."""

import zipfile
from datetime import date

import pytest

from dunwell.formats.archive import check_archive
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.findings import TableError
from dunwell.formats.remittance.reader import read_remittance
from dunwell.formats.sheet_rows import read_sheet_rows
from dunwell.formats.table import read_table, read_tables
from dunwell.formats.workbooks import is_workbook
from tests.formats.workbook_builders import (
    HEAD,
    SPREADSHEET,
    TAIL,
    document,
    document_cell,
    document_rows,
    packed_document,
)

ROWS = [
    ["Number", "Day", "Amount", "Paid", "Text"],
    ["A1", date(2026, 1, 31), 12.5, True, "Müller & Söhne"],
    ["A2", date(2026, 2, 28), -3, False, "<b>"],
]
CELLS = {
    "Number": ["A1", "A2"],
    "Day": ["2026-01-31", "2026-02-28"],
    "Amount": ["12.5", "-3"],
    "Paid": ["true", "false"],
    "Text": ["Müller & Söhne", "<b>"],
}
TIMES, ROW_TIMES = 'table:number-columns-repeated="{}"', 'table:number-rows-repeated="{}"'


def cells_of(content):
    return read_table(packed_document(content), name="f.ods").cells.to_dict(as_series=False)


def row(*cells, times=1):
    return f"<table:table-row {ROW_TIMES.format(times)}>{''.join(cells)}</table:table-row>"


def text_cell(inner, times=1):
    told = f'office:value-type="string" {TIMES.format(times)}'
    return f"<table:table-cell {told}>{inner}</table:table-cell>"


HEADER = row(text_cell("<text:p>Text</text:p>"), text_cell("<text:p>More</text:p>"))


def test_an_open_document_gives_its_texts_numbers_and_days() -> None:
    table = read_table(document({"Items": ROWS}), name="f.ods")
    assert (table.part, table.cells.to_dict(as_series=False)) == ("Items", CELLS)
    assert table.numbers["Amount"].to_list() == [12.5, -3.0]
    assert table.days["Day"].to_list() == [(one[1] - date(1970, 1, 1)).days for one in ROWS[1:]]
    assert table.rows.to_list() == [2, 3]


def test_every_sheet_of_an_open_document_is_a_table() -> None:
    data = document({"Items": ROWS, "Empty": [], "Notes": [["Text"], ["one"]]})
    found = {table.part: table.cells.height for table in read_tables(data, name="f.ods")}
    assert found == {"Items": 2, "Notes": 1}
    assert read_table(data, name="f.ods", sheet="Notes").cells.item() == "one"
    with pytest.raises(TableError, match="no sheet 'Other'; it has Items, Notes"):
        read_table(data, name="f.ods", sheet="Other")


def test_a_sheet_without_a_name_is_called_by_its_number() -> None:
    assert read_table(document({"A": [], "": ROWS}), name="f.ods").part == "sheet 2"


def test_a_table_may_stand_anywhere_and_its_rows_may_grow_longer() -> None:
    rows = [[], ["", "Title"], [], ["", "Number", "Amount"], ["", "A1", 1], ["", "A2", 2, "", "x"]]
    table = read_table(document({"Items": rows}), name="f.ods")
    assert table.cells.to_dict(as_series=False) == {
        "Number": ["A1", "A2"],
        "Amount": ["1", "2"],
        "column 3": [None, None],
        "column 4": [None, "x"],
    }
    assert table.rows.to_list() == [5, 6]
    assert table.above == (("", "Title"), ())


def test_repeated_rows_and_cells_are_laid_out() -> None:
    empty = f"<table:table-cell {TIMES.format(2)}/>"
    body = row(text_cell("<text:p>a</text:p>", 2), times=2) + row(empty, times=3)
    body += row(f"<table:covered-table-cell {TIMES.format(1)}/>", document_cell(7))
    body += row(f"<table:table-cell {TIMES.format(16_384)}/>", times=1_048_570)
    assert cells_of(HEADER + body) == {
        "Text": ["a", "a", None, None, None, None],
        "More": ["a", "a", None, None, None, "7"],
    }


def test_texts_are_read_with_their_marks_and_without_notes_and_shapes() -> None:
    note = "<office:annotation><text:p>note</text:p></office:annotation>"
    shape = "<draw><text:p>shape</text:p></draw>"
    inner = (
        f"{note}{shape}<text:p>a<text:s text:c='3'/>b<text:span>c<text:tab/></text:span>d</text:p>"
        "<text:p>e<text:line-break/>f&amp;</text:p>"
    )
    assert cells_of(HEADER + row(text_cell(inner), text_cell("<text:p>x</text:p>"))) == {
        "Text": ["a   bc\td\ne\nf&"],
        "More": ["x"],
    }


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ('"float" office:value="1e3"', "1000"),
        ('"percentage" office:value="0.19"', "0.19"),
        ('"currency" office:currency="EUR" office:value="-1234.56"', "-1234.56"),
        ('"float" office:value="nan"', "shown"),
        ('"float" office:value="1_0"', "shown"),
        ('"float"', "shown"),
        ('"date" office:date-value="2026-01-31T00:00:00"', "2026-01-31"),
        ('"date" office:date-value="2026-01-31T10:20:30.5"', "2026-01-31 10:20:30"),
        ('"date" office:date-value="2026-02-30"', "2026-02-30"),
        ('"time" office:time-value="PT10H05M30S"', "10:05:30"),
        ('"time" office:time-value="soon"', "soon"),
        ('"string" office:string-value="held"', "held"),
        ('"unknown"', "shown"),
    ],
)
def test_typed_values_are_read_and_odd_ones_stay_as_shown(told: str, text: str) -> None:
    cell = f"<table:table-cell office:value-type={told}><text:p>shown</text:p></table:table-cell>"
    found = cells_of(HEADER + row(cell, text_cell("<text:p>x</text:p>")))
    assert found["Text"] == [text]


def test_tables_within_cells_and_changed_cells_are_no_rows() -> None:
    inner = f'<table:table table:name="x">{row(text_cell("<text:p>no</text:p>"))}</table:table>'
    body = HEADER + row(text_cell(inner + "<text:p>a</text:p>"), text_cell("<text:p>b</text:p>"))
    changed = f"<table:tracked-changes>{row(document_cell(1))}</table:tracked-changes>"
    shapes = f"<table:shapes>{inner}</table:shapes>"
    sheet = f'<table:table table:name="Items">{shapes}{body}</table:table>'
    assert cells_of(HEAD + changed + sheet + TAIL) == {"Text": ["a"], "More": ["b"]}


BOMBS = {
    "far rows": row(document_cell(1) * 3, times=1_048_570),
    "more rows than a sheet has": row(times=9_999_999) + row(document_cell(1)),
    "many times a wide row": row(text_cell("<text:p>a</text:p>", 700), times=4_000),
    "a far cell": row(f"<table:table-cell {TIMES.format(900)}/>", document_cell(1)),
    "very many cells": row(text_cell("<text:p>a</text:p>", 10**9)),
    "rows far below": row(text_cell("<text:p>a</text:p>", 700))
    + row(times=900_000)
    + row(document_cell(1)),
    "many wide rows": row(text_cell("<text:p>a</text:p>", 702)) * 3_000,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_more_cells_than_the_file_may_stand_for_are_refused(body: str) -> None:
    with pytest.raises(TableError, match="cells beyond column ZZ or row 1,048,576, or cells so"):
        read_table(packed_document(HEADER + body), name="f.ods")


def test_many_sheets_together_are_held_against_the_file() -> None:
    sheets = f'<table:table table:name="S">{row(document_cell(1), times=900_000)}</table:table>'
    with pytest.raises(TableError, match="nearly all empty"):
        read_tables(packed_document(HEAD + sheets * 4 + TAIL), name="f.ods")


def test_texts_that_are_repeated_too_often_or_made_of_spaces_are_refused() -> None:
    long = f"<text:p>{'x' * 30_000}</text:p>"
    spaces = "<text:p><text:s text:c='900000'/></text:p>"
    for body in (row(text_cell(long), times=9_000), row(text_cell(spaces) * 300)):
        with pytest.raises(TableError, match="take over 256 MB"):
            read_table(packed_document(HEADER + body), name="f.ods")
    endless = "<text:p><text:s text:c='9999999999'/></text:p>"
    with pytest.raises(TableError, match="a cell has more than 1,000,000 characters"):
        read_table(packed_document(HEADER + row(text_cell(endless))), name="f.ods")


def test_entities_and_document_types_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    content = HEAD.replace("\n", f"\n{bomb}") + TAIL
    with pytest.raises(TableError, match="it declares a document type"):
        read_table(packed_document(content), name="f.ods")


@pytest.mark.parametrize("at", [300, -1, -60, -200])
def test_content_that_is_cut_off_is_refused(at: int) -> None:
    content = f'{HEAD}<table:table table:name="A">{document_rows(ROWS)}</table:table>{TAIL}'
    with pytest.raises(TableError, match="the workbook is damaged"):
        read_table(packed_document(content[:at]), name="f.ods")


def test_locked_and_other_open_documents_are_refused() -> None:
    locked = (
        '<manifest:manifest xmlns:manifest="urn:x"><manifest:encryption-data/></manifest:manifest>'
    )
    with pytest.raises(TableError, match="locked by a password"):
        read_table(packed_document(HEADER, manifest=locked), name="f.ods")
    text = packed_document(HEADER, kind="application/vnd.oasis.opendocument.text")
    with pytest.raises(TableError, match="no XLSX or ODS workbook"):
        read_table(text, name="f.odt")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/workbook.bin"])
def test_a_file_that_is_two_kinds_at_once_is_refused(part: str, tmp_path) -> None:
    path = tmp_path / "f.ods"
    path.write_bytes(document({"Items": ROWS}))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, "x")
    assert check_archive(path.read_bytes(), name="f.ods") > 0
    with pytest.raises(TableError, match="no XLSX or ODS workbook"):
        read_table(path, name="f.ods")


def test_an_open_document_is_told_by_its_first_part() -> None:
    assert is_workbook(document({"Items": ROWS}))
    assert not is_workbook(packed_document(HEADER, kind="text/plain"))
    assert not is_workbook(SPREADSHEET.encode())


def test_a_bank_sheet_may_be_an_open_document() -> None:
    rows = [
        ["Account: DE89370400440532013000"],
        ["Date", "Amount", "Currency", "Text"],
        [date(2026, 1, 5), 5.5, "EUR", "INV-1"],
        [date(2026, 1, 6), -2, "EUR", "fee"],
    ]
    (statement,) = read_bank_file(document({"Sheet1": rows}), "f.ods").statements
    assert statement.account == "DE89370400440532013000"
    assert [(one.amount_minor, one.booked_on) for one in statement.entries] == [
        (550, date(2026, 1, 5)),
        (-200, date(2026, 1, 6)),
    ]


def test_a_remittance_advice_may_be_an_open_document() -> None:
    rows = [["Invoice", "Net", "Currency"], ["INV-1", 98, "EUR"], ["CN-7", -50, "EUR"]]
    (advice,) = read_remittance(document({"Sheet1": rows}), "f.ods").advices
    assert [(line.item_ref, line.amount_minor) for line in advice.lines] == [
        ("INV-1", 9800),
        ("CN-7", -5000),
    ]


def test_a_statement_in_an_open_document_keeps_every_row() -> None:
    data = document({"P & L": [[], ["", "2025"], ["Sales", 7, "x"]]})
    (sheet,) = read_sheet_rows(data, name="f.ods")
    assert sheet.label == "f.ods (P & L)"
    assert [[cell.text for cell in cells] for cells in sheet.rows] == [
        [],
        ["", "2025"],
        ["Sales", "7", "x"],
    ]
    with pytest.raises(TableError, match="5,001 rows"):
        read_sheet_rows(packed_document(row(document_cell(1), times=5_001)), name="f.ods")
