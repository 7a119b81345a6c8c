"""A talk with the assistant that has come to its yes; without the reader, which takes seconds."""

from datetime import timedelta

from dunwell.actions.assistant_talks import TurnGiven, begin_talk, keep_turn
from dunwell.actions.gate import debtor
from dunwell.engine.assistant import step
from dunwell.engine.assistant_intents import Understood
from dunwell.engine.assistant_moves import DialogueState
from dunwell.engine.intents import Extract
from dunwell.models import AssistantConversation
from dunwell.queries.assistant_facts import assistant_facts
from tests.conftest import AT, TODAY


def asked_for_a_yes(seat, *, as_of=TODAY, at=AT):
    """A talk in which a promise of all that is owed was read back."""
    talk = begin_talk(actor=debtor(seat), seat=seat, language="en", as_of=as_of, at=at)
    day = (as_of + timedelta(days=5)).isoformat()
    text = f"I promise to pay on {day}"
    found = Extract(kind="date", value=day, quote=day, start=text.index(day), end=len(text))
    keep(talk, _turn(talk, "promise", text, found, as_of=as_of), as_of=as_of, at=at)
    return AssistantConversation.objects.get(pk=talk.pk)


def yes_to(talk, *, as_of=TODAY):
    """The yes to what was read back, not said yet."""
    return _turn(talk, "yes", "yes", as_of=as_of)


def human(talk, *, as_of=TODAY):
    """The wish for a person, not said yet."""
    return _turn(talk, "human", "I want a person", as_of=as_of)


def keep(talk, given, *, as_of=TODAY, at=AT):
    """Say a text to the assistant."""
    return keep_turn(actor=debtor(talk.seat), talk=talk, given=given, as_of=as_of, at=at)


def _turn(talk, intent, text, *extracts, as_of):
    read = Understood(
        intent=intent, confidence_ppm=999_000, is_sure=True, language="en", extracts=extracts
    )
    facts = assistant_facts(talk.customer, seat=talk.seat, as_of=as_of)
    return TurnGiven(
        key=intent, number=talk.turns + 1, text=text, understood=read, answer="Right.",
        move=step(DialogueState(**talk.state), read, facts, as_of=as_of),
        refused_answer="That is not possible.", evidence=(),
    )  # fmt: skip
