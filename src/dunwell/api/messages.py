"""/messages: the outbox."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.message_retries import retry_message, retry_messages
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
    Plain,
    ReasonIn,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Message
from dunwell.queries.messages import (
    MessageDetail,
    MessageFilter,
    MessageRow,
    message_detail,
    message_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["messages"])
Status = Literal[
    "",
    "draft",
    "ready",
    "claimed",
    "sent",
    "delivered",
    "bounced",
    "failed",
    "dead",
    "cancelled",
    "handed_over",
]
Channel = Literal["", "email", "letter", "call", "sms", "whatsapp", "portal"]


class MessageQuery(Schema):
    """Which messages are asked for."""

    status: Status = ""
    channel: Channel = ""
    provider: Word = ""
    template: Word = ""
    error: Word = ""
    customer_id: Key | None = None
    as_of: Day | None = None
    from_on: Day | None = None
    until_on: Day | None = None


class RetryIn(Body):
    """Messages that were given up: the named ones, or all of a filter."""

    message_ids: list[Key] = Field(default_factory=list, max_length=1000)
    channel: Channel = ""
    error: Annotated[Plain, Field(max_length=80)] = ""


class ApproveIn(Body):
    """Messages that wait for approval."""

    message_ids: list[Key] = Field(min_length=1, max_length=1000)


@router.get("", response=answers(Page[MessageRow]))
def list_messages(
    request: ApiRequest,
    only: Query[MessageQuery],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[MessageRow]:
    """List messages, newest first; `from_on` and `until_on` bound the day they went out.

    The status handed_over stands for all that left us: sent, delivered and bounced. `error` is a
    part of the reason. `cost_micros` are millionths of `cost_currency`.
    """
    request.actor.require("ledger.view")
    return message_rows(
        request.actor.company, only=MessageFilter(**only.dict()), cursor=cursor, limit=limit
    )


@router.post("/approve", response=answers(Done))
@once
def allow_messages(request: ApiRequest, body: ApproveIn) -> tuple[int, dict[str, Any]]:
    """Approve several messages at once: all of them, or none when one does not wait for it."""
    done = approve_messages(actor=request.actor, ids=body.message_ids, at=request.at)
    return 200, {"changed": done}


@router.post("/retry", response=answers(Done))
@once
def retry_given_up(request: ApiRequest, body: RetryIn) -> tuple[int, dict[str, Any]]:
    """Try messages again that were given up, with the next delivery; the chase gate is asked."""
    done = retry_messages(
        actor=request.actor,
        ids=body.message_ids,
        channel=body.channel,
        error=body.error,
        at=request.at,
    )
    return 200, {"changed": done}


@router.get("/{message_id}", response=answers(MessageDetail))
def show_message(request: ApiRequest, message_id: Id) -> MessageDetail:
    """Show a message: its words, items, and the decision that allowed it."""
    request.actor.require("ledger.view")
    return existing(message_detail(request.actor.company, message_id))


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


@router.post("/{message_id}/retry", response=answers(Done))
@once
def retry_one(request: ApiRequest, message_id: Id) -> tuple[int, dict[str, Any]]:
    """Try a message again that was given up, with the next delivery."""
    retry_message(
        actor=request.actor, message=own(Message, request.actor, message_id), at=request.at
    )
    return 200, {"changed": 1}
