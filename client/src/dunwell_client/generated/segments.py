"""Operations about segments. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ClearIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CustomerSegment
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import LearnedOut
    from dunwell_client.generated.models import MatrixCell
    from dunwell_client.generated.models import MemberRow
    from dunwell_client.generated.models import MovedCustomer
    from dunwell_client.generated.models import OverlapRow
    from dunwell_client.generated.models import SegmentIn
    from dunwell_client.generated.models import SegmentMoveRow
    from dunwell_client.generated.models import SegmentRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class SegmentsArea:
    """Operations about segments."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_segments(self) -> list[SegmentRow]:
        """List segments with customers and what they owe in the home currency.

        GET /api/v1/segments
        """
        told: list[SegmentRow] = self._connection.call("GET", "/segments")
        return told

    def list_overlaps(self) -> list[OverlapRow]:
        """List which segments claim customers that are in another one.

        GET /api/v1/segments/overlaps
        """
        told: list[OverlapRow] = self._connection.call("GET", "/segments/overlaps")
        return told

    def list_segment_members(self, *, segment: str | None = None, also: str | None = None, only_by_hand: bool | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[MemberRow]:
        """List customers with segment, rule, and the claims that lost; `also`: claimed by it too.

        GET /api/v1/segments/members
        """
        told: Page[MemberRow] = self._connection.call("GET", "/segments/members", query={"segment": segment, "also": also, "only_by_hand": only_by_hand, "search": search, "cursor": cursor, "limit": limit})
        return told

    def list_segment_moves(self, *, customer_id: int | None = None, from_on: str | None = None, until_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SegmentMoveRow]:
        """List moves between segments, the newest first.

        GET /api/v1/segments/moves
        """
        told: Page[SegmentMoveRow] = self._connection.call("GET", "/segments/moves", query={"customer_id": customer_id, "from_on": from_on, "until_on": until_on, "cursor": cursor, "limit": limit})
        return told

    def show_segment_matrix(self, *, from_on: str | None = None, until_on: str | None = None) -> list[MatrixCell]:
        """Count customers by segment before the period and at its end; both days are within it.

        Without days the last 30. Amounts are what they owe now, home minor units; an empty
        `before` is a new customer.

        GET /api/v1/segments/matrix
        """
        told: list[MatrixCell] = self._connection.call("GET", "/segments/matrix", query={"from_on": from_on, "until_on": until_on})
        return told

    def list_moved_customers(self, *, from_on: str | None = None, until_on: str | None = None, before: str | None = None, after: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[MovedCustomer]:
        """List the customers of a cell of the matrix, or of a row or column.

        GET /api/v1/segments/matrix/customers
        """
        told: Page[MovedCustomer] = self._connection.call("GET", "/segments/matrix/customers", query={"from_on": from_on, "until_on": until_on, "before": before, "after": after, "cursor": cursor, "limit": limit})
        return told

    def preview_segments(self, draft_id: int) -> list[MatrixCell]:
        """Count who would move today under a version of the segments policy; nothing is written.

        GET /api/v1/segments/preview/{draft_id}
        """
        told: list[MatrixCell] = self._connection.call("GET", f"/segments/preview/{path_part(draft_id)}")
        return told

    def show_learned_segments(self) -> LearnedOut:
        """Propose segments from how customers owe and pay; nothing is written.

        Draft the text under `/policies/segments` to have it published by somebody else.

        GET /api/v1/segments/learned
        """
        told: LearnedOut = self._connection.call("GET", "/segments/learned")
        return told

    def show_customer_segment(self, customer_id: int) -> CustomerSegment:
        """Show a customer's segment: why, what it looked at, what else claimed it, its history.

        GET /api/v1/segments/customers/{customer_id}
        """
        told: CustomerSegment = self._connection.call("GET", f"/segments/customers/{path_part(customer_id)}")
        return told

    def put_into_segment(self, customer_id: int, body: SegmentIn, *, idempotency_key: str | None = None) -> Created:
        """Put a customer into a segment by hand; it wins over the rules.

        POST /api/v1/segments/customers/{customer_id}
        """
        told: Created = self._connection.call("POST", f"/segments/customers/{path_part(customer_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def clear_customer_segment(self, customer_id: int, body: ClearIn, *, idempotency_key: str | None = None) -> Done:
        """End a segment set by hand; the rules decide again.

        POST /api/v1/segments/customers/{customer_id}/clear
        """
        told: Done = self._connection.call("POST", f"/segments/customers/{path_part(customer_id)}/clear", body=body, takes_key=True, key=idempotency_key)
        return told
