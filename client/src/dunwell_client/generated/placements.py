"""Operations about placements. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PlacementCollectedIn
    from dunwell_client.generated.models import PlacementDetail
    from dunwell_client.generated.models import PlacementEndIn
    from dunwell_client.generated.models import PlacementIn
    from dunwell_client.generated.models import PlacementNoteIn
    from dunwell_client.generated.models import PlacementReferenceIn
    from dunwell_client.generated.models import PlacementRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ReconcileIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PlacementsArea:
    """Operations about placements."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_placements(self, *, state: Literal['', 'proposed', 'approved', 'transmitted', 'accepted', 'refused', 'paid', 'settled', 'returned', 'recalled', 'legal', 'closed', 'cancelled', 'ended', 'handed'] | None = None, agency_id: int | None = None, customer_id: int | None = None, cohort: Literal['', '0-90', '91-180', '181-365', '366+'] | None = None, currency: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PlacementRow]:
        """List placements, the newest first.

        GET /api/v1/placements
        """
        told: Page[PlacementRow] = self._connection.call("GET", "/placements", query={"state": state, "agency_id": agency_id, "customer_id": customer_id, "cohort": cohort, "currency": currency, "cursor": cursor, "limit": limit})
        return told

    def new_placement(self, body: PlacementIn, *, idempotency_key: str | None = None) -> Created:
        """Propose items for an agency; a check that fails refuses with its words.

        POST /api/v1/placements
        """
        told: Created = self._connection.call("POST", "/placements", body=body, takes_key=True, key=idempotency_key)
        return told

    def reconcile_placement_money(self, body: ReconcileIn, *, idempotency_key: str | None = None) -> Done:
        """Link reports with the bank payment that brought their money.

        POST /api/v1/placements/reconcile
        """
        told: Done = self._connection.call("POST", "/placements/reconcile", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_placement(self, placement_id: int) -> PlacementDetail:
        """Show one placement with its checks, items, money and history.

        GET /api/v1/placements/{placement_id}
        """
        told: PlacementDetail = self._connection.call("GET", f"/placements/{path_part(placement_id)}")
        return told

    def download_evidence(self, placement_id: int) -> bytes:
        """Download the evidence as the agency gets it: the bytes whose SHA-256 is kept.

        GET /api/v1/placements/{placement_id}/evidence.zip
        """
        told: bytes = self._connection.call("GET", f"/placements/{path_part(placement_id)}/evidence.zip")
        return told

    def approve_a_placement(self, placement_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve what somebody else proposed: its items are held and its evidence is made.

        POST /api/v1/placements/{placement_id}/approve
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def cancel_a_placement(self, placement_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a placement before it is handed over.

        POST /api/v1/placements/{placement_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def recall_a_placement(self, placement_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a placement back from the agency.

        POST /api/v1/placements/{placement_id}/recall
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/recall", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_placement_received(self, placement_id: int, body: PlacementReferenceIn, *, idempotency_key: str | None = None) -> Done:
        """Record that an agency on the API has fetched the placement.

        POST /api/v1/placements/{placement_id}/acknowledge
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/acknowledge", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_placement_accepted(self, placement_id: int, body: PlacementReferenceIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the agency takes a placement.

        POST /api/v1/placements/{placement_id}/accept
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/accept", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_placement_refused(self, placement_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the agency does not take a placement.

        POST /api/v1/placements/{placement_id}/refuse
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/refuse", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_placement_ended(self, placement_id: int, body: PlacementEndIn, *, idempotency_key: str | None = None) -> Done:
        """Record how a placement goes on: settled, returned or to court.

        POST /api/v1/placements/{placement_id}/end
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_placement_note(self, placement_id: int, body: PlacementNoteIn, *, idempotency_key: str | None = None) -> Done:
        """Write a note that the agency reads too.

        POST /api/v1/placements/{placement_id}/notes
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/notes", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_placement_report(self, placement_id: int, body: PlacementCollectedIn, *, idempotency_key: str | None = None) -> Created:
        """Record money the agency collected, or that came to us directly.

        POST /api/v1/placements/{placement_id}/reports
        """
        told: Created = self._connection.call("POST", f"/placements/{path_part(placement_id)}/reports", body=body, takes_key=True, key=idempotency_key)
        return told

    def close_a_placement(self, placement_id: int, *, idempotency_key: str | None = None) -> Done:
        """Close a placement that has ended, once its money is reconciled.

        POST /api/v1/placements/{placement_id}/close
        """
        told: Done = self._connection.call("POST", f"/placements/{path_part(placement_id)}/close", takes_key=True, key=idempotency_key)
        return told
