"""/training/calls: practised calls with scripted customers, and their points line by line."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.role_plays import abandon_role_play, begin_role_play, say_in_role_play
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import RolePlay
from dunwell.queries.pages import Page
from dunwell.queries.role_plays import (
    RolePlayDetail,
    RolePlayRow,
    role_play_detail,
    role_play_rows,
)

router = Router(tags=["training"])


class RolePlayIn(Body):
    """Whom to practise with, and in which language."""

    persona: Annotated[Plain, Field(min_length=1, max_length=30)]
    language: Literal["en", "de"] = "en"


class SentenceIn(Body):
    """What is said next; `version` is that of the call when it was read."""

    text: Annotated[Plain, Field(min_length=1, max_length=1000)]
    version: Annotated[int, Field(ge=0, le=1000)]


@router.get("/calls", response=answers(Page[RolePlayRow]))
def list_role_plays(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[RolePlayRow]:
    """List practised calls, the newest first: one's own, for a lead everybody's."""
    request.actor.require("training.take")
    mine = None if "training.lead" in request.actor.rights else request.actor.user_id
    return role_play_rows(request.actor.company, user_id=mine, cursor=cursor, limit=limit)


@router.post("/calls", response=answers(Created, 201))
@once
def begin_call(request: ApiRequest, body: RolePlayIn) -> tuple[int, dict[str, Any]]:
    """Begin a call, or return the one with the same customer that goes on."""
    made = begin_role_play(
        actor=request.actor,
        persona=body.persona,
        language=body.language,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.get("/calls/{role_play_id}", response=answers(RolePlayDetail))
def get_role_play(request: ApiRequest, role_play_id: Id) -> RolePlayDetail:
    """Return one call with all that was said, and what every line was worth."""
    request.actor.require("training.take")
    play = own(RolePlay, request.actor, role_play_id)
    if play.user_id != request.actor.user_id:
        request.actor.require("training.lead")
    return existing(role_play_detail(request.actor.company, play.pk))


@router.post("/calls/{role_play_id}/say", response=answers(Done))
@once
def say_sentence(
    request: ApiRequest, role_play_id: Id, body: SentenceIn
) -> tuple[int, dict[str, Any]]:
    """Say the next sentence; the customer answers, and the last one is scored."""
    say_in_role_play(
        actor=request.actor,
        role_play=own(RolePlay, request.actor, role_play_id),
        text=body.text,
        version=body.version,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/calls/{role_play_id}/give-up", response=answers(Done))
@once
def give_up_call(request: ApiRequest, role_play_id: Id) -> tuple[int, dict[str, Any]]:
    """Give a call up; it has no points."""
    abandon_role_play(
        actor=request.actor,
        role_play=own(RolePlay, request.actor, role_play_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
