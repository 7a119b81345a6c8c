"""Talking with the assistant: begun, one turn kept with all it led to, switched on and off."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from textwrap import shorten

from django.db import transaction

from dunwell.actions.assistant_tools import Done, ToolCall, use_tool
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, own_customer
from dunwell.actions.portal_hardship import report_hardship
from dunwell.actions.portal_messages import send_portal_message
from dunwell.actions.texts import needed
from dunwell.engine.assistant_intents import MOST_CHARACTERS, Understood
from dunwell.engine.assistant_moves import Move
from dunwell.models import (
    AssistantConversation,
    AssistantSetting,
    AssistantTurn,
    Company,
    Conversation,
    Customer,
    PortalSeat,
)
from dunwell.queries.assistant_hand_overs import own_words
from dunwell.queries.assistant_talks import assistant_is_on, open_talk

MOST_TURNS = 40
"""Turns of one talk; the last is handed over, for a person helps better by then."""

MOST_TALKS_A_DAY = 20
MOST_TURNS_A_DAY = 200
LONGEST_SUBJECT = 80
"""Characters of the customer's text that name a conversation it opens."""

ANSWERS = ("yes", "no", "cancel")
"""Intents of texts that are about the one before."""

Status = AssistantConversation.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnGiven:
    """A text with what was made of it; `refused_answer` is said where the ledger says no.

    `number` is the turn it was made for: one that somebody else took meanwhile is refused.
    """

    key: str
    number: int
    text: str
    understood: Understood
    move: Move
    answer: str
    refused_answer: str
    evidence: Sequence[str]


@transaction.atomic
def begin_talk(
    *, actor: Actor, seat: PortalSeat, language: str, as_of: date, at: datetime
) -> AssistantConversation:
    """Begin a talk of a seat, or return the one that goes on.

    Raises Refused where the company's assistant is off, and above the talks of a day.
    """
    actor.require("portal.view")
    _own_seat(actor, seat)
    Customer.objects.select_for_update(no_key=True).get(pk=seat.customer_id)
    if not assistant_is_on(actor.company):
        raise Refused("The assistant does not answer here. Please write to us under Messages.")
    running = open_talk(seat.pk)
    if running is not None:
        return running
    today = AssistantConversation.objects.filter(seat=seat, started_on=as_of)
    if today.count() >= MOST_TALKS_A_DAY:
        raise Refused("That is enough for today. Please write to us under Messages.")
    talk = AssistantConversation.objects.create(
        company=actor.company,
        customer=seat.customer,
        seat=seat,
        language=language,
        started_on=as_of,
        started_at=at,
        last_at=at,
    )
    record_event(actor, "assistant.begun", talk, at=at, customer_id=seat.customer_id)
    return talk


@transaction.atomic
def keep_turn(
    *, actor: Actor, talk: AssistantConversation, given: TurnGiven, as_of: date, at: datetime
) -> AssistantTurn:
    """Do what a turn leads to and keep it; sent twice under one key it is one turn.

    A commitment the ledger refuses, and whatever needs a person, opens a conversation of the
    inbox with the customer's own words in the same transaction; the summary for the desk is read
    from the talk (`hand_overs_of`). A seat that only looks asks for figures alone.
    Raises Refused for a talk that is over, Stale where another text came first, and Refused above
    the turns of a day.
    """
    actor.require("portal.view")
    _own_seat(actor, talk.seat)
    Company.objects.select_for_update(no_key=True).get(pk=talk.company_id)
    Customer.objects.select_for_update(no_key=True).get(pk=talk.customer_id)
    talk = AssistantConversation.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=talk.pk
    )
    before = talk.said_turns.filter(key=given.key).first()
    if before is not None:
        return before
    _check_goes_on(talk, given, as_of=as_of)
    text = needed(text=given.text, most=MOST_CHARACTERS, what="text", missing="Write something.")
    reason, answer, done = given.move.hand_over, given.answer, None
    if given.move.tool is not None:
        done = _done(actor, talk, given, as_of=as_of, at=at)
        if done is None:
            reason, answer = "not_possible", given.refused_answer
    # a seat that only looks writes to nobody: its talk just ends
    may_write = reason and "portal.ask" in actor.rights
    handed = None
    if may_write:
        handed = _hand_over(actor, talk, given, reason, as_of=as_of, at=at)
    turn = AssistantTurn.objects.create(
        conversation=talk,
        number=given.number,
        key=given.key,
        text=text,
        intent=given.understood.intent,
        confidence_ppm=given.understood.confidence_ppm,
        language=given.understood.language,
        answer=answer,
        evidence=list(given.evidence),
        tool=given.move.tool.name if given.move.tool else "",
        subject=(done._meta.model_name or "") if done else "",
        subject_id=done.pk if done else None,
        said_at=at,
    )
    AssistantConversation.objects.filter(pk=talk.pk).update(
        turns=given.number,
        language=given.understood.language,
        state=asdict(given.move.state),
        status=Status.HANDED_OVER if handed else Status.ENDED if reason else Status.OPEN,
        reason=reason,
        handed_to=handed,
        last_at=at,
    )
    record_event(
        actor,
        "assistant.answered",
        talk,
        at=at,
        customer_id=talk.customer_id,
        turn=given.number,
        intent=turn.intent,
        tool=turn.tool,
        record=f"{turn.subject} {turn.subject_id}" if done else "",
        handed_over=reason,
    )
    return turn


@transaction.atomic
def end_talk(*, actor: Actor, talk: AssistantConversation, at: datetime) -> None:
    """End a talk; one that is over stays as it is."""
    actor.require("portal.view")
    _own_seat(actor, talk.seat)
    rows = AssistantConversation.objects.filter(pk=talk.pk, status=Status.OPEN)
    if rows.update(status=Status.ENDED, state={}, last_at=at):
        record_event(actor, "assistant.ended", talk, at=at, customer_id=talk.customer_id)


@transaction.atomic
def save_assistant_setting(
    *, actor: Actor, version: int, is_on: bool, at: datetime
) -> AssistantSetting:
    """Switch the company's assistant on or off; the same again changes nothing.

    `version` is that of the page, 0 where nothing was saved yet. Raises Stale when somebody saved
    meanwhile.
    """
    actor.require("company.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    held = AssistantSetting.objects.filter(company=actor.company).first()
    if (held.version if held else 0) != version:
        raise Stale("Somebody saved this setting meanwhile; load the page again.")
    if held is not None and held.is_on == is_on:
        return held
    setting, _ = AssistantSetting.objects.update_or_create(
        company=actor.company,
        defaults={
            "is_on": is_on,
            "version": version + 1,
            "changed_by": actor.name,
            "changed_at": at,
        },
    )
    record_event(actor, "assistant_setting.saved", setting, at=at, is_on=is_on)
    return setting


def _own_seat(actor: Actor, seat: PortalSeat) -> None:
    """Raise Refused unless the actor acts from this seat: a colleague's talk is another's."""
    own_customer(actor, seat.customer)
    if actor.seat_id != seat.pk:
        raise Refused("This is somebody else's talk.")


def _check_goes_on(talk: AssistantConversation, given: TurnGiven, *, as_of: date) -> None:
    if talk.status != Status.OPEN or given.number > MOST_TURNS:
        raise Refused("This talk is over; begin a new one.")
    if given.number != talk.turns + 1:
        raise Stale("Another text came first; load the page again.")
    talks = AssistantConversation.objects.filter(seat=talk.seat_id, started_on=as_of)
    if sum(talks.values_list("turns", flat=True)) >= MOST_TURNS_A_DAY:
        raise Refused("That is enough for today. Please write to us under Messages.")


def _done(
    actor: Actor, talk: AssistantConversation, given: TurnGiven, *, as_of: date, at: datetime
) -> Done | None:
    """Return the record the turn's tool led to; None where the ledger or the rights say no."""
    if given.move.tool is None:
        return None
    call = ToolCall(
        seat=talk.seat,
        tool=given.move.tool,
        words=_words(talk, given),
        key=f"talk-{talk.pk}-{given.number}",
        as_of=as_of,
        at=at,
    )
    try:
        with transaction.atomic():
            return use_tool(actor=actor, customer=talk.customer, call=call)
    except Refused:
        return None


def _words(talk: AssistantConversation, given: TurnGiven) -> str:
    """Return what the customer wrote before the yes, which is what a query is about."""
    before = talk.said_turns.filter(number__lt=given.number).order_by("-number").first()
    return before.text if before else given.text


def _hand_over(
    actor: Actor,
    talk: AssistantConversation,
    given: TurnGiven,
    reason: str,
    *,
    as_of: date,
    at: datetime,
) -> Conversation:
    """Open a conversation with what the customer wrote; difficulty is told as such too.

    The customer reads it under Messages, so it holds their own words and nothing of ours.
    """
    if reason == "hardship":
        report_hardship(
            actor=actor,
            customer=talk.customer,
            text=given.text[:1_800],
            key=f"talk-{talk.pk}-hardship",
            as_of=as_of,
            at=at,
        )
    inbound = send_portal_message(
        actor=actor,
        seat=talk.seat,
        subject=_subject(talk, given),
        text=own_words(talk, given.text),
        is_complaint=reason == "complaint",
        key=f"talk-{talk.pk}-hand-over",
        at=at,
    )
    return inbound.conversation


def _subject(talk: AssistantConversation, given: TurnGiven) -> str:
    """Return the first line of the text the hand-over is about; a bare yes is about another."""
    is_answer = given.understood.intent in ANSWERS
    text = _words(talk, given) if is_answer else given.text
    return shorten(text.strip().splitlines()[0], LONGEST_SUBJECT, placeholder="…")
