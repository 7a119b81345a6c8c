"""Operations about deliveries. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DeliveryBoard
    from dunwell_client.generated.models import DeliveryNoteIn
    from dunwell_client.generated.models import LadderView

    from dunwell_client.transport import Connection


class DeliveriesArea:
    """Operations about deliveries."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_deliveries(self, *, state: Literal['', 'alarm', 'bounced', 'not_received', 'queried', 'rejected', 'issued', 'handed_over', 'delivered', 'opened', 'received', 'accepted', 'approved', 'scheduled'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> DeliveryBoard:
        """List open invoices with how far each has come, the soonest due first, and all sums.

        GET /api/v1/deliveries
        """
        told: DeliveryBoard = self._connection.call("GET", "/deliveries", query={"state": state, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def show_delivery(self, item_id: int) -> LadderView:
        """Return one invoice's ladder; 404 for an item that has no document.

        GET /api/v1/deliveries/items/{item_id}
        """
        told: LadderView = self._connection.call("GET", f"/deliveries/items/{path_part(item_id)}")
        return told

    def add_delivery_note(self, item_id: int, body: DeliveryNoteIn, *, idempotency_key: str | None = None) -> Created:
        """Keep a person's word on where an invoice is; the same of a day again is the same note.

        POST /api/v1/deliveries/items/{item_id}/notes
        """
        told: Created = self._connection.call("POST", f"/deliveries/items/{path_part(item_id)}/notes", body=body, takes_key=True, key=idempotency_key)
        return told
