"""Messages people write: filled from the ledger, checked, written once, kept in their thread."""

from datetime import timedelta

import pytest

from dunwell.actions.compositions import MOST_ENCLOSED, Enclosure, compose_message
from dunwell.actions.contact_attempts import MADE
from dunwell.actions.contacts import add_contact
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.messages import approve_message, cancel_message
from dunwell.actions.payments import apply_payment
from dunwell.actions.uploads import upload_path
from dunwell.actions.wordings import send_test_mail
from dunwell.jobs.deliver import deliver
from dunwell.models import Contact, ContactAttempt, Conversation, InboundMessage, Message, Task
from dunwell.queries.compositions import Wish, composition, starting_text
from dunwell.queries.deliveries import delivery_verdicts
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_wordings import published
from tests.conftest import AT, TODAY, add_customer, add_user

PLAIN = "Dear {contact_name},\n\nabout R1: 100.00 EUR is open.\n\n{collector_name}\n"


@pytest.fixture
def contact(customer):
    return add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        phone="+49 30 1234567", at=AT,
    )  # fmt: skip


@pytest.fixture
def item(customer, contact):
    return invoice(customer, "R1", 100_00, due_on=TODAY - timedelta(days=9))


def compose(user, customer, contact, **changes):
    values = {
        "channel": "email", "subject": "Your account", "body": PLAIN, "as_of": TODAY, "at": AT,
        **changes,
    }  # fmt: skip
    return compose_message(actor=acting(user), customer=customer, contact=contact, **values)


def test_a_message_is_filled_with_facts_and_waits_in_the_outbox(
    company, collector, customer, contact, item
):
    type(collector).objects.update(first_name="Anna", last_name="Berg")
    message = compose(collector, customer, contact, items=[item])
    assert (message.status, message.author, message.to, message.template, message.strategy) == (
        "ready", "anna", "pay@acme.example", "free_text", "composed",
    )  # fmt: skip
    assert message.body == "Dear Pat,\n\nabout R1: 100.00 EUR is open.\n\nAnna Berg\n"
    assert message.decision["demand_minor"] == {"EUR": 100_00}
    [line] = message.lines.all()
    assert (line.item_id, line.open_minor) == (item.pk, 100_00)
    verb, actor, about, data = last_event(company)
    assert (verb, actor, about, data["items"]) == ("message.composed", "anna", customer.pk, ["R1"])


def test_the_same_asked_twice_is_one_message_until_it_is_over(
    company, collector, customer, contact, item
):
    first = compose(collector, customer, contact, items=[item])
    assert compose(collector, customer, contact, items=[item]) == first
    assert verbs(company).count("message.composed") == 1
    cancel_message(actor=acting(collector), message=first, reason="typo", at=AT)
    second = compose(collector, customer, contact, items=[item])
    assert second != first and second.message_id == first.message_id.replace(".0@", ".1@")


def test_a_template_gives_its_words_with_all_that_is_asked_for(collector, customer, contact, item):
    message = compose(
        collector, customer, contact, items=[item], template="reminder", subject="", body=""
    )
    assert message.subject == "A friendly reminder from Northwind"
    assert "Invoice R1 of" in message.body and "€100.00" in message.body
    subject, body = starting_text(customer, contact, "reminder", as_of=TODAY)
    assert (subject, "{lines}" in body) == ("A friendly reminder from {company_name}", True)
    assert starting_text(customer, contact, "call_script", as_of=TODAY) == ("", "")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("About R1: 99.00 EUR is open.", "Of R1 100.00 EUR is open"),
        ("About R1: 100.00 USD is open.", "Of R1 100.00 EUR is open"),
        ("About X9: 1.00 EUR", "X9 is another customer's"),
        ("You will be arrested.", "Nobody is arrested for a debt"),
        ("Hello {nobody}", "{nobody} is not a placeholder"),
        ("Hello {customer.name}", "is not a placeholder"),
        ("   ", "Write something"),
        ("x" * 50_001, "at most 50000 fit"),
    ],
)
def test_what_is_wrong_does_not_go_out(company, collector, customer, contact, item, body, message):
    invoice(add_customer(company, "K2"), "X9", 1_00)
    with pytest.raises(Refused) as refusal:
        compose(collector, customer, contact, items=[item], body=body, is_confirmed=True)
    assert message in str(refusal.value)
    assert not Message.objects.exists()


def test_what_is_not_clear_is_confirmed_by_the_sender(collector, customer, contact, item):
    odd = {"body": "We could agree on 40.00 EUR a month.", "items": [item]}
    with pytest.raises(Refused, match="no such amount for this customer.*Confirm"):
        compose(collector, customer, contact, **odd)
    message = compose(collector, customer, contact, **odd, is_confirmed=True)
    assert [one["code"] for one in message.decision["confirmed"]] == ["amount_unclear"]


def test_what_was_paid_and_original_amounts_may_be_said(company, collector, customer, contact):
    item = invoice(customer, "R7", 100_00)
    paid = payment(customer, "P1", 30_00)
    apply_payment(actor=system(company), payment=paid, amounts={item: 30_00}, as_of=TODAY, at=AT)
    body = "R7 was for 100.00 EUR.\n\nYou paid 30.00 EUR on R7.\n\nOpen on R7: 70.00 EUR."
    assert compose(collector, customer, contact, body=body, items=[item]).status == "ready"


def test_a_disputed_item_is_warned_of(company, collector, customer, contact, item):
    open_dispute(
        actor=system(company), item=item, amount_minor=40_00, reason="price", note="", as_of=TODAY,
        at=AT,
    )  # fmt: skip
    with pytest.raises(Refused, match="40.00 EUR of R1 is disputed"):
        compose(collector, customer, contact, items=[item])


def test_a_way_without_an_address_and_what_came_back_are_blocked(
    collector, customer, contact, item
):
    with pytest.raises(Refused, match="no postal address"):
        compose(collector, customer, contact, channel="letter")
    with pytest.raises(Refused, match="No carrier of short messages"):
        compose(collector, customer, contact, channel="sms")
    with pytest.raises(Refused, match="goes by email, sms, letter, portal"):
        compose(collector, customer, contact, channel="call")
    with pytest.raises(Refused, match="has no mail address"):
        compose(collector, customer, None)
    Contact.objects.update(bounced_on=TODAY)
    with pytest.raises(Refused, match="came back"):
        compose(collector, customer, Contact.objects.get())


def test_a_letter_is_a_task_for_a_person(collector, customer, contact, item):
    type(customer).objects.update(address="Main Street 1, Berlin")
    message = compose(collector, customer, contact, channel="letter", items=[item])
    assert (message.to, message.status) == ("", "ready")
    assert Task.objects.get().kind == Task.Kind.LETTER


def test_what_the_texts_say_needs_approval_is_a_draft_for_somebody_else(
    company, collector, manager, customer, contact, item
):
    message = compose(
        manager, customer, contact, items=[item], template="final_notice", subject="", body=""
    )
    assert message.status == "draft" and Task.objects.get().kind == Task.Kind.APPROVE
    with pytest.raises(Refused, match="You wrote this message"):
        approve_message(actor=acting(manager), message=message, at=AT)
    second = add_user(company, "max", "credit_manager")
    approve_message(actor=acting(second), message=message, at=AT)
    message.refresh_from_db()
    assert message.status == "ready"


def test_a_company_says_what_needs_approval(company, collector, customer, contact, item):
    published(company, approve=["free_text"])
    assert compose(collector, customer, contact, items=[item]).status == "draft"
    notice = compose(
        collector, customer, contact, items=[item], template="final_notice", subject="", body=""
    )
    assert notice.status == "ready"


def test_an_answer_stays_in_its_thread_and_is_never_capped(
    company, collector, customer, contact, item
):
    thread = Conversation.objects.create(
        company=company, customer=customer, subject="x", opened_at=AT, last_in_at=AT
    )
    InboundMessage.objects.create(
        company=company, conversation=thread, customer=customer, kind="person", sha256="1" * 64,
        sender="pay@acme.example", message_id="<m1@acme.example>", size_bytes=1, received_at=AT,
        recorded_at=AT,
    )  # fmt: skip
    type(customer).objects.update(is_opted_out=True)
    customer.refresh_from_db()
    with pytest.raises(Refused, match="opted out of messages"):
        compose(collector, customer, contact, items=[item])
    with pytest.raises(Refused, match="was not received from this customer"):
        compose(collector, customer, contact, items=[item], in_reply_to="<made@up>")
    message = compose(
        collector, customer, contact, items=[item], conversation=thread,
        in_reply_to="<m1@acme.example>",
    )  # fmt: skip
    conversation = Conversation.objects.get()
    assert (message.conversation, message.in_reply_to) == (conversation, "<m1@acme.example>")
    assert (conversation.status, conversation.last_out_at, conversation.answered_at) == (
        "waiting", AT, AT,
    )  # fmt: skip
    verdict = delivery_verdicts(company, [message], as_of=TODAY, at=AT)[message.pk]
    assert verdict.act == "send"


def test_files_are_kept_byte_for_byte_under_names_of_their_own(collector, customer, contact, item):
    files = [
        Enclosure(kind="file", name="a.pdf", media_type="application/pdf", data=b"%PDF-1"),
        Enclosure(kind="file", name="A.pdf", media_type="application/pdf", data=b"%PDF-2"),
    ]
    message = compose(collector, customer, contact, items=[item], attachments=files)
    kept = list(message.attachments.order_by("pk"))
    assert [one.name for one in kept] == ["a.pdf", "A-2.pdf"]
    assert [upload_path(one.sha256).read_bytes() for one in kept] == [b"%PDF-1", b"%PDF-2"]
    large = Enclosure(
        kind="file", name="b.pdf", media_type="application/pdf", data=b"x" * (MOST_ENCLOSED + 1)
    )
    with pytest.raises(Refused, match="more than 15 MB"):
        compose(collector, customer, contact, attachments=[large])


def test_what_is_not_open_any_more_does_not_go_out(company, collector, customer, contact, item):
    message = compose(collector, customer, contact, items=[item])
    verdict = delivery_verdicts(company, [message], as_of=TODAY, at=AT)[message.pk]
    assert verdict.act == "send"
    apply_payment(
        actor=system(company), payment=payment(customer, "P1", 30_00), amounts={item: 30_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip
    verdict = delivery_verdicts(company, [message], as_of=TODAY, at=AT)[message.pk]
    assert (verdict.act, verdict.reasons) == ("withdraw", ("amounts_changed",))


def test_what_the_law_asks_for_stands_below(company, collector, customer, contact, item):
    type(customer).objects.update(country="DE", party="company", language="de")
    customer.refresh_from_db()
    message = compose(
        collector, customer, contact, items=[item], template="second_reminder", subject="",
        body="",
    )  # fmt: skip
    assert message.language == "de" and "Hinweis nach §§ 286, 288 BGB" in message.body
    assert message.decision["legal"] == ["DE-BGB-286-B2B"]


def test_what_is_shown_is_what_is_sent(collector, customer, contact, item):
    wish = Wish(
        customer=customer, contact=contact, channel="email", subject="Your account", body=PLAIN,
        items=[item], writer="anna",
    )  # fmt: skip
    shown = composition(wish, as_of=TODAY, at=AT)
    message = compose(collector, customer, contact, items=[item])
    assert (shown.subject, shown.body, shown.findings) == (message.subject, message.body, ())


@pytest.mark.parametrize("number", [1, 3])
def test_looking_at_a_message_costs_the_same_whatever_it_names(
    customer, contact, number, django_assert_num_queries
):
    items = [invoice(customer, f"R{n}", 100_00) for n in range(number)]
    body = "\n".join(f"{item.number}: 100.00 EUR" for item in items)
    wish = Wish(customer=customer, contact=contact, channel="email", subject="x", body=body,
                items=items)  # fmt: skip
    with django_assert_num_queries(QUERIES):
        assert composition(wish, as_of=TODAY, at=AT).blocks == ()


QUERIES = 21


def test_others_may_not(company, collector, reader, rival, customer, contact, item):
    with pytest.raises(Forbidden):
        compose(reader, customer, contact)
    with pytest.raises(Refused, match="another company"):
        compose(rival, customer, contact)
    other = add_customer(company, "K2")
    with pytest.raises(Refused, match="another customer"):
        compose(collector, other, contact)
    with pytest.raises(Refused, match="R1 is not an item of this customer"):
        compose(collector, other, None, items=[item])
    thread = Conversation.objects.create(
        company=company, customer=other, subject="x", opened_at=AT
    )
    with pytest.raises(Refused, match="with another customer"):
        compose(collector, customer, contact, conversation=thread)


def test_a_test_mail_is_handed_over_without_a_contact(company, collector, customer, contact):
    company.sending = "test"
    company.save()
    message = send_test_mail(
        actor=acting(collector), customer=customer, subject="Hi", body="Text", language="en",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    verdict = delivery_verdicts(company, [message], as_of=TODAY, at=AT)[message.pk]
    assert verdict.act == "send"
    assert dict(deliver(company.pk)) == {"sent": 1}
    assert ContactAttempt.objects.filter(outcome__in=MADE).count() == 0
