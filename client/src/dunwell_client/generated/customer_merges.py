"""Operations about customer merges. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CustomerMergeFile
    from dunwell_client.generated.models import CustomerMergeIn
    from dunwell_client.generated.models import CustomerMergePreview
    from dunwell_client.generated.models import CustomerMergeRow
    from dunwell_client.generated.models import CustomerTwins
    from dunwell_client.generated.models import DistinctCustomersIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MergeDeclinedIn
    from dunwell_client.generated.models import MergeSplitIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CustomerMergesArea:
    """Operations about customer merges."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_customer_twins(self, *, cursor: str | None = None, limit: int | None = None) -> Page[CustomerTwins]:
        """List pairs of customers that may be one, with what both have, the surest first.

        GET /api/v1/customer-merges/twins
        """
        told: Page[CustomerTwins] = self._connection.call("GET", "/customer-merges/twins", query={"cursor": cursor, "limit": limit})
        return told

    def tell_customers_apart(self, body: DistinctCustomersIn, *, idempotency_key: str | None = None) -> Done:
        """Say that two records are not the same customer; they are not listed as alike again.

        POST /api/v1/customer-merges/distinct
        """
        told: Done = self._connection.call("POST", "/customer-merges/distinct", body=body, takes_key=True, key=idempotency_key)
        return told

    def preview_customer_merge(self, customer_id: int, survivor_id: int) -> CustomerMergePreview:
        """Show what merging a record into another would move, and what to do first; writes nothing.

        GET /api/v1/customer-merges/preview/{customer_id}/{survivor_id}
        """
        told: CustomerMergePreview = self._connection.call("GET", f"/customer-merges/preview/{path_part(customer_id)}/{path_part(survivor_id)}")
        return told

    def list_customer_merges(self, *, status: Literal['', 'proposed', 'merged', 'declined', 'split'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CustomerMergeRow]:
        """List merges by what became of them, those of a customer on either side, newest first.

        GET /api/v1/customer-merges
        """
        told: Page[CustomerMergeRow] = self._connection.call("GET", "/customer-merges", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_customer_merge(self, body: CustomerMergeIn, *, idempotency_key: str | None = None) -> Created:
        """Propose that one record goes into another; a second person merges them.

        POST /api/v1/customer-merges
        """
        told: Created = self._connection.call("POST", "/customer-merges", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_customer_merge(self, merge_id: int) -> CustomerMergeFile:
        """Show one merge, what goes or went along, and what stands against merging or splitting.

        GET /api/v1/customer-merges/{merge_id}
        """
        told: CustomerMergeFile = self._connection.call("GET", f"/customer-merges/{path_part(merge_id)}")
        return told

    def do_customer_merge(self, merge_id: int, *, idempotency_key: str | None = None) -> Done:
        """Do a merge that somebody else proposed; the merged record is closed and leads on.

        POST /api/v1/customer-merges/{merge_id}/merge
        """
        told: Done = self._connection.call("POST", f"/customer-merges/{path_part(merge_id)}/merge", takes_key=True, key=idempotency_key)
        return told

    def decline_customer_merge(self, merge_id: int, body: MergeDeclinedIn, *, idempotency_key: str | None = None) -> Done:
        """Turn a proposal down; who made it may take it back so.

        POST /api/v1/customer-merges/{merge_id}/decline
        """
        told: Done = self._connection.call("POST", f"/customer-merges/{path_part(merge_id)}/decline", body=body, takes_key=True, key=idempotency_key)
        return told

    def split_customer_merge(self, merge_id: int, body: MergeSplitIn, *, idempotency_key: str | None = None) -> Done:
        """Undo a merge: what came with it or by the old number since goes back, what is new stays.

        POST /api/v1/customer-merges/{merge_id}/split
        """
        told: Done = self._connection.call("POST", f"/customer-merges/{path_part(merge_id)}/split", body=body, takes_key=True, key=idempotency_key)
        return told
