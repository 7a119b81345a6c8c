"""Operations about agencies. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AgenciesOut
    from dunwell_client.generated.models import AgencyChangeIn
    from dunwell_client.generated.models import AgencyDetail
    from dunwell_client.generated.models import AgencyIn
    from dunwell_client.generated.models import AgencyReportIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PlacementBatchRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ReportRead
    from dunwell_client.generated.models import SeatIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class AgenciesArea:
    """Operations about agencies."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_agencies(self) -> AgenciesOut:
        """List agencies and lawyers with what was placed and collected.

        GET /api/v1/agencies
        """
        told: AgenciesOut = self._connection.call("GET", "/agencies")
        return told

    def new_agency(self, body: AgencyIn, *, idempotency_key: str | None = None) -> Created:
        """Add an agency or a lawyer.

        POST /api/v1/agencies
        """
        told: Created = self._connection.call("POST", "/agencies", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_placement_files(self, *, agency_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PlacementBatchRow]:
        """List the files of placements, the newest first.

        GET /api/v1/agencies/files
        """
        told: Page[PlacementBatchRow] = self._connection.call("GET", "/agencies/files", query={"agency_id": agency_id, "cursor": cursor, "limit": limit})
        return told

    def download_placement_file(self, placement_batch_id: int) -> bytes:
        """Download a file as it was claimed: the same bytes each time; a released one is gone.

        GET /api/v1/agencies/files/{placement_batch_id}/placements.zip
        """
        told: bytes = self._connection.call("GET", f"/agencies/files/{path_part(placement_batch_id)}/placements.zip")
        return told

    def note_file_handed_over(self, placement_batch_id: int, *, idempotency_key: str | None = None) -> Done:
        """Mark a file as handed over: the agency has its placements now.

        POST /api/v1/agencies/files/{placement_batch_id}/hand-over
        """
        told: Done = self._connection.call("POST", f"/agencies/files/{path_part(placement_batch_id)}/hand-over", takes_key=True, key=idempotency_key)
        return told

    def release_placement_file(self, placement_batch_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Say that a file was not sent: its placements go into the next one.

        POST /api/v1/agencies/files/{placement_batch_id}/release
        """
        told: Done = self._connection.call("POST", f"/agencies/files/{path_part(placement_batch_id)}/release", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_agency_seat(self, seat_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a seat away: the person's next request, and their tokens, are refused.

        POST /api/v1/agencies/seats/{seat_id}/end
        """
        told: Done = self._connection.call("POST", f"/agencies/seats/{path_part(seat_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def show_agency(self, agency_id: int) -> AgencyDetail:
        """Show one agency with its seats and its score by currency and cohort.

        GET /api/v1/agencies/{agency_id}
        """
        told: AgencyDetail = self._connection.call("GET", f"/agencies/{path_part(agency_id)}")
        return told

    def change_agency(self, agency_id: int, body: AgencyChangeIn, *, idempotency_key: str | None = None) -> Done:
        """Change an agency; what is placed keeps the commission it was placed at.

        PUT /api/v1/agencies/{agency_id}
        """
        told: Done = self._connection.call("PUT", f"/agencies/{path_part(agency_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_placement_file(self, agency_id: int, *, idempotency_key: str | None = None) -> Created:
        """Claim the agency's approved placements for one file.

        POST /api/v1/agencies/{agency_id}/files
        """
        told: Created = self._connection.call("POST", f"/agencies/{path_part(agency_id)}/files", takes_key=True, key=idempotency_key)
        return told

    def read_report_of_agency(self, agency_id: int, body: AgencyReportIn, *, idempotency_key: str | None = None) -> ReportRead:
        """Read an agency's report; with a refusal nothing was written, and each line says why.

        POST /api/v1/agencies/{agency_id}/reports
        """
        told: ReportRead = self._connection.call("POST", f"/agencies/{path_part(agency_id)}/reports", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_agency_seat(self, agency_id: int, body: SeatIn, *, idempotency_key: str | None = None) -> Created:
        """Give a person of the agency a seat: they see what is placed with it alone.

        POST /api/v1/agencies/{agency_id}/seats
        """
        told: Created = self._connection.call("POST", f"/agencies/{path_part(agency_id)}/seats", body=body, takes_key=True, key=idempotency_key)
        return told
