"""Operations about settlements. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AcceptedIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import SettlementDetail
    from dunwell_client.generated.models import SettlementIn
    from dunwell_client.generated.models import SettlementRow
    from dunwell_client.generated.models import WorthOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class SettlementsArea:
    """Operations about settlements."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_settlements(self, *, status: Literal['', 'draft', 'pending', 'offered', 'accepted', 'completed', 'expired', 'rejected', 'cancelled'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SettlementRow]:
        """List settlements, the newest first.

        GET /api/v1/settlements
        """
        told: Page[SettlementRow] = self._connection.call("GET", "/settlements", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_settlement(self, body: SettlementIn, *, idempotency_key: str | None = None) -> Created:
        """Propose a settlement; within authority it is offered, beyond it somebody else is asked.

        POST /api/v1/settlements
        """
        told: Created = self._connection.call("POST", "/settlements", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_settlement_worth(self, customer_id: int, pay_minor: int, pay_by_on: str, *, currency: str | None = None, item_id: list[int] | None = None) -> WorthOut:
        """Show what terms would be worth; without items, all of one currency that may be settled.

        GET /api/v1/settlements/worth/{customer_id}/{pay_minor}/{pay_by_on}
        """
        told: WorthOut = self._connection.call("GET", f"/settlements/worth/{path_part(customer_id)}/{path_part(pay_minor)}/{path_part(pay_by_on)}", query={"currency": currency, "item_id": item_id})
        return told

    def show_settlement(self, settlement_id: int) -> SettlementDetail:
        """Show one settlement with its items, what it was worth, and whose authority it rests on.

        GET /api/v1/settlements/{settlement_id}
        """
        told: SettlementDetail = self._connection.call("GET", f"/settlements/{path_part(settlement_id)}")
        return told

    def note_settlement_accepted(self, settlement_id: int, body: AcceptedIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the customer accepts; the items are held until the day of payment.

        POST /api/v1/settlements/{settlement_id}/accept
        """
        told: Done = self._connection.call("POST", f"/settlements/{path_part(settlement_id)}/accept", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_settlement_declined(self, settlement_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the customer does not want the offer.

        POST /api/v1/settlements/{settlement_id}/decline
        """
        told: Done = self._connection.call("POST", f"/settlements/{path_part(settlement_id)}/decline", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_settlement(self, settlement_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a settlement before it is paid; its items may be chased again.

        POST /api/v1/settlements/{settlement_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/settlements/{path_part(settlement_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told
