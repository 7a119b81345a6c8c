"""Operations about predictions. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CustomerOutlook
    from dunwell_client.generated.models import LoggedPrediction
    from dunwell_client.generated.models import PredictionRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PredictionsArea:
    """Operations about predictions."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_predictions(self, *, customer_id: int | None = None, order: Literal['late', 'loss', 'expected'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PredictionRow]:
        """List what is expected of every open item, with the reasons.

        Days from the last scored day: `q10_on`, `q50_on` and `q90_on` are the days by which an
        item is paid with that chance; all chances are parts per million.

        GET /api/v1/predictions
        """
        told: Page[PredictionRow] = self._connection.call("GET", "/predictions", query={"customer_id": customer_id, "order": order, "cursor": cursor, "limit": limit})
        return told

    def show_prediction(self, item_id: int) -> PredictionRow:
        """Show what is expected of an open item, and why. 404 for one that was not scored.

        A reason says by how many days it moves the expected day, later above 0.

        GET /api/v1/predictions/{item_id}
        """
        told: PredictionRow = self._connection.call("GET", f"/predictions/{path_part(item_id)}")
        return told

    def show_logged_prediction(self, item_id: int, as_of: str) -> LoggedPrediction:
        """Show what was said of an item on a day, from that day's log. 404 where nothing was.

        A log is never changed, so the answer for a day gone by never is.

        GET /api/v1/predictions/{item_id}/{as_of}
        """
        told: LoggedPrediction = self._connection.call("GET", f"/predictions/{path_part(item_id)}/{path_part(as_of)}")
        return told

    def show_outlook(self, customer_id: int) -> CustomerOutlook:
        """Show what is expected of a customer, its score with the reasons, and early warnings.

        GET /api/v1/customers/{customer_id}/outlook
        """
        told: CustomerOutlook = self._connection.call("GET", f"/customers/{path_part(customer_id)}/outlook")
        return told
