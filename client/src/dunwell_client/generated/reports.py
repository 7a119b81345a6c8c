"""Operations about reports. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MadeReportDetail
    from dunwell_client.generated.models import MadeReportRow
    from dunwell_client.generated.models import ReportIn
    from dunwell_client.generated.models import ReportScheduleIn
    from dunwell_client.generated.models import ReportScheduleRow
    from dunwell_client.generated.models import SavedViewIn
    from dunwell_client.generated.models import SavedViewNameIn
    from dunwell_client.generated.models import ViewRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ReportsArea:
    """Operations about reports."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_reports(self, *, cursor: str | None = None, limit: int | None = None) -> Page[MadeReportRow]:
        """List what was made, the newest first.

        GET /api/v1/reports
        """
        told: Page[MadeReportRow] = self._connection.call("GET", "/reports", query={"cursor": cursor, "limit": limit})
        return told

    def new_report(self, body: ReportIn, *, idempotency_key: str | None = None) -> Created:
        """Make a pack of today, and mail it to readers where some are named.

        POST /api/v1/reports
        """
        told: Created = self._connection.call("POST", "/reports", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_report_schedules(self) -> list[ReportScheduleRow]:
        """List what makes reports by itself.

        GET /api/v1/reports/schedules
        """
        told: list[ReportScheduleRow] = self._connection.call("GET", "/reports/schedules")
        return told

    def new_report_schedule(self, body: ReportScheduleIn, *, idempotency_key: str | None = None) -> Created:
        """Let a report be made by the day's cycle, and mailed to its readers.

        POST /api/v1/reports/schedules
        """
        told: Created = self._connection.call("POST", "/reports/schedules", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_report_schedule(self, report_schedule_id: int, *, idempotency_key: str | None = None) -> Done:
        """Make a report no longer by itself.

        POST /api/v1/reports/schedules/{report_schedule_id}/end
        """
        told: Done = self._connection.call("POST", f"/reports/schedules/{path_part(report_schedule_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def show_report(self, made_report_id: int) -> MadeReportDetail:
        """Show one report as it was made, with its readers.

        GET /api/v1/reports/{made_report_id}
        """
        told: MadeReportDetail = self._connection.call("GET", f"/reports/{path_part(made_report_id)}")
        return told

    def download_report(self, made_report_id: int, *, kind: Literal['pdf', 'xlsx'] | None = None) -> bytes:
        """Return a file of a report, as it was kept.

        GET /api/v1/reports/{made_report_id}/file
        """
        told: bytes = self._connection.call("GET", f"/reports/{path_part(made_report_id)}/file", query={"kind": kind})
        return told

    def list_saved_views(self) -> list[ViewRow]:
        """List one's own views and those that others share.

        GET /api/v1/views
        """
        told: list[ViewRow] = self._connection.call("GET", "/views")
        return told

    def new_saved_view(self, body: SavedViewIn, *, idempotency_key: str | None = None) -> Created:
        """Keep a page of ours with its filter; the same name again replaces it.

        POST /api/v1/views
        """
        told: Created = self._connection.call("POST", "/views", body=body, takes_key=True, key=idempotency_key)
        return told

    def remove_saved_view(self, body: SavedViewNameIn, *, idempotency_key: str | None = None) -> Done:
        """Remove a view of one's own; nothing happens where there is none of the name.

        POST /api/v1/views/remove
        """
        told: Done = self._connection.call("POST", "/views/remove", body=body, takes_key=True, key=idempotency_key)
        return told
