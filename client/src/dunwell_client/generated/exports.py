"""Operations about exports. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:

    from dunwell_client.transport import Connection


class ExportsArea:
    """Operations about exports."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def export_items(self, *, scope: Literal['open', 'overdue', 'settled', 'all'] | None = None, bucket: Literal['', 'not_due', '1-30', '31-60', '61-90', '91+'] | None = None, currency: str | None = None, customer_id: int | None = None, kind: Literal['invoice', 'credit_note', 'fee', 'interest', 'opening'] | Literal[''] | None = None, is_disputed: bool | None = None, search: str | None = None, as_of: str | None = None, known_on: str | None = None) -> bytes:
        """Export every item under the filter, with the columns of the list.

        GET /api/v1/items.csv
        """
        told: bytes = self._connection.call("GET", "/items.csv", query={"scope": scope, "bucket": bucket, "currency": currency, "customer_id": customer_id, "kind": kind, "is_disputed": is_disputed, "search": search, "as_of": as_of, "known_on": known_on})
        return told

    def export_payments(self, *, scope: Literal['all', 'unapplied', 'returned'] | None = None, currency: str | None = None, customer_id: int | None = None, search: str | None = None) -> bytes:
        """Export every payment under the filter, with the columns of the list.

        GET /api/v1/payments.csv
        """
        told: bytes = self._connection.call("GET", "/payments.csv", query={"scope": scope, "currency": currency, "customer_id": customer_id, "search": search})
        return told

    def export_predictions(self, *, customer_id: int | None = None, order: Literal['late', 'loss', 'expected'] | None = None) -> bytes:
        """Export what is expected of every open item under the filter, with the reasons.

        GET /api/v1/predictions.csv
        """
        told: bytes = self._connection.call("GET", "/predictions.csv", query={"customer_id": customer_id, "order": order})
        return told

    def export_scores(self, *, band: Literal['', 'A', 'B', 'C', 'D', 'E'] | None = None, only_alarms: bool | None = None, only_warned: bool | None = None, search: str | None = None) -> bytes:
        """Export every score under the filter, with its points and warnings.

        GET /api/v1/scores.csv
        """
        told: bytes = self._connection.call("GET", "/scores.csv", query={"band": band, "only_alarms": only_alarms, "only_warned": only_warned, "search": search})
        return told

    def export_anomalies(self, *, status: Literal['', 'open', 'confirmed', 'dismissed'] | None = None, kind: str | None = None, customer_id: int | None = None) -> bytes:
        """Export every finding under the filter, with what was said of it.

        GET /api/v1/anomalies.csv
        """
        told: bytes = self._connection.call("GET", "/anomalies.csv", query={"status": status, "kind": kind, "customer_id": customer_id})
        return told

    def export_choices(self, *, customer_id: int | None = None, experiment_id: int | None = None, as_of: str | None = None) -> bytes:
        """Export every logged choice under the filter, with the chance it had.

        GET /api/v1/choices.csv
        """
        told: bytes = self._connection.call("GET", "/choices.csv", query={"customer_id": customer_id, "experiment_id": experiment_id, "as_of": as_of})
        return told
