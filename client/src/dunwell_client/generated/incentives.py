"""Operations about incentives. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import IncentiveDetail
    from dunwell_client.generated.models import IncentiveIn
    from dunwell_client.generated.models import IncentiveRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class IncentivesArea:
    """Operations about incentives."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_incentives(self, *, status: Literal['', 'proposed', 'running', 'ended'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[IncentiveRow]:
        """List incentives with what is used of each budget, the newest first.

        GET /api/v1/incentives
        """
        told: Page[IncentiveRow] = self._connection.call("GET", "/incentives", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_incentive(self, body: IncentiveIn, *, idempotency_key: str | None = None) -> Created:
        """Propose an incentive; it runs once somebody else approved its budget.

        POST /api/v1/incentives
        """
        told: Created = self._connection.call("POST", "/incentives", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_incentive(self, incentive_id: int, *, cursor: str | None = None) -> IncentiveDetail:
        """Show one incentive: its effect against the control group, and a page of its grants.

        GET /api/v1/incentives/{incentive_id}
        """
        told: IncentiveDetail = self._connection.call("GET", f"/incentives/{path_part(incentive_id)}", query={"cursor": cursor})
        return told

    def stop_incentive(self, incentive_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End an incentive, or a proposal of one; what was granted stays.

        POST /api/v1/incentives/{incentive_id}/end
        """
        told: Done = self._connection.call("POST", f"/incentives/{path_part(incentive_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told
