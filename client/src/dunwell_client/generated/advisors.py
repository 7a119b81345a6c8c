"""Operations about advisors. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AdvisorDetail
    from dunwell_client.generated.models import AdvisorRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ExtensionAnswerIn
    from dunwell_client.generated.models import ExtensionIn
    from dunwell_client.generated.models import InvitationIn
    from dunwell_client.generated.models import Invited
    from dunwell_client.generated.models import TraceRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class AdvisorsArea:
    """Operations about advisors."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_advisors(self, *, cursor: str | None = None, limit: int | None = None) -> Page[AdvisorRow]:
        """List accesses, the newest first.

        GET /api/v1/advisors
        """
        told: Page[AdvisorRow] = self._connection.call("GET", "/advisors", query={"cursor": cursor, "limit": limit})
        return told

    def new_advisor(self, body: InvitationIn, *, idempotency_key: str | None = None) -> Invited:
        """Invite somebody; the link is `/sign-in/access/<token>/`.

        POST /api/v1/advisors
        """
        told: Invited = self._connection.call("POST", "/advisors", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_advisor(self, access_id: int) -> AdvisorDetail:
        """Show one access and what was asked for it.

        GET /api/v1/advisors/{access_id}
        """
        told: AdvisorDetail = self._connection.call("GET", f"/advisors/{path_part(access_id)}")
        return told

    def list_advisor_traces(self, access_id: int, *, cursor: str | None = None, limit: int | None = None) -> Page[TraceRow]:
        """List what an access opened and took, the newest first.

        GET /api/v1/advisors/{access_id}/traces
        """
        told: Page[TraceRow] = self._connection.call("GET", f"/advisors/{path_part(access_id)}/traces", query={"cursor": cursor, "limit": limit})
        return told

    def end_advisor(self, access_id: int, *, idempotency_key: str | None = None) -> Done:
        """End an access at once.

        POST /api/v1/advisors/{access_id}/end
        """
        told: Done = self._connection.call("POST", f"/advisors/{path_part(access_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def extend_advisor(self, access_id: int, body: ExtensionIn, *, idempotency_key: str | None = None) -> Created:
        """Ask for a longer stay; somebody else decides.

        POST /api/v1/advisors/{access_id}/extensions
        """
        told: Created = self._connection.call("POST", f"/advisors/{path_part(access_id)}/extensions", body=body, takes_key=True, key=idempotency_key)
        return told

    def answer_advisor_extension(self, extension_id: int, body: ExtensionAnswerIn, *, idempotency_key: str | None = None) -> Done:
        """Grant or decline a longer stay that somebody else asked for.

        POST /api/v1/advisors/extensions/{extension_id}/answer
        """
        told: Done = self._connection.call("POST", f"/advisors/extensions/{path_part(extension_id)}/answer", body=body, takes_key=True, key=idempotency_key)
        return told
