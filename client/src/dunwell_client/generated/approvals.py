"""Operations about approvals. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ApprovalDecisionIn
    from dunwell_client.generated.models import ApprovalRow
    from dunwell_client.generated.models import ApprovalWithdrawIn
    from dunwell_client.generated.models import Done
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ApprovalsArea:
    """Operations about approvals."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_approvals(self, *, scope: Literal['waiting', 'mine', 'decided', 'all'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ApprovalRow]:
        """List requests: those that wait for this person the oldest first, others the newest first.

        GET /api/v1/approvals
        """
        told: Page[ApprovalRow] = self._connection.call("GET", "/approvals", query={"scope": scope, "cursor": cursor, "limit": limit})
        return told

    def decide_on_request(self, request_id: int, body: ApprovalDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Approve or reject what somebody else asked for; an approval is carried out at once.

        POST /api/v1/approvals/{request_id}/decide
        """
        told: Done = self._connection.call("POST", f"/approvals/{path_part(request_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def withdraw_request(self, own_request_id: int, body: ApprovalWithdrawIn, *, idempotency_key: str | None = None) -> Done:
        """Take one's own request back.

        POST /api/v1/approvals/{own_request_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/approvals/{path_part(own_request_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told
