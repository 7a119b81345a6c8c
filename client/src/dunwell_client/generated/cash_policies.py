"""Operations about cash policies. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import BudgetUse
    from dunwell_client.generated.models import CashPolicyIn
    from dunwell_client.generated.models import CashPolicyText
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PolicyRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CashPoliciesArea:
    """Operations about cash policies."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_cash_policies(self, *, status: Literal['', 'draft', 'published', 'discarded'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PolicyRow]:
        """List versions of the cash policy, and which is in force.

        GET /api/v1/cash-policies
        """
        told: Page[PolicyRow] = self._connection.call("GET", "/cash-policies", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_cash_policy(self, body: CashPolicyIn, *, idempotency_key: str | None = None) -> Created:
        """Keep a new version as a draft; it is checked and its cases are played first.

        POST /api/v1/cash-policies
        """
        told: Created = self._connection.call("POST", "/cash-policies", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_budget(self) -> BudgetUse:
        """Show what was given up as small differences this month, against the budget.

        GET /api/v1/cash-policies/budget
        """
        told: BudgetUse = self._connection.call("GET", "/cash-policies/budget")
        return told

    def show_cash_policy(self, version_id: int) -> CashPolicyText:
        """Show one version's document.

        GET /api/v1/cash-policies/{version_id}
        """
        told: CashPolicyText = self._connection.call("GET", f"/cash-policies/{path_part(version_id)}")
        return told

    def publish_cash(self, version_id: int, *, idempotency_key: str | None = None) -> Done:
        """Publish a draft; its author is not the one who approves.

        POST /api/v1/cash-policies/{version_id}/publish
        """
        told: Done = self._connection.call("POST", f"/cash-policies/{path_part(version_id)}/publish", takes_key=True, key=idempotency_key)
        return told

    def discard_cash(self, version_id: int, *, idempotency_key: str | None = None) -> Done:
        """Discard a draft.

        POST /api/v1/cash-policies/{version_id}/discard
        """
        told: Done = self._connection.call("POST", f"/cash-policies/{path_part(version_id)}/discard", takes_key=True, key=idempotency_key)
        return told
