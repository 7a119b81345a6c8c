"""What customers and colleagues say should be better: heard, taken up, or answered with a no."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, check_status, own, system
from dunwell.actions.texts import fitting, needed
from dunwell.models import Company, Initiative, Survey, Voice

Status = Voice.Status
MOST_WAITING = 10
"""Suggestions of one person that wait for an answer; more would bury the others'."""


@transaction.atomic
def say_voice(*, actor: Actor, text: str, is_named: bool, as_of: date, at: datetime) -> Voice:
    """Put a suggestion into the box; without the name nothing is kept that tells whose it was."""
    actor.require("voice.say")
    told = needed(text=text, most=1000, what="suggestion", missing="Write what could be better.")
    if actor.user_id is None:
        raise Refused("A person suggests, not a program.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    waiting = Voice.objects.filter(company=actor.company, status=Status.OPEN)
    if waiting.filter(author=actor.user_id).count() >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} of your suggestions wait for an answer; wait for one.")
    if waiting.filter(text=told).exists():
        raise Refused("This suggestion is in the box already.")
    voice = Voice.objects.create(
        company=actor.company,
        author_id=actor.user_id if is_named else None,
        text=told,
        said_on=as_of,
        recorded_at=at,
    )
    # the log names who acted: for a suggestion without a name that must be nobody
    by = actor if is_named else system(actor.company)
    record_event(by, "voice.said", voice, at=at, is_named=is_named)
    return voice


@transaction.atomic
def hear_customer(*, actor: Actor, survey: Survey, as_of: date, at: datetime) -> Voice:
    """Put what a customer wrote in the answer to a survey beside the suggestions; once."""
    actor.require("initiative.edit")
    own(actor, survey, "survey")
    locked = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if not locked.comment:
        raise Refused("The customer wrote nothing; a score alone is no suggestion.")
    voice, is_new = Voice.objects.get_or_create(
        survey=locked,
        defaults={
            "company": actor.company,
            "text": locked.comment,
            "said_on": as_of if locked.answered_at is None else locked.answered_at.date(),
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(actor, "voice.heard", voice, at=at, customer_id=locked.customer_id)
    return voice


@transaction.atomic
def take_up_voice(
    *, actor: Actor, voice: Voice, initiative: Initiative, answer: str, at: datetime
) -> None:
    """Let an improvement answer what was said; the person reads which one, and the answer."""
    actor.require("initiative.edit")
    own(actor, voice, "suggestion")
    own(actor, initiative, "initiative")
    if initiative.status in Initiative.OVER:
        raise Refused("That improvement is over; name one that is still to come or runs.")
    told = fitting(text=answer, most=500, what="answer")
    _answer(
        actor, voice, Status.TAKEN, told, "voice.taken", at,
        initiative=initiative, name=initiative.name,
    )  # fmt: skip


@transaction.atomic
def decline_voice(*, actor: Actor, voice: Voice, answer: str, at: datetime) -> None:
    """Say no to a suggestion, with the reason; it can be taken up later."""
    actor.require("initiative.edit")
    own(actor, voice, "suggestion")
    told = needed(text=answer, most=500, what="answer", missing="Say why not; somebody reads it.")
    _answer(actor, voice, Status.DECLINED, told, "voice.declined", at, initiative=None, name="")


def _answer(
    actor: Actor,
    voice: Voice,
    status: Voice.Status,
    answer: str,
    verb: str,
    at: datetime,
    *,
    initiative: Initiative | None,
    name: str,
) -> None:
    locked = Voice.objects.select_for_update(no_key=True).get(pk=voice.pk)
    check_status(Voice.MOVES, Status(locked.status), status, "This suggestion")
    rows = Voice.objects.filter(pk=locked.pk, status=locked.status).update(
        status=status, initiative=initiative, answer=answer, answered_by=actor.name
    )
    if rows != 1:
        raise Stale("Somebody else has just answered this; load the page again.")
    data: dict[str, Any] = {"name": name} if name else {"answer": answer}
    record_event(actor, verb, locked, at=at, **data)
