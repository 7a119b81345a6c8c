"""Operations about credit policy. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AppetiteGauge
    from dunwell_client.generated.models import ClassMove
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditProposal
    from dunwell_client.generated.models import CreditReplayAnswer
    from dunwell_client.generated.models import CreditReplayIn
    from dunwell_client.generated.models import CreditReplayRow
    from dunwell_client.generated.models import RatingRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CreditPolicyArea:
    """Operations about credit policy."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_credit_proposal(self, customer_id: int, *, asked_minor: int | None = None) -> CreditProposal:
        """Propose outcome, limit and terms for a customer by the policy in force, with reasons.

        Each reason names the facts and the values at which the decision, the class, the score or the
        limit would move. Nothing is written.

        GET /api/v1/credit-policy/customers/{customer_id}/proposal
        """
        told: CreditProposal = self._connection.call("GET", f"/credit-policy/customers/{path_part(customer_id)}/proposal", query={"asked_minor": asked_minor})
        return told

    def list_credit_ratings(self, *, customer_id: int | None = None, risk_class: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RatingRow]:
        """List every rating there was, the newest first; a rating is written when it changes.

        GET /api/v1/credit-policy/ratings
        """
        told: Page[RatingRow] = self._connection.call("GET", "/credit-policy/ratings", query={"customer_id": customer_id, "risk_class": risk_class, "cursor": cursor, "limit": limit})
        return told

    def list_class_moves(self, *, from_on: str | None = None, to_on: str | None = None) -> list[ClassMove]:
        """Count customers by class on two days, a year apart where none is named.

        GET /api/v1/credit-policy/moves
        """
        told: list[ClassMove] = self._connection.call("GET", "/credit-policy/moves", query={"from_on": from_on, "to_on": to_on})
        return told

    def show_risk_appetite(self) -> list[AppetiteGauge]:
        """Show every limit of the risk appetite with how much of it the book uses.

        GET /api/v1/credit-policy/appetite
        """
        told: list[AppetiteGauge] = self._connection.call("GET", "/credit-policy/appetite")
        return told

    def list_credit_replays(self, *, version_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CreditReplayRow]:
        """List replays of credit policies, the newest first, with how far each is.

        GET /api/v1/credit-policy/replays
        """
        told: Page[CreditReplayRow] = self._connection.call("GET", "/credit-policy/replays", query={"version_id": version_id, "cursor": cursor, "limit": limit})
        return told

    def new_credit_replay(self, body: CreditReplayIn, *, idempotency_key: str | None = None) -> Created:
        """Replay the last twelve months under a version of the credit policy, in the background.

        POST /api/v1/credit-policy/replays
        """
        told: Created = self._connection.call("POST", "/credit-policy/replays", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_credit_replay(self, credit_replay_id: int, *, kind: Literal['', 'outcome', 'class', 'limit', 'over_limit', 'order', 'loss', 'sales'] | None = None, on: str | None = None) -> CreditReplayAnswer:
        """Show what a finished replay found: decisions, classes, limits, orders, losses, sales.

        `kind` and `on` (a month's last day) narrow the changes that are listed.

        GET /api/v1/credit-policy/replays/{credit_replay_id}
        """
        told: CreditReplayAnswer = self._connection.call("GET", f"/credit-policy/replays/{path_part(credit_replay_id)}", query={"kind": kind, "on": on})
        return told
