"""/dispute-causes and /credit-requests: why disputes happen, and what billing is asked for."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.cause_actions import add_cause_action, finish_cause_action
from dunwell.actions.credit_requests import export_requests, refuse_request, settle_request
from dunwell.api.auth import ApiRequest
from dunwell.api.dispute_cases import listed
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    ReasonIn,
    Word,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import CauseAction, CreditRequest, Item
from dunwell.queries.billing_checks import BillingCheck, billing_checks
from dunwell.queries.credit_requests import RequestRow, credit_request_rows
from dunwell.queries.dispute_causes import (
    YEAR_DAYS,
    CauseActionRow,
    CausesPage,
    cause_action_rows,
    cause_page,
)
from dunwell.queries.pages import Page

router = Router(tags=["dispute causes"])


class CauseActionIn(Body):
    """What is to be done against a root cause of the policy, and by when."""

    root_cause: Annotated[Plain, Field(min_length=1, max_length=40)]
    action: Annotated[Plain, Field(min_length=1, max_length=500)]
    due_on: Day


class HandedOverIn(Body):
    """Which credit requests billing has been given."""

    request_ids: Annotated[list[Key], Field(min_length=1, max_length=1000)]


class CreditedIn(Body):
    """The credit note that answers a request."""

    item_id: Key


@router.get("/dispute-causes", response=answers(CausesPage))
def list_dispute_causes(
    request: ApiRequest,
    since: Day | None = None,
    until: Day | None = None,
    by: Literal["cause", "reason", "owner"] = "cause",
    segment: Word = "",
) -> CausesPage:
    """Return the Pareto of cases opened from `since` to before `until`, the largest first.

    Left out: the year up to and including today.
    """
    request.actor.require("ledger.view")
    last = until or request.as_of + timedelta(days=1)
    first = since or last - timedelta(days=YEAR_DAYS)
    return cause_page(
        request.actor.company,
        by=by,
        since=first,
        until=last,
        segment=segment,
        as_of=request.as_of,
    )


@router.get("/billing-checks", response=answers(list[BillingCheck]))
def list_billing_checks(
    request: ApiRequest, customer_id: Key | None = None
) -> tuple[BillingCheck, ...]:
    """Return what to look at before billing: reasons customers were right about twice or more."""
    request.actor.require("ledger.view")
    company = request.actor.company
    return billing_checks(company, as_of=request.as_of, customer_id=customer_id)


@router.get("/cause-actions", response=answers(list[CauseActionRow]))
def list_cause_actions(request: ApiRequest, root_cause: Word = "") -> tuple[CauseActionRow, ...]:
    """Return what is done against causes, with the effect that was seen."""
    request.actor.require("ledger.view")
    return cause_action_rows(request.actor.company, root_cause=root_cause, as_of=request.as_of)


@router.post("/cause-actions", response=answers(Created, 201))
@once
def new_cause_action(request: ApiRequest, body: CauseActionIn) -> tuple[int, dict[str, Any]]:
    """Record what is to be done against a cause."""
    found = add_cause_action(
        actor=request.actor, as_of=request.as_of, at=request.at, **body.dict()
    )
    return 201, {"id": found.pk}


@router.post("/cause-actions/{cause_action_id}/finish", response=answers(Done))
@once
def end_cause_action(request: ApiRequest, cause_action_id: Id) -> tuple[int, dict[str, Any]]:
    """Say that it is done; its effect is watched from then on."""
    found = own(CauseAction, request.actor, cause_action_id)
    finish_cause_action(
        actor=request.actor, cause_action=found, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}


@router.get("/credit-requests", response=answers(Page[RequestRow]))
def list_credit_requests(
    request: ApiRequest,
    scope: Literal["waiting", "open", "exported", "done", "refused", "all"] = "waiting",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[RequestRow]:
    """List credit notes asked of billing, the oldest first."""
    request.actor.require("ledger.view")
    return credit_request_rows(
        request.actor.company,
        scope=scope,
        customer_id=customer_id,
        as_of=request.as_of,
        cursor=cursor,
        limit=limit,
    )


@router.post("/credit-requests/hand-over", response=answers(Done))
@once
def hand_credit_requests_over(
    request: ApiRequest, body: HandedOverIn
) -> tuple[int, dict[str, Any]]:
    """Mark requests as handed to billing; those that were before stay as they are."""
    own_requests = CreditRequest.objects.filter(company=request.actor.company)
    found = export_requests(
        actor=request.actor,
        requests=list(listed(own_requests, body.request_ids).values()),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": len(found)}


@router.post("/credit-requests/{credit_request_id}/settle", response=answers(Done))
@once
def answer_credit_request(
    request: ApiRequest, credit_request_id: Id, body: CreditedIn
) -> tuple[int, dict[str, Any]]:
    """Say which credit note answers a request."""
    settle_request(
        actor=request.actor,
        request=own(CreditRequest, request.actor, credit_request_id),
        credit_item=own(Item, request.actor, body.item_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/credit-requests/{credit_request_id}/refuse", response=answers(Done))
@once
def turn_credit_request_down(
    request: ApiRequest, credit_request_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Record that billing does not credit; the case is reviewed again."""
    refuse_request(
        actor=request.actor,
        request=own(CreditRequest, request.actor, credit_request_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
