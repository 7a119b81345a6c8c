"""Pages about deliveries and answers to invoices."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import DeliveryNote, InvoicePlatform, InvoiceResponse
from tests.actions.delivery_rows import answered, mailed
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_user
from tests.formats.response_samples import cdar, peppol, reason


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00, due_on=TODAY)


def read(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_the_board_tells_what_was_never_received_and_leads_to_the_invoice(
    come_in, collector, item
):
    mailed(item)
    client = come_in(collector)
    page = read(client, "deliveries")
    assert "Send it by post" in page
    assert f'href="{reverse("item", args=[item.pk])}"' in page
    assert "R1" in read(client, "deliveries", state="alarm")
    assert "No open invoice here" in read(client, "deliveries", state="rejected")
    file = client.get(reverse("deliveries-export", args=["csv"]), {"state": "alarm"})
    assert file.getvalue().decode().count("R1") == 1


def test_the_ladder_of_an_invoice_is_told_in_words(come_in, collector, item):
    answered(system(item.company), peppol(code="UQ", status=reason("PRI", "Too dear")))
    page = read(come_in(collector), "delivery-ladder-of", item.pk)
    assert 'aria-current="step"' in page
    assert "Queried" in page
    assert "not yet" in page
    assert "D-000001, price" in page
    assert f"{reverse('compose', args=[item.customer_id])}?item={item.pk}" in page


def test_a_note_is_kept_and_a_refusal_stands_at_the_form(come_in, collector, item):
    client = come_in(collector)
    address = reverse("delivery-note", args=[item.pk])
    wrong = client.post(address, {"stage": "bounced", "on": "2026-03-05", "note": "typed"})
    assert (wrong.status_code, DeliveryNote.objects.count()) == (422, 0)
    assert "Choose the contact whose mail address is wrong." in wrong.content.decode()
    assert "typed" in wrong.content.decode()
    done = client.post(address, {"stage": "received", "on": "2026-03-05"})
    assert (done.status_code, DeliveryNote.objects.get().stage) == (302, "received")


def test_answers_are_taken_in_from_a_file_once(come_in, collector, item):
    client = come_in(collector)
    for _ in range(2):
        sent = {"file": SimpleUploadedFile("a.xml", peppol(status=reason("REF")))}
        assert client.post(reverse("invoice-responses-upload"), sent).status_code == 302
    kept = InvoiceResponse.objects.get()
    page = read(client, "invoice-responses")
    assert "D-000001, no_po" in page
    assert reverse("dispute", args=[kept.case_id]) in page
    file = client.get(reverse("invoice-response-file", args=[kept.pk]))
    assert file.content == peppol(status=reason("REF"))
    assert file["Content-Disposition"].startswith("attachment")
    told = client.get(reverse("invoice-responses-export", args=["csv"])).getvalue().decode()
    assert told.count("no_po") == 1


def test_a_file_that_is_no_answer_is_refused_with_the_reason(come_in, collector, item):
    sent = {"file": SimpleUploadedFile("a.xml", b"<Order/>")}
    told = come_in(collector).post(reverse("invoice-responses-upload"), sent)
    assert (told.status_code, InvoiceResponse.objects.count()) == (422, 0)
    assert "no answer to an invoice" in told.content.decode()


def test_what_was_cashed_of_french_invoices_is_told_as_a_message(come_in, collector, item):
    actor = system(item.company)
    answered(actor, cdar(code="205"))
    apply_payment(
        actor=actor,
        payment=payment(item.customer, "P1", 60_00),
        amounts={item: 60_00},
        as_of=TODAY,
        at=AT,
    )
    client, span = come_in(collector), {"from": "2026-03-01", "until": "2026-03-05"}
    assert "R1" in read(client, "invoice-cashed", **span)
    file = client.get(reverse("invoice-cashed-export", args=["xml"]), span).content.decode()
    assert f"212-{item.pk}-2026-03-05" in file
    assert 'currencyID="EUR">60.00<' in file
    assert "R1" not in read(
        client, "invoice-cashed", **{"from": "2026-03-04", "until": "2026-03-04"}
    )


def test_a_platform_gets_an_address_and_a_secret_for_once(come_in, admin, company):
    client = come_in(admin)
    assert client.post(reverse("invoice-platform-add"), {"name": "PA"}).status_code == 302
    platform = InvoicePlatform.objects.get()
    shown = client.post(reverse("invoice-platform-secret", args=[platform.pk])).content.decode()
    assert "whsec_" in shown
    assert "/hooks/responses/" in shown
    assert "whsec_" not in read(client, "invoice-platforms")
    client.post(reverse("invoice-platform-switch", args=[platform.pk]), {"is_active": "0"})
    platform.refresh_from_db()
    assert not platform.is_active


def test_the_page_of_another_company_is_absent(come_in, rival, item):
    client = come_in(rival)
    answered(system(item.company), peppol())
    kept = InvoiceResponse.objects.get()
    for name, key in (
        ("delivery-ladder-of", item.pk),
        ("delivery-note", item.pk),
        ("deliveries-of", item.customer_id),
        ("invoice-response-file", kept.pk),
    ):
        assert client.get(reverse(name, args=[key])).status_code == 404


def test_who_may_not_read_words_reads_no_note(come_in, company, item):
    answered(system(company), peppol(status=reason("OTH", "a secret")))
    page = read(come_in(add_user(company, "rita", "read_only")), "invoice-responses")
    assert "a secret" not in page


def test_a_customers_open_invoices_are_told_on_its_page(come_in, collector, item):
    mailed(item)
    page = read(come_in(collector), "deliveries-of", item.customer_id)
    assert "Send it by post" in page


def test_sending_again_opens_the_composer_with_the_paper_chosen(come_in, collector, item):
    client = come_in(collector)
    page = read(client, "compose", item.customer_id, item=str(item.pk))
    assert "R1" in page


@pytest.mark.parametrize("name", ["deliveries", "invoice-responses", "invoice-cashed"])
def test_as_many_questions_for_three_rows_as_for_one(come_in, collector, customer, item, name):
    client, counts = come_in(collector), []
    for number in range(2, 5):
        other = invoice(customer, f"R{number}", 10_00)
        answered(system(customer.company), cdar(number=f"R{number}", identity=f"C{number}"))
        mailed(other, number=number)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(name))
        counts.append(len(found))
    assert counts[0] == counts[2]
