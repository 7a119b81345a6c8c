"""Operations about full export. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import DeskExportBegun
    from dunwell_client.generated.models import DeskExportIn
    from dunwell_client.generated.models import DeskExportOut

    from dunwell_client.transport import Connection


class FullExportArea:
    """Operations about full export."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_desk_exports(self) -> list[DeskExportOut]:
        """List the full exports of the company, the newest first.

        GET /api/v1/desk-exports
        """
        told: list[DeskExportOut] = self._connection.call("GET", "/desk-exports")
        return told

    def begin_desk_export(self, body: DeskExportIn) -> DeskExportBegun:
        """Begin a full export in the background. Asked again while one runs it is that one: no key.

        When its status is done, its file can be fetched for some days.

        POST /api/v1/desk-exports
        """
        told: DeskExportBegun = self._connection.call("POST", "/desk-exports", body=body)
        return told

    def show_desk_export(self, desk_export_id: str) -> DeskExportOut:
        """Return one full export, as it stands.

        GET /api/v1/desk-exports/{desk_export_id}
        """
        told: DeskExportOut = self._connection.call("GET", f"/desk-exports/{path_part(desk_export_id)}")
        return told

    def fetch_desk_export(self, desk_export_id: str) -> bytes:
        """Return the archive; recorded as an event. Open fields need desk.export_opened.

        GET /api/v1/desk-exports/{desk_export_id}/file
        """
        told: bytes = self._connection.call("GET", f"/desk-exports/{path_part(desk_export_id)}/file")
        return told

    def remove_desk_export(self, desk_export_id: str) -> DeskExportOut:
        """Delete the archive; recorded as an event. Removed again it stays removed: no key.

        POST /api/v1/desk-exports/{desk_export_id}/remove
        """
        told: DeskExportOut = self._connection.call("POST", f"/desk-exports/{path_part(desk_export_id)}/remove")
        return told
