"""Operations about scorecards. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CustomerToScore
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ScoreSnapshotRow
    from dunwell_client.generated.models import ScorecardIn
    from dunwell_client.generated.models import ScorecardMove
    from dunwell_client.generated.models import ScorecardPage
    from dunwell_client.generated.models import ScorecardRow
    from dunwell_client.generated.models import ScorecardTrainingBegun
    from dunwell_client.generated.models import ScorecardTrainingIn
    from dunwell_client.generated.models import ScorecardTrainingState
    from dunwell_client.generated.models import ScoringAnswers
    from dunwell_client.generated.models import ScoringIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ScorecardsArea:
    """Operations about scorecards."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_scorecards(self, *, status: Literal['', 'draft', 'champion', 'challenger', 'retired'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ScorecardRow]:
        """List scorecards by name, the newest version of each first.

        GET /api/v1/scorecards
        """
        told: Page[ScorecardRow] = self._connection.call("GET", "/scorecards", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_scorecard(self, body: ScorecardIn, *, idempotency_key: str | None = None) -> Created:
        """Keep a scorecard written by hand as a draft; the latest version again is that version.

        POST /api/v1/scorecards
        """
        told: Created = self._connection.call("POST", "/scorecards", body=body, takes_key=True, key=idempotency_key)
        return told

    def train_new_scorecard(self, body: ScorecardTrainingIn) -> ScorecardTrainingBegun:
        """Learn a scorecard from the books in the background. The same rows are kept once: no key.

        A customer goes bad when an item of its becomes more than 90 days late within twelve months.

        POST /api/v1/scorecards/train
        """
        told: ScorecardTrainingBegun = self._connection.call("POST", "/scorecards/train", body=body)
        return told

    def show_scorecard_training(self) -> ScorecardTrainingState:
        """Show how the last training stands: whether it goes on, and which draft it made.

        GET /api/v1/scorecards/training
        """
        told: ScorecardTrainingState = self._connection.call("GET", "/scorecards/training")
        return told

    def show_scorecard(self, scorecard_id: int) -> ScorecardPage:
        """Show one scorecard with its document, what was measured, and the champion beside it.

        GET /api/v1/scorecards/{scorecard_id}
        """
        told: ScorecardPage = self._connection.call("GET", f"/scorecards/{path_part(scorecard_id)}")
        return told

    def list_scorecard_scores(self, scorecard_id: int, *, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ScoreSnapshotRow]:
        """List the scores a card gave customers, the latest first; only changes are kept.

        GET /api/v1/scorecards/{scorecard_id}/scores
        """
        told: Page[ScoreSnapshotRow] = self._connection.call("GET", f"/scorecards/{path_part(scorecard_id)}/scores", query={"customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def score_subjects(self, scorecard_id: int, body: ScoringIn, *, idempotency_key: str | None = None) -> ScoringAnswers:
        """Score up to 1,000 subjects by values sent along, with reasons; nothing is recorded of them.

        Same values, same answer. A value of the wrong kind is refused with the subject's name.

        POST /api/v1/scorecards/{scorecard_id}/scores
        """
        told: ScoringAnswers = self._connection.call("POST", f"/scorecards/{path_part(scorecard_id)}/scores", body=body, takes_key=True, key=idempotency_key)
        return told

    def record_customer_score(self, scorecard_id: int, body: CustomerToScore, *, idempotency_key: str | None = None) -> Created:
        """Score a customer by its facts as of today and keep the score; once a day and card.

        POST /api/v1/scorecards/{scorecard_id}/customer-scores
        """
        told: Created = self._connection.call("POST", f"/scorecards/{path_part(scorecard_id)}/customer-scores", body=body, takes_key=True, key=idempotency_key)
        return told

    def move_scorecard(self, scorecard_id: int, body: ScorecardMove, *, idempotency_key: str | None = None) -> Done:
        """Let a card decide, or score beside the one that does; its author may not do so.

        POST /api/v1/scorecards/{scorecard_id}/promote
        """
        told: Done = self._connection.call("POST", f"/scorecards/{path_part(scorecard_id)}/promote", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_scorecard(self, scorecard_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Let a card score no more; it may be taken back by promoting it again.

        POST /api/v1/scorecards/{scorecard_id}/retire
        """
        told: Done = self._connection.call("POST", f"/scorecards/{path_part(scorecard_id)}/retire", body=body, takes_key=True, key=idempotency_key)
        return told
