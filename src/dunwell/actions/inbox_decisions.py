"""What a person makes of a suggestion: accepted with one key, corrected, dismissed, taken back.

Nothing a customer writes changes the ledger by itself. Whoever accepts needs the right of what
is done as well; two who accept at once get one record.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.conversations import link_customer
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.inbox_acts import Act, carry_out
from dunwell.actions.inbox_records import (
    action_at,
    check_latest,
    keep_decision,
    locked_message,
    read_anew,
    suggestion_at,
    take_off,
)
from dunwell.actions.inbox_undo import take_back
from dunwell.engine.intents import LABELS
from dunwell.engine.reply_suggestions import AT_ONCE
from dunwell.models import (
    Conversation,
    Customer,
    InboundDecision,
    InboundMessage,
    InboundReading,
)
from dunwell.queries.readings import AGAIN, BY_PERSON, latest_reading

SURE_PPM = 1_000_000
MOST_AT_ONCE = 200

Verdict, Status = InboundDecision.Verdict, InboundMessage.Status


@transaction.atomic
def accept_suggestion(
    *,
    actor: Actor,
    reading: InboundReading,
    place: int,
    fields: Mapping[str, Any] | None = None,
    as_of: date,
    at: datetime,
) -> InboundDecision:
    """Do what a suggestion says, with fields changed where a person changed them.

    The message counts as handled. Accepted again the same decision is returned. Raises Refused
    for a place there is none at, a field it does not have, what was dismissed or taken back, a
    message read anew since, and as the action itself does; Forbidden without its right.
    """
    actor.require("inbox.decide")
    inbound = locked_message(
        actor, reading.inbound, is_money=action_at(reading, place) == "remittance"
    )
    return _accept(actor, inbound, reading, place, fields=fields or {}, as_of=as_of, at=at)


@transaction.atomic
def act_at_once(
    *, actor: Actor, reading: InboundReading, as_of: date, at: datetime
) -> list[InboundDecision]:
    """Do what cannot wait for a person: cease contacts, set an out-of-office answer aside.

    Only of a reading that is sure and about that; nothing else. A message that asks us to cease
    stays to be read. Raises Refused as the actions do.
    """
    actor.require("inbox.decide")
    inbound = locked_message(actor, reading.inbound)
    done = []
    for place, document in enumerate(reading.suggestions):
        is_due = document["action"] in AT_ONCE and document["label"] == reading.label
        if reading.is_sure and is_due:
            decision = _accept(
                actor, inbound, reading, place, fields={}, as_of=as_of, at=at,
                is_read=document["action"] == "set_aside",
            )  # fmt: skip
            done.append(decision)
    return done


@transaction.atomic
def correct_reading(
    *, actor: Actor, inbound: InboundMessage, label: str, as_of: date, at: datetime
) -> InboundReading:
    """Say what a message is about; return the reading with the suggestions of that label.

    The label it has already is confirmed by that. Models learn from both. Raises Refused for a
    label there is none of.
    """
    actor.require("inbox.decide")
    if label not in LABELS:
        raise Refused(f"There is no label {label}; use {', '.join(LABELS)}.")
    inbound = locked_message(actor, inbound)
    current = latest_reading(inbound)
    if current is not None and current.label == label:
        told = {"reading": current, "suggestion": None, "verdict": Verdict.ACCEPTED}
        is_by_hand = current.version.startswith(BY_PERSON)
        if not is_by_hand and not inbound.decisions.filter(**told).exists():
            keep_decision(actor, inbound, current, None, Verdict.ACCEPTED, label=label, at=at)
        return current
    decision = keep_decision(actor, inbound, current, None, Verdict.CORRECTED, label=label, at=at)
    record_event(
        actor,
        "reading.corrected",
        inbound,
        at=at,
        customer_id=inbound.customer_id,
        before=current.label if current else "",
        label=label,
        decision=decision.pk,
    )
    return read_anew(
        inbound,
        InboundReading(
            label=label,
            confidence_ppm=SURE_PPM,
            is_sure=True,
            labels=[label],
            extracts=current.extracts if current else [],
        ),
        mark=BY_PERSON,
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def suggest_again(
    *, actor: Actor, inbound: InboundMessage, as_of: date, at: datetime
) -> InboundReading | None:
    """Suggest anew with what is known now, as after the customer was found out.

    Returns the reading that counts now: the same where nothing differs, None where the message
    was not read yet. What was accepted already is not suggested again.
    """
    actor.require("inbox.decide")
    inbound = locked_message(actor, inbound)
    current = latest_reading(inbound)
    if current is None:
        return None
    made = read_anew(
        inbound,
        InboundReading(
            label=current.label,
            confidence_ppm=current.confidence_ppm,
            is_sure=current.is_sure,
            labels=current.labels,
            extracts=current.extracts,
        ),
        mark=BY_PERSON if current.version.startswith(BY_PERSON) else AGAIN,
        as_of=as_of,
        at=at,
        before=current,
    )
    if made.pk != current.pk:
        record_event(
            actor,
            "suggestions.renewed",
            inbound,
            at=at,
            customer_id=inbound.customer_id,
            suggestions=[one["action"] for one in made.suggestions],
        )
    return made


@transaction.atomic
def identify_conversation(
    *,
    actor: Actor,
    conversation: Conversation,
    customer: Customer | None,
    as_of: date,
    at: datetime,
) -> Conversation:
    """Say whose a conversation is, and suggest anew what may be done about its new messages."""
    actor.require("inbox.decide")
    linked = link_customer(actor=actor, conversation=conversation, customer=customer, at=at)
    for inbound in linked.inbound.filter(status=Status.NEW).order_by("pk"):
        suggest_again(actor=actor, inbound=inbound, as_of=as_of, at=at)
    return linked


@transaction.atomic
def dismiss_suggestion(
    *, actor: Actor, reading: InboundReading, place: int | None = None, at: datetime
) -> InboundDecision:
    """Say that a suggestion is not to be done, or with no place that nothing of them is.

    Once nothing is left to decide the message is handled. Dismissed again the same decision is
    returned. Raises Refused for what was accepted, and a place there is none at.
    """
    actor.require("inbox.decide")
    inbound = locked_message(actor, reading.inbound)
    check_latest(inbound, reading)
    decided = {one.suggestion: one for one in reading.decisions.all()}
    if place is not None and place in decided:
        if decided[place].verdict == Verdict.DISMISSED:
            return decided[place]
        raise Refused(f"{decided[place].by} has accepted this already; take it back there.")
    every = range(len(reading.suggestions))
    wanted = [one for one in every if one not in decided] if place is None else [place]
    decision = None
    for one in wanted:
        label = suggestion_at(reading, one).label
        decision = keep_decision(
            actor, inbound, reading, one, Verdict.DISMISSED, label=label, at=at
        )
        decided[one] = decision
    if decision is None:
        decision = decided.get(None) or keep_decision(
            actor, inbound, reading, None, Verdict.DISMISSED, label=reading.label, at=at
        )
    if all(one in decided for one in every):
        take_off(actor, inbound, Status.HANDLED, at=at)
    record_event(
        actor,
        "suggestion.dismissed",
        inbound,
        at=at,
        customer_id=inbound.customer_id,
        actions=[reading.suggestions[one]["action"] for one in wanted],
        decision=decision.pk,
    )
    return decision


@transaction.atomic
def set_aside_messages(*, actor: Actor, inbound: Sequence[InboundMessage], at: datetime) -> int:
    """Set messages aside that nobody needs to answer; return how many were new.

    Nothing is learned from that. Raises Refused for messages of another company, and too many.
    """
    actor.require("inbox.decide")
    if len(inbound) > MOST_AT_ONCE:
        raise Refused(f"Set at most {MOST_AT_ONCE} messages aside at once.")
    ordered = sorted(inbound, key=lambda one: (one.conversation_id, one.pk))
    found = [locked_message(actor, one) for one in ordered]
    fresh = [one for one in found if one.status == Status.NEW]
    for one in fresh:
        take_off(actor, one, Status.SET_ASIDE, at=at)
    if fresh:
        record_event(
            actor,
            "messages.set_aside",
            fresh[0],
            at=at,
            messages=[one.pk for one in fresh],
        )
    return len(fresh)


@transaction.atomic
def undo_decision(
    *, actor: Actor, decision: InboundDecision, as_of: date, at: datetime
) -> InboundDecision:
    """Take back what accepting did, where that can be taken back; the message is new again.

    Returns the decision that takes it back, the same the second time. Raises Refused for what
    was not accepted, and where the record has to be changed on its own page.
    """
    actor.require("inbox.decide")
    inbound = locked_message(actor, decision.inbound)
    undone = InboundDecision.objects.filter(undoes=decision).first()
    if undone is not None:
        return undone
    reading, place = decision.reading, decision.suggestion
    if decision.verdict != Verdict.ACCEPTED or reading is None or place is None:
        raise Refused("Only what was accepted can be taken back.")
    action = suggestion_at(reading, place).action
    take_back(actor, inbound, decision, action, as_of=as_of, at=at)
    made = keep_decision(
        actor, inbound, reading, None, Verdict.DISMISSED,
        label=decision.label, at=at, undoes=decision,
    )  # fmt: skip
    if inbound.status != Status.NEW:
        InboundMessage.objects.filter(pk=inbound.pk).update(
            status=Status.NEW, handled_by="", handled_at=None
        )
    record_event(
        actor,
        "decision.undone",
        inbound,
        at=at,
        customer_id=inbound.customer_id,
        action=action,
        decision=decision.pk,
    )
    return made


def _accept(
    actor: Actor,
    inbound: InboundMessage,
    reading: InboundReading,
    place: int,
    *,
    fields: Mapping[str, Any],
    as_of: date,
    at: datetime,
    is_read: bool = True,
) -> InboundDecision:
    """Carry out a suggestion of a locked message, once."""
    before = InboundDecision.objects.filter(reading=reading, suggestion=place).first()
    if before is not None:
        if InboundDecision.objects.filter(undoes=before).exists():
            raise Refused("This was taken back; have it suggested again to do it after all.")
        if before.verdict == Verdict.ACCEPTED:
            return before
        raise Refused(f"{before.by} has dismissed this already.")
    check_latest(inbound, reading)
    suggestion = suggestion_at(reading, place)
    if unknown := sorted(set(fields) - set(suggestion.fields)):
        raise Refused(f"This suggestion has no field {unknown[0]}.")
    wanted = {**suggestion.fields, **fields}
    record = carry_out(
        Act(actor=actor, inbound=inbound, suggestion=suggestion, fields=wanted, as_of=as_of, at=at)
    )
    decision = keep_decision(
        actor, inbound, reading, place, Verdict.ACCEPTED,
        label=suggestion.label, record=record, is_edited=wanted != dict(suggestion.fields), at=at,
    )  # fmt: skip
    Conversation.objects.filter(pk=inbound.conversation_id).update(label=suggestion.label)
    if is_read:
        is_aside = suggestion.action == "set_aside"
        take_off(actor, inbound, Status.SET_ASIDE if is_aside else Status.HANDLED, at=at)
    record_event(
        actor,
        "suggestion.accepted",
        inbound,
        at=at,
        customer_id=inbound.customer_id,
        action=suggestion.action,
        label=suggestion.label,
        is_edited=decision.is_edited,
        record=decision.subject,
        record_id=decision.subject_id,
        decision=decision.pk,
    )
    return decision
