"""/conversations: what is written back and forth, whose it is, and whether it is done."""

from typing import Any, Literal

from django.http import Http404
from ninja import Router

from dunwell.actions.conversations import (
    assign_conversation,
    close_conversation,
    reopen_conversation,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Cursor, Done, Id, Key, Limit, Word, answers, own
from dunwell.api.writes import once
from dunwell.models import Conversation, User
from dunwell.queries.conversations import (
    ConversationDetail,
    ConversationRow,
    conversation_detail,
    conversation_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["conversations"])


class AssignConversationIn(Body):
    """Who is to answer; null gives the conversation back to all."""

    user_id: Key | None = None


@router.get("", response=answers(Page[ConversationRow]))
def list_conversations(
    request: ApiRequest,
    status: Literal["", "open", "waiting", "done"] = "",
    customer_id: Key | None = None,
    search: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ConversationRow]:
    """List conversations, the newest first."""
    request.actor.require("timeline.words")
    return conversation_rows(
        request.actor.company,
        status=status,
        customer_id=customer_id,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{conversation_id}", response=answers(ConversationDetail))
def show_conversation(request: ApiRequest, conversation_id: Id) -> ConversationDetail:
    """Show a conversation with all that was said, in its order."""
    request.actor.require("timeline.words")
    detail = conversation_detail(request.actor.company, conversation_id)
    if detail is None:
        raise Http404
    return detail


@router.post("/{conversation_id}/assign", response=answers(Done))
@once
def assign_a_conversation(
    request: ApiRequest, conversation_id: Id, body: AssignConversationIn
) -> tuple[int, dict[str, Any]]:
    """Give a conversation to somebody who works here, or back to all."""
    assignee = None
    if body.user_id is not None:
        assignee = User.objects.filter(pk=body.user_id).first()
        if assignee is None:
            raise Http404
    assign_conversation(
        actor=request.actor,
        conversation=own(Conversation, request.actor, conversation_id),
        assignee=assignee,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{conversation_id}/done", response=answers(Done))
@once
def finish_conversation(request: ApiRequest, conversation_id: Id) -> tuple[int, dict[str, Any]]:
    """Note that nothing more is to be done."""
    conversation = own(Conversation, request.actor, conversation_id)
    close_conversation(actor=request.actor, conversation=conversation, at=request.at)
    return 200, {"changed": 1}


@router.post("/{conversation_id}/reopen", response=answers(Done))
@once
def open_conversation_again(
    request: ApiRequest, conversation_id: Id
) -> tuple[int, dict[str, Any]]:
    """Take a conversation up again."""
    conversation = own(Conversation, request.actor, conversation_id)
    reopen_conversation(actor=request.actor, conversation=conversation, at=request.at)
    return 200, {"changed": 1}
