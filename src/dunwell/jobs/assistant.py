"""The one way to ask the assistant: a text understood, answered from facts, proven, and kept."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dunwell.actions.assistant_talks import MOST_TURNS, TurnGiven, keep_turn
from dunwell.actions.gate import Refused, debtor
from dunwell.actions.texts import needed
from dunwell.engine.assistant import step
from dunwell.engine.assistant_commitments import proven
from dunwell.engine.assistant_facts import Facts
from dunwell.engine.assistant_intents import INTENTS, MOST_CHARACTERS, UNKNOWN, Understood
from dunwell.engine.assistant_moves import DialogueState, Move, Say
from dunwell.engine.evidence import unproven
from dunwell.formats.assistant_words import evidence_of, said, spoken_language
from dunwell.formats.extracts.finds import Around
from dunwell.formats.extracts.understood import understood
from dunwell.jobs import background
from dunwell.jobs.phrasing import named_intent
from dunwell.ml.assistant.reader import assistant_reader
from dunwell.models import AssistantConversation, AssistantSetting, AssistantTurn
from dunwell.queries.assistant_facts import assistant_facts
from dunwell.queries.assistant_talks import assistant_is_on

WORDS_THAT_TELL = 3
"""Shorter texts ("no", "ok") stand in several languages and do not change that of the talk."""

NAMED = frozenset(INTENTS) - {"yes", "no", "cancel", UNKNOWN}
"""What a language model may name where the rules know nothing; a yes is never its word."""


def warm_assistant() -> None:
    """Let the reader learn beside the serving, so that nobody's first text waits seconds for it.

    Costs a few CPU seconds, so only where a company has switched the assistant on.
    """
    background.begin(_warm, key="assistant-reader")


def _warm() -> None:
    if AssistantSetting.objects.filter(is_on=True).exists():
        assistant_reader()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What was said to a text; `hand_over` is why a person goes on, empty for none."""

    turn: AssistantTurn
    text: str
    hand_over: str


def answer(
    conversation: AssistantConversation,
    text: str,
    *,
    key: str,
    at: datetime,
    read: Understood | None = None,
) -> Answered:
    """Answer a text of a talk's own seat; the same key again is the same answer.

    `read` is what the text means where that is known before; else the reader reads it.
    Customer and rights are the seat's, never the text's. What facts do not prove is not said: a
    person is asked. Raises Refused as `keep_turn` does, where the assistant is off or the seat
    has ended, and for a text that is empty, too long or holds a card number.
    """
    talk = AssistantConversation.objects.select_related(
        "company", "customer__company", "seat__company", "seat__customer__company",
        "seat__person", "seat__contact",
    ).get(pk=conversation.pk)  # fmt: skip
    before = talk.said_turns.filter(key=key).first()
    if before is not None:
        return Answered(turn=before, text=before.answer, hand_over=talk.reason)
    if talk.seat.ended_on is not None or not assistant_is_on(talk.company):
        raise Refused("The assistant does not answer here. Please write to us under Messages.")
    told = needed(text=text, most=MOST_CHARACTERS, what="text", missing="Write something.")
    as_of = at.astimezone(ZoneInfo(talk.company.zone)).date()
    actor = debtor(talk.seat)
    facts = assistant_facts(
        talk.customer, seat=talk.seat, may_ask="portal.ask" in actor.rights, as_of=as_of
    )
    if read is None:
        read = understood(told, _around(talk, facts, as_of=as_of))
    if len(told.split()) < WORDS_THAT_TELL:
        read = replace(read, language=talk.language)
    if read.intent == UNKNOWN and (named := named_intent(told, intents=NAMED)):
        read = replace(read, intent=named)
    given = _given(talk, told, read, facts, key=key, as_of=as_of)
    turn = keep_turn(actor=actor, talk=talk, given=given, as_of=as_of, at=at)
    talk.refresh_from_db()
    return Answered(turn=turn, text=turn.answer, hand_over=talk.reason)


def _around(talk: AssistantConversation, facts: Facts, *, as_of: date) -> Around:
    """Return what days, amounts and numbers of a text are read beside."""
    return Around(
        day=as_of,
        language=talk.language,
        country=talk.customer.country,
        currency=facts.balances[0].currency if facts.balances else talk.company.currency,
        items=(*(one.number for one in facts.items), *facts.settled),
    )


def _given(
    talk: AssistantConversation,
    text: str,
    read: Understood,
    facts: Facts,
    *,
    key: str,
    as_of: date,
) -> TurnGiven:
    """Return the turn with its proven answer."""
    move = step(DialogueState(**talk.state), read, facts, as_of=as_of)
    if talk.turns + 1 >= MOST_TURNS and not move.hand_over:
        more = (Say(key="too_long"),) if facts.may_ask else ()
        move = replace(move, say=(*move.say, *more), hand_over="too_long")
    evidence = evidence_of(facts, move.say, proven(move.state, facts, as_of=as_of))
    words = said(move.say, language=read.language)
    if unproven(words, evidence, language=spoken_language(read.language)):
        key_said = "unproven" if facts.may_ask else "only_looks"
        move, words = _not_proven(move), said((Say(key=key_said),), language=read.language)
    return TurnGiven(
        key=key,
        number=talk.turns + 1,
        text=text,
        understood=read,
        move=move,
        answer=words,
        refused_answer=said((Say(key="not_possible"),), language=read.language),
        evidence=evidence,
    )


def _not_proven(move: Move) -> Move:
    """Return the move of a person going on: nothing is done of what could not be said."""
    return replace(move, tool=None, state=DialogueState(), hand_over="unproven")
