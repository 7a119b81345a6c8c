"""Operations about pools. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CustomerRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PoolAging
    from dunwell_client.generated.models import PoolChange
    from dunwell_client.generated.models import PoolIn
    from dunwell_client.generated.models import PoolRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PoolsArea:
    """Operations about pools."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_pools(self, *, mine: bool | None = None) -> list[PoolRow]:
        """List pools with customers and what they owe in the home currency.

        GET /api/v1/pools
        """
        told: list[PoolRow] = self._connection.call("GET", "/pools", query={"mine": mine})
        return told

    def new_pool(self, body: PoolIn, *, idempotency_key: str | None = None) -> Created:
        """Save a pool; its customers are found at once.

        POST /api/v1/pools
        """
        told: Created = self._connection.call("POST", "/pools", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_pool(self, pool_id: int) -> PoolRow:
        """Show one pool.

        GET /api/v1/pools/{pool_id}
        """
        told: PoolRow = self._connection.call("GET", f"/pools/{path_part(pool_id)}")
        return told

    def edit_pool(self, pool_id: int, body: PoolChange, *, idempotency_key: str | None = None) -> Done:
        """Change a pool; its customers are found anew.

        POST /api/v1/pools/{pool_id}
        """
        told: Done = self._connection.call("POST", f"/pools/{path_part(pool_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_pool_aging(self, pool_id: int) -> list[PoolAging]:
        """Show what a pool's customers owe by days past due, per currency.

        GET /api/v1/pools/{pool_id}/aging
        """
        told: list[PoolAging] = self._connection.call("GET", f"/pools/{path_part(pool_id)}/aging")
        return told

    def list_pool_customers(self, pool_id: int, *, cursor: str | None = None, limit: int | None = None) -> Page[CustomerRow]:
        """List a pool's customers with what they owe per currency, by name.

        GET /api/v1/pools/{pool_id}/customers
        """
        told: Page[CustomerRow] = self._connection.call("GET", f"/pools/{path_part(pool_id)}/customers", query={"cursor": cursor, "limit": limit})
        return told

    def drop_pool(self, pool_id: int, *, idempotency_key: str | None = None) -> Done:
        """Remove a pool; its customers stay as they are.

        POST /api/v1/pools/{pool_id}/remove
        """
        told: Done = self._connection.call("POST", f"/pools/{path_part(pool_id)}/remove", takes_key=True, key=idempotency_key)
        return told
