"""Operations about early warnings. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import EarlyWarningRow
    from dunwell_client.generated.models import WarningDecisionIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class EarlyWarningsArea:
    """Operations about early warnings."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_early_warnings(self, *, status: Literal['', 'new', 'accepted', 'dismissed', 'cleared'] | None = None, sign: Literal['', 'hardship', 'refusal', 'unclear'] | None = None, kind: str | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[EarlyWarningRow]:
        """List early warnings, the strongest first.

        GET /api/v1/early-warnings
        """
        told: Page[EarlyWarningRow] = self._connection.call("GET", "/early-warnings", query={"status": status, "sign": sign, "kind": kind, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def show_early_warning(self, warning_id: int) -> EarlyWarningRow:
        """Show one early warning with its figures and evidence.

        GET /api/v1/early-warnings/{warning_id}
        """
        told: EarlyWarningRow = self._connection.call("GET", f"/early-warnings/{path_part(warning_id)}")
        return told

    def decide_early_warning(self, warning_id: int, body: WarningDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Accept a warning, or dismiss it; a dismissed one stays quiet for some time.

        POST /api/v1/early-warnings/{warning_id}/decide
        """
        told: Done = self._connection.call("POST", f"/early-warnings/{path_part(warning_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told
