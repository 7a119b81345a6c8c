"""Operations about remittances. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import LinkIn
    from dunwell_client.generated.models import Received
    from dunwell_client.generated.models import RemittanceCard
    from dunwell_client.generated.models import RemittanceRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class RemittancesArea:
    """Operations about remittances."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_remittances(self, *, scope: Literal['all', 'open', 'linked'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RemittanceRow]:
        """List remittance advices, newest first; open are those without a payment.

        GET /api/v1/remittances
        """
        told: Page[RemittanceRow] = self._connection.call("GET", "/remittances", query={"scope": scope, "cursor": cursor, "limit": limit})
        return told

    def send_remittance(self, files: Files, *, currency: str | None = None, idempotency_key: str | None = None) -> Received:
        """Send one advice (mail, PDF, sheet, EDI or text); the same bytes again add nothing.

        `currency` counts where the file names none.

        POST /api/v1/remittances
        """
        told: Received = self._connection.call("POST", "/remittances", query={"currency": currency}, files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def show_remittance(self, remittance_id: int) -> RemittanceCard:
        """Show an advice with its documents and the payments it may speak of.

        GET /api/v1/remittances/{remittance_id}
        """
        told: RemittanceCard = self._connection.call("GET", f"/remittances/{path_part(remittance_id)}")
        return told

    def link_advice(self, remittance_id: int, body: LinkIn, *, idempotency_key: str | None = None) -> Done:
        """Say which payment an advice speaks of.

        POST /api/v1/remittances/{remittance_id}/link
        """
        told: Done = self._connection.call("POST", f"/remittances/{path_part(remittance_id)}/link", body=body, takes_key=True, key=idempotency_key)
        return told

    def unlink_advice(self, remittance_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take an advice off its payment; it is not linked to that one by itself again.

        POST /api/v1/remittances/{remittance_id}/unlink
        """
        told: Done = self._connection.call("POST", f"/remittances/{path_part(remittance_id)}/unlink", takes_key=True, key=idempotency_key)
        return told
