"""Operations about portfolio reviews. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CalledOffIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import HeldIn
    from dunwell_client.generated.models import OutcomeIn
    from dunwell_client.generated.models import PortfolioDecisionIn
    from dunwell_client.generated.models import PortfolioDecisionRow
    from dunwell_client.generated.models import PortfolioReviewDetail
    from dunwell_client.generated.models import PortfolioReviewIn
    from dunwell_client.generated.models import PortfolioReviewRow
    from dunwell_client.generated.models import RhythmIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PortfolioReviewsArea:
    """Operations about portfolio reviews."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_portfolio_reviews(self, *, cursor: str | None = None, limit: int | None = None) -> Page[PortfolioReviewRow]:
        """List reviews, the latest due first.

        GET /api/v1/portfolio-reviews
        """
        told: Page[PortfolioReviewRow] = self._connection.call("GET", "/portfolio-reviews", query={"cursor": cursor, "limit": limit})
        return told

    def new_portfolio_review(self, body: PortfolioReviewIn, *, idempotency_key: str | None = None) -> Created:
        """Plan a review by hand.

        POST /api/v1/portfolio-reviews
        """
        told: Created = self._connection.call("POST", "/portfolio-reviews", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_portfolio_decisions(self) -> list[PortfolioDecisionRow]:
        """List the decisions that wait, the first due first.

        GET /api/v1/portfolio-reviews/decisions
        """
        told: list[PortfolioDecisionRow] = self._connection.call("GET", "/portfolio-reviews/decisions")
        return told

    def set_review_rhythm(self, body: RhythmIn, *, idempotency_key: str | None = None) -> Done:
        """Set how often the portfolio is reviewed; the day's cycle plans each review.

        POST /api/v1/portfolio-reviews/rhythm
        """
        told: Done = self._connection.call("POST", "/portfolio-reviews/rhythm", body=body, takes_key=True, key=idempotency_key)
        return told

    def finish_portfolio_decision(self, decision_id: int, body: OutcomeIn, *, idempotency_key: str | None = None) -> Done:
        """Note that a decision was carried out.

        POST /api/v1/portfolio-reviews/decisions/{decision_id}/done
        """
        told: Done = self._connection.call("POST", f"/portfolio-reviews/decisions/{path_part(decision_id)}/done", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_portfolio_review(self, review_id: int) -> PortfolioReviewDetail:
        """Show one review with its frozen figures and what changed since the last one.

        GET /api/v1/portfolio-reviews/{review_id}
        """
        told: PortfolioReviewDetail = self._connection.call("GET", f"/portfolio-reviews/{path_part(review_id)}")
        return told

    def download_portfolio_pack(self, review_id: int, *, kind: Literal['pdf', 'xlsx'] | None = None) -> bytes:
        """Return a file of the frozen pack, as it was frozen.

        GET /api/v1/portfolio-reviews/{review_id}/pack
        """
        told: bytes = self._connection.call("GET", f"/portfolio-reviews/{path_part(review_id)}/pack", query={"kind": kind})
        return told

    def freeze_portfolio_pack(self, review_id: int, *, idempotency_key: str | None = None) -> Done:
        """Freeze the figures of today.

        POST /api/v1/portfolio-reviews/{review_id}/freeze
        """
        told: Done = self._connection.call("POST", f"/portfolio-reviews/{path_part(review_id)}/freeze", takes_key=True, key=idempotency_key)
        return told

    def hold_portfolio_review(self, review_id: int, body: HeldIn, *, idempotency_key: str | None = None) -> Done:
        """Keep who met and what was said.

        POST /api/v1/portfolio-reviews/{review_id}/hold
        """
        told: Done = self._connection.call("POST", f"/portfolio-reviews/{path_part(review_id)}/hold", body=body, takes_key=True, key=idempotency_key)
        return told

    def take_portfolio_decision(self, review_id: int, body: PortfolioDecisionIn, *, idempotency_key: str | None = None) -> Created:
        """Write a decision down; about a customer it becomes a task.

        POST /api/v1/portfolio-reviews/{review_id}/decisions
        """
        told: Created = self._connection.call("POST", f"/portfolio-reviews/{path_part(review_id)}/decisions", body=body, takes_key=True, key=idempotency_key)
        return told

    def sign_portfolio_review(self, review_id: int, *, idempotency_key: str | None = None) -> Done:
        """Sign pack and minutes; the second person makes the review signed.

        POST /api/v1/portfolio-reviews/{review_id}/sign
        """
        told: Done = self._connection.call("POST", f"/portfolio-reviews/{path_part(review_id)}/sign", takes_key=True, key=idempotency_key)
        return told

    def cancel_portfolio_review(self, review_id: int, body: CalledOffIn, *, idempotency_key: str | None = None) -> Done:
        """Call a review off that was not held.

        POST /api/v1/portfolio-reviews/{review_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/portfolio-reviews/{path_part(review_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told
