"""Pages of electronic invoices: any file checked and converted, ours taken in and listed."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dunwell.formats.einvoice.reading import read_einvoice
from dunwell.formats.einvoice.ubl_write import write_ubl
from dunwell.jobs.invoice_rules import end_rules
from dunwell.models import EInvoiceFile, Item, ItemDocument
from tests.actions.test_einvoice_imports import receive, take, xml
from tests.einvoices import document_of


@pytest.fixture(scope="module", autouse=True)
def one_process():
    yield
    end_rules()


def sent(data, name="invoice.xml"):
    return SimpleUploadedFile(name, data)


def test_a_file_is_checked_shown_and_explained(come_in, reader):
    client = come_in(reader)
    assert "Drop a file here" in client.get("/einvoices/").text
    document = document_of(15, shape="everything", kind="380")
    good = client.post("/einvoices/", {"file": sent(write_ubl(document, "en16931"))}).text
    assert "UBL 2.1 invoice" in good and "No rule is broken" in good
    assert "Nordlicht Handels GmbH" in good and "Käufer &amp; Söhne &lt;AG&gt;" in good
    bad = write_ubl(document, "en16931").replace(b">S</cbc:ID>", b">Q</cbc:ID>")
    told = client.post("/einvoices/", {"file": sent(bad)}).text
    assert "not valid" in told and "BR-CL-17" in told
    assert "A code is not on the list it has to come from." in told
    assert not EInvoiceFile.objects.exists()


def test_what_is_no_invoice_is_refused_at_the_form_by_its_name(come_in, reader):
    client = come_in(reader)
    answer = client.post("/einvoices/", {"file": sent(b"%PDF-1.7 paper"), "to": "cii"})
    assert answer.status_code == 422
    assert "PDF" in answer.text and '<option value="cii" selected>' in answer.text
    assert "No file was sent" in client.post("/einvoices/", {}).text


def test_an_invoice_is_downloaded_in_the_other_syntax(come_in, reader):
    client = come_in(reader)
    document = document_of(0, shape="plain", kind="380")
    answer = client.post(
        "/einvoices/", {"file": sent(write_ubl(document, "en16931")), "to": "cii"}
    )
    assert answer["Content-Disposition"] == 'attachment; filename="R-2026-00000-cii.xml"'
    assert replace(read_einvoice(answer.content).document, customization="", profile="") == (
        document
    )


def test_invoices_are_brought_in_looked_at_and_taken(come_in, company, clerk, customer):
    client = come_in(clerk)
    assert "No files" in client.get("/einvoices/received/").text
    files = [sent(xml(company), "r1.xml"), sent(xml(company, number="R-2", buyer="Who"), "r2.xml")]
    page = client.post(
        "/einvoices/received/add/", {"files": [*files, sent(b"x", "x.txt")]}, follow=True
    )
    assert "3 files read; 2 can be taken." in page.text and "a text or table" in page.text
    first, second = EInvoiceFile.objects.filter(status="waiting").order_by("id")
    answer = client.post(
        "/einvoices/received/take/",
        {"file": [first.pk, second.pk], f"customer-{first.pk}": "", f"customer-{second.pk}": "no"},
    )
    assert answer.status_code == 422 and "1 invoice was taken." in answer.text
    assert "There is no customer no" in answer.text and 'value="no"' in answer.text
    page = client.post(
        "/einvoices/received/take/",
        {"file": [second.pk], f"customer-{second.pk}": customer.number},
        follow=True,
    )
    assert "1 invoice is in the ledger." in page.text
    assert Item.objects.filter(number__in=["R-1", "R-2"], customer=customer).count() == 2
    document = ItemDocument.objects.order_by("id").first()
    assert client.get(f"/documents/{document.pk}/").content == xml(company)
    listed = client.get("/einvoices/received/?status=taken&q=R-1").text
    assert "R-1" in listed and "R-2" not in listed
    assert client.get("/einvoices/received/?cursor=nonsense").status_code == 200
    export = client.get("/einvoices/received/export.csv?status=taken").content.decode()
    assert export.count("\n") == 3 and "R-2" in export


def test_an_upload_without_its_token_or_right_is_refused(come_in, reader, clerk, company):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    assert strict.post("/einvoices/", {"file": sent(b"x")}).status_code == 403
    assert strict.post("/einvoices/received/add/", {"files": sent(b"x")}).status_code == 403
    client = come_in(reader)
    assert client.post("/einvoices/received/add/", {"files": sent(b"x")}).status_code == 403
    assert client.post("/einvoices/received/take/", {}).status_code == 403
    assert "Bring in invoices" not in client.get("/einvoices/received/").text
    assert not EInvoiceFile.objects.exists()


def test_nothing_of_another_company_is_shown_or_taken(come_in, company, clerk, customer, rival):
    (row,) = receive(clerk, xml(company))
    client = come_in(rival)
    assert "R-1" not in client.get("/einvoices/received/").text
    answer = client.post("/einvoices/received/take/", {"file": row.pk})
    assert answer.status_code == 422
    take(clerk, row)
    assert "R-1" not in client.get("/einvoices/received/export.csv").content.decode()
    assert client.post("/einvoices/received/take/", {}).status_code == 422
