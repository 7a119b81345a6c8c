"""Letters of the desk: taken for printing, judged once more, and noted as posted or put back.

A batch is what one person took at one moment: its letters bear that moment as `claimed_at`, so
whoever prints it again prints the same letters, and a letter is never in two batches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import ContactAttempt, Message, Task
from dunwell.queries.deliveries import Verdict, delivery_verdicts
from dunwell.queries.letters import letters_in, letters_to_take

AT_ONCE = 500
"""Letters judged together."""

NO_MATTER = frozenset({"quiet_hours", "not_business_day"})
"""Reasons of the gate that hold for what arrives at once."""

Status = Message.Status


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the letters: in the batch, withdrawn for good, waiting for a later day."""

    letters: int
    withdrawn: int
    waiting: int


@transaction.atomic
def take_letters(*, actor: Actor, as_of: date, at: datetime) -> Taken:
    """Take every letter that waits into a batch of the moment `at`, to be printed and posted.

    The chase gate is asked once more: what must not go out any more is withdrawn with its
    task, what may go later stays. Letters to customers without an address stay as well.
    Raises Refused when no letter can be taken.
    """
    actor.require("task.complete")
    keys = list(letters_to_take(actor.company).values_list("pk", flat=True))
    waiting = Message.objects.filter(pk__in=keys, status=Status.READY)
    waiting.update(status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1)
    batch = list(letters_in(actor.company, at).order_by("pk"))
    verdicts = letter_verdicts(actor, batch, as_of=as_of, at=at)
    gone = [message for message in batch if verdicts[message.pk].act == "withdraw"]
    for message in gone:
        _withdraw(actor, message, verdicts[message.pk], at=at)
    _finish_tasks(actor, gone, Task.Status.CANCELLED, at=at)
    later = [message.pk for message in batch if verdicts[message.pk].act == "wait"]
    _put_back(actor, later, at=at)
    left = len(batch) - len(gone) - len(later)
    if left:
        keys = [row.pk for row in batch if verdicts[row.pk].act == "send"]
        record_event(actor, "letters.taken", actor.company, at=at, messages=keys)
    elif not gone:
        raise Refused(
            "No letter can be printed now: none waits, or each waits for an address or a day."
        )
    return Taken(left, len(gone), len(later))


@transaction.atomic
def post_letters(*, actor: Actor, taken_at: datetime, as_of: date, at: datetime) -> int:
    """Note that the letters of a batch were posted; return how many.

    Each counts as a contact of this moment, kept with what the contact rules say. Raises
    Refused when none of the batch is left to post.
    """
    actor.require("task.complete")
    batch = list(letters_in(actor.company, taken_at).select_related("customer").order_by("pk"))
    verdicts = letter_verdicts(actor, batch, as_of=as_of, at=at)
    moved = Message.objects.filter(
        pk__in=[message.pk for message in batch], status=Status.CLAIMED, claimed_at=taken_at
    ).update(status=Status.SENT, sent_at=at, error="")
    if not moved:
        raise Refused("No letter of this batch waits to be posted; it was posted or put back.")
    tasks = _finish_tasks(actor, batch, Task.Status.DONE, at=at)
    ContactAttempt.objects.bulk_create(
        [
            ContactAttempt(
                company_id=message.company_id,
                customer_id=message.customer_id,
                message=message,
                task_id=tasks[message.pk],
                channel="letter",
                outcome=ContactAttempt.Outcome.WRITTEN,
                verdict=_said(verdicts[message.pk]),
                by=actor.name,
                at=at,
            )
            for message in batch
            # somebody who ticked the task off has kept the contact already
            if message.pk in tasks
        ],
        batch_size=500,
    )
    keys = [message.pk for message in batch]
    record_event(actor, "letters.posted", actor.company, at=at, messages=keys)
    return moved


@transaction.atomic
def put_back_letters(*, actor: Actor, taken_at: datetime, at: datetime) -> int:
    """Put the letters of a batch that was not posted back; return how many wait again.

    Raises Refused when none of the batch is left.
    """
    actor.require("task.complete")
    keys = list(letters_in(actor.company, taken_at).values_list("pk", flat=True))
    if not keys or not _put_back(actor, keys, at=taken_at):
        raise Refused("No letter of this batch can be put back; it was posted or put back.")
    record_event(actor, "letters.put_back", actor.company, at=at, messages=keys)
    return len(keys)


def letter_verdicts(
    actor: Actor, letters: Sequence[Message], *, as_of: date, at: datetime
) -> dict[int, Verdict]:
    """Return what the chase gate says of each letter now, by key.

    The hour and the weekday do not matter: a letter is read when the post brings it.
    """
    told: dict[int, Verdict] = {}
    for start in range(0, len(letters), AT_ONCE):
        part = letters[start : start + AT_ONCE]
        told |= delivery_verdicts(actor.company, part, as_of=as_of, at=at)
    return {
        key: Verdict("send", contact=verdict.contact)
        if verdict.act == "wait" and set(verdict.reasons) <= NO_MATTER
        else verdict
        for key, verdict in told.items()
    }


def _withdraw(actor: Actor, message: Message, verdict: Verdict, *, at: datetime) -> None:
    Message.objects.filter(pk=message.pk, status=Status.CLAIMED, claimed_at=at).update(
        status=Status.CANCELLED, error=verdict.text[:500]
    )
    record_event(
        actor,
        "message.cancelled",
        message,
        at=at,
        customer_id=message.customer_id,
        reasons=list(verdict.reasons),
        reason=verdict.text,
    )


def _put_back(actor: Actor, keys: Sequence[int], *, at: datetime) -> int:
    return Message.objects.filter(
        company=actor.company, pk__in=keys, status=Status.CLAIMED, claimed_at=at
    ).update(status=Status.READY, attempts=F("attempts") - 1)


def _finish_tasks(
    actor: Actor, letters: Sequence[Message], status: Task.Status, *, at: datetime
) -> dict[int, int]:
    """Finish the open tasks of letters; return the key of each by its message."""
    found = Task.objects.filter(
        message__in=[letter.pk for letter in letters], status=Task.Status.OPEN
    )
    tasks = {task.message_id: task.pk for task in found if task.message_id is not None}
    Task.objects.filter(pk__in=tasks.values(), status=Task.Status.OPEN).update(
        status=status, done_at=at, done_by=actor.name
    )
    return tasks


def _said(verdict: Verdict) -> dict[str, object]:
    return {} if verdict.contact is None else verdict.contact.document()
