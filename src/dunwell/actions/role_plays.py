"""Practising calls: begun, one sentence after the other, scored at the end, or given up."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from types import MappingProxyType

from django.db import transaction

from dunwell.actions.certificates import award_certificates
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Forbidden, Refused, Stale, own
from dunwell.actions.texts import needed
from dunwell.engine.call_moves import LANGUAGES
from dunwell.engine.role_plays import Persona, reply
from dunwell.engine.rubric import CallLine, scored
from dunwell.models import Company, RolePlay, RolePlayTurn
from dunwell.queries.curricula import shipped_personas

MOST_A_DAY = 20
"""Calls one person may begin a day: enough to learn, too few to try every sentence."""

MOST_CHARACTERS = 1000
Speaker, Status = RolePlayTurn.Speaker, RolePlay.Status


@transaction.atomic
def begin_role_play(
    *, actor: Actor, persona: str, language: str, as_of: date, at: datetime
) -> RolePlay:
    """Begin a call with a persona, or return the one with it that goes on.

    Raises Refused for an unknown persona or language, and above the calls of a day.
    """
    actor.require("training.take")
    if actor.user_id is None:
        raise Refused("Only a person can practise; sign in.")
    if persona not in shipped_personas() or language not in LANGUAGES:
        raise Refused("Choose one of the customers shown, and English or German.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    mine = RolePlay.objects.filter(company=actor.company, user=actor.user_id)
    running = mine.filter(persona=persona, status=Status.RUNNING).first()
    if running is not None:
        return running
    if mine.filter(began_on=as_of).count() >= MOST_A_DAY:
        raise Refused(f"{MOST_A_DAY} calls are enough for one day; go on tomorrow.")
    script, sha = shipped_personas()[persona]
    play = RolePlay.objects.create(
        company=actor.company,
        user_id=actor.user_id,
        persona=persona,
        persona_sha=sha,
        language=language,
        state=script.start,
        began_on=as_of,
        began_at=at,
    )
    opening = script.states[script.start].say[language]
    _add(play, 1, Speaker.PERSONA, opening, script.start, at)
    record_event(actor, "role_play.begun", play, at=at, persona=persona, language=language)
    return play


@transaction.atomic
def say_in_role_play(
    *,
    actor: Actor,
    role_play: RolePlay,
    text: str,
    version: int,
    as_of: date,
    at: datetime,
    worded: Mapping[str, str] = MappingProxyType({}),
) -> RolePlay:
    """Say one sentence; the persona answers, and a call that ends with it is scored.

    `version` is that of the page it was typed on: a sentence sent twice is refused as Stale.
    `worded` maps an answer of the script to other words for it; nothing else changes with them.
    Raises Forbidden for somebody else's call, Refused for one that has ended or whose script
    changed.
    """
    actor.require("training.take")
    play = _mine(actor, role_play)
    told = needed(text=text, most=MOST_CHARACTERS, what="sentence", missing="Say something.")
    if play.version != version:
        raise Stale("This was said already; load the page again.")
    script, sha = shipped_personas()[play.persona]
    if sha != play.persona_sha:
        raise Refused("This customer's script was changed meanwhile; give the call up and begin.")
    answer = reply(
        script, state=play.state, text=told, language=play.language, turn=play.version + 1
    )
    play.version += 1
    number = 2 * play.version
    _add(play, number, Speaker.TRAINEE, told, play.state, at)
    words = worded.get(answer.say, answer.say)
    _add(play, number + 1, Speaker.PERSONA, words, answer.state, at)
    play.state = answer.state
    if answer.outcome:
        _score(play, script, answer.outcome, as_of)
    play.save()
    if answer.outcome:
        record_event(
            actor,
            "role_play.ended",
            play,
            at=at,
            persona=play.persona,
            outcome=play.outcome,
            total_points=play.total_points,
            is_passed=play.is_passed,
        )
    if play.is_passed:
        award_certificates(actor=actor, as_of=as_of, at=at)
    return play


@transaction.atomic
def abandon_role_play(*, actor: Actor, role_play: RolePlay, as_of: date, at: datetime) -> None:
    """Give a call up; it has no points."""
    actor.require("training.take")
    play = _mine(actor, role_play)
    play.status = Status.ABANDONED
    play.ended_on = as_of
    play.save(update_fields=["status", "ended_on"])
    record_event(actor, "role_play.abandoned", play, at=at, persona=play.persona)


def _mine(actor: Actor, role_play: RolePlay) -> RolePlay:
    """Return the actor's own running call, locked."""
    own(actor, role_play, "call")
    if role_play.user_id != actor.user_id:
        raise Forbidden("This is somebody else's call; begin one of your own.")
    play = RolePlay.objects.select_for_update(no_key=True).get(pk=role_play.pk)
    if play.status != Status.RUNNING:
        raise Refused("This call has ended; begin another one.")
    return play


def _score(play: RolePlay, script: Persona, outcome: str, as_of: date) -> None:
    """Give the call its points from all that was said, with what was known at each line."""
    lines, facts = [], frozenset[str]()
    for turn in play.turns.order_by("number"):
        if turn.speaker == Speaker.PERSONA:
            facts |= frozenset(script.states[turn.state].facts)
        else:
            lines.append(CallLine(number=turn.number, text=turn.text, facts=facts))
    found = scored(lines, language=play.language, outcome_points=script.outcomes.get(outcome, 0))
    play.status = Status.ENDED
    play.ended_on = as_of
    play.outcome = outcome
    play.compliance_points = found.points["compliance"]
    play.empathy_points = found.points["empathy"]
    play.negotiation_points = found.points["negotiation"]
    play.outcome_points = found.points["outcome"]
    play.total_points = found.total
    play.is_passed = found.is_passed
    play.document = {"findings": [asdict(one) for one in found.findings]}


def _add(
    play: RolePlay, number: int, speaker: RolePlayTurn.Speaker, text: str, state: str, at: datetime
) -> None:
    RolePlayTurn.objects.create(
        role_play=play,
        company_id=play.company_id,
        number=number,
        speaker=speaker,
        text=text,
        state=state,
        recorded_at=at,
    )
