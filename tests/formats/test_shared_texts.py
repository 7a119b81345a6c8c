"""Texts that a workbook keeps once and shows in many cells: bounded before a reader copies them."""

import io
import zipfile

import pytest
import xlsxwriter

from dunwell.formats.archive import check_archive
from dunwell.formats.findings import TableError
from dunwell.formats.shared_texts import LEAST_TEXT
from dunwell.formats.table import read_table

LONG = "x" * 32_767
ENOUGH = LEAST_TEXT // len(LONG) + 1


def workbook(texts):
    """An XLSX of one column of texts below a header."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("Items").write_column(0, 0, ["Text", *texts])
    return target.getvalue()


def changed(data, part, old, new):
    """The workbook with one text of one part in place of another."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as given,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in given.infolist():
            text = given.read(entry)
            if entry.filename.endswith(part):
                assert old in text
                text = text.replace(old, new)
            made.writestr(entry, text)
    return target.getvalue()


def test_one_long_text_in_very_many_cells_is_refused_before_it_is_copied() -> None:
    data = workbook([LONG] * ENOUGH)
    assert len(data) < 100_000
    with pytest.raises(TableError, match="long texts in so many cells that they take over 256 MB"):
        read_table(data, name="f.xlsx")
    assert check_archive(workbook([LONG] * (ENOUGH - 2)), name="f.xlsx") > 0


def test_one_long_text_among_very_many_short_ones_is_read() -> None:
    texts = [LONG, *[f"t{number}" for number in range(100_000)]]
    assert read_table(workbook(texts), name="f.xlsx").cells["Text"].to_list() == texts


STRINGS, SHEET = "sharedStrings.xml", "sheet1.xml"
LONGER = {
    "with a comment": (STRINGS, b"<t>xx", b"<t>x<!-- <si><t>y</t></si> -->x"),
    "in runs": (STRINGS, b"</t></si>", b"</t><r><t>x</t></r></si>"),
    "with another tag": (STRINGS, b"<si><t>xxx", b'<si><x y="&lt;si>"/><t>xxx'),
    "with a prefix": (STRINGS, b"si>", b"x:si>"),
    "with other quotes": (SHEET, b' t="s"', b" t='s'"),
    "with spaces": (SHEET, b' t="s"', b' t = "s"'),
    "without addresses": (SHEET, b'<c r="A3"', b"<c"),
}


@pytest.mark.parametrize("change", LONGER.values(), ids=LONGER)
def test_however_they_are_written_long_texts_are_counted(change) -> None:
    part, old, new = change
    data = workbook([LONG] * ENOUGH)
    if b"x:si" in new:
        data = changed(data, part, b"<sst ", b'<sst xmlns:x="urn:x" ')
    with pytest.raises(TableError, match="take over 256 MB"):
        read_table(changed(data, part, old, new), name="f.xlsx")


@pytest.mark.parametrize(
    "new",
    [
        b"<r><t>zero</t></r><r><t>!</t></r>",
        b"<t><![CDATA[zero!]]></t>",
        b"<t>zero&#33;</t><!-- -->",
    ],
)
def test_texts_that_are_written_oddly_are_read_where_they_are_short(new: bytes) -> None:
    texts = [LONG, *[f"t{number}" for number in range(10_000)]]
    data = changed(workbook(texts), STRINGS, b"<t>t0</t>", new)
    assert read_table(data, name="f.xlsx").cells["Text"].to_list() == [
        LONG,
        "zero!",
        *texts[2:],
    ]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (STRINGS, b"</sst>", b"<!-- -->"),
        (STRINGS, b"<sst ", b"<!DOCTYPE sst><sst "),
        (SHEET, b"</worksheet>", b""),
    ],
)
def test_texts_that_cannot_be_counted_are_refused(part: str, old: bytes, new: bytes) -> None:
    data = changed(workbook([LONG] * ENOUGH), part, old, new)
    with pytest.raises(TableError, match="the workbook is damaged"):
        read_table(data, name="f.xlsx")


def test_a_table_that_states_more_texts_than_it_holds_is_refused() -> None:
    # the reader keeps room for as many, and ends the process where there is none
    data = changed(workbook(["a"]), STRINGS, b'uniqueCount="2"', b'uniqueCount = "4000000000"')
    with pytest.raises(TableError, match="it states more texts than it holds"):
        read_table(data, name="f.xlsx")


def test_one_sheet_under_very_many_names_is_refused() -> None:
    data = workbook([f"t{number}" for number in range(30_000)])
    data = changed(data, SHEET, b'<c r="A30001"', b'<c r="AZ30001"')
    again = b"".join(
        b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>' % (at, at) for at in range(2, 9)
    )
    data = changed(data, "workbook.xml", b"</sheets>", again + b"</sheets>")
    with pytest.raises(TableError, match="its sheets hold far more cells than the file"):
        read_table(data, name="f.xlsx")
