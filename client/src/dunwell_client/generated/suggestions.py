"""Operations about suggestions. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import HeldBackRow
    from dunwell_client.generated.models import UnheardRow
    from dunwell_client.generated.models import VoiceDeclinedIn
    from dunwell_client.generated.models import VoiceIn
    from dunwell_client.generated.models import VoiceRow
    from dunwell_client.generated.models import VoiceTakenIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class SuggestionsArea:
    """Operations about suggestions."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_voices(self, *, status: Literal['', 'open', 'taken', 'declined'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[VoiceRow]:
        """List what was said, the newest first.

        GET /api/v1/suggestions
        """
        told: Page[VoiceRow] = self._connection.call("GET", "/suggestions", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_voice(self, body: VoiceIn, *, idempotency_key: str | None = None) -> Created:
        """Put a suggestion into the box.

        POST /api/v1/suggestions
        """
        told: Created = self._connection.call("POST", "/suggestions", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_unheard(self) -> list[UnheardRow]:
        """List customers' words in answers to surveys that are not on the list yet.

        GET /api/v1/suggestions/unheard
        """
        told: list[UnheardRow] = self._connection.call("GET", "/suggestions/unheard")
        return told

    def list_held_back(self) -> list[HeldBackRow]:
        """List deeds without a word of recognition and why: one's own, for the lead everybody's.

        GET /api/v1/suggestions/held-back
        """
        told: list[HeldBackRow] = self._connection.call("GET", "/suggestions/held-back")
        return told

    def show_voice(self, voice_id: int) -> VoiceRow:
        """Show one suggestion and what became of it.

        GET /api/v1/suggestions/{voice_id}
        """
        told: VoiceRow = self._connection.call("GET", f"/suggestions/{path_part(voice_id)}")
        return told

    def hear_survey(self, survey_id: int, *, idempotency_key: str | None = None) -> Created:
        """Put a customer's words on the list.

        POST /api/v1/suggestions/hear/{survey_id}
        """
        told: Created = self._connection.call("POST", f"/suggestions/hear/{path_part(survey_id)}", takes_key=True, key=idempotency_key)
        return told

    def take_voice(self, voice_id: int, body: VoiceTakenIn, *, idempotency_key: str | None = None) -> Done:
        """Let an improvement answer a suggestion.

        POST /api/v1/suggestions/{voice_id}/take
        """
        told: Done = self._connection.call("POST", f"/suggestions/{path_part(voice_id)}/take", body=body, takes_key=True, key=idempotency_key)
        return told

    def decline_the_voice(self, voice_id: int, body: VoiceDeclinedIn, *, idempotency_key: str | None = None) -> Done:
        """Say no, with the reason.

        POST /api/v1/suggestions/{voice_id}/decline
        """
        told: Done = self._connection.call("POST", f"/suggestions/{path_part(voice_id)}/decline", body=body, takes_key=True, key=idempotency_key)
        return told
