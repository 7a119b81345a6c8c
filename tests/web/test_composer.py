"""The composer: what is shown is what goes out, with its warnings, files and thread."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.actions.item_documents import add_item_document
from dunwell.models import Conversation, InboundMessage, Message
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

PDF = b"%PDF-1.7 invoice"


@pytest.fixture
def item(customer):
    add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip
    return invoice(customer, "R1", 100_00, due_on=TODAY - timedelta(days=9))


def page(customer):
    return f"/customers/{customer.pk}/compose/"


def words(customer, item, **changes):
    contact = customer.contacts.get()
    return {
        "channel": "email", "contact": contact.pk, "template": "", "subject": "Your account",
        "body": "Dear {contact_name},\r\n\r\n{lines}\r\n", "item": [item.pk], **changes,
    }  # fmt: skip


def test_a_message_is_written_looked_at_and_sent(come_in, collector, customer, item):
    client = come_in(collector)
    first = client.get(page(customer)).text
    assert "Pat, pay@acme.example (Accounts payable)" in first and "R1" in first
    assert "{pay_by}" in first and 'name="code"' in first

    shown = client.post(f"{page(customer)}preview/", words(customer, item)).text
    assert "Dear Pat," in shown and "Invoice R1 of" in shown and "allowed now" in shown
    assert Message.objects.count() == 0

    answer = client.post(page(customer), words(customer, item), follow=True)
    message = Message.objects.get()
    assert (message.author, message.to) == ("anna", "pay@acme.example")
    assert answer.redirect_chain[-1][0] == f"/messages/{message.pk}/"
    assert "in the outbox" in answer.text


def test_a_text_is_put_in_and_filled(come_in, collector, customer, item):
    client = come_in(collector)
    chosen = words(customer, item, template="reminder", use="1", body="", subject="")
    filled = client.post(page(customer), chosen).text
    assert "We have not yet received payment" in filled and "{lines}" in filled
    assert "A friendly reminder from Northwind" in filled
    opened = client.get(f"{page(customer)}?template=second_reminder").text
    assert "Second reminder: payment due to Northwind" in opened


def test_what_is_wrong_is_told_and_what_is_unclear_confirmed(come_in, collector, customer, item):
    client = come_in(collector)
    wrong = client.post(page(customer), words(customer, item, body="R1: 99.00 EUR"))
    assert wrong.status_code == 422 and "Of R1 100.00 EUR is open" in wrong.text
    unclear = words(customer, item, body="Perhaps 40.00 EUR a month?")
    asked = client.post(page(customer), unclear)
    assert asked.status_code == 422 and 'name="confirm"' in asked.text
    client.post(page(customer), {**unclear, "confirm": "1"})
    assert Message.objects.get().decision["confirmed"][0]["code"] == "amount_unclear"


def test_papers_statement_code_and_files_go_along(come_in, clerk, company, customer, item):
    company.pay_to = "DE02 1203 0000 0000 2020 51"
    company.save()
    document = add_item_document(
        actor=system(company), item=item, kind="invoice", name="R1.pdf", data=PDF, at=AT
    )
    client = come_in(clerk)
    assert "R1.pdf" in client.get(page(customer)).text
    client.post(
        page(customer),
        words(
            customer, item, document=[document.pk], statement="1", code="1",
            files=[SimpleUploadedFile("note.pdf", PDF + b"2")],
        ),
    )  # fmt: skip
    kinds = list(Message.objects.get().attachments.values_list("kind", "media_type"))
    assert sorted(kinds) == [
        ("document", "application/pdf"),
        ("file", "application/pdf"),
        ("payment_code", "image/png"),
        ("statement", "application/pdf"),
    ]
    bad = client.post(
        page(customer), words(customer, item, files=[SimpleUploadedFile("x.html", b"<script>")])
    )
    assert bad.status_code == 422 and "Send a PDF" in bad.text


def test_a_conversation_is_answered(come_in, collector, company, customer, item):
    thread = Conversation.objects.create(
        company=company, customer=customer, subject="x", opened_at=AT, last_in_at=AT
    )
    InboundMessage.objects.create(
        company=company, conversation=thread, customer=customer, kind="person", sha256="1" * 64,
        sender="pay@acme.example", message_id="<m1@acme.example>", size_bytes=1, received_at=AT,
        recorded_at=AT, subject="Copy please", text="Please send R1 again",
    )  # fmt: skip
    client = come_in(collector)
    opened = client.get(f"{page(customer)}?conversation={thread.pk}").text
    assert "Please send R1 again" in opened and "Re: Copy please" in opened
    client.post(page(customer), words(customer, item, conversation=thread.pk))
    message = Message.objects.get()
    thread.refresh_from_db()
    assert (message.in_reply_to, thread.status) == ("<m1@acme.example>", "waiting")
    other = add_customer(company, "K2")
    assert client.get(f"{page(other)}?conversation={thread.pk}").status_code == 404
    assert client.get(f"{page(customer)}?answers=99").status_code == 404


@pytest.mark.parametrize(
    ("came_by", "goes_by"), [("email", "email"), ("portal", "portal"), ("whatsapp", "email")]
)
def test_an_answer_starts_in_the_channel_of_what_is_answered(
    come_in, collector, company, customer, came_by, goes_by
):
    thread = Conversation.objects.create(
        company=company, customer=customer, subject="x", opened_at=AT, last_in_at=AT
    )
    InboundMessage.objects.create(
        company=company, conversation=thread, customer=customer, kind="person", sha256="1" * 64,
        sender="jane", message_id="<m1@acme.example>", size_bytes=1, received_at=AT,
        recorded_at=AT, subject="Copy please", channel=came_by,
    )  # fmt: skip
    opened = come_in(collector).get(f"{page(customer)}?conversation={thread.pk}").text
    assert f'<option value="{goes_by}" selected>' in opened


def test_a_test_goes_to_the_writer_alone(come_in, collector, customer, item):
    client = come_in(collector)
    answer = client.post(f"{page(customer)}test/", words(customer, item), follow=True)
    assert "A test mail to anna@northwind.example" in answer.text
    [message] = Message.objects.all()
    assert (message.to, message.channel) == ("anna@northwind.example", "test")
    refused = client.post(f"{page(customer)}test/", words(customer, item, body="{x}"))
    assert refused.status_code == 422


def test_others_find_nothing(come_in, reader, rival, customer, item):
    assert come_in(reader).get(page(customer)).status_code == 403
    client = come_in(rival)
    assert client.get(page(customer)).status_code == 404
    assert client.post(page(customer), words(customer, item)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_whatever_is_open(
    come_in, collector, customer, item, number, django_assert_num_queries
):
    for n in range(number):
        invoice(customer, f"X{n}", 5_00)
    client = come_in(collector)
    with django_assert_num_queries(QUERIES):
        client.get(page(customer))


QUERIES = 9
