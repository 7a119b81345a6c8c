"""Operations about partner. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PlacementDetail
    from dunwell_client.generated.models import PlacementEndIn
    from dunwell_client.generated.models import PlacementNoteIn
    from dunwell_client.generated.models import PlacementReferenceIn
    from dunwell_client.generated.models import PlacementRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RemittedIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PartnerArea:
    """Operations about partner."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_partner_placements(self, *, cursor: str | None = None, limit: int | None = None) -> Page[PlacementRow]:
        """List what is placed with the caller's agency, or approved to be fetched by it.

        GET /api/v1/partner/placements
        """
        told: Page[PlacementRow] = self._connection.call("GET", "/partner/placements", query={"cursor": cursor, "limit": limit})
        return told

    def show_partner_placement(self, placement_id: int) -> PlacementDetail:
        """Show one placement of the caller's agency.

        GET /api/v1/partner/placements/{placement_id}
        """
        told: PlacementDetail = self._connection.call("GET", f"/partner/placements/{path_part(placement_id)}")
        return told

    def download_partner_evidence(self, placement_id: int) -> bytes:
        """Download the evidence of a placement of the caller's agency.

        GET /api/v1/partner/placements/{placement_id}/evidence.zip
        """
        told: bytes = self._connection.call("GET", f"/partner/placements/{path_part(placement_id)}/evidence.zip")
        return told

    def acknowledge_as_partner(self, placement_id: int, body: PlacementReferenceIn, *, idempotency_key: str | None = None) -> Done:
        """Say that the agency has an approved placement: it is handed over now.

        POST /api/v1/partner/placements/{placement_id}/acknowledge
        """
        told: Done = self._connection.call("POST", f"/partner/placements/{path_part(placement_id)}/acknowledge", body=body, takes_key=True, key=idempotency_key)
        return told

    def accept_as_partner(self, placement_id: int, body: PlacementReferenceIn, *, idempotency_key: str | None = None) -> Done:
        """Say that the agency takes a placement.

        POST /api/v1/partner/placements/{placement_id}/accept
        """
        told: Done = self._connection.call("POST", f"/partner/placements/{path_part(placement_id)}/accept", body=body, takes_key=True, key=idempotency_key)
        return told

    def refuse_as_partner(self, placement_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Say that the agency does not take a placement.

        POST /api/v1/partner/placements/{placement_id}/refuse
        """
        told: Done = self._connection.call("POST", f"/partner/placements/{path_part(placement_id)}/refuse", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_as_partner(self, placement_id: int, body: PlacementEndIn, *, idempotency_key: str | None = None) -> Done:
        """Say that the debt is uncollectable or goes to court; settling is agreed with us first.

        POST /api/v1/partner/placements/{placement_id}/end
        """
        told: Done = self._connection.call("POST", f"/partner/placements/{path_part(placement_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_as_partner(self, placement_id: int, body: PlacementNoteIn, *, idempotency_key: str | None = None) -> Done:
        """Write a note that the creditor reads.

        POST /api/v1/partner/placements/{placement_id}/notes
        """
        told: Done = self._connection.call("POST", f"/partner/placements/{path_part(placement_id)}/notes", body=body, takes_key=True, key=idempotency_key)
        return told

    def report_as_partner(self, placement_id: int, body: RemittedIn, *, idempotency_key: str | None = None) -> Created:
        """Report money the agency collected; the same reference again is the same report.

        POST /api/v1/partner/placements/{placement_id}/reports
        """
        told: Created = self._connection.call("POST", f"/partner/placements/{path_part(placement_id)}/reports", body=body, takes_key=True, key=idempotency_key)
        return told
