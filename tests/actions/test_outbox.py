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
    pause_after,
    put_back_messages,
    withdraw_message,
)
from dunwell.engine.backoff import JITTER
from dunwell.formats.hand_overs import HandedOver
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
    message = message_to(customer, status="ready", attempts=attempt - 1)
    (held,) = claim_messages(actor=system(company), limit=1, at=AT)
    mark_failed(actor=system(company), message=held, error="no", permanent=False, at=AT)
    pause = pause_after(attempt, message.message_id)
    assert claimed(company, AT + pause - timedelta(microseconds=1)) == []
    assert claimed(company, AT + pause) == [message.pk]


def test_pauses_grow_are_spread_by_a_quarter_at_most_and_always_the_same():
    keys = [f"<{number}@dunwell>" for number in range(1_000)]
    for attempt, base in enumerate(BACKOFF, 1):
        pauses = [pause_after(attempt, key) for key in keys]
        assert pauses == [pause_after(attempt, key) for key in keys]
        assert base <= min(pauses) < max(pauses) <= base * (1 + JITTER)
        middle = sorted(pauses)[500]
        assert abs(middle - base * (1 + JITTER / 2)) < base * 0.02
    assert pause_after(9, keys[0]) >= BACKOFF[-1]


def test_a_claim_that_ran_out_is_released_and_said(company, customer):
    message = ready(customer)
    claimed(company)
    assert claimed(company, AT + LEASE) == [message.pk]
    assert state(message)[:2] == ("claimed", 2)
    assert "message.released" in verbs(company)
    assert message.may_repeat


def test_what_the_carrier_said_is_kept_with_the_message(company, customer):
    message = ready(customer)
    (held,) = claim_messages(actor=system(company), limit=1, at=AT)
    handed = HandedOver(
        place="resend", provider="resend", provider_id="re_1", cost_micros=400,
        cost_currency="USD", is_repeat_safe=True,
    )  # fmt: skip
    mark_sent(actor=system(company), message=held, place="resend", at=AT, handed=handed)
    message.refresh_from_db()
    kept = (message.provider, message.provider_id, message.cost_micros, message.cost_currency)
    assert kept == ("resend", "re_1", 400, "USD")


def test_a_text_without_a_number_or_a_carrier_is_left_to_people(company, customer):
    ready(customer, channel="sms", to="")
    texted = ready(customer, channel="sms", to="+4930123456", as_of=AT.date() - timedelta(days=1))
    assert claimed(company) == []
    assert claimed(company, channels=["sms"]) == [texted.pk]


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
