"""/conversations: what is written back and forth, whose it is, and whether it is done."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router
from pydantic import Field

from dunwell.actions.conversations import (
    assign_conversation,
    close_conversation,
    link_items,
    merge_conversations,
    reopen_conversation,
    set_aside_spam,
    split_message,
    unlink_item,
)
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
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Conversation, InboundMessage, Item, User
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


class NamedItemsIn(Body):
    """Items the conversation is about."""

    item_ids: Annotated[list[Key], Field(min_length=1, max_length=200)]


class UnnamedItemIn(Body):
    """The item that is taken off."""

    item_id: Key


class MergedTalkIn(Body):
    """The conversation that goes into this one."""

    other_id: Key


class SplitTalkIn(Body):
    """The message that gets a conversation of its own."""

    inbound_id: Key


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
    return existing(conversation_detail(request.actor.company, conversation_id))


@router.post("/{conversation_id}/assign", response=answers(Done))
@once
def assign_a_conversation(
    request: ApiRequest, conversation_id: Id, body: AssignConversationIn
) -> tuple[int, dict[str, Any]]:
    """Give a conversation to somebody who works here, or back to all."""
    assignee = None
    if body.user_id is not None:
        assignee = existing(User.objects.filter(pk=body.user_id).first())
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


@router.post("/{conversation_id}/items", response=answers(Done))
@once
def name_conversation_items(
    request: ApiRequest, conversation_id: Id, body: NamedItemsIn
) -> tuple[int, dict[str, Any]]:
    """Name items a conversation is about; all of them, or none."""
    items = [own(Item, request.actor, key) for key in body.item_ids]
    link_items(
        actor=request.actor,
        conversation=own(Conversation, request.actor, conversation_id),
        items=items,
        at=request.at,
    )
    return 200, {"changed": len(items)}


@router.post("/{conversation_id}/items/remove", response=answers(Done))
@once
def unname_conversation_item(
    request: ApiRequest, conversation_id: Id, body: UnnamedItemIn
) -> tuple[int, dict[str, Any]]:
    """Take an item off a conversation."""
    unlink_item(
        actor=request.actor,
        conversation=own(Conversation, request.actor, conversation_id),
        item=own(Item, request.actor, body.item_id),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{conversation_id}/merge", response=answers(Done))
@once
def put_conversations_together(
    request: ApiRequest, conversation_id: Id, body: MergedTalkIn
) -> tuple[int, dict[str, Any]]:
    """Move all of another conversation of the same customer into this one."""
    merge_conversations(
        actor=request.actor,
        into=own(Conversation, request.actor, conversation_id),
        other=own(Conversation, request.actor, body.other_id),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{conversation_id}/split", response=answers(Created, 201))
@once
def split_conversation(
    request: ApiRequest, conversation_id: Id, body: SplitTalkIn
) -> tuple[int, dict[str, Any]]:
    """Give a message a conversation of its own; returns where it is now."""
    talk = own(Conversation, request.actor, conversation_id)
    inbound = own(InboundMessage, request.actor, body.inbound_id)
    if inbound.conversation_id != talk.pk:
        raise Http404
    return 201, {"id": split_message(actor=request.actor, inbound=inbound, at=request.at).pk}


@router.post("/{conversation_id}/spam", response=answers(Done))
@once
def set_conversation_aside(request: ApiRequest, conversation_id: Id) -> tuple[int, dict[str, Any]]:
    """Set a conversation aside as spam."""
    conversation = own(Conversation, request.actor, conversation_id)
    set_aside_spam(actor=request.actor, conversation=conversation, at=request.at)
    return 200, {"changed": 1}
