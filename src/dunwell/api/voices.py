"""/suggestions: what colleagues and customers say, and the improvements that answer it."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.voices import decline_voice, hear_customer, say_voice, take_up_voice
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Initiative, Survey, Voice
from dunwell.queries.pages import Page
from dunwell.queries.recognition import HeldBackRow, held_back_rows
from dunwell.queries.voices import UnheardRow, VoiceRow, unheard_rows, voice_of, voice_rows

router = Router(tags=["suggestions"])


class VoiceIn(Body):
    """A suggestion, with or without the name of who makes it."""

    text: Annotated[Plain, Field(min_length=1, max_length=1000)]
    is_named: bool = True


class VoiceTakenIn(Body):
    """Which improvement answers it, and what is said about it."""

    initiative_id: Key
    answer: Annotated[Plain, Field(max_length=500)] = ""


class VoiceDeclinedIn(Body):
    """Why not."""

    answer: Annotated[Plain, Field(min_length=1, max_length=500)]


@router.get("", response=answers(Page[VoiceRow]))
def list_voices(
    request: ApiRequest,
    status: Literal["", "open", "taken", "declined"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[VoiceRow]:
    """List what was said, the newest first."""
    request.actor.require("ledger.view")
    return voice_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.get("/unheard", response=answers(list[UnheardRow]))
def list_unheard(request: ApiRequest) -> list[UnheardRow]:
    """List customers' words in answers to surveys that are not on the list yet."""
    request.actor.require("initiative.edit")
    return list(unheard_rows(request.actor.company))


@router.get("/held-back", response=answers(list[HeldBackRow]))
def list_held_back(request: ApiRequest) -> list[HeldBackRow]:
    """List deeds without a word of recognition and why: one's own, for the lead everybody's."""
    request.actor.require("ledger.view")
    return list(
        held_back_rows(
            request.actor.company,
            viewer_id=request.actor.user_id,
            is_lead="target.edit" in request.actor.rights,
            as_of=request.as_of,
        )
    )


@router.get("/{voice_id}", response=answers(VoiceRow))
def show_voice(request: ApiRequest, voice_id: Id) -> VoiceRow:
    """Show one suggestion and what became of it."""
    request.actor.require("ledger.view")
    return existing(voice_of(request.actor.company, voice_id))


@router.post("", response=answers(Created, 201))
@once
def new_voice(request: ApiRequest, body: VoiceIn) -> tuple[int, dict[str, Any]]:
    """Put a suggestion into the box."""
    made = say_voice(
        actor=request.actor,
        text=body.text,
        is_named=body.is_named,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/hear/{survey_id}", response=answers(Created, 201))
@once
def hear_survey(request: ApiRequest, survey_id: Id) -> tuple[int, dict[str, Any]]:
    """Put a customer's words on the list."""
    made = hear_customer(
        actor=request.actor,
        survey=own(Survey, request.actor, survey_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/{voice_id}/take", response=answers(Done))
@once
def take_voice(
    request: ApiRequest, voice_id: Id, body: VoiceTakenIn
) -> tuple[int, dict[str, Any]]:
    """Let an improvement answer a suggestion."""
    take_up_voice(
        actor=request.actor,
        voice=own(Voice, request.actor, voice_id),
        initiative=own(Initiative, request.actor, body.initiative_id),
        answer=body.answer,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{voice_id}/decline", response=answers(Done))
@once
def decline_the_voice(
    request: ApiRequest, voice_id: Id, body: VoiceDeclinedIn
) -> tuple[int, dict[str, Any]]:
    """Say no, with the reason."""
    decline_voice(
        actor=request.actor,
        voice=own(Voice, request.actor, voice_id),
        answer=body.answer,
        at=request.at,
    )
    return 200, {"changed": 1}
