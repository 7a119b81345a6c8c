"""Taking in: kept first, once, in the right conversation, with the right customer, and told."""

import json
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from dunwell.actions.conversations import (
    close_conversation,
    merge_conversations,
    wait_conversation,
)
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.intake import judge_attachment, take_in, take_in_file
from dunwell.actions.uploads import upload_path
from dunwell.models import (
    Adjustment,
    Allocation,
    ContactAttempt,
    Conversation,
    Event,
    InboundAttachment,
    InboundMessage,
    Item,
    Message,
    Payment,
    Promise,
    Signal,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.mail_rows import SENDER, contact, letter, mailbox, take
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer
from tests.formats.outlook_builders import attached, msg, outlook

HOUR = timedelta(hours=1)
EXE = ("invoice.pdf.exe", b"MZ\x90\x00")
PDF = ("advice.pdf", b"%PDF-1.4\n%%EOF\n")


@pytest.fixture
def known(company, customer):
    """The customer has a contact and an item."""
    contact(customer)
    invoice(customer, "R-1001", 100_00)
    return customer


def sent(customer, **fields):
    """A reminder that went out an hour before."""
    return message_to(customer, status="sent", sent_at=AT - HOUR, **fields)


def shape(inbound):
    """Customer, answered message and items of what came in."""
    lines = inbound.conversation.lines.order_by("item__number")
    return (
        inbound.customer and inbound.customer.number,
        inbound.answers_id,
        [line.item.number for line in lines.select_related("item")],
    )


def test_what_comes_in_is_kept_byte_for_byte_and_told_once(company, known):
    data = letter()
    inbound = take(company, data)
    assert upload_path(inbound.sha256).read_bytes() == data
    assert (inbound.text, inbound.kind, inbound.status, inbound.language) == (
        "We paid R-1001 yesterday.", "person", "new", "en",
    )  # fmt: skip
    assert shape(inbound) == ("K1", None, ["R-1001"])
    assert verbs(company) == ["mail.received"]
    assert last_event(company)[:3] == ("mail.received", "system", known.pk)


def test_the_same_bytes_again_change_nothing(company, known):
    first = take(company)
    before = Event.objects.count()
    assert take(company, at=AT + HOUR).pk == first.pk
    assert (InboundMessage.objects.count(), Event.objects.count()) == (1, before)


def test_the_same_mail_by_another_way_adds_nothing(company, known):
    box = mailbox(company)
    first = take(company, box=box)
    again = take(
        company, box=box, more=[("Received", "from b by c; Thu, 5 Mar 2026 08:00:00 +0000")]
    )
    assert (again.pk, InboundMessage.objects.count()) == (first.pk, 1)


def test_other_words_under_the_same_message_id_are_kept(company, known):
    take(company)
    take(company, text="Something else")
    assert InboundMessage.objects.count() == 2


def test_an_answer_to_our_message_is_its_customers_with_signal_and_contact(company, customer):
    message = sent(customer)
    inbound = take(company, sender="boss@other.example", replies_to=message.message_id)
    assert shape(inbound) == ("K1", message.pk, [])
    message.refresh_from_db()
    assert message.conversation_id == inbound.conversation_id
    assert list(Signal.objects.values_list("kind", "message", "source")) == [
        ("replied", message.pk, "inbox")
    ]
    assert list(
        ContactAttempt.objects.values_list("is_inbound", "channel", "outcome", "message")
    ) == [(True, "email", "written", message.pk)]
    assert verbs(company) == ["signal.replied", "mail.received"]


def test_references_lead_to_the_nearest_message_of_ours(company, customer):
    old = sent(customer, as_of=TODAY - timedelta(days=5))
    new = sent(customer, message_id="<second@dunwell>")
    inbound = take(company, references=f"{old.message_id} {new.message_id} <x@y.example>")
    assert inbound.answers_id == new.pk


def test_a_message_id_of_another_company_is_not_ours(company, customer, rival):
    other = rival.memberships.order_by("id")[0].company
    inbound = take(other, replies_to=sent(customer).message_id)
    assert shape(inbound) == (None, None, [])


def test_the_answer_to_an_answer_goes_on_in_the_conversation(company, customer):
    message = sent(customer)
    first = take(company, replies_to=message.message_id)
    second = take(
        company, text="And more", message_id="<a2@buyer.example>", replies_to="<a1@buyer.example>",
        subject="Something else", at=AT + HOUR,
    )  # fmt: skip
    assert second.conversation_id == first.conversation_id
    assert second.conversation.last_in_at == AT + HOUR


@pytest.mark.parametrize(
    ("subject", "days", "is_same"),
    [("AW: reminder", 59, True), ("Reminder", 61, False), ("Reminder 2", 1, False)],
)
def test_subject_and_sender_go_on_for_sixty_days(company, known, subject, days, is_same):
    first = take(company)
    second = take(
        company, text="More", subject=subject, message_id="<b@c>", at=AT + timedelta(days=days)
    )
    assert (second.conversation_id == first.conversation_id) == is_same


def test_another_sender_with_the_same_subject_begins_anew(company, known):
    first = take(company)
    second = take(company, sender="eve@buyer.example", message_id="<b@c>")
    assert second.conversation_id != first.conversation_id


def test_of_contacts_at_two_customers_the_one_whose_item_is_named_is_meant(company, known):
    other = add_customer(company, "K2")
    contact(other)
    invoice(other, "R-2002", 50_00)
    assert shape(take(company, text="R-2002 is wrong")) == ("K2", None, ["R-2002"])
    assert shape(take(company, text="Hello", subject="x", message_id="<b@c>"))[0] is None


def test_a_stranger_who_names_one_customers_item_is_linked_and_two_are_not(company, known):
    invoice(add_customer(company, "K2"), "R-2002", 50_00)
    take(company, text="x")
    told = [
        shape(
            take(
                company,
                text=text,
                sender=f"s{n}@x.example",
                subject=f"s{n}",
                message_id=f"<{n}@x>",
            )
        )
        for n, text in enumerate(["About R-1001.", "R-1001 and R-2002", "r-1001", "10 of 3"])
    ]
    assert told == [
        ("K1", None, ["R-1001"]), (None, None, []), ("K1", None, ["R-1001"]), (None, None, []),
    ]  # fmt: skip


def test_a_conversation_that_is_done_opens_again_and_one_that_waits_too(company, known):
    first = take(company)
    actor = system(company)
    close_conversation(actor=actor, conversation=first.conversation, at=AT)
    again = take(company, text="Still wrong", message_id="<b@c>", at=AT + HOUR)
    found = again.conversation
    assert (found.pk, found.status, found.reopened, found.done_at) == (
        first.conversation_id, "open", 1, None,
    )  # fmt: skip
    wait_conversation(actor=actor, conversation=found, at=AT)
    third = take(company, text="Answer", message_id="<d@c>", at=AT + 2 * HOUR)
    assert (third.conversation.status, third.conversation.reopened) == ("open", 1)


def test_what_answers_a_merged_conversation_goes_where_it_went(company, known):
    first = take(company)
    second = take(company, subject="Other", message_id="<b@c>")
    merge_conversations(
        actor=system(company), into=second.conversation, other=first.conversation, at=AT
    )
    third = take(company, text="More", message_id="<d@c>", subject="Re: Other")
    fourth = take(company, text="And", message_id="<e@c>", replies_to="<a1@buyer.example>")
    assert {third.conversation_id, fourth.conversation_id} == {second.conversation_id}


def test_an_automatic_answer_is_set_aside_and_opens_nothing(company, customer):
    message = sent(customer)
    inbound = take(
        company, text="Ticket 4711 was opened.", replies_to=message.message_id,
        more=[("Auto-Submitted", "auto-generated")],
    )  # fmt: skip
    inbound.refresh_from_db()
    assert (inbound.kind, inbound.status) == ("automatic", "set_aside")
    assert Conversation.objects.get().status == "done"
    assert (Signal.objects.count(), ContactAttempt.objects.count()) == (0, 0)


def test_a_bounce_marks_the_message_it_reports(company, customer):
    message = sent(customer, to=SENDER)
    report = message_from_bytes(
        letter("Delivery failed", subject="Undeliverable"), policy=policy.default
    )
    boundary = "b1"
    data = (
        "From: postmaster@buyer.example\r\nTo: credit@seller.example\r\nSubject: Undeliverable\r\n"
        f"Message-ID: <ndr@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
        f'report-type=delivery-status; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
        f"Content-Type: text/plain\r\n\r\nUser unknown\r\n--{boundary}\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x\r\n\r\n"
        f"Final-Recipient: rfc822; {SENDER}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--{boundary}\r\n"
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message.message_id}\r\n--{boundary}--\r\n"
    ).encode()
    assert report is not None
    inbound = take(company, data)
    message.refresh_from_db()
    inbound.refresh_from_db()
    assert (inbound.kind, inbound.status, inbound.answers_id) == ("bounce", "handled", message.pk)
    assert message.status == "bounced"
    assert Conversation.objects.get().status == "done"


def test_a_mail_that_cannot_be_read_is_kept_and_says_why(company, known):
    data = letter() + b"\n" * 700_000
    inbound = take(company, data)
    assert (inbound.sender, inbound.subject, inbound.text, inbound.customer) == (
        SENDER, "Re: Reminder", "", known,
    )  # fmt: skip
    assert inbound.finding == "The mail has more than 600,000 lines."
    assert upload_path(inbound.sha256).read_bytes() == data


def test_files_are_kept_and_the_dangerous_ones_blocked(company, known):
    inbound = take(company, files=[EXE, PDF])
    assert list(
        inbound.attachments.order_by("id").values_list("name", "media_type", "verdict", "finding")
    ) == [
        ("invoice.pdf.exe", "application/octet-stream", "blocked", "The file is a program."),
        ("advice.pdf", "application/pdf", "unscanned", ""),
    ]


def test_a_scanner_judges_a_file_once(company, known):
    inbound = take(company, files=[PDF])
    file = inbound.attachments.get()
    actor = system(company)
    judge_attachment(actor=actor, attachment=file, finding="Found Eicar.", at=AT)
    judge_attachment(actor=actor, attachment=file, finding="", at=AT)
    file.refresh_from_db()
    assert (file.verdict, file.finding) == ("blocked", "Found Eicar.")
    assert verbs(company) == ["mail.received", "attachment.blocked"]


def test_nothing_in_the_ledger_changes(company, known):
    ledger = (Item, Payment, Allocation, Adjustment, Promise)
    before = [list(model.objects.values()) for model in ledger]
    take(company, text="We promise to pay R-1001 tomorrow, and dispute the rest.")
    assert [list(model.objects.values()) for model in ledger] == before


def test_a_text_is_the_answer_to_our_last_one_to_that_number(company, customer):
    message = message_to(
        customer, channel="sms", status="sent", sent_at=AT - HOUR, to="+4917012345678"
    )
    data = json.dumps({"id": "S1", "from": "+4917012345678", "text": "Paid today"}).encode()
    inbound = take(company, data, channel="sms")
    assert shape(inbound) == ("K1", message.pk, [])
    assert take(company, data, channel="sms").pk == inbound.pk


def test_a_text_from_a_number_of_one_contact_is_that_customers(company, customer):
    contact(customer, email="", phone="0170 / 123 456 78")
    data = json.dumps({"id": "S1", "from": "+4917012345678", "text": "Who are you?"}).encode()
    inbound = take(company, data, channel="whatsapp")
    assert shape(inbound) == ("K1", None, [])
    assert ContactAttempt.objects.get().channel == "sms"


def test_a_file_of_mails_is_taken_in_whole_and_once(company, clerk, known):
    one, two = letter(), letter("Other", message_id="<b@c>", subject="Other")
    box = b"".join(b"From a@b Thu Mar  5 09:00:00 2026\n" + data + b"\n" for data in (one, two))
    actor = acting(clerk)
    file = {"name": "mails.mbox", "data": box}
    assert take_in_file(actor=actor, mailbox=None, at=AT, **file) == (2, 0)
    assert take_in_file(actor=actor, mailbox=None, at=AT, **file) == (0, 2)
    assert set(InboundMessage.objects.values_list("text", flat=True)) == {
        "We paid R-1001 yesterday.", "Other",
    }  # fmt: skip


def test_a_mail_that_outlook_saved_is_taken_in_with_what_is_attached(company, clerk, known):
    inner = outlook(attached("advice.pdf", PDF[1]), kind="inner", p1000="R-1001 is paid.")
    saved = msg(
        attached("Advice", inner), p0C1F=SENDER, p0037="R-1001", p1000="See the mail below.",
        p1035="<o@buyer.example>",
    )  # fmt: skip
    file = {"name": "mail.msg", "data": saved}
    assert take_in_file(actor=acting(clerk), mailbox=None, at=AT, **file) == (1, 0)
    assert take_in_file(actor=acting(clerk), mailbox=None, at=AT, **file) == (0, 1)

    inbound = InboundMessage.objects.get()
    assert (inbound.customer, inbound.text) == (known, "See the mail below.")
    assert inbound.quoted.endswith("R-1001 is paid.")
    assert set(inbound.attachments.values_list("name", "verdict")) == {
        ("file.eml", "unscanned"), ("advice.pdf", "unscanned"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", r"\.msg"), (b"nothing", "no mail")],
)
def test_a_file_without_mails_is_refused(company, data, said):
    with pytest.raises(Refused, match=said):
        take_in_file(actor=system(company), mailbox=None, name="x", data=data, at=AT)


def test_who_may_not_and_what_does_not_fit(company, reader, rival):
    with pytest.raises(Forbidden):
        take(company, actor=acting(reader))
    box = mailbox(rival.memberships.order_by("id")[0].company)
    for changes, said in (
        ({"mailbox": box}, "another company"),
        ({"channel": "fax"}, "no channel fax"),
        ({"data": b""}, "empty"),
        ({"channel": "sms"}, "no JSON"),
    ):
        values = {"mailbox": None, "data": b"x", "channel": "email", **changes}
        with pytest.raises(Refused, match=said):
            take_in(actor=system(company), received_at=AT, at=AT, **values)
    assert (InboundMessage.objects.count(), InboundAttachment.objects.count()) == (0, 0)
    assert Message.objects.count() == 0


def test_the_number_of_queries_does_not_grow_with_the_items_named(
    company, known, django_assert_num_queries
):
    for number in range(2, 9):
        invoice(known, f"R-100{number}", 1_00)
    take(company)
    text = " ".join(f"R-100{number}" for number in range(1, 9))
    with django_assert_num_queries(NUM_QUERIES) as captured:
        inbound = take(company, text=text, message_id="<q@x>", subject="Many")
    assert len(shape(inbound)[2]) == 8
    assert sum("dunwell_item" in one["sql"] and "number" in one["sql"] for one in captured) == 1


NUM_QUERIES = 16
