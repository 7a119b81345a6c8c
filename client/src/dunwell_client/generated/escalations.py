"""Operations about escalations. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AcknowledgedIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import EscalationCounts
    from dunwell_client.generated.models import EscalationDetail
    from dunwell_client.generated.models import EscalationIn
    from dunwell_client.generated.models import EscalationRow
    from dunwell_client.generated.models import ResolvedIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class EscalationsArea:
    """Operations about escalations."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_escalations(self, *, scope: Literal['mine', 'open', 'overdue', 'resolved', 'all'] | None = None, kind: Literal['broken_promise', 'large_overdue', 'risk', 'dispute', 'plan', 'contact', 'order', 'service', 'hand_off', 'other'] | Literal[''] | None = None, rung: int | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[EscalationRow]:
        """List escalations: open ones by the day to answer, others the newest first.

        GET /api/v1/escalations
        """
        told: Page[EscalationRow] = self._connection.call("GET", "/escalations", query={"scope": scope, "kind": kind, "rung": rung, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_escalation(self, body: EscalationIn, *, idempotency_key: str | None = None) -> Created:
        """Put a matter about a customer to the first rung of the matrix; the clock runs.

        POST /api/v1/escalations
        """
        told: Created = self._connection.call("POST", "/escalations", body=body, takes_key=True, key=idempotency_key)
        return told

    def count_escalations(self) -> EscalationCounts:
        """Count what waits for the caller, what is open, and what nobody answered in time.

        GET /api/v1/escalations/counts
        """
        told: EscalationCounts = self._connection.call("GET", "/escalations/counts")
        return told

    def show_escalation(self, escalation_id: int) -> EscalationDetail:
        """Show one escalation with what happened and who is asked next.

        GET /api/v1/escalations/{escalation_id}
        """
        told: EscalationDetail = self._connection.call("GET", f"/escalations/{path_part(escalation_id)}")
        return told

    def take_escalation_on(self, escalation_id: int, body: AcknowledgedIn, *, idempotency_key: str | None = None) -> Done:
        """Take an escalation on; its clock stops, and it is the caller's.

        POST /api/v1/escalations/{escalation_id}/acknowledge
        """
        told: Done = self._connection.call("POST", f"/escalations/{path_part(escalation_id)}/acknowledge", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_escalation(self, escalation_id: int, body: ResolvedIn, *, idempotency_key: str | None = None) -> Done:
        """End an escalation with what came of it.

        POST /api/v1/escalations/{escalation_id}/resolve
        """
        told: Done = self._connection.call("POST", f"/escalations/{path_part(escalation_id)}/resolve", body=body, takes_key=True, key=idempotency_key)
        return told
