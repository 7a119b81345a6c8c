"""Operations about imports. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import BatchRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import FindingRow
    from dunwell_client.generated.models import ImportCard
    from dunwell_client.generated.models import ImportProfileIn
    from dunwell_client.generated.models import ProfileRow
    from dunwell_client.generated.models import ProfileSaved
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class ImportsArea:
    """Operations about imports."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_imports(self, *, cursor: str | None = None, limit: int | None = None) -> Page[BatchRow]:
        """List imports, newest first.

        GET /api/v1/imports
        """
        told: Page[BatchRow] = self._connection.call("GET", "/imports", query={"cursor": cursor, "limit": limit})
        return told

    def upload_files(self, files: Files, *, idempotency_key: str | None = None) -> Created:
        """Upload the files of one ledger export (CSV, TSV, XLSX, Parquet); check them next.

        POST /api/v1/imports
        """
        told: Created = self._connection.call("POST", "/imports", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def show_import(self, batch_id: int) -> ImportCard:
        """Show an import: what was detected, open decisions, control totals, kinds of findings.

        GET /api/v1/imports/{batch_id}
        """
        told: ImportCard = self._connection.call("GET", f"/imports/{path_part(batch_id)}")
        return told

    def list_findings(self, batch_id: int, *, code: str | None = None, action: Literal['', 'refused', 'changed', 'kept'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[FindingRow]:
        """List what was found in the files, row by row, and what happened to the row.

        GET /api/v1/imports/{batch_id}/findings
        """
        told: Page[FindingRow] = self._connection.call("GET", f"/imports/{path_part(batch_id)}/findings", query={"code": code, "action": action, "cursor": cursor, "limit": limit})
        return told

    def check_import(self, batch_id: int) -> ImportCard:
        """Read the uploaded files and say what was found. Reading again finds the same: no key.

        POST /api/v1/imports/{batch_id}/check
        """
        told: ImportCard = self._connection.call("POST", f"/imports/{path_part(batch_id)}/check")
        return told

    def map_import(self, batch_id: int, body: ImportProfileIn) -> ImportCard:
        """Set how the files are read, and check them again. The same profile twice: no key.

        PUT /api/v1/imports/{batch_id}/profile
        """
        told: ImportCard = self._connection.call("PUT", f"/imports/{path_part(batch_id)}/profile", body=body)
        return told

    def run_import(self, batch_id: int) -> ImportCard:
        """Merge a checked import into the ledger. It is merged once, however often asked: no key.

        A large one goes on in the background; show it again to see how far it is.

        POST /api/v1/imports/{batch_id}/run
        """
        told: ImportCard = self._connection.call("POST", f"/imports/{path_part(batch_id)}/run")
        return told

    def list_profiles(self) -> list[ProfileRow]:
        """List saved profiles.

        GET /api/v1/profiles
        """
        told: list[ProfileRow] = self._connection.call("GET", "/profiles")
        return told

    def keep_profile(self, body: ProfileSaved, *, idempotency_key: str | None = None) -> Created:
        """Keep a profile under a name; one of that name is replaced.

        PUT /api/v1/profiles
        """
        told: Created = self._connection.call("PUT", "/profiles", body=body, takes_key=True, key=idempotency_key)
        return told
