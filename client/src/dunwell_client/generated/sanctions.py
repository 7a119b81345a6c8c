"""Operations about sanctions. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import HitJudgedIn
    from dunwell_client.generated.models import HitRow
    from dunwell_client.generated.models import ListInForce
    from dunwell_client.generated.models import SanctionListLoaded
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class SanctionsArea:
    """Operations about sanctions."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_sanction_lists(self) -> list[ListInForce]:
        """List the sanction lists that are held now, with their versions.

        GET /api/v1/sanctions/lists
        """
        told: list[ListInForce] = self._connection.call("GET", "/sanctions/lists")
        return told

    def load_sanction_list(self, files: Files, *, idempotency_key: str | None = None) -> SanctionListLoaded:
        """Load one list (OFAC, EU, UN or one's own) in place of its version before.

        POST /api/v1/sanctions/lists
        """
        told: SanctionListLoaded = self._connection.call("POST", "/sanctions/lists", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def list_screening_hits(self, *, status: Literal['', 'open', 'cleared', 'confirmed'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[HitRow]:
        """List who is called like somebody on a list, the newest first.

        GET /api/v1/sanctions/hits
        """
        told: Page[HitRow] = self._connection.call("GET", "/sanctions/hits", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def judge_screening_hit(self, hit_id: int, body: HitJudgedIn, *, idempotency_key: str | None = None) -> Done:
        """Say whether it is the same; clearing what was confirmed takes a second person.

        POST /api/v1/sanctions/hits/{hit_id}/judge
        """
        told: Done = self._connection.call("POST", f"/sanctions/hits/{path_part(hit_id)}/judge", body=body, takes_key=True, key=idempotency_key)
        return told
