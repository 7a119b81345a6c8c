"""Operations about scores. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ScoreMoves
    from dunwell_client.generated.models import ScoreRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ScoresArea:
    """Operations about scores."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_scores(self, *, band: Literal['', 'A', 'B', 'C', 'D', 'E'] | None = None, only_alarms: bool | None = None, only_warned: bool | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ScoreRow]:
        """List scores of customers with their reasons and warnings, the lowest first.

        GET /api/v1/scores
        """
        told: Page[ScoreRow] = self._connection.call("GET", "/scores", query={"band": band, "only_alarms": only_alarms, "only_warned": only_warned, "search": search, "cursor": cursor, "limit": limit})
        return told

    def count_bands(self) -> dict[str, int]:
        """Count the customers of each band, A (pays well) to E (at risk).

        GET /api/v1/scores/bands
        """
        told: dict[str, int] = self._connection.call("GET", "/scores/bands")
        return told

    def show_score_moves(self) -> ScoreMoves:
        """Show how many customers moved from which band to which in 30 days, and how many alarm.

        GET /api/v1/scores/moves
        """
        told: ScoreMoves = self._connection.call("GET", "/scores/moves")
        return told

    def show_score(self, customer_id: int) -> ScoreRow:
        """Show a customer's score, the points that add up to it, and what changed.

        GET /api/v1/scores/{customer_id}
        """
        told: ScoreRow = self._connection.call("GET", f"/scores/{path_part(customer_id)}")
        return told
