"""The assistant's dialogue: what it answers next, from what was understood and from facts alone.

Pure: no ledger is read and nothing is done here. A commitment is read back with its figures and
becomes a `Tool` only after a yes; `docs/why/015-assistant.md` says what must go to a person.
"""

from dataclasses import replace
from datetime import date

from dunwell.engine.assistant_answers import answered
from dunwell.engine.assistant_commitments import (
    ASK_DAY,
    CONFIRM,
    DISPUTE,
    confirmed,
    contact_changed,
    declined,
    disputed,
    is_plain_yes,
    is_read_back,
    planned,
    promised,
)
from dunwell.engine.assistant_facts import Facts
from dunwell.engine.assistant_intents import UNKNOWN, Understood
from dunwell.engine.assistant_moves import DialogueState, Move, Say, handed_over, spoken

HANDED_AT_ONCE = ("hardship", "legal", "complaint", "human")
"""Intents that need a person: nothing about them is decided here."""

COMMITS = ("promise", "plan", "dispute", "contact_change")
"""Intents that bind: a seat that only looks is told so."""

MOST_FAILURES = 2
"""So many texts in a row that were not understood lead to a person."""


def step(state: DialogueState, understood: Understood, facts: Facts, *, as_of: date) -> Move:
    """Return the next move; the same arguments, the same move.

    A text that needs a person goes to one whatever was waited for. A yes or no counts only
    where something was read back. Who only looks commits to nothing and writes to nobody.
    """
    move = _step(state, understood, facts, as_of)
    if facts.may_ask or not (move.hand_over or move.tool or move.state.waiting):
        return move
    return spoken(Say(key="only_looks"))


def _step(state: DialogueState, understood: Understood, facts: Facts, as_of: date) -> Move:
    intent = understood.intent
    if intent in HANDED_AT_ONCE:
        return handed_over(intent)
    if is_read_back(state):
        move = _on_read_back(state, understood)
        if move is not None:
            return move
    if state.waiting == ASK_DAY and understood.days and intent not in {"cancel", "no", *COMMITS}:
        return promised(state, understood, facts, as_of=as_of)
    if intent == UNKNOWN:
        return _unknown(state)
    if intent in COMMITS:
        return _committed(state, understood, facts, as_of)
    return answered(understood, facts) or spoken(Say(key="nothing_waits"))


def _on_read_back(state: DialogueState, understood: Understood) -> Move | None:
    """Return what a text does to what was read back; None where it is about something else."""
    intent = understood.intent
    if intent == "yes":
        if is_plain_yes(state, understood):
            return confirmed(state)
        return spoken(Say(key="yes_or_no"), state=state)
    if intent in {"no", "cancel"}:
        return declined(state)
    # a dispute that was told never gets lost: without a yes a person has it
    if state.waiting == f"{CONFIRM}{DISPUTE}":
        return handed_over(DISPUTE)
    return None


def _committed(state: DialogueState, understood: Understood, facts: Facts, as_of: date) -> Move:
    intent = understood.intent
    if intent == "promise":
        return promised(state, understood, facts, as_of=as_of)
    if intent == "plan":
        return planned(facts)
    if intent == "dispute":
        return disputed(understood, facts)
    return contact_changed(understood, facts)


def _unknown(state: DialogueState) -> Move:
    failures = state.failures + 1
    if failures >= MOST_FAILURES:
        return handed_over("not_understood")
    return spoken(Say(key="not_understood"), state=replace(state, failures=failures))
