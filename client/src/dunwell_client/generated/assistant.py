"""Operations about assistant. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AssistantSwitch
    from dunwell_client.generated.models import AssistantSwitchIn
    from dunwell_client.generated.models import AssistantTalk
    from dunwell_client.generated.models import AssistantTalkRow
    from dunwell_client.generated.models import Done
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class AssistantArea:
    """Operations about assistant."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_assistant_talks(self, *, cursor: str | None = None, limit: int | None = None) -> Page[AssistantTalkRow]:
        """List talks of customers with the assistant, the newest first.

        GET /api/v1/assistant/talks
        """
        told: Page[AssistantTalkRow] = self._connection.call("GET", "/assistant/talks", query={"cursor": cursor, "limit": limit})
        return told

    def get_assistant_talk(self, talk_id: int) -> AssistantTalk:
        """Return one talk: each text, how it was understood, the answer and what proved it.

        GET /api/v1/assistant/talks/{talk_id}
        """
        told: AssistantTalk = self._connection.call("GET", f"/assistant/talks/{path_part(talk_id)}")
        return told

    def get_assistant_switch(self) -> AssistantSwitch:
        """Return whether the assistant answers customers.

        GET /api/v1/assistant/switch
        """
        told: AssistantSwitch = self._connection.call("GET", "/assistant/switch")
        return told

    def set_assistant_switch(self, body: AssistantSwitchIn, *, idempotency_key: str | None = None) -> Done:
        """Switch the assistant on or off; 409 where somebody else did meanwhile.

        POST /api/v1/assistant/switch
        """
        told: Done = self._connection.call("POST", "/assistant/switch", body=body, takes_key=True, key=idempotency_key)
        return told
