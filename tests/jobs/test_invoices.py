"""Issued invoices get their files: PDF/A-3, data where wanted, sent with the mail, once."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from dunwell.actions.gate import system
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.invoice_mails import send_invoice
from dunwell.actions.uploads import upload_path
from dunwell.engine.creditor_references import (
    creditor_reference,
    document_reference,
    spaced_reference,
)
from dunwell.formats.bank.references import is_rf
from dunwell.jobs.invoice_risk import invoice_risk
from dunwell.jobs.invoices import file_invoices, files_due, issue_with_files
from dunwell.models import Contact, InvoiceFile, Item, ItemDocument
from dunwell.queries.invoices import average_days_to_invoice, invoice_files
from tests.actions.invoice_rows import NOW, can_invoice, drafted, line, wants_invoices
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(company):
    customer = add_customer(company, "K1", "Acme", country="DE")
    can_invoice(company, customer)
    return customer


def issued(invoice):
    return issue_with_files(
        actor=system(invoice.company), invoice=invoice, version=invoice.version,
        is_confirmed=True, **NOW,
    )  # fmt: skip


def test_an_issued_invoice_has_an_archival_pdf_that_says_what_is_owed(customer):
    invoice = issued(drafted(customer, line("100", name="Consulting"), line("50", tax="DE7")))
    file = InvoiceFile.objects.get()
    pdf = upload_path(file.sha256).read_bytes()
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    flat = " ".join(text.split())
    assert "You owe 172.50 EUR by Apr 4, 2026 for Consulting, Service." in flat
    assert spaced_reference(document_reference(invoice.number)) in flat
    assert b"pdfaid" in pdf
    assert ItemDocument.objects.get(item=invoice.item).sha256 == file.sha256
    assert [one.kind for one in invoice_files([invoice.item_id])[invoice.item_id]] == ["pdf"]


@pytest.mark.parametrize("wire", ["facturx", "xrechnung_ubl", "xrechnung_cii", "peppol"])
def test_each_format_brings_its_data(company, wire):
    from dunwell.actions.invoicing import save_profile
    from tests.actions.invoice_rows import OURS

    customer = add_customer(company, "K2", "Stadt", country="DE", vat_id="DE136695976")
    can_invoice(
        company, customer, wire=wire, buyer_reference="991-01484-64",
        endpoint="0204:991-01484-64", endpoint_scheme="0204",
    )  # fmt: skip
    save_profile(
        actor=system(company),
        texts={**OURS, "endpoint": "DE136695976", "endpoint_scheme": "9930"},
        approve_over_minor=None, version=1, at=AT,
    )  # fmt: skip
    invoice = issued(drafted(customer))
    files = {one.kind: one for one in invoice.files.all()}
    if wire == "facturx":
        pdf = upload_path(files["pdf"].sha256).read_bytes()
        assert "factur-x.xml" in PdfReader(BytesIO(pdf)).attachments
    else:
        assert invoice.number.encode() in upload_path(files["xml"].sha256).read_bytes()


def test_files_are_made_later_when_a_worker_stopped_in_between(customer):
    draft = drafted(customer)
    actor = system(customer.company)
    issue_invoice(actor=actor, invoice=draft, version=1, **NOW)
    assert not InvoiceFile.objects.exists()
    assert file_invoices(actor=actor, due=files_due(customer.company), **NOW) == 1
    assert files_due(customer.company) == []


def test_it_is_sent_once_with_its_files(customer):
    Contact.objects.create(
        customer=customer, role="payables", name="Pia", email="ap@acme.example", recorded_at=AT
    )
    invoice = issued(drafted(customer))
    actor = system(customer.company)
    message = send_invoice(actor=actor, invoice=invoice, **NOW)
    assert [one.name for one in message.attachments.all()] == [f"{invoice.number}.pdf"]
    assert "You owe 119.00 EUR by" in message.body
    assert send_invoice(actor=actor, invoice=invoice, **NOW).pk == message.pk


def test_nothing_is_mailed_to_who_takes_it_from_the_portal(company):
    customer = add_customer(company, "K3", "Portal", country="DE")
    can_invoice(company, customer, delivery="portal")
    invoice = issued(drafted(customer))
    assert send_invoice(actor=system(company), invoice=invoice, **NOW) is None


def test_days_to_invoice_count_from_delivery(customer):
    from datetime import timedelta

    issued(drafted(customer, delivered_on=TODAY - timedelta(days=4)))
    issued(drafted(customer, line("7"), delivered_on=TODAY - timedelta(days=1)))
    found = average_days_to_invoice(
        customer.company, since=TODAY - timedelta(days=90), until=TODAY
    )
    assert found == ("2.5", 2)


def test_a_draft_of_a_quarrelsome_customer_is_foreseen_to_be_disputed(company, customer):
    from datetime import timedelta

    from dunwell.jobs.invoice_risk import _learnt
    from dunwell.models import Dispute

    _learnt.cache_clear()
    calm = add_customer(company, "K9", "Calm")
    for who, disputed in ((customer, 12), (calm, 0)):
        for place in range(20):
            on = TODAY - timedelta(days=120 + place)
            item = Item.objects.create(
                company=company, customer=who, number=f"{who.number}-{place}", kind="invoice",
                currency="EUR", amount_minor=100_00, issued_on=on,
                due_on=on + timedelta(days=30), recorded_on=on, recorded_at=AT,
            )  # fmt: skip
            if place < disputed:
                Dispute.objects.create(
                    company=company, customer=who, item=item, amount_minor=100_00,
                    reason="price", opened_on=on + timedelta(days=10), recorded_at=AT,
                )  # fmt: skip
    wants_invoices(calm)
    quarrel, peace = (
        invoice_risk(drafted(one), as_of=TODAY).dispute_ppm for one in (customer, calm)
    )
    assert peace < 100_000 and quarrel > 300_000
    _learnt.cache_clear()


def test_references_have_right_check_digits():
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert is_rf("RF18 5390 0754 7034")
    assert not is_rf("RF19539007547034")
