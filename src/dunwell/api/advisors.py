"""/advisors: people from outside who read for a while, and all they opened."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.advisors import (
    ask_extension,
    decide_extension,
    end_access,
    invite_advisor,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Limit,
    Moment,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import AdvisorAccess, AdvisorExtension
from dunwell.queries.advisors import (
    AdvisorDetail,
    AdvisorRow,
    TraceRow,
    advisor_detail,
    advisor_rows,
    trace_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["advisors"])

Area = Literal[
    "ledger", "figures", "credit", "risk", "collections", "disputes", "messages", "control"
]
Told = Annotated[Plain, Field(min_length=1, max_length=300)]


class InvitationIn(Body):
    """Who reads, which areas, what for, and from when to when."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    email: Annotated[Plain, Field(min_length=3, max_length=254)]
    role: Literal["advisor", "auditor"]
    areas: Annotated[list[Area], Field(min_length=1, max_length=8)]
    reason: Told
    starts_at: Moment
    ends_at: Moment
    firm: Annotated[Plain, Field(max_length=120)] = ""


class Invited(Created):
    """The new access and the token of its link, shown this once."""

    token: str


class ExtensionIn(Body):
    """Until when, and why."""

    until_at: Moment
    reason: Told


class ExtensionAnswerIn(Body):
    """Whether the longer stay is granted."""

    is_granted: bool


@router.get("", response=answers(Page[AdvisorRow]))
def list_advisors(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[AdvisorRow]:
    """List accesses, the newest first."""
    request.actor.require("ledger.view")
    return advisor_rows(request.actor.company, at=request.at, cursor=cursor, limit=limit)


@router.get("/{access_id}", response=answers(AdvisorDetail))
def show_advisor(request: ApiRequest, access_id: Id) -> AdvisorDetail:
    """Show one access and what was asked for it."""
    request.actor.require("ledger.view")
    return existing(advisor_detail(request.actor.company, access_id, at=request.at))


@router.get("/{access_id}/traces", response=answers(Page[TraceRow]))
def list_advisor_traces(
    request: ApiRequest, access_id: Id, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[TraceRow]:
    """List what an access opened and took, the newest first."""
    request.actor.require("ledger.view")
    _access(request, access_id)
    return trace_rows(request.actor.company, access_id, cursor=cursor, limit=limit)


@router.post("", response=answers(Invited, 201))
@once
def new_advisor(request: ApiRequest, body: InvitationIn) -> tuple[int, dict[str, Any]]:
    """Invite somebody; the link is `/sign-in/access/<token>/`."""
    access, token = invite_advisor(actor=request.actor, at=request.at, **body.model_dump())
    return 201, {"id": access.pk, "token": token}


@router.post("/{access_id}/end", response=answers(Done))
@once
def end_advisor(request: ApiRequest, access_id: Id) -> tuple[int, dict[str, Any]]:
    """End an access at once."""
    end_access(actor=request.actor, access=_access(request, access_id), at=request.at)
    return 200, {"changed": 1}


@router.post("/{access_id}/extensions", response=answers(Created, 201))
@once
def extend_advisor(
    request: ApiRequest, access_id: Id, body: ExtensionIn
) -> tuple[int, dict[str, Any]]:
    """Ask for a longer stay; somebody else decides."""
    until_at: datetime = body.until_at
    asked = ask_extension(
        actor=request.actor,
        access=_access(request, access_id),
        until_at=until_at,
        reason=body.reason,
        at=request.at,
    )
    return 201, {"id": asked.pk}


@router.post("/extensions/{extension_id}/answer", response=answers(Done))
@once
def answer_advisor_extension(
    request: ApiRequest, extension_id: Id, body: ExtensionAnswerIn
) -> tuple[int, dict[str, Any]]:
    """Grant or decline a longer stay that somebody else asked for."""
    decide_extension(
        actor=request.actor,
        extension=own(AdvisorExtension, request.actor, extension_id),
        is_granted=body.is_granted,
        at=request.at,
    )
    return 200, {"changed": 1}


def _access(request: ApiRequest, access_id: int) -> AdvisorAccess:
    return own(AdvisorAccess, request.actor, access_id)
