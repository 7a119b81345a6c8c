"""The outbox: claiming messages, and writing down what became of each.

A message is claimed and committed, handed over outside any transaction, and marked. A
worker that dies in between leaves a claim; it runs out and the message is handed over
again under the same message id, so nothing is lost and a repeat can be recognised.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When

from dunwell.actions.contact_attempts import attempt_of_message
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.engine.backoff import wait_after
from dunwell.formats.hand_overs import HandedOver
from dunwell.models import Message
from dunwell.queries.contact_rules import ContactVerdict
from dunwell.queries.debit_notices import BY_MAIL, BY_STATEMENT
from dunwell.queries.promise_confirmations import BY_CONFIRMATION
from dunwell.queries.site_addresses import unaddressed
from dunwell.queries.trial_mails import TEST

LEASE = timedelta(minutes=10)
"""How long a claim holds; far longer than any hand-over takes."""

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
"""How long to wait after the first, second ... failure; after the last one it is given up."""

SENT_BY_MAIL = ("email", "portal", *BY_MAIL, *BY_STATEMENT, *BY_CONFIRMATION, TEST)
"""Channels that are handed over as mail."""

SENT_AS_TEXT = ("sms", "whatsapp")
"""Channels a carrier may serve; without a number in `to` such a message is a task of a person, as
calls and letters are."""

CARRIED = (*SENT_BY_MAIL, *SENT_AS_TEXT)

ATTEMPTS = len(BACKOFF) + 1
"""Hand-overs before a message is given up."""

Status = Message.Status


def pause_after(attempts: int, message_id: str) -> timedelta:
    """Return how long a message waits after its nth failed attempt.

    The jitter is computed from Message-ID and attempt, so that it is always the same.
    """
    return wait_after(BACKOFF, attempts=attempts, key=message_id)


@transaction.atomic
def claim_messages(
    *,
    actor: Actor,
    limit: int,
    at: datetime,
    after: int = 0,
    besides: Q | None = None,
    channels: Sequence[str] = SENT_BY_MAIL,
) -> list[Message]:
    """Take up to `limit` messages that may be handed over now, in the order of their keys.

    `after` is the last key of the batch before, so that what was put back waits for the next
    call; `besides` are messages left alone, whose hour has not come; only `channels` are
    looked at: one that rests is left out, as is what waits for DUNWELL_SITE. Ready ones, failed
    ones whose waiting time is over, and claims of workers that died. Each is taken by
    compare-and-set, so two workers never hold the same message.
    """
    actor.require("message.send")
    _release_dead_claims(actor, at=at)
    is_due = Q(retry_at=None) | Q(retry_at__lte=at)
    found = (
        Message.objects.filter(company=actor.company, channel__in=channels, id__gt=after)
        .filter(Q(status=Status.READY) | Q(status=Status.FAILED) & is_due)
        .exclude(channel__in=SENT_AS_TEXT, to="")
        .exclude(unaddressed())
        .exclude(Q(pk__in=()) if besides is None else besides)
        .order_by("id")
        .values_list("id", "status")[:limit]
    )
    taken = [
        key
        for key, status in list(found)
        if Message.objects.filter(pk=key, status=status).update(
            status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    ]
    if taken:
        record_event(actor, "message.claimed", actor.company, at=at, messages=taken)
    return list(Message.objects.filter(pk__in=taken).select_related("customer").order_by("id"))


@transaction.atomic
def mark_sent(
    *,
    actor: Actor,
    message: Message,
    place: str,
    at: datetime,
    verdict: ContactVerdict | None = None,
    handed: HandedOver | None = None,
) -> None:
    """Write down that a message was handed over, to what place, and what the carrier said.

    It is kept as a contact attempt, with the verdict of the contact rules right before. What the
    carrier reported before we could write this down stands: it is delivered, or came back.
    """
    actor.require("message.send")
    told = HandedOver(place=place) if handed is None else handed
    kept = {"may_repeat": False} if told.is_repeat_safe else {}
    moved = _move(
        message,
        _as_reported(),
        sent_at=at,
        retry_at=None,
        error=Case(When(bounced_at=None, then=Value("")), default=F("error")),
        provider=told.provider,
        provider_id=told.provider_id,
        cost_micros=told.cost_micros,
        cost_currency=told.cost_currency,
        **kept,
    )
    if moved:
        attempt_of_message(message, verdict=verdict, by=actor.name, at=at)
        _record(actor, "message.sent", message, at=at, to=message.to, place=place)


@transaction.atomic
def mark_failed(
    *, actor: Actor, message: Message, error: str, permanent: bool, at: datetime
) -> Message.Status:
    """Write down a failed hand-over; return whether it is tried again (failed) or not (dead)."""
    actor.require("message.send")
    status = Status.DEAD if permanent or message.attempts >= ATTEMPTS else Status.FAILED
    waits = status == Status.FAILED
    retry_at = at + pause_after(message.attempts, message.message_id) if waits else None
    if _move(message, status, error=error[:500], retry_at=retry_at):
        _record(actor, f"message.{status}", message, at=at, error=error, attempts=message.attempts)
    return status


@transaction.atomic
def withdraw_message(
    *, actor: Actor, message: Message, reasons: Sequence[str], text: str, at: datetime
) -> None:
    """Cancel a claimed message that must not go out any more, with the reasons."""
    actor.require("message.send")
    if _move(message, Status.CANCELLED, error=text[:500]):
        _record(actor, "message.cancelled", message, at=at, reasons=list(reasons), reason=text)


@transaction.atomic
def put_back_messages(*, actor: Actor, messages: Sequence[Message], text: str) -> int:
    """Put claimed messages back for a later hour; the attempt does not count. Return how many.

    No event: nothing happened to the customer, and it would happen every night.
    """
    actor.require("message.send")
    return sum(
        _move(message, Status.READY, attempts=F("attempts") - 1, error=text[:500])
        for message in messages
    )


def _release_dead_claims(actor: Actor, *, at: datetime) -> None:
    """Put back what a worker claimed and never finished; after the last attempt give it up."""
    dead = Message.objects.filter(
        company=actor.company,
        channel__in=CARRIED,
        status=Status.CLAIMED,
        claimed_at__lte=at - LEASE,
    )
    given_up = list(dead.filter(attempts__gte=ATTEMPTS).order_by("id"))
    for message in given_up:
        text = f"the worker stopped during each of {message.attempts} attempts"
        if _move(message, Status.DEAD, error=text, may_repeat=True):
            _record(actor, "message.dead", message, at=at, error=text, attempts=message.attempts)
    keys = list(dead.order_by("id").values_list("id", flat=True))
    text = "a worker stopped while handing it over; it may have arrived once already"
    if keys and dead.update(status=Status.READY, error=text, may_repeat=True):
        record_event(actor, "message.released", actor.company, at=at, messages=keys)


def _as_reported() -> Case:
    """Return the status of a message that was handed over, by what was reported of it."""
    return Case(
        When(bounced_at__isnull=False, then=Value(Status.BOUNCED.value)),
        When(delivered_at__isnull=False, then=Value(Status.DELIVERED.value)),
        default=Value(Status.SENT.value),
        output_field=CharField(),
    )


def _move(message: Message, status: Message.Status | Case, **changes: object) -> int:
    """Move a claimed message on by compare-and-set; return 1, or 0 when the claim is lost.

    The moment of the claim is part of the comparison: a worker that was thought dead
    must not overwrite what the next one did.
    """
    return Message.objects.filter(
        pk=message.pk, status=Status.CLAIMED, claimed_at=message.claimed_at
    ).update(status=status, **changes)


def _record(actor: Actor, verb: str, message: Message, *, at: datetime, **data: object) -> None:
    record_event(actor, verb, message, at=at, customer_id=message.customer_id, **data)
