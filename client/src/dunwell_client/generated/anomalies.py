"""Operations about anomalies. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AnomalyDecisionIn
    from dunwell_client.generated.models import AnomalyRow
    from dunwell_client.generated.models import Done
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class AnomaliesArea:
    """Operations about anomalies."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_anomalies(self, *, status: Literal['', 'open', 'confirmed', 'dismissed'] | None = None, kind: str | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AnomalyRow]:
        """List what looks wrong in items and payments, the most severe first.

        `measured` and `usual` are in `unit`: minor (units of the currency), days, day (a date as
        days since 1970-01-01), numbers or count.

        GET /api/v1/anomalies
        """
        told: Page[AnomalyRow] = self._connection.call("GET", "/anomalies", query={"status": status, "kind": kind, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def count_anomalies(self) -> dict[str, int]:
        """Count the open findings of each kind.

        GET /api/v1/anomalies/counts
        """
        told: dict[str, int] = self._connection.call("GET", "/anomalies/counts")
        return told

    def decide_on_anomaly(self, anomaly_id: int, body: AnomalyDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Confirm a finding, or dismiss it for good with the reason.

        POST /api/v1/anomalies/{anomaly_id}/decide
        """
        told: Done = self._connection.call("POST", f"/anomalies/{path_part(anomaly_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told
