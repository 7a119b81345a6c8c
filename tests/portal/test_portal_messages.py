"""Messages in the portal: into the shared inbox once, answers shown and told, and feedback."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.compositions import compose_message
from dunwell.models import (
    Channel,
    Conversation,
    InboundMessage,
    InboundReading,
    Message,
    Survey,
)
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.actions.test_surveys import ask, settled_case, with_policy
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import onlooker, seat_of, seated
from tests.portal.test_arrangements import key_of

LIST, NEW = "/portal/messages/", "/portal/messages/new/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def item(customer):
    return invoice(customer, "R-1001", 600_00)


@pytest.fixture
def contact(customer):
    return customer.contacts.create(
        name="Jane", email="jane@buyer.example", is_primary=True, recorded_at=AT
    )


@pytest.fixture
def jane(customer, item, contact):
    seat = seat_of(customer)
    seat.contact = contact
    seat.save()
    return seated(seat)


def sent_by(jane, **changes):
    """A message of Jane's, sent twice; its conversation's page."""
    page = jane.get(NEW)
    told = {
        "key": key_of(page),
        "subject": "Invoice R-1001",
        "text": "We will pay R-1001 on 2026-03-20.",
    }
    answer = jane.post(NEW, {**told, **changes})
    assert answer.status_code == 302, answer.text
    assert jane.post(NEW, told | ({"complaint": "1"} if "complaint" in changes else {})).url == (
        answer.url
    )
    return InboundMessage.objects.get(), answer.url


def test_a_message_arrives_once_in_the_shared_inbox_and_is_read(jane, customer, item, contact):
    inbound, page = sent_by(jane, papers=[SimpleUploadedFile("remit.png", PNG)])
    assert (inbound.channel, inbound.kind, inbound.status) == ("portal", "person", "new")
    assert (inbound.customer, inbound.contact) == (customer, contact)
    assert inbound.conversation.lines.get().item == item
    file = inbound.attachments.get()
    assert (file.name, file.media_type, file.verdict) == ("remit.png", "image/png", "unscanned")
    assert InboundReading.objects.filter(inbound=inbound).exists()
    shown = jane.get(page).text
    assert "We will pay R-1001" in shown and "remit.png" in shown
    assert jane.get(f"{LIST}file/in/{file.pk}/").content == PNG


def test_an_answer_is_shown_marked_unread_and_told_by_mail(
    jane, company, customer, contact, manager
):
    Channel.objects.create(
        company=company, kind="portal", provider="portal", is_active=True, by="t", recorded_at=AT
    )
    inbound, page = sent_by(jane)
    compose_message(
        actor=acting(manager),
        customer=customer,
        contact=contact,
        channel="portal",
        subject="Re: Invoice R-1001",
        body="Thank you, noted.",
        conversation=inbound.conversation,
        in_reply_to=inbound.message_id,
        as_of=TODAY,
        at=AT + timedelta(minutes=5),
    )
    answer, notice = Message.objects.order_by("pk")
    assert (answer.channel, notice.channel, notice.template) == (
        "portal",
        "email",
        "portal_answer",
    )
    assert notice.to == "jane@buyer.example" and "noted" not in notice.body
    assert f"answer here:\n[[portal link {page}]]\n" in notice.body
    assert "new</span>" in jane.get(LIST).text
    with time_machine.travel(AT + timedelta(minutes=9), tick=False):
        shown = jane.get(page).text
        assert "Thank you, noted." in shown and "mona" not in shown
        assert "new</span>" not in jane.get(LIST).text
        sent = {"key": "reply-key-1", "text": "One more thing."}
        for _ in range(2):
            assert jane.post(page, sent).url == page
    talk = Conversation.objects.get()
    assert (talk.inbound.count(), talk.status) == (2, "open")


def test_a_complaint_is_marked_as_one(jane):
    inbound, _ = sent_by(jane, complaint="1")
    inbound.conversation.refresh_from_db()
    assert inbound.conversation.is_complaint
    assert "complaint" in jane.get(LIST).text


def test_words_of_a_mail_within_a_message_cannot_take_it_elsewhere(jane, company, customer):
    other = add_customer(company, "K2", "Other")
    invoice(other, "X-77777", 10_00)
    inbound, _ = sent_by(
        jane,
        subject="X-77777\r\nIn-Reply-To: <a@b>",
        text="In-Reply-To: <a@b>\n\nX-77777 please",
    )
    assert inbound.customer == customer and inbound.in_reply_to == ""
    assert not inbound.conversation.lines.filter(item__customer=other).exists()


def test_strangers_find_nothing_and_onlookers_only_read(company, customer, jane):
    inbound, page = sent_by(jane, papers=[SimpleUploadedFile("remit.png", PNG)])
    file = inbound.attachments.get()
    other = seated(seat_of(add_customer(company, "K2"), email="x@other.example"))
    for address in (page, f"{LIST}file/in/{file.pk}/", f"{LIST}file/out/{file.pk}/"):
        assert other.get(address).status_code == 404
    assert other.post(page, {"key": "k" * 9, "text": "hi"}).status_code == 404
    looking, _ = onlooker(customer)
    assert "We will pay" in looking.get(page).text
    assert looking.post(page, {"key": "k" * 9, "text": "hi"}).status_code in {403, 404}
    assert InboundMessage.objects.count() == 1


def test_a_question_about_our_work_waits_in_the_portal_for_whom_it_was_asked(company, db):
    with_policy(company)
    customer = add_customer(company, "K1", "Acme")
    contact = customer.contacts.create(email="jane@buyer.example", recorded_at=AT)
    settled_case(customer)
    ask(company)
    survey = Survey.objects.get()
    seat = seat_of(customer)
    seat.contact = contact
    seat.save()
    jane, bob = seated(seat), seated(seat_of(customer, email="bob@buyer.example"))
    assert "Answer one question" in jane.get(LIST).text
    assert "Answer one question" not in bob.get(LIST).text
    address = f"/portal/feedback/{survey.pk}/"
    assert bob.get(address).status_code == 404
    assert jane.get(address).status_code == 200
    assert jane.post(address, {"score": "9"}).status_code == 422
    assert jane.post(address, {"score": "4", "comment": "quick"}).url == LIST
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (4, "quick")
    assert jane.get(address).status_code == 404
