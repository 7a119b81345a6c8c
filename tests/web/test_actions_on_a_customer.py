"""Call results, notes, disputes, holds and contacts: what a collector does on a customer's page."""

import json
from datetime import timedelta

from dunwell.models import Contact, Dispute, Hold, Note, Snooze
from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY

HTMX = {"HX-Request": "true"}


def test_a_call_records_result_reason_and_next_day(come_in, collector, customer):
    answer = come_in(collector).post(
        f"/customers/{customer.pk}/call/",
        {"result": "reached", "why": "cash", "step": "7", "text": "Pays next week"},
        headers=HTMX,
    )

    note = Note.objects.get()
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["acted"]["then"] == ""
    assert (note.kind, note.result, note.why, note.by) == ("call", "reached", "cash", "anna")
    assert note.next_on == Snooze.objects.get().until_on == TODAY + timedelta(days=7)


def test_a_call_nobody_answered_keeps_no_reason(come_in, collector, customer):
    come_in(collector).post(
        f"/customers/{customer.pk}/call/", {"result": "no_answer", "why": "cash", "step": "none"}
    )

    assert list(Note.objects.values_list("result", "why", "next_on")) == [("no_answer", "", None)]
    assert not Snooze.objects.exists()


def test_a_call_that_ends_in_a_promise_leads_to_the_promise(come_in, collector, customer):
    data = {"result": "reached", "why": "process", "step": "promise"}
    address = f"/customers/{customer.pk}/call/"
    client = come_in(collector)

    with_script = client.post(address, data, headers=HTMX)
    without = client.post(address, data)

    assert json.loads(with_script["HX-Trigger"])["acted"]["then"] == (
        f"/customers/{customer.pk}/promise/"
    )
    assert without["Location"] == f"/customers/{customer.pk}/promise/"


def test_a_call_without_a_result_is_shown_again(come_in, collector, customer):
    answer = come_in(collector).post(f"/customers/{customer.pk}/call/", {}, headers=HTMX)

    assert answer.status_code == 422
    assert "<html" not in answer.text and "This field is required." in answer.text
    assert not Note.objects.exists()


def test_who_only_reads_may_not_write(come_in, reader, customer):
    answer = come_in(reader).post(
        f"/customers/{customer.pk}/note/", {"kind": "note", "text": "Hello"}
    )

    assert answer.status_code == 422
    assert "right note.record is missing" in answer.text
    assert not Note.objects.exists()


def test_a_note_goes_back_to_the_page_it_came_from_and_never_elsewhere(
    come_in, collector, customer
):
    client = come_in(collector)
    note = {"kind": "note", "text": "Hello"}
    address = f"/customers/{customer.pk}/note/"

    ours = client.post(address, {**note, "next": "/worklist/?show=all"})
    foreign = client.post(address, {**note, "next": "https://evil.example/"})

    assert ours["Location"] == "/worklist/?show=all"
    assert foreign["Location"] == f"/customers/{customer.pk}/"


def test_a_dispute_takes_all_that_is_open_unless_an_amount_is_given(
    come_in, collector, manager, customer
):
    item = invoice(customer, "R1", 100_00)
    address = f"/customers/{customer.pk}/dispute/"
    client = come_in(collector)

    refused = client.post(address, {"item": item.pk, "amount": "100.01", "reason": "price"})
    client.post(address, {"item": item.pk, "amount": "", "reason": "price"})
    dispute = Dispute.objects.get()
    come_in(manager).post(f"/disputes/{dispute.pk}/close/", {"outcome": "Credited"})

    assert refused.status_code == 422 and "at most 100.00 EUR" in refused.text
    assert dispute.amount_minor == 100_00
    dispute.refresh_from_db()
    assert (dispute.closed_on, dispute.outcome) == (TODAY, "Credited")


def test_a_hold_is_placed_and_released(come_in, collector, manager, customer):
    address = f"/customers/{customer.pk}/hold/"
    client = come_in(collector)

    refused = client.post(address, {"reason": "manual"})
    client.post(address, {"reason": "agreement", "until_on": "2026-03-20", "note": "Talks"})
    hold = Hold.objects.get()
    come_in(manager).post(f"/holds/{hold.pk}/release/")

    assert refused.status_code == 422 and "Say in the note" in refused.text
    hold.refresh_from_db()
    assert (hold.reason, hold.released_on) == ("agreement", TODAY)


def test_a_contact_is_added_and_changed(come_in, collector, customer):
    client = come_in(collector)
    eva = {"role": "payables", "name": "Eva", "is_primary": "on"}

    refused = client.post(f"/customers/{customer.pk}/contact/", eva)
    client.post(f"/customers/{customer.pk}/contact/", {**eva, "email": "eva@acme.example"})
    contact = Contact.objects.get()
    client.post(f"/contacts/{contact.pk}/", {**eva, "email": "pay@acme.example"})

    assert refused.status_code == 422 and "e-mail address or a phone" in refused.text
    contact.refresh_from_db()
    assert (contact.name, contact.email) == ("Eva", "pay@acme.example")


def test_another_company_s_records_are_not_found(come_in, collector, rival, customer):
    item = invoice(customer, "R1", 100_00)
    client = come_in(collector)
    client.post(f"/customers/{customer.pk}/dispute/", {"item": item.pk, "reason": "price"})
    client.post(f"/customers/{customer.pk}/hold/", {"reason": "agreement"})
    eva = {"role": "payables", "email": "eva@acme.example"}
    client.post(f"/customers/{customer.pk}/contact/", eva)

    strangers = come_in(rival)

    for address in (
        f"/disputes/{Dispute.objects.get().pk}/close/",
        f"/holds/{Hold.objects.get().pk}/release/",
        f"/contacts/{Contact.objects.get().pk}/",
    ):
        assert strangers.get(address).status_code == 404
