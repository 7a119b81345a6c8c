"""/messages: the outbox."""

from typing import Any, Literal

from django.http import Http404
from ninja import Router
from pydantic import Field

from dunwell.actions.messages import approve_message, approve_messages, cancel_message
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    ReasonIn,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Message
from dunwell.queries.messages import MessageDetail, MessageRow, message_detail, message_rows
from dunwell.queries.pages import Page

router = Router(tags=["messages"])
Status = Literal["", "draft", "ready", "claimed", "sent", "failed", "dead", "cancelled"]


class ApproveIn(Body):
    """Messages that wait for approval."""

    message_ids: list[Key] = Field(min_length=1, max_length=1000)


@router.get("", response=answers(Page[MessageRow]))
def list_messages(
    request: ApiRequest,
    status: Status = "",
    channel: Literal["", "email", "letter", "call", "sms", "portal"] = "",
    customer_id: Key | None = None,
    as_of: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[MessageRow]:
    """List messages, newest first."""
    request.actor.require("ledger.view")
    return message_rows(
        request.actor.company,
        status=status,
        channel=channel,
        customer_id=customer_id,
        as_of=as_of,
        cursor=cursor,
        limit=limit,
    )


@router.post("/approve", response=answers(Done))
@once
def allow_messages(request: ApiRequest, body: ApproveIn) -> tuple[int, dict[str, Any]]:
    """Approve several messages at once: all of them, or none when one does not wait for it."""
    done = approve_messages(actor=request.actor, ids=body.message_ids, at=request.at)
    return 200, {"changed": done}


@router.get("/{message_id}", response=answers(MessageDetail))
def show_message(request: ApiRequest, message_id: Id) -> MessageDetail:
    """Show a message: its words, items, and the decision that allowed it."""
    request.actor.require("ledger.view")
    detail = message_detail(request.actor.company, message_id)
    if detail is None:
        raise Http404
    return detail


@router.post("/{message_id}/approve", response=answers(Done))
@once
def allow_message(request: ApiRequest, message_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve a message that waits for approval."""
    approve_message(
        actor=request.actor, message=own(Message, request.actor, message_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/{message_id}/cancel", response=answers(Done))
@once
def drop_message(
    request: ApiRequest, message_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Cancel a message that has not been sent."""
    cancel_message(
        actor=request.actor,
        message=own(Message, request.actor, message_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}
