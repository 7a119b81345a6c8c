"""Operations about conversations. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AssignConversationIn
    from dunwell_client.generated.models import ConversationDetail
    from dunwell_client.generated.models import ConversationRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MergedTalkIn
    from dunwell_client.generated.models import NamedItemsIn
    from dunwell_client.generated.models import SplitTalkIn
    from dunwell_client.generated.models import UnnamedItemIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ConversationsArea:
    """Operations about conversations."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_conversations(self, *, status: Literal['', 'open', 'waiting', 'done'] | None = None, customer_id: int | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ConversationRow]:
        """List conversations, the newest first.

        GET /api/v1/conversations
        """
        told: Page[ConversationRow] = self._connection.call("GET", "/conversations", query={"status": status, "customer_id": customer_id, "search": search, "cursor": cursor, "limit": limit})
        return told

    def show_conversation(self, conversation_id: int) -> ConversationDetail:
        """Show a conversation with all that was said, in its order.

        GET /api/v1/conversations/{conversation_id}
        """
        told: ConversationDetail = self._connection.call("GET", f"/conversations/{path_part(conversation_id)}")
        return told

    def assign_a_conversation(self, conversation_id: int, body: AssignConversationIn, *, idempotency_key: str | None = None) -> Done:
        """Give a conversation to somebody who works here, or back to all.

        POST /api/v1/conversations/{conversation_id}/assign
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/assign", body=body, takes_key=True, key=idempotency_key)
        return told

    def finish_conversation(self, conversation_id: int, *, idempotency_key: str | None = None) -> Done:
        """Note that nothing more is to be done.

        POST /api/v1/conversations/{conversation_id}/done
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/done", takes_key=True, key=idempotency_key)
        return told

    def open_conversation_again(self, conversation_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a conversation up again.

        POST /api/v1/conversations/{conversation_id}/reopen
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/reopen", takes_key=True, key=idempotency_key)
        return told

    def name_conversation_items(self, conversation_id: int, body: NamedItemsIn, *, idempotency_key: str | None = None) -> Done:
        """Name items a conversation is about; all of them, or none.

        POST /api/v1/conversations/{conversation_id}/items
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/items", body=body, takes_key=True, key=idempotency_key)
        return told

    def unname_conversation_item(self, conversation_id: int, body: UnnamedItemIn, *, idempotency_key: str | None = None) -> Done:
        """Take an item off a conversation.

        POST /api/v1/conversations/{conversation_id}/items/remove
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/items/remove", body=body, takes_key=True, key=idempotency_key)
        return told

    def put_conversations_together(self, conversation_id: int, body: MergedTalkIn, *, idempotency_key: str | None = None) -> Done:
        """Move all of another conversation of the same customer into this one.

        POST /api/v1/conversations/{conversation_id}/merge
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/merge", body=body, takes_key=True, key=idempotency_key)
        return told

    def split_conversation(self, conversation_id: int, body: SplitTalkIn, *, idempotency_key: str | None = None) -> Created:
        """Give a message a conversation of its own; returns where it is now.

        POST /api/v1/conversations/{conversation_id}/split
        """
        told: Created = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/split", body=body, takes_key=True, key=idempotency_key)
        return told

    def set_conversation_aside(self, conversation_id: int, *, idempotency_key: str | None = None) -> Done:
        """Set a conversation aside as spam.

        POST /api/v1/conversations/{conversation_id}/spam
        """
        told: Done = self._connection.call("POST", f"/conversations/{path_part(conversation_id)}/spam", takes_key=True, key=idempotency_key)
        return told
