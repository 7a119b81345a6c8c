"""/assistant: talks of customers with the portal's assistant, and its switch."""

from typing import Any

from ninja import Router
from pydantic import Field

from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Cursor, Done, Id, Limit, answers, existing
from dunwell.api.writes import once
from dunwell.queries.assistant_talks import (
    AssistantSwitch,
    AssistantTalk,
    AssistantTalkRow,
    assistant_rows,
    assistant_switch,
    assistant_talk,
)
from dunwell.queries.pages import Page

router = Router(tags=["assistant"])


class AssistantSwitchIn(Body):
    """On or off; `version` is the one that was read, 0 where nothing was saved yet."""

    is_on: bool
    version: int = Field(ge=0, le=1_000_000_000)


@router.get("/talks", response=answers(Page[AssistantTalkRow]))
def list_assistant_talks(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[AssistantTalkRow]:
    """List talks of customers with the assistant, the newest first."""
    request.actor.require("timeline.words")
    return assistant_rows(request.actor.company, cursor=cursor, limit=limit)


@router.get("/talks/{talk_id}", response=answers(AssistantTalk))
def get_assistant_talk(request: ApiRequest, talk_id: Id) -> AssistantTalk:
    """Return one talk: each text, how it was understood, the answer and what proved it."""
    request.actor.require("timeline.words")
    return existing(assistant_talk(request.actor.company, talk_id))


@router.get("/switch", response=answers(AssistantSwitch))
def get_assistant_switch(request: ApiRequest) -> AssistantSwitch:
    """Return whether the assistant answers customers."""
    request.actor.require("ledger.view")
    return assistant_switch(request.actor.company)


@router.post("/switch", response=answers(Done))
@once
def set_assistant_switch(
    request: ApiRequest, body: AssistantSwitchIn
) -> tuple[int, dict[str, Any]]:
    """Switch the assistant on or off; 409 where somebody else did meanwhile."""
    save_assistant_setting(
        actor=request.actor, version=body.version, is_on=body.is_on, at=request.at
    )
    return 200, {"changed": 1}
