"""Operations about dispute causes. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import BillingCheck
    from dunwell_client.generated.models import CauseActionIn
    from dunwell_client.generated.models import CauseActionRow
    from dunwell_client.generated.models import CausesPage
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditedIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import HandedOverIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RequestRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class DisputeCausesArea:
    """Operations about dispute causes."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_dispute_causes(self, *, since: str | None = None, until: str | None = None, by: Literal['cause', 'reason', 'owner'] | None = None, segment: str | None = None) -> CausesPage:
        """Return the Pareto of cases opened from `since` to before `until`, the largest first.

        Left out: the year up to and including today.

        GET /api/v1/dispute-causes
        """
        told: CausesPage = self._connection.call("GET", "/dispute-causes", query={"since": since, "until": until, "by": by, "segment": segment})
        return told

    def list_billing_checks(self, *, customer_id: int | None = None) -> list[BillingCheck]:
        """Return what to look at before billing: reasons customers were right about twice or more.

        GET /api/v1/billing-checks
        """
        told: list[BillingCheck] = self._connection.call("GET", "/billing-checks", query={"customer_id": customer_id})
        return told

    def list_cause_actions(self, *, root_cause: str | None = None) -> list[CauseActionRow]:
        """Return what is done against causes, with the effect that was seen.

        GET /api/v1/cause-actions
        """
        told: list[CauseActionRow] = self._connection.call("GET", "/cause-actions", query={"root_cause": root_cause})
        return told

    def new_cause_action(self, body: CauseActionIn, *, idempotency_key: str | None = None) -> Created:
        """Record what is to be done against a cause.

        POST /api/v1/cause-actions
        """
        told: Created = self._connection.call("POST", "/cause-actions", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_cause_action(self, cause_action_id: int, *, idempotency_key: str | None = None) -> Done:
        """Say that it is done; its effect is watched from then on.

        POST /api/v1/cause-actions/{cause_action_id}/finish
        """
        told: Done = self._connection.call("POST", f"/cause-actions/{path_part(cause_action_id)}/finish", takes_key=True, key=idempotency_key)
        return told

    def list_credit_requests(self, *, scope: Literal['waiting', 'open', 'exported', 'done', 'refused', 'all'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RequestRow]:
        """List credit notes asked of billing, the oldest first.

        GET /api/v1/credit-requests
        """
        told: Page[RequestRow] = self._connection.call("GET", "/credit-requests", query={"scope": scope, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def hand_credit_requests_over(self, body: HandedOverIn, *, idempotency_key: str | None = None) -> Done:
        """Mark requests as handed to billing; those that were before stay as they are.

        POST /api/v1/credit-requests/hand-over
        """
        told: Done = self._connection.call("POST", "/credit-requests/hand-over", body=body, takes_key=True, key=idempotency_key)
        return told

    def answer_credit_request(self, credit_request_id: int, body: CreditedIn, *, idempotency_key: str | None = None) -> Done:
        """Say which credit note answers a request.

        POST /api/v1/credit-requests/{credit_request_id}/settle
        """
        told: Done = self._connection.call("POST", f"/credit-requests/{path_part(credit_request_id)}/settle", body=body, takes_key=True, key=idempotency_key)
        return told

    def turn_credit_request_down(self, credit_request_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Record that billing does not credit; the case is reviewed again.

        POST /api/v1/credit-requests/{credit_request_id}/refuse
        """
        told: Done = self._connection.call("POST", f"/credit-requests/{path_part(credit_request_id)}/refuse", body=body, takes_key=True, key=idempotency_key)
        return told
