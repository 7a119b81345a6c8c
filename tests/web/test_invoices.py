"""The pages of invoicing: a draft is written without a script, checked, issued, credited, sent."""

import re

import pytest

from dunwell.actions.gate import system
from dunwell.models import (
    Contact,
    Invoice,
    InvoiceSchedule,
    InvoicingProfile,
    NumberSeries,
    TaxRate,
)
from tests.actions.invoice_rows import NOW, OURS, can_invoice, drafted
from tests.conftest import AT, add_customer

pytestmark = pytest.mark.django_db
LINE = {"l1-name": "Consulting", "l1-quantity": "2", "l1-unit": "HUR", "l1-price": "80.5",
        "l1-tax_code": "DE19", "l1-discount": ""}  # fmt: skip
HEAD = {"currency": "EUR", "terms": "Net 30", "delivered_on": "2026-03-04", "note": ""}


@pytest.fixture
def billed(company):
    customer = add_customer(company, "K1", "Acme", country="DE")
    can_invoice(company, customer)
    Contact.objects.create(
        customer=customer, role="payables", name="Pia", email="ap@acme.example", recorded_at=AT
    )
    return customer


def test_from_an_empty_form_to_an_issued_invoice_that_is_sent_and_credited(come_in, clerk, billed):
    client = come_in(clerk)
    assert "/invoices/new/" in client.get("/invoices/").text
    assert client.post("/invoices/new/", {"customer": "none"}).status_code == 422
    assert client.post("/invoices/new/", {"customer": "K1"})["Location"].endswith(
        f"/invoices/new/{billed.pk}/"
    )
    address = f"/invoices/new/{billed.pk}/"
    assert "Consulting" not in client.get(address).text
    more = client.post(address, {**HEAD, **LINE, "line": "1", "do": "add"})
    assert more.status_code == 200
    assert 'name="l2-name"' in more.text and 'value="Consulting"' in more.text
    fewer = client.post(address, {**HEAD, **LINE, "line": ["1", "2"], "do": "remove-2"}).text
    assert 'name="l2-name"' not in fewer and "191.59" in fewer
    wrong = client.post(address, {**HEAD, **LINE, "l1-price": "x", "line": "1", "do": "save"})
    assert wrong.status_code == 422 and 'value="x"' in wrong.text
    saved = client.post(address, {**HEAD, **LINE, "line": "1", "do": "save"})
    invoice = Invoice.objects.get()
    page = saved["Location"]
    assert page == f"/invoices/{invoice.pk}/"
    shown = client.get(page).text
    assert "Nothing found." in shown and "probability of a dispute" in shown
    assert client.get(f"{page}preview.pdf").content.startswith(b"%PDF")
    client.post(f"{page}issue/", {"version": "1"})
    invoice.refresh_from_db()
    assert invoice.status == "issued"
    (file,) = invoice.files.all()
    assert client.get(f"{page}files/{file.pk}/").content.startswith(b"%PDF")
    assert f"/items/{invoice.item_id}/" in client.get(page).text
    client.post(f"{page}send/")
    assert billed.messages.get().attachments.get().name == f"{invoice.number}.pdf"
    form = client.get(f"{page}credit/").text
    assert "Quantity of Consulting" in form
    client.post(f"{page}credit/", {"reason": "Too much", "q1": "1", "is_allocated": "on"})
    note = Invoice.objects.get(kind="credit_note")
    assert note.gross_minor == 95_80
    assert "For invoice" in client.get(f"/invoices/{note.pk}/").text


def test_errors_and_warnings_stand_on_the_check_page(come_in, clerk, billed):
    client = come_in(clerk)
    draft = drafted(billed, delivered_on=None)
    page = f"/invoices/{draft.pk}/"
    assert "Neither delivery date nor period" in client.get(page).text
    refused = client.post(f"{page}issue/", {"version": "1"})
    assert refused.status_code == 422 and "Confirm that it is issued" in refused.text
    client.post(f"{page}issue/", {"version": "1", "confirm": "1"})
    draft.refresh_from_db()
    assert draft.number


def test_a_draft_is_edited_where_nobody_changed_it_and_voided(come_in, clerk, billed):
    client = come_in(clerk)
    draft = drafted(billed)
    page = f"/invoices/{draft.pk}/"
    assert 'value="Service"' in client.get(f"{page}edit/").text
    sent = {**HEAD, **LINE, "line": "1", "do": "save", "version": "1"}
    assert client.post(f"{page}edit/", sent).status_code == 302
    stale = client.post(f"{page}edit/", sent)
    assert stale.status_code == 422 and "Somebody changed" in stale.text
    client.post(f"{page}void/", {"reason": "Written twice"})
    assert "Written twice" in client.get(page).text


def test_settings_are_kept_by_the_admin_alone(come_in, admin, clerk, company):
    client = come_in(admin)
    assert "No tax code yet" in client.get("/invoices/settings/").text
    client.post("/invoices/settings/profile/", {**OURS, "version": "0", "approve_over": "500"})
    assert InvoicingProfile.objects.get().approve_over_minor == 500_00
    bad = client.post("/invoices/settings/profile/", {**OURS, "iban": "DE00", "version": "1"})
    assert bad.status_code == 422 and "is no IBAN" in bad.text
    client.post(
        "/invoices/settings/series/",
        {"kind": "invoice", "pattern": "R{number:4}", "next_number": "12"},
    )
    assert NumberSeries.objects.get().next_number == 12
    client.post(
        "/invoices/settings/tax/",
        {"code": "DE19", "name": "VAT 19 %", "country": "DE", "category": "S", "rate": "19",
         "valid_from": "2026-01-01"},
    )  # fmt: skip
    assert TaxRate.objects.get().rate_ppm == 190_000
    shown = come_in(clerk).get("/invoices/settings/").text
    assert "19%" in shown and "R0012" in shown
    assert come_in(clerk).get("/invoices/settings/tax/").status_code == 403


def test_a_file_is_drafted_whole_or_not_at_all(come_in, clerk, billed):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = come_in(clerk)

    def send(text):
        return client.post(
            "/invoices/import/", {"file": SimpleUploadedFile("a.csv", text.encode())}
        )

    head = "key,customer,name,quantity,price,tax_code,delivered_on\n"
    good = "A,K1,Paper,2,4.50,DE19,2026-03-04\nA,K1,Pens,1,3,DE19,2026-03-04\n"
    wrong = send(head + good + "B,K9,Ink,1,7,DE19,2026-03-04\n")
    assert wrong.status_code == 422 and "there is no such customer" in wrong.text
    # as a spreadsheet numbers it: the head is its first row
    assert " 4 customer K9 there" in " ".join(re.sub("<[^>]+>", " ", wrong.text).split())
    assert not Invoice.objects.exists()
    assert send(head + good).status_code == 302
    assert send(head + good).status_code == 302
    assert Invoice.objects.get().lines.count() == 2


def test_an_issued_invoice_comes_again(come_in, manager, billed):
    from dunwell.actions.invoice_issue import issue_invoice

    invoice = issue_invoice(
        actor=system(billed.company), invoice=drafted(billed), version=1, **NOW
    )
    client = come_in(manager)
    told = {"name": "Hosting", "every": "month", "day": "1", "starts_on": "2026-04-01"}
    client.post(f"/invoices/{invoice.pk}/again/", told)
    schedule = InvoiceSchedule.objects.get()
    assert "Hosting" in client.get("/invoices/schedules/").text
    client.post(
        f"/invoices/schedules/{schedule.pk}/end/", {"ends_on": "2026-12-31", "version": "1"}
    )
    schedule.refresh_from_db()
    assert schedule.ends_on is not None


def test_how_a_customer_wants_invoices_is_kept(come_in, clerk, billed):
    client = come_in(clerk)
    address = f"/invoices/customers/{billed.pk}/"
    assert 'value="Dresden"' in client.get(address).text
    client.post(
        address,
        {"version": "1", "street": "Neu 1", "country": "de", "format": "facturx",
         "delivery": "portal", "is_po_required": "on"},
    )  # fmt: skip
    billed.invoicing.refresh_from_db()
    wanted = billed.invoicing
    assert (wanted.format, wanted.country, wanted.is_po_required) == ("facturx", "DE", True)


def test_another_company_sees_nothing(come_in, rival, billed):
    client = come_in(rival)
    draft = drafted(billed)
    assert client.get(f"/invoices/{draft.pk}/").status_code == 404
    assert client.get(f"/invoices/{draft.pk}/preview.pdf").status_code == 404
    assert client.post(f"/invoices/{draft.pk}/issue/", {"version": "1"}).status_code == 404


def test_lists_come_as_files_and_cost_the_same_queries(
    come_in, clerk, billed, django_assert_num_queries
):
    client = come_in(clerk)
    drafted(billed)
    text = client.get("/invoices/export.csv").text
    assert "Acme" in text and "119.00" in text
    client.get("/invoices/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get("/invoices/")
    drafted(billed)
    drafted(billed)
    with django_assert_num_queries(len(one)):
        client.get("/invoices/")
