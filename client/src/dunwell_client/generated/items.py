"""Operations about items. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AdjustmentIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import ItemCard
    from dunwell_client.generated.models import ItemIn
    from dunwell_client.generated.models import ItemRow
    from dunwell_client.generated.models import ItemTotal
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ItemsArea:
    """Operations about items."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_items(self, *, scope: Literal['open', 'overdue', 'settled', 'all'] | None = None, bucket: Literal['', 'not_due', '1-30', '31-60', '61-90', '91+'] | None = None, currency: str | None = None, customer_id: int | None = None, kind: Literal['invoice', 'credit_note', 'fee', 'interest', 'opening'] | Literal[''] | None = None, is_disputed: bool | None = None, search: str | None = None, as_of: str | None = None, known_on: str | None = None, sort: Literal['due_on', '-due_on', 'issued_on', '-issued_on', 'amount', '-amount', 'open', '-open'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ItemRow]:
        """List items of now, or of a day gone by; the longest due first.

        GET /api/v1/items
        """
        told: Page[ItemRow] = self._connection.call("GET", "/items", query={"scope": scope, "bucket": bucket, "currency": currency, "customer_id": customer_id, "kind": kind, "is_disputed": is_disputed, "search": search, "as_of": as_of, "known_on": known_on, "sort": sort, "cursor": cursor, "limit": limit})
        return told

    def new_item(self, body: ItemIn, *, idempotency_key: str | None = None) -> Created:
        """Add an item.

        POST /api/v1/items
        """
        told: Created = self._connection.call("POST", "/items", body=body, takes_key=True, key=idempotency_key)
        return told

    def total_items(self, *, scope: Literal['open', 'overdue', 'settled', 'all'] | None = None, bucket: Literal['', 'not_due', '1-30', '31-60', '61-90', '91+'] | None = None, currency: str | None = None, customer_id: int | None = None, kind: Literal['invoice', 'credit_note', 'fee', 'interest', 'opening'] | Literal[''] | None = None, is_disputed: bool | None = None, search: str | None = None, as_of: str | None = None, known_on: str | None = None) -> list[ItemTotal]:
        """Total the same items per currency; the rows of the list sum to it.

        GET /api/v1/items/totals
        """
        told: list[ItemTotal] = self._connection.call("GET", "/items/totals", query={"scope": scope, "bucket": bucket, "currency": currency, "customer_id": customer_id, "kind": kind, "is_disputed": is_disputed, "search": search, "as_of": as_of, "known_on": known_on})
        return told

    def show_item(self, item_id: int) -> ItemCard:
        """Show an item with everything that moved it.

        GET /api/v1/items/{item_id}
        """
        told: ItemCard = self._connection.call("GET", f"/items/{path_part(item_id)}")
        return told

    def take_back_item(self, item_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Created:
        """Reverse an item: a mirror item nets it; nothing is deleted.

        POST /api/v1/items/{item_id}/reverse
        """
        told: Created = self._connection.call("POST", f"/items/{path_part(item_id)}/reverse", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_adjustment(self, item_id: int, body: AdjustmentIn, *, idempotency_key: str | None = None) -> Created:
        """Write off, discount or clear a part of an item.

        POST /api/v1/items/{item_id}/adjustments
        """
        told: Created = self._connection.call("POST", f"/items/{path_part(item_id)}/adjustments", body=body, takes_key=True, key=idempotency_key)
        return told

    def take_back_adjustment(self, adjustment_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Created:
        """Reverse an adjustment; the item is open again by its amount.

        POST /api/v1/items/adjustments/{adjustment_id}/reverse
        """
        told: Created = self._connection.call("POST", f"/items/adjustments/{path_part(adjustment_id)}/reverse", body=body, takes_key=True, key=idempotency_key)
        return told
