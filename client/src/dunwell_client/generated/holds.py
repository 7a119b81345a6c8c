"""Operations about holds. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import HoldIn
    from dunwell_client.generated.models import HoldRow
    from dunwell_client.generated.models import ReleaseIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class HoldsArea:
    """Operations about holds."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_holds(self, *, only_active: bool | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[HoldRow]:
        """List holds.

        GET /api/v1/holds
        """
        told: Page[HoldRow] = self._connection.call("GET", "/holds", query={"only_active": only_active, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def add_hold(self, body: HoldIn, *, idempotency_key: str | None = None) -> Created:
        """Stop chasing a customer or one item, until a day or until released.

        POST /api/v1/holds
        """
        told: Created = self._connection.call("POST", "/holds", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_hold(self, hold_id: int, body: ReleaseIn, *, idempotency_key: str | None = None) -> Done:
        """Release a hold; chasing goes on from today.

        POST /api/v1/holds/{hold_id}/release
        """
        told: Done = self._connection.call("POST", f"/holds/{path_part(hold_id)}/release", body=body, takes_key=True, key=idempotency_key)
        return told
