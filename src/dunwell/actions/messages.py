"""Deciding on messages that wait: approving and cancelling them. Sending is `actions.outbox`."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from dunwell.actions.conversation_answers import note_answer
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.outbox import SENT_AS_TEXT
from dunwell.actions.portal_notices import tell_reader
from dunwell.actions.texts import fitting
from dunwell.models import Message, Task

BY_HAND = {
    **dict.fromkeys(("call", "sms", "whatsapp"), Task.Kind.CALL),
    "letter": Task.Kind.LETTER,
}
"""Channels that no worker serves: what is approved becomes a task for a person, unless a carrier
has its number."""

TASKS_AT_ONCE = 500


@transaction.atomic
def approve_message(*, actor: Actor, message: Message, at: datetime) -> None:
    """Let a message that waits for approval be sent, and complete its task.

    Raises Refused for a message that does not wait for approval.
    """
    actor.require("message.approve")
    if message.company_id != actor.company.pk:
        raise Refused("This message belongs to another company.")
    _approve(actor, message, at=at)


@transaction.atomic
def approve_messages(*, actor: Actor, ids: Collection[int], at: datetime) -> int:
    """Approve all of the given messages, or none; return how many.

    Raises Refused when one is not the company's or no longer waits for approval.
    """
    actor.require("message.approve")
    if not ids:
        raise Refused("Choose at least one message.")
    found = list(
        Message.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(ids))
        .order_by("pk")
    )
    if len(found) != len(set(ids)):
        raise Refused("One of these messages does not exist; load the page again.")
    for message in found:
        _approve(actor, message, at=at)
    return len(found)


@transaction.atomic
def cancel_message(*, actor: Actor, message: Message, reason: str, at: datetime) -> None:
    """Stop a message that is not sent yet, with a reason, and cancel its task.

    Raises Refused for one that was sent, is being sent right now, or is cancelled.
    """
    actor.require("message.cancel")
    if message.company_id != actor.company.pk:
        raise Refused("This message belongs to another company.")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the message is not sent.")
    before = Message.Status(message.status)
    if before == Message.Status.CLAIMED:
        raise Refused("This message is being sent right now and cannot be stopped.")
    if Message.Status.CANCELLED not in Message.MOVES[before]:
        raise Refused(f"This message is {before.label.lower()} and cannot be cancelled.")
    _move(message, before, Message.Status.CANCELLED)
    _finish_task(actor, message, Task.Status.CANCELLED, at=at)
    record_event(
        actor,
        "message.cancelled",
        message,
        at=at,
        customer_id=message.customer_id,
        before=before,
        reason=told,
    )


def _approve(actor: Actor, message: Message, *, at: datetime) -> None:
    before = Message.Status(message.status)
    if before != Message.Status.DRAFT:
        raise Refused(f"This message does not wait for approval; it is: {before.label.lower()}.")
    told = {}
    if message.author:
        told["override"] = own_approval(
            actor,
            author=message.author,
            refusal="You wrote this message; somebody else has to approve it.",
        )
    _move(message, before, Message.Status.READY)
    note_answer(message, at=at)
    tell_reader(actor, message, at=at)
    _finish_task(actor, message, Task.Status.DONE, at=at)
    is_carried = message.channel in SENT_AS_TEXT and message.to
    if message.channel in BY_HAND and not is_carried:
        ask_somebody(message, at=at)
    record_event(
        actor, "message.approved", message, at=at, customer_id=message.customer_id, **told
    )


def _move(message: Message, before: Message.Status, status: Message.Status) -> None:
    # Compare and set: delivery or somebody else may have taken the message meanwhile.
    if Message.objects.filter(pk=message.pk, status=before).update(status=status) != 1:
        raise Refused("This message has just changed; load the page again.")


def ask_somebody(*messages: Message, at: datetime) -> None:
    """Open the tasks of calls, letters and texts that no carrier takes, unless they are open.

    Part of the action that calls it, in its transaction.
    """
    Task.objects.bulk_create(
        (
            Task(
                company_id=message.company_id,
                customer_id=message.customer_id,
                message=message,
                kind=BY_HAND[message.channel],
                reason=f"Approved: {message.subject or message.body}"[:300],
                due_on=message.as_of,
                as_of=message.as_of,
                recorded_at=at,
            )
            for message in messages
        ),
        batch_size=TASKS_AT_ONCE,
        ignore_conflicts=True,
    )


def _finish_task(actor: Actor, message: Message, status: Task.Status, *, at: datetime) -> None:
    Task.objects.filter(message=message, status=Task.Status.OPEN).update(
        status=status, done_at=at, done_by=actor.name
    )
