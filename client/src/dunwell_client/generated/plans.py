"""Operations about plans. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AcceptIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import InstalmentRow
    from dunwell_client.generated.models import PlanDetail
    from dunwell_client.generated.models import PlanIn
    from dunwell_client.generated.models import PlanOffer
    from dunwell_client.generated.models import PlanRow
    from dunwell_client.generated.models import PlanTermsIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PlansArea:
    """Operations about plans."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_plans(self, *, status: Literal['', 'draft', 'pending', 'offered', 'active', 'completed', 'defaulted', 'accelerated', 'cancelled', 'rejected', 'expired', 'renegotiated'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PlanRow]:
        """List payment plans, the newest first.

        GET /api/v1/plans
        """
        told: Page[PlanRow] = self._connection.call("GET", "/plans", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_plan(self, body: PlanIn, *, idempotency_key: str | None = None) -> Created:
        """Propose a plan; within authority it is offered at once, else somebody else decides.

        POST /api/v1/plans
        """
        told: Created = self._connection.call("POST", "/plans", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_instalments(self, *, which: Literal['', 'due', 'failed'] | None = None, until_on: str | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[InstalmentRow]:
        """List the instalments of running plans that are not paid, the oldest due first.

        GET /api/v1/plans/instalments
        """
        told: Page[InstalmentRow] = self._connection.call("GET", "/plans/instalments", query={"which": which, "until_on": until_on, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def list_plan_offers(self, currency: str, covered_minor: int, *, first_on: str | None = None, deposit_minor: int | None = None, concession_minor: int | None = None, payable_minor: int | None = None) -> list[PlanOffer]:
        """List every plan the policy allows for a debt, beginning today unless said otherwise.

        With `payable_minor`, the most that can be paid each time, those that fit.

        GET /api/v1/plans/offers/{currency}/{covered_minor}
        """
        told: list[PlanOffer] = self._connection.call("GET", f"/plans/offers/{path_part(currency)}/{path_part(covered_minor)}", query={"first_on": first_on, "deposit_minor": deposit_minor, "concession_minor": concession_minor, "payable_minor": payable_minor})
        return told

    def show_plan(self, plan_id: int) -> PlanDetail:
        """Show one plan with its items, instalments, terms and acceptance.

        GET /api/v1/plans/{plan_id}
        """
        told: PlanDetail = self._connection.call("GET", f"/plans/{path_part(plan_id)}")
        return told

    def replace_plan(self, plan_id: int, body: PlanTermsIn, *, idempotency_key: str | None = None) -> Created:
        """Propose another plan for the rest of one; the old one ends when the new is accepted.

        POST /api/v1/plans/{plan_id}/replace
        """
        told: Created = self._connection.call("POST", f"/plans/{path_part(plan_id)}/replace", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_plan_accepted(self, plan_id: int, body: AcceptIn, *, idempotency_key: str | None = None) -> Done:
        """Record the customer's acceptance of an offer; the plan runs from now on.

        POST /api/v1/plans/{plan_id}/accept
        """
        told: Done = self._connection.call("POST", f"/plans/{path_part(plan_id)}/accept", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_plan_declined(self, plan_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the customer does not want an offer.

        POST /api/v1/plans/{plan_id}/decline
        """
        told: Done = self._connection.call("POST", f"/plans/{path_part(plan_id)}/decline", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_plan(self, plan_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a plan or a proposal; its items may be chased again.

        POST /api/v1/plans/{plan_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/plans/{path_part(plan_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def go_on_with_plan(self, plan_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Put a plan in default in force again, once what was missing is paid.

        POST /api/v1/plans/{plan_id}/cure
        """
        told: Done = self._connection.call("POST", f"/plans/{path_part(plan_id)}/cure", body=body, takes_key=True, key=idempotency_key)
        return told

    def make_plan_due(self, plan_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Let all that is left of a plan in default be due at once.

        POST /api/v1/plans/{plan_id}/due-at-once
        """
        told: Done = self._connection.call("POST", f"/plans/{path_part(plan_id)}/due-at-once", body=body, takes_key=True, key=idempotency_key)
        return told
