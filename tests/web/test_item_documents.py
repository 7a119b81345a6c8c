"""Pages of papers: the list, many at once with their report, one at its item, the download."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import ItemDocument
from tests.actions.ledger_rows import invoice
from tests.actions.test_item_documents import PDF, add

QUERIES = 5


def test_many_files_are_filed_and_reported(come_in, clerk, customer):
    invoice(customer, "R1", 100_00)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("R1.pdf", PDF)
        archive.writestr("unknown.pdf", PDF)
    client = come_in(clerk)
    assert "No documents" in client.get("/documents/").text
    told = client.post(
        "/documents/file/",
        {"kind": "invoice", "files": [SimpleUploadedFile("a.zip", stream.getvalue())]},
    ).text
    assert "1 added" in told and "1 left out" in told and "no item has a number" in told
    assert client.post("/documents/file/", {"kind": "invoice"}).status_code == 422
    listed = client.get("/documents/?q=R1&kind=invoice").text
    assert "R1.pdf" in listed and "Acme" in listed
    export = client.get("/documents/export.csv").content.decode()
    assert "R1.pdf" in export and export.count("\n") == 2


def test_one_is_added_at_its_item_downloaded_and_taken_off(come_in, clerk, customer):
    item = invoice(customer, "R1", 100_00)
    client = come_in(clerk)
    assert "R1" in client.get(f"/documents/items/{item.pk}/add/").text
    bad = client.post(
        f"/documents/items/{item.pk}/add/",
        {"kind": "invoice", "file": SimpleUploadedFile("x.svg", b"<svg onload='x'/>")},
    )
    assert bad.status_code == 422 and "Send a PDF" in bad.text
    client.post(
        f"/documents/items/{item.pk}/add/",
        {"kind": "delivery", "file": SimpleUploadedFile("pod.pdf", PDF)},
    )
    document = ItemDocument.objects.get()
    assert "pod.pdf" in client.get(f"/documents/items/{item.pk}/").text
    answer = client.get(f"/documents/{document.pk}/")
    assert answer.content == PDF and answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="pod.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    client.post(f"/documents/{document.pk}/remove/")
    assert client.get(f"/documents/{document.pk}/").status_code == 404
    assert "No document yet" in client.get(f"/documents/items/{item.pk}/").text


def test_an_upload_without_its_token_is_refused(clerk, customer):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    item = invoice(customer, "R1", 100_00)
    answer = strict.post(
        f"/documents/items/{item.pk}/add/",
        {"kind": "invoice", "file": SimpleUploadedFile("a.pdf", PDF)},
    )
    assert answer.status_code == 403 and not ItemDocument.objects.exists()
    assert strict.post("/documents/file/", {}).status_code == 403
    assert strict.post(f"/customers/{customer.pk}/compose/", {}).status_code == 403


def test_others_find_nothing(come_in, reader, rival, clerk, customer):
    item = invoice(customer, "R1", 100_00)
    document = add(clerk, item)
    client = come_in(reader)
    assert client.get(f"/documents/{document.pk}/").status_code == 200
    assert client.get(f"/documents/items/{item.pk}/add/").status_code == 403
    assert client.post(f"/documents/{document.pk}/remove/").status_code == 403
    client = come_in(rival)
    for path in (f"{document.pk}/", f"items/{item.pk}/", f"items/{item.pk}/add/"):
        assert client.get(f"/documents/{path}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(come_in, clerk, customer, number, django_assert_num_queries):
    for n in range(number):
        add(clerk, invoice(customer, f"R{n}", 5_00))
    client = come_in(clerk)
    with django_assert_num_queries(QUERIES):
        client.get("/documents/")
