"""Operations about suppressions. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import SuppressionIn
    from dunwell_client.generated.models import SuppressionRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class SuppressionsArea:
    """Operations about suppressions."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_suppressions(self, *, scope: Literal['active', 'lifted', 'all'] | None = None, channel: Literal['', 'email', 'sms', 'whatsapp', 'voice'] | None = None, reason: Literal['', 'bounced', 'soft', 'complained', 'unsubscribed', 'left', 'by_hand'] | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SuppressionRow]:
        """List addresses that get nothing, the newest first; the search looks in addresses too.

        GET /api/v1/suppressions
        """
        told: Page[SuppressionRow] = self._connection.call("GET", "/suppressions", query={"scope": scope, "channel": channel, "reason": reason, "search": search, "cursor": cursor, "limit": limit})
        return told

    def new_suppression(self, body: SuppressionIn, *, idempotency_key: str | None = None) -> Created:
        """Put an address on the list; one that stands there stays as it is.

        POST /api/v1/suppressions
        """
        told: Created = self._connection.call("POST", "/suppressions", body=body, takes_key=True, key=idempotency_key)
        return told

    def lift_one_suppression(self, suppression_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take an address off the list, with the reason.

        POST /api/v1/suppressions/{suppression_id}/lift
        """
        told: Done = self._connection.call("POST", f"/suppressions/{path_part(suppression_id)}/lift", body=body, takes_key=True, key=idempotency_key)
        return told
