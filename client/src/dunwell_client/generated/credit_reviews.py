"""Operations about credit reviews. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AdviceIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditReviewIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReviewBudget
    from dunwell_client.generated.models import ReviewCounts
    from dunwell_client.generated.models import ReviewDecisionIn
    from dunwell_client.generated.models import ReviewDetail
    from dunwell_client.generated.models import ReviewMonth
    from dunwell_client.generated.models import ReviewRow
    from dunwell_client.generated.models import ReviewStartIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CreditReviewsArea:
    """Operations about credit reviews."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_credit_reviews(self, *, scope: Literal['week', 'waiting', 'working', 'decide', 'overdue', 'closed', 'all'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ReviewRow]:
        """List reviews, the largest change in expected loss first; closed ones the newest first.

        GET /api/v1/credit-reviews
        """
        told: Page[ReviewRow] = self._connection.call("GET", "/credit-reviews", query={"scope": scope, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_credit_review(self, body: CreditReviewIn, *, idempotency_key: str | None = None) -> Created:
        """Ask for a review of a customer out of turn.

        POST /api/v1/credit-reviews
        """
        told: Created = self._connection.call("POST", "/credit-reviews", body=body, takes_key=True, key=idempotency_key)
        return told

    def count_credit_reviews(self) -> ReviewCounts:
        """Count the reviews of each scope.

        GET /api/v1/credit-reviews/counts
        """
        told: ReviewCounts = self._connection.call("GET", "/credit-reviews/counts")
        return told

    def show_review_budget(self) -> ReviewBudget:
        """Show how many reviews people do this week, and how many wait behind them.

        GET /api/v1/credit-reviews/budget
        """
        told: ReviewBudget = self._connection.call("GET", "/credit-reviews/budget")
        return told

    def show_review_calendar(self) -> list[ReviewMonth]:
        """Show how many reviews fall due in each month.

        GET /api/v1/credit-reviews/calendar
        """
        told: list[ReviewMonth] = self._connection.call("GET", "/credit-reviews/calendar")
        return told

    def show_credit_review(self, review_id: int) -> ReviewDetail:
        """Show one review: what moved since the last one, and what the policy proposed.

        GET /api/v1/credit-reviews/{review_id}
        """
        told: ReviewDetail = self._connection.call("GET", f"/credit-reviews/{path_part(review_id)}")
        return told

    def start_credit_review(self, review_id: int, body: ReviewStartIn, *, idempotency_key: str | None = None) -> Done:
        """Take a review on: facts are read anew, with what the policy would grant.

        POST /api/v1/credit-reviews/{review_id}/start
        """
        told: Done = self._connection.call("POST", f"/credit-reviews/{path_part(review_id)}/start", body=body, takes_key=True, key=idempotency_key)
        return told

    def recommend_credit_review(self, review_id: int, body: AdviceIn, *, idempotency_key: str | None = None) -> Done:
        """Recommend keep, raise, lower or suspend; somebody else decides.

        POST /api/v1/credit-reviews/{review_id}/recommend
        """
        told: Done = self._connection.call("POST", f"/credit-reviews/{path_part(review_id)}/recommend", body=body, takes_key=True, key=idempotency_key)
        return told

    def decide_credit_review(self, review_id: int, body: ReviewDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Carry a recommendation out, or send it back; its limit waits where authority ends.

        POST /api/v1/credit-reviews/{review_id}/decide
        """
        told: Done = self._connection.call("POST", f"/credit-reviews/{path_part(review_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told
