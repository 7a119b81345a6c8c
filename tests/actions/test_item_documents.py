"""Papers of items: kept by what is in them, many at once by the numbers in their names."""

import io
import zipfile

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.item_documents import (
    MOST_DOCUMENTS,
    add_item_document,
    file_documents,
    remove_item_document,
)
from dunwell.actions.uploads import Upload, upload_path
from dunwell.models import ItemDocument
from dunwell.queries.item_documents import item_document_rows
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, add_customer

PDF = b"%PDF-1.7 invoice"


def add(user, item, data=PDF, name="Invoice.pdf", kind="invoice"):
    return add_item_document(actor=acting(user), item=item, kind=kind, name=name, data=data, at=AT)


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def filed(user, *files):
    found = file_documents(
        actor=acting(user),
        files=[Upload(name=name, data=data) for name, data in files],
        kind="invoice",
        at=AT,
    )
    return [(one.name, one.number, one.is_new, one.trouble) for one in found]


def test_a_paper_is_kept_once_under_its_hash_and_taken_off(company, clerk, customer):
    item = invoice(customer, "R1", 100_00)
    document = add(clerk, item, name="../Rechnung März.exe")
    assert add(clerk, item) == document
    assert (document.name, document.media_type, document.size_bytes) == (
        "Rechnung-Marz.pdf", "application/pdf", len(PDF),
    )  # fmt: skip
    assert upload_path(document.sha256).read_bytes() == PDF
    assert verbs(company) == ["document.added"]
    assert last_event(company)[3]["item"] == "R1"
    remove_item_document(actor=acting(clerk), document=document, at=AT)
    remove_item_document(actor=acting(clerk), document=document, at=AT)
    assert verbs(company) == ["document.added", "document.removed"]
    assert item_document_rows(company, item_id=item.pk).rows == ()
    # its bytes stay, and it may come again
    assert upload_path(document.sha256).exists() and add(clerk, item) != document


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"<html><script>alert(1)</script>", "Send a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Send a PDF"),
        (b"MZ\x90\x00", "Send a PDF"),
        (b"%PDF-1.7 /Launch", "carries a program"),
        (packed(**{"a.txt": "x"}), "Archives are not taken"),
    ],
)
def test_what_is_no_paper_is_refused(clerk, customer, data, message):
    with pytest.raises(Refused, match=message):
        add(clerk, invoice(customer, "R1", 100_00), data=data)
    assert not ItemDocument.objects.exists()


def test_an_item_has_so_many_papers_and_no_other_kinds(clerk, customer):
    item = invoice(customer, "R1", 100_00)
    for number in range(MOST_DOCUMENTS):
        add(clerk, item, data=PDF + b"%d" % number)
    with pytest.raises(Refused, match="remove one first"):
        add(clerk, item, data=PDF + b"one more")
    with pytest.raises(Refused, match="no kind of document 'recipe'"):
        add(clerk, item, kind="recipe")


def test_many_files_find_their_items_by_the_numbers_in_their_names(company, clerk, customer):
    invoice(customer, "R1", 100_00)
    invoice(customer, "INV/2026/001", 50_00)
    invoice(customer, "2026", 5_00)
    other = add_customer(company, "K2")
    invoice(customer, "TWICE-7", 5_00)
    invoice(other, "TWICE-7", 6_00)
    archive = packed(
        **{
            "folder/INV-2026-001.pdf": PDF + b"1",
            "copy of R1 (2).pdf": PDF + b"2",
            "unknown.pdf": PDF,
            "TWICE-7.pdf": PDF,
            "R1.exe": b"MZ",
            "__MACOSX/._R1.pdf": b"x",
        }
    )
    none = "no item has a number that stands in the file's name"
    twice = "2 items are meant by TWICE-7; add the file at the item itself"
    first = filed(clerk, ("scans.zip", archive), ("Rechnung_R1.pdf", PDF + b"3"))
    assert first[:4] == [
        ("INV-2026-001.pdf", "INV/2026/001", True, ""),
        ("copy of R1 (2).pdf", "R1", True, ""),
        ("unknown.pdf", "", False, none),
        ("TWICE-7.pdf", "", False, twice),
    ]
    assert first[4][3].startswith("R1.exe: Send a PDF") and first[5][1:3] == ("R1", True)
    assert verbs(company) == ["documents.filed"]
    # the same again adds nothing and says so
    again = filed(clerk, ("scans.zip", archive))
    assert [one[2] for one in again] == [False] * 5 and verbs(company) == ["documents.filed"]
    assert ItemDocument.objects.count() == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"PK\x03\x04broken", "damaged or encrypted"), (None, "No file was sent")],
)
def test_a_broken_archive_and_nothing_are_refused(clerk, data, message):
    with pytest.raises(Refused, match=message):
        filed(clerk, *([("a.zip", data)] if data else []))


def test_a_file_that_is_too_large_is_left_out_of_its_archive(clerk, customer, monkeypatch):
    monkeypatch.setattr("dunwell.formats.document_archive.MOST_BYTES", 100)
    invoice(customer, "R1", 100_00)
    archive = packed(**{"R1.pdf": PDF + b"0" * 1_000})
    assert filed(clerk, ("a.zip", archive)) == [("R1.pdf", "", False, "larger than 0 MB")]


def test_others_may_not(clerk, reader, rival, customer):
    item = invoice(customer, "R1", 100_00)
    document = add(clerk, item)
    with pytest.raises(Forbidden):
        add(reader, item)
    with pytest.raises(Refused, match="another company"):
        add(rival, item)
    with pytest.raises(Refused, match="another company"):
        remove_item_document(actor=acting(rival), document=document, at=AT)
    assert filed(rival, ("R1.pdf", PDF))[0][1] == ""
