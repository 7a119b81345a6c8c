"""Operations about disputes. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CloseIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DisputeIn
    from dunwell_client.generated.models import DisputeRow
    from dunwell_client.generated.models import Done
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class DisputesArea:
    """Operations about disputes."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_disputes(self, *, only_open: bool | None = None, reason: Literal['price', 'short_delivery', 'quality', 'no_po', 'duplicate', 'tax', 'already_paid', 'other'] | Literal[''] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[DisputeRow]:
        """List disputes, the oldest first.

        GET /api/v1/disputes
        """
        told: Page[DisputeRow] = self._connection.call("GET", "/disputes", query={"only_open": only_open, "reason": reason, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def add_dispute(self, body: DisputeIn, *, idempotency_key: str | None = None) -> Created:
        """Open a dispute; the undisputed rest of the item stays collectable.

        POST /api/v1/disputes
        """
        told: Created = self._connection.call("POST", "/disputes", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_dispute(self, dispute_id: int, body: CloseIn, *, idempotency_key: str | None = None) -> Done:
        """Close a dispute with its outcome.

        POST /api/v1/disputes/{dispute_id}/close
        """
        told: Done = self._connection.call("POST", f"/disputes/{path_part(dispute_id)}/close", body=body, takes_key=True, key=idempotency_key)
        return told
