"""Writing down what was said: call results and remarks."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.contact_attempts import attempt_of_note
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.mentions import call_mentioned
from dunwell.actions.snoozes import snooze_customer
from dunwell.actions.texts import fitting
from dunwell.models import Customer, Event, Note, Task

CALL_TASKS = (Task.Kind.CALL, Task.Kind.BROKEN_PROMISE)
"""Tasks that a call to the customer fulfils."""

MOST_EVENTS = 50
"""So far back is looked whether the last call was taken back; a day has fewer notes."""


@transaction.atomic
def record_note(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    as_of: date,
    at: datetime,
    result: str = "",
    why: str = "",
    text: str = "",
    next_on: date | None = None,
    snooze: bool = False,
) -> Note:
    """Add a call result or a remark; a call also completes the customer's open call tasks.

    A call or a visit is kept as a contact attempt too, with what the contact rules say to it.
    Colleagues called by @name in the text are told.

    `why` is the reason for non-payment; with `snooze` the customer leaves the
    worklist until `next_on`. Raises Refused for an unknown kind, result or
    reason, a call without a result, another kind without text, a next day that has passed.
    """
    actor.require("note.record")
    open_customer(actor, customer)
    told = fitting(text=text, most=2000, what="text")
    _check(kind, result, why, told)
    if next_on is not None and next_on < as_of:
        raise Refused("The next day has already passed.")
    if snooze and next_on is None:
        raise Refused("Give the day on which the customer comes back.")
    note = Note.objects.create(
        company=actor.company,
        customer=customer,
        kind=kind,
        result=result,
        why=why,
        text=told,
        next_on=next_on,
        on=as_of,
        by=actor.name,
        at=at,
    )
    call_mentioned(actor, note, as_of=as_of, at=at)
    completed = _complete_calls(actor, customer, at) if kind == Note.Kind.CALL else []
    is_corrected = kind == Note.Kind.CALL and _is_corrected(actor, customer, as_of)
    # the call whose result was taken back is the one told of now: it was made once
    attempt = None if is_corrected else attempt_of_note(note, as_of=as_of)
    rule = attempt.verdict["rule"] if attempt is not None else ""
    record_event(
        actor,
        "note.recorded",
        note,
        at=at,
        customer_id=customer.pk,
        kind=kind,
        result=result,
        why=why,
        next_on=next_on.isoformat() if next_on else "",
        completed_tasks=completed,
        # made against a rule: told where somebody looks for it
        **({"against_rule": rule} if rule else {}),
    )
    if snooze and next_on is not None:
        snooze_customer(
            actor=actor, customer=customer, until_on=next_on, as_of=as_of, at=at, reason=result
        )
    return note


def _check(kind: str, result: str, why: str, text: str) -> None:
    if kind not in Note.Kind.values:
        raise Refused(f"There is no kind of note {kind}; use {', '.join(Note.Kind.values)}.")
    if result not in Note.Result.values:
        known = ", ".join(value for value in Note.Result.values if value)
        raise Refused(f"There is no result {result}; use {known}.")
    if why not in Note.Why.values:
        known = ", ".join(value for value in Note.Why.values if value)
        raise Refused(f"There is no reason {why}; use {known}.")
    if kind == Note.Kind.CALL and not result:
        raise Refused("Say how the call went.")
    if kind != Note.Kind.CALL and not text:
        raise Refused("Write a text.")


def _is_corrected(actor: Actor, customer: Customer, as_of: date) -> bool:
    """Return whether the last call recorded today was taken back, so that this one replaces it."""
    told = Event.objects.filter(
        company=actor.company,
        customer_id=customer.pk,
        subject="note",
        verb__in=["note.recorded", "note.taken_back"],
    )
    for event in told.order_by("-seq")[:MOST_EVENTS]:
        if event.verb == "note.taken_back":
            return bool(event.data.get("on") == as_of.isoformat())
        if event.data.get("kind") == Note.Kind.CALL:
            return False
    return False


def _complete_calls(actor: Actor, customer: Customer, at: datetime) -> list[int]:
    """Complete the open tasks a call fulfils and return their keys."""
    tasks = Task.objects.filter(
        customer=customer, kind__in=CALL_TASKS, status=Task.Status.OPEN
    ).order_by("pk")
    keys = list(tasks.values_list("pk", flat=True))
    Task.objects.filter(pk__in=keys, status=Task.Status.OPEN).update(
        status=Task.Status.DONE, done_at=at, done_by=actor.name
    )
    return keys
