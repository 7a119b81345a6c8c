"""Claiming and marking: nobody holds a message twice, nobody marks what is not theirs."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, system
from dunwell.actions.outbox import (
    ATTEMPTS,
    BACKOFF,
    LEASE,
    claim_messages,
    mark_failed,
    mark_sent,
    put_back_messages,
    withdraw_message,
)
from dunwell.models import Event, Message
from tests.actions.desk import acting, last_event, verbs
from tests.actions.test_messages import message_to
from tests.conftest import AT


def ready(customer, **fields):
    return message_to(customer, status="ready", **fields)


def claimed(company, at=AT, limit=10, **options):
    return [m.pk for m in claim_messages(actor=system(company), limit=limit, at=at, **options)]


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts, message.error


def test_a_claimed_message_is_not_claimed_again(company, customer):
    message = ready(customer)
    assert (claimed(company), claimed(company)) == ([message.pk], [])
    assert state(message) == ("claimed", 1, "")
    assert last_event(company)[:2] == ("message.claimed", "system")


def test_only_what_goes_by_mail_and_is_ready_is_claimed(company, customer):
    for number, (channel, status) in enumerate(
        [("letter", "ready"), ("call", "ready"), ("email", "draft"), ("email", "sent"),
         ("email", "cancelled"), ("email", "dead"), ("portal", "ready")]
    ):  # fmt: skip
        message_to(
            customer, channel=channel, status=status, as_of=AT.date() - timedelta(days=number)
        )
    assert claimed(company) == [Message.objects.get(channel="portal").pk]


def test_a_batch_begins_after_the_one_before(company, customer):
    keys = [ready(customer, as_of=AT.date() - timedelta(days=n)).pk for n in range(3)]
    assert (claimed(company, limit=2), claimed(company, after=keys[1])) == (keys[:2], keys[2:])


def test_messages_of_another_company_are_never_seen(company, customer, rival):
    other = rival.memberships.order_by("id")[0].company
    ready(customer)
    assert claimed(other) == []


@pytest.mark.parametrize("attempt", range(1, ATTEMPTS))
def test_a_failed_message_waits_longer_after_every_attempt(company, customer, attempt):
    message = message_to(customer, status="failed", attempts=attempt, claimed_at=AT)
    pause = BACKOFF[attempt - 1]
    assert claimed(company, AT + pause - timedelta(seconds=1)) == []
    assert claimed(company, AT + pause) == [message.pk]


def test_a_claim_that_ran_out_is_released_and_said(company, customer):
    message = ready(customer)
    claimed(company)
    assert claimed(company, AT + LEASE) == [message.pk]
    assert state(message)[:2] == ("claimed", 2)
    assert "message.released" in verbs(company)


def test_a_message_that_stops_every_worker_is_given_up(company, customer):
    message = message_to(customer, status="claimed", attempts=ATTEMPTS, claimed_at=AT)
    assert claimed(company, AT + LEASE) == []
    assert state(message) == ("dead", ATTEMPTS, "the worker stopped during each of 6 attempts")


def test_a_worker_that_lost_its_claim_changes_nothing(company, customer):
    message = ready(customer)
    (slow,) = claim_messages(actor=system(company), limit=1, at=AT)
    claimed(company, AT + LEASE)
    events = Event.objects.count()
    mark_sent(actor=system(company), message=slow, place="file", at=AT)
    mark_failed(actor=system(company), message=slow, error="x", permanent=True, at=AT)
    withdraw_message(actor=system(company), message=slow, reasons=["x"], text="x", at=AT)
    put_back_messages(actor=system(company), messages=[slow], text="x")
    assert (state(message)[0], Event.objects.count()) == ("claimed", events)


def test_sent_failed_and_dead_are_told_on_the_customer(company, customer):
    actor = system(company)
    told = []
    for number, (permanent, status) in enumerate(
        [(None, "sent"), (False, "failed"), (True, "dead")]
    ):
        message = ready(customer, as_of=AT.date() - timedelta(days=number))
        (held,) = claim_messages(actor=actor, limit=1, at=AT, after=message.pk - 1)
        if permanent is None:
            mark_sent(actor=actor, message=held, place="file 1.eml", at=AT)
        else:
            mark_failed(actor=actor, message=held, error="no", permanent=permanent, at=AT)
        assert state(message)[0] == status
        told.append((last_event(company)[0], last_event(company)[2]))
    assert told == [
        ("message.sent", customer.pk),
        ("message.failed", customer.pk),
        ("message.dead", customer.pk),
    ]


def test_putting_back_takes_the_attempt_back_and_leaves_no_event(company, customer):
    message = ready(customer)
    held = claim_messages(actor=system(company), limit=1, at=AT)
    events = Event.objects.count()
    assert put_back_messages(actor=system(company), messages=held, text="quiet hours") == 1
    assert (state(message), Event.objects.count()) == (("ready", 0, "quiet hours"), events)


def test_who_may_not_send_claims_nothing(company, customer, reader):
    ready(customer)
    with pytest.raises(Forbidden):
        claim_messages(actor=acting(reader), limit=1, at=AT)
    assert Message.objects.get().status == "ready"
