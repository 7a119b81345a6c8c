"""Operations about credit holds. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditHoldIn
    from dunwell_client.generated.models import CreditHoldRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import HoldDetail
    from dunwell_client.generated.models import HoldReleaseIn
    from dunwell_client.generated.models import HoldReviewIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ReleaseTry
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CreditHoldsArea:
    """Operations about credit holds."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_credit_holds(self, *, status: Literal['', 'open', 'raised', 'under_review', 'ready', 'released', 'rejected', 'ended'] | None = None, rule: str | None = None, kind: Literal['', 'auto', 'forced'] | None = None, customer_id: int | None = None, order_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CreditHoldRow]:
        """List holds on orders and customers, the oldest first.

        GET /api/v1/credit-holds
        """
        told: Page[CreditHoldRow] = self._connection.call("GET", "/credit-holds", query={"status": status, "rule": rule, "kind": kind, "customer_id": customer_id, "order_id": order_id, "cursor": cursor, "limit": limit})
        return told

    def force_credit_hold(self, body: CreditHoldIn, *, idempotency_key: str | None = None) -> Created:
        """Hold an order, or every further order of a customer, whatever the rules say.

        POST /api/v1/credit-holds
        """
        told: Created = self._connection.call("POST", "/credit-holds", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_credit_hold(self, credit_hold_id: int) -> HoldDetail:
        """Show one hold with what the rules say now and what would free it.

        GET /api/v1/credit-holds/{credit_hold_id}
        """
        told: HoldDetail = self._connection.call("GET", f"/credit-holds/{path_part(credit_hold_id)}")
        return told

    def try_credit_release(self, credit_hold_id: int, *, paid_minor: int | None = None, prepaid_minor: int | None = None, limit_minor: int | None = None) -> ReleaseTry:
        """Say whether a payment, a prepayment or another limit would free a held order.

        GET /api/v1/credit-holds/{credit_hold_id}/what-if
        """
        told: ReleaseTry = self._connection.call("GET", f"/credit-holds/{path_part(credit_hold_id)}/what-if", query={"paid_minor": paid_minor, "prepaid_minor": prepaid_minor, "limit_minor": limit_minor})
        return told

    def review_credit_hold(self, credit_hold_id: int, body: HoldReviewIn, *, idempotency_key: str | None = None) -> Done:
        """Take a hold under review, to be decided by a day.

        POST /api/v1/credit-holds/{credit_hold_id}/review
        """
        told: Done = self._connection.call("POST", f"/credit-holds/{path_part(credit_hold_id)}/review", body=body, takes_key=True, key=idempotency_key)
        return told

    def evaluate_credit_hold(self, credit_hold_id: int, *, idempotency_key: str | None = None) -> Done:
        """Ask the rules again about a hold; it is ready when every reason is gone.

        POST /api/v1/credit-holds/{credit_hold_id}/evaluate
        """
        told: Done = self._connection.call("POST", f"/credit-holds/{path_part(credit_hold_id)}/evaluate", takes_key=True, key=idempotency_key)
        return told

    def release_credit_hold(self, credit_hold_id: int, body: HoldReleaseIn, *, idempotency_key: str | None = None) -> Done:
        """Release a hold within one's authority, else put it to whoever may.

        POST /api/v1/credit-holds/{credit_hold_id}/release
        """
        told: Done = self._connection.call("POST", f"/credit-holds/{path_part(credit_hold_id)}/release", body=body, takes_key=True, key=idempotency_key)
        return told

    def reject_credit_hold(self, credit_hold_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Reject a held order: it is not delivered.

        POST /api/v1/credit-holds/{credit_hold_id}/reject
        """
        told: Done = self._connection.call("POST", f"/credit-holds/{path_part(credit_hold_id)}/reject", body=body, takes_key=True, key=idempotency_key)
        return told
