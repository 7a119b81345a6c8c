"""How far the cells of a sheet lie apart is told from its text, in blocks and however it is cut."""

import io
import zipfile
from contextlib import nullcontext

import pytest

from dunwell.formats.archive import check_archive
from dunwell.formats.findings import TableError
from dunwell.formats.sheet_area import SheetArea


@pytest.mark.parametrize("tag", [b"", b" s='0'"], ids=["plain", "with another attribute before"])
def test_a_large_sheet_is_read_where_its_cells_are_filled(tag: bytes) -> None:
    rows = b"".join(
        b'<row r="%d"><c%s r="A%d"><v>7</v></c><c r="AD%d"><v>8</v></c></row>' % (at, tag, at, at)
        for at in range(1, 100_001)
    )
    looks = [SheetArea(), SheetArea(is_exact=True, counts=bool(tag))]
    for area in looks:
        area.add(b"<sheetData>")
        for at in range(0, len(rows), 1_000_003):
            area.add(rows[at : at + 1_000_003])
        area.add(b"</sheetData>")
        area.add(b"")
    first, closer = looks
    assert (first.columns, first.rows, first.is_odd) == (30, 999_999, bool(tag))
    assert (closer.columns, closer.rows, closer.is_sheet) == (30, 100_000, True)
    # so many rows are too many for the bytes, so that the first look is followed by a closer one
    assert (first.is_absurd, closer.is_absurd) == (True, False)


def test_a_sheet_anywhere_in_the_workbook_is_judged() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/other.xml", '<sheetData><row><c r="ZZ9999"/></row></sheetData>')
    with pytest.raises(TableError, match="nearly all empty"):
        check_archive(target.getvalue(), name="f.xlsx")


@pytest.mark.parametrize(("row", "is_refused"), [(1_048_576, False), (1_048_577, True)])
def test_no_row_of_a_large_sheet_may_be_behind_the_last_of_a_workbook(row, is_refused) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        last = f'<sheetData><row r="{row}"><c r="A{row}"/></row></sheetData>'.encode()
        archive.writestr("xl/worksheets/sheet1.xml", last.rjust(5 * 1024**2))
    refused = pytest.raises(TableError, match="beyond column") if is_refused else nullcontext()
    with refused:
        check_archive(target.getvalue(), name="f.xlsx")


@pytest.mark.parametrize("at", [1_000_000, 4_194_304 - 12, 262_144 - 3, 100_003 - 12 - 1_024])
def test_a_far_cell_is_found_wherever_its_tag_is_cut(at: int) -> None:
    area = SheetArea()
    begun = b" " * (at - 11) + b"<sheetData>"
    text = begun + b'<c  r = "AAB7" ' + b" " * 3_000 + b"/></sheetData>"
    for start in range(0, len(text), 262_144):
        area.add(text[start : start + 262_144])
    area.add(b"")
    assert (area.is_odd, area.is_sheet) == (True, True)
    closer = SheetArea(is_exact=True, counts=True)
    for start in range(0, len(text), 100_003):
        closer.add(text[start : start + 100_003])
    closer.add(b"")
    assert (closer.columns, closer.rows, closer.is_absurd) == (704, 7, True)


def test_a_sheet_without_a_tag_for_very_long_is_refused() -> None:
    area = SheetArea()
    area.add(b"<sheetData><c>")
    for _ in range(5):
        area.add(b"x" * 4 * 1024**2)
    assert area.is_absurd
