"""Numbers in the names of files, and archives that are not believed."""

import io
import zipfile

import pytest

from dunwell.formats import document_archive
from dunwell.formats.document_archive import ArchiveError, numbers_in, unpacked


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("INV-2026-001.pdf", "INV-2026-001"),
        ("INV_2026_001.pdf", "INV/2026/001"),
        ("folder\\Invoice 4711 (copy).pdf", "4711"),
        ("Rechnung_R1.pdf", "R1"),
        ("2026.03.05 INV 12.pdf", "INV12"),
        ("Lieferschein zu 900.123.pdf", "900.123"),
    ],
)
def test_a_number_is_found_whatever_signs_a_name_may_hold(name, number):
    assert number in numbers_in(name)


def test_longer_numbers_come_first_and_words_are_none():
    found = numbers_in("A1-B2.pdf")
    assert found.index("A1-B2") < found.index("A1") and numbers_in("letter.pdf") == ()
    assert len(numbers_in("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16.pdf")) < 1_000


def test_archives_come_file_by_file_and_others_as_they_are():
    archive = packed(**{"a/b.pdf": b"1", "__MACOSX/x": b"2", "c/": b""})
    found = list(unpacked([("x.zip", archive), ("y.pdf", b"3"), ("z.docx", archive)]))
    assert [(one.name, one.data) for one in found] == [
        ("b.pdf", b"1"), ("y.pdf", b"3"), ("z.docx", archive),
    ]  # fmt: skip


@pytest.mark.parametrize("cut", [None, -30], ids=["only the head", "no end"])
def test_a_damaged_archive_is_told(cut):
    data = packed(a=b"x")[:cut] if cut else b"PK\x03\x04"
    with pytest.raises(ArchiveError, match="damaged"):
        list(unpacked([("x.zip", data)]))


def test_a_bomb_stops_at_the_bound(monkeypatch):
    monkeypatch.setattr(document_archive, "MOST_UNPACKED", 1_000)
    with pytest.raises(ArchiveError, match="unpacks to more than"):
        list(unpacked([("x.zip", packed(a=b"0" * 600, b=b"0" * 600))]))
    monkeypatch.setattr(document_archive, "MOST_ENTRIES", 1)
    with pytest.raises(ArchiveError, match="holds 2 files"):
        list(unpacked([("x.zip", packed(a=b"1", b=b"2"))]))
