import hashlib

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.messages import approve_message, approve_messages, cancel_message
from dunwell.models import Message, MessageItem, Task
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_customer


def message_to(customer, status="draft", channel="email", items=(), as_of=TODAY, **fields):
    """A message of a day with the given items as (item, amount) and its approval task."""
    body = f"Dear {customer.name}"
    message = Message.objects.create(
        company=customer.company,
        customer=customer,
        channel=channel,
        status=status,
        strategy="standard",
        level=2,
        language="en",
        subject="Reminder",
        body=body,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        decision={"facts": {"open_minor": 1}},
        as_of=as_of,
        recorded_at=AT,
        **{
            "to": "ap@acme.example",
            "template": "reminder",
            "message_id": f"<{customer.pk}.{as_of}.{channel}@dunwell>",
            **fields,
        },
    )
    for item, amount in items:
        MessageItem.objects.create(message=message, item=item, level=2, open_minor=amount)
    if status == "draft":
        Task.objects.create(
            company=customer.company,
            customer=customer,
            message=message,
            kind="approve",
            reason="standard, level 2",
            due_on=as_of,
            as_of=as_of,
            recorded_at=AT,
        )
    return message


def state(message):
    message.refresh_from_db()
    return message.status


def tasks():
    return list(Task.objects.order_by("id").values_list("kind", "status", "done_by"))


def cancel(user, message, reason="paid today"):
    cancel_message(actor=acting(user), message=message, reason=reason, at=AT)


def test_approving_readies_the_message_and_completes_its_task(company, manager, customer):
    message = message_to(customer)

    approve_message(actor=acting(manager), message=message, at=AT)

    assert (state(message), tasks()) == ("ready", [("approve", "done", "mona")])
    assert last_event(company) == ("message.approved", "mona", customer.pk, {})


@pytest.mark.parametrize(("channel", "kind"), [("call", "call"), ("letter", "letter")])
def test_an_approved_call_or_letter_becomes_a_task_for_a_person(manager, customer, channel, kind):
    message = message_to(customer, channel=channel)

    approve_message(actor=acting(manager), message=message, at=AT)

    assert tasks() == [("approve", "done", "mona"), (kind, "open", "")]
    assert Task.objects.get(kind=kind).message == message


def test_a_batch_is_approved_as_a_whole_or_not_at_all(company, manager, customer):
    first = message_to(customer)
    second = message_to(add_customer(company, "K2"))
    ready = message_to(add_customer(company, "K3"), status="ready")

    with pytest.raises(Refused) as refusal:
        approve_messages(actor=acting(manager), ids=[first.pk, second.pk, ready.pk], at=AT)
    assert str(refusal.value) == ("This message does not wait for approval; it is: ready to send.")
    assert (state(first), state(second), verbs(company)) == ("draft", "draft", [])

    assert approve_messages(actor=acting(manager), ids=[first.pk, second.pk], at=AT) == 2
    assert (state(first), state(second)) == ("ready", "ready")
    assert verbs(company) == ["message.approved", "message.approved"]


def test_a_batch_with_a_strange_message_is_refused(manager, rival, customer):
    other = message_to(add_customer(rival.memberships.all()[0].company, "X1"))
    own = message_to(customer)

    for ids, sentence in [
        ([], "Choose at least one message."),
        ([own.pk, other.pk], "One of these messages does not exist; load the page again."),
    ]:
        with pytest.raises(Refused) as refusal:
            approve_messages(actor=acting(manager), ids=ids, at=AT)
        assert str(refusal.value) == sentence
    assert (state(own), state(other)) == ("draft", "draft")


@pytest.mark.parametrize("status", ["draft", "ready", "failed", "dead"])
def test_what_is_not_sent_can_be_cancelled_with_its_task(company, collector, customer, status):
    message = message_to(customer, status=status)

    cancel(collector, message)

    assert state(message) == "cancelled"
    assert tasks() == ([("approve", "cancelled", "anna")] if status == "draft" else [])
    assert last_event(company) == (
        "message.cancelled",
        "anna",
        customer.pk,
        {"before": status, "reason": "paid today"},
    )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("claimed", "This message is being sent right now and cannot be stopped."),
        ("sent", "This message is sent and cannot be cancelled."),
        ("cancelled", "This message is cancelled and cannot be cancelled."),
    ],
)
def test_what_is_on_its_way_or_done_cannot_be_cancelled(
    company, collector, customer, status, sentence
):
    message = message_to(customer, status=status)

    with pytest.raises(Refused) as refusal:
        cancel(collector, message)

    assert (str(refusal.value), state(message), verbs(company)) == (sentence, status, [])


def test_of_two_people_deciding_at_once_one_is_told(company, manager, collector, customer):
    message = message_to(customer)
    stale = Message.objects.get(pk=message.pk)
    approve_message(actor=acting(manager), message=message, at=AT)

    for decide in (
        lambda: approve_message(actor=acting(manager), message=stale, at=AT),
        lambda: cancel(collector, stale),
    ):
        with pytest.raises(Refused) as refusal:
            decide()
        assert str(refusal.value) == "This message has just changed; load the page again."
    assert (state(message), verbs(company)) == ("ready", ["message.approved"])


def test_messages_need_the_right_and_the_own_company(collector, clerk, rival, customer):
    message = message_to(customer)

    with pytest.raises(Forbidden, match="message.approve"):
        approve_message(actor=acting(collector), message=message, at=AT)
    with pytest.raises(Forbidden, match="message.cancel"):
        cancel(clerk, message)
    with pytest.raises(Refused, match="Say why the message is not sent"):
        cancel(collector, message, reason=" ")
    with pytest.raises(Refused, match="This message belongs to another company"):
        approve_message(actor=acting(rival), message=message, at=AT)
    with pytest.raises(Refused, match="This message belongs to another company"):
        cancel(rival, message)
    assert state(message) == "draft"
