"""The records behind decisions on messages: what was decided, and readings made anew.

Part of the actions of `inbox_decisions`, inside their transactions.
"""

from datetime import date, datetime

from django.db.models import Model

from dunwell.actions.conversations import close_conversation, wait_conversation
from dunwell.actions.gate import Actor, Refused, Stale, own
from dunwell.engine.reply_suggestions import Suggestion, suggest, suggestion_of
from dunwell.models import (
    Company,
    Conversation,
    InboundDecision,
    InboundMessage,
    InboundReading,
)
from dunwell.queries.readings import latest_reading, reading_of
from dunwell.queries.reply_facts import said_of, suggestion_facts

Verdict, Status = InboundDecision.Verdict, InboundMessage.Status


def locked_message(
    actor: Actor, inbound: InboundMessage, *, is_money: bool = False
) -> InboundMessage:
    """Return a message locked with its conversation, in the order every other action locks."""
    own(actor, inbound, "message")
    if is_money:
        Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    Conversation.objects.select_for_update(no_key=True).get(pk=inbound.conversation_id)
    return (
        InboundMessage.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "conversation")
        .get(pk=inbound.pk)
    )


def check_latest(inbound: InboundMessage, reading: InboundReading) -> None:
    """Raise Stale for a reading that another one has replaced."""
    latest = latest_reading(inbound)
    if latest is None or latest.pk != reading.pk:
        raise Stale("The message was read anew meanwhile; load the page again.")


def action_at(reading: InboundReading, place: int) -> str:
    """Return what a suggestion does, empty where there is none."""
    is_there = 0 <= place < len(reading.suggestions)
    return str(reading.suggestions[place]["action"]) if is_there else ""


def suggestion_at(reading: InboundReading, place: int) -> Suggestion:
    """Return a suggestion of a reading; raise Refused where there is none."""
    if not 0 <= place < len(reading.suggestions):
        raise Refused("There is no such suggestion; load the page again.")
    return suggestion_of(reading.suggestions[place])


def keep_decision(
    actor: Actor,
    inbound: InboundMessage,
    reading: InboundReading | None,
    place: int | None,
    verdict: InboundDecision.Verdict,
    *,
    label: str,
    at: datetime,
    record: Model | None = None,
    is_edited: bool = False,
    undoes: InboundDecision | None = None,
) -> InboundDecision:
    """Write what was decided; models learn from it, and it never changes."""
    return InboundDecision.objects.create(
        inbound=inbound,
        reading=reading,
        suggestion=place,
        verdict=verdict,
        label=label,
        subject=record._meta.model_name or "" if record else "",
        subject_id=record.pk if record else None,
        is_edited=is_edited,
        undoes=undoes,
        by=actor.name,
        recorded_at=at,
    )


def take_off(
    actor: Actor, inbound: InboundMessage, status: InboundMessage.Status, *, at: datetime
) -> None:
    """Take a message off the pile; set aside, its conversation does not wait for us either."""
    rows = InboundMessage.objects.filter(pk=inbound.pk, status=Status.NEW)
    if rows.update(status=status, handled_by=actor.name, handled_at=at) != 1:
        return
    if status != Status.SET_ASIDE:
        return
    conversation = Conversation.objects.get(pk=inbound.conversation_id)
    is_ours = conversation.messages.exists()
    if conversation.inbound.filter(status=Status.NEW).exists():
        return
    if conversation.status == Conversation.Status.OPEN:
        end = wait_conversation if is_ours else close_conversation
        end(actor=actor, conversation=conversation, at=at)


def read_anew(
    inbound: InboundMessage,
    reading: InboundReading,
    *,
    mark: str,
    as_of: date,
    at: datetime,
    before: InboundReading | None = None,
) -> InboundReading:
    """Write a reading with the suggestions of now, without what was accepted already."""
    facts = None
    if inbound.customer is not None:
        key = inbound.customer.pk
        facts = suggestion_facts(inbound.customer.company, [key], as_of=as_of).get(key)
    made = suggest(reading_of(reading), facts, said_of([inbound.pk])[inbound.pk])
    accepted = [
        one.reading.suggestions[one.suggestion]
        for one in inbound.decisions.filter(
            verdict=Verdict.ACCEPTED, suggestion__isnull=False, undone=None
        ).select_related("reading")
        if one.reading is not None and one.suggestion is not None
    ]
    # the same words are not acted on twice, whatever is open by now
    known = [(one["action"], one["label"], one["quotes"]) for one in accepted]
    suggestions = [
        one
        for one in (suggestion.as_dict() for suggestion in made)
        if (one["action"], one["label"], one["quotes"]) not in known
    ]
    undone = before is not None and InboundDecision.objects.filter(undoes__reading=before).exists()
    if before is not None and not undone and before.suggestions == suggestions:
        return before
    reading.inbound = inbound
    reading.version = f"{mark}:{inbound.readings.count() + 1}"
    reading.suggestions = suggestions
    reading.recorded_at = at
    reading.save()
    return reading
