"""/credit-holds: what stops orders, what would free them, and who decides."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.credit_hold_reviews import evaluate_hold
from dunwell.actions.credit_holds import place_hold, reject_hold, review_hold
from dunwell.actions.credit_releases import release_hold
from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
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
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.order_rules import RULES
from dunwell.models import CreditHold, Customer, Order
from dunwell.queries.credit_holds import (
    CreditHoldRow,
    HoldDetail,
    HoldFilter,
    ReleaseTry,
    hold_detail,
    hold_rows,
    simulate_release,
)
from dunwell.queries.pages import Page

router = Router(tags=["credit holds"])
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Why = Annotated[Plain, Field(min_length=1, max_length=300)]
HoldStatus = Literal[
    "", "open", "raised", "under_review", "ready", "released", "rejected", "ended"
]  # fmt: skip


class CreditHoldIn(Body):
    """A forced hold: on an order, or without one on every further order of the customer."""

    customer_id: Key
    order_id: Key | None = None
    reason: Why
    review_on: Day | None = None


class HoldReviewIn(Body):
    """By when a hold is decided."""

    review_on: Day | None = None
    note: Annotated[Plain, Field(max_length=300)] = ""


class HoldReleaseIn(Body):
    """Why a hold is released, and whether later orders pass too, until a day."""

    reason: Why
    scope: Literal["once", "until"] = "once"
    until_on: Day | None = None


class CreditHoldChoice(Schema):
    """Which holds; `open` are those that stand."""

    model_config = ConfigDict(extra="ignore")

    status: HoldStatus = "open"
    rule: Annotated[Plain, Field(max_length=40)] = ""
    kind: Literal["", "auto", "forced"] = ""
    customer_id: Key | None = None
    order_id: Key | None = None


class WhatIfChoice(Schema):
    """A payment and a limit in the company's currency, a prepayment in the order's."""

    model_config = ConfigDict(extra="ignore")

    paid_minor: Minor = 0
    prepaid_minor: Minor = 0
    limit_minor: Minor | None = None


@router.get("", response=answers(Page[CreditHoldRow]))
def list_credit_holds(
    request: ApiRequest,
    chosen: Query[CreditHoldChoice],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CreditHoldRow]:
    """List holds on orders and customers, the oldest first."""
    request.actor.require("ledger.view")
    if chosen.rule and chosen.rule not in RULES:
        raise Refused(f"There is no rule {chosen.rule}; use one of {', '.join(RULES)}.")
    return hold_rows(
        request.actor.company,
        HoldFilter(**chosen.dict()),
        as_of=request.as_of,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{credit_hold_id}", response=answers(HoldDetail))
def show_credit_hold(request: ApiRequest, credit_hold_id: Id) -> HoldDetail:
    """Show one hold with what the rules say now and what would free it."""
    request.actor.require("ledger.view")
    return existing(hold_detail(request.actor.company, credit_hold_id, as_of=request.as_of))


@router.get("/{credit_hold_id}/what-if", response=answers(ReleaseTry))
def try_credit_release(
    request: ApiRequest, credit_hold_id: Id, told: Query[WhatIfChoice]
) -> ReleaseTry:
    """Say whether a payment, a prepayment or another limit would free a held order."""
    request.actor.require("ledger.view")
    hold = own(CreditHold, request.actor, credit_hold_id)
    if hold.order is None:
        raise Refused("This hold is on a customer; no amount frees it.")
    return simulate_release(request.actor.company, hold, as_of=request.as_of, **told.dict())


@router.post("", response=answers(Created, 201))
@once
def force_credit_hold(request: ApiRequest, body: CreditHoldIn) -> tuple[int, dict[str, Any]]:
    """Hold an order, or every further order of a customer, whatever the rules say."""
    hold = place_hold(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        order=own(Order, request.actor, body.order_id) if body.order_id else None,
        reason=body.reason,
        review_on=body.review_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": hold.pk}


@router.post("/{credit_hold_id}/review", response=answers(Done))
@once
def review_credit_hold(
    request: ApiRequest, credit_hold_id: Id, body: HoldReviewIn
) -> tuple[int, dict[str, Any]]:
    """Take a hold under review, to be decided by a day."""
    return _moved(request, credit_hold_id, review_hold, review_on=body.review_on, note=body.note)


@router.post("/{credit_hold_id}/evaluate", response=answers(Done))
@once
def evaluate_credit_hold(request: ApiRequest, credit_hold_id: Id) -> tuple[int, dict[str, Any]]:
    """Ask the rules again about a hold; it is ready when every reason is gone."""
    return _moved(request, credit_hold_id, evaluate_hold)


@router.post("/{credit_hold_id}/release", response=answers(Done))
@once
def release_credit_hold(
    request: ApiRequest, credit_hold_id: Id, body: HoldReleaseIn
) -> tuple[int, dict[str, Any]]:
    """Release a hold within one's authority, else put it to whoever may."""
    return _moved(request, credit_hold_id, release_hold, **body.dict())


@router.post("/{credit_hold_id}/reject", response=answers(Done))
@once
def reject_credit_hold(
    request: ApiRequest, credit_hold_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Reject a held order: it is not delivered."""
    return _moved(request, credit_hold_id, reject_hold, reason=body.reason)


def _moved(
    request: ApiRequest, credit_hold_id: int, action: Any, **told: Any
) -> tuple[int, dict[str, Any]]:
    hold = own(CreditHold, request.actor, credit_hold_id)
    moved = action(actor=request.actor, hold=hold, as_of=request.as_of, at=request.at, **told)
    return 200, {"changed": int(moved.version != hold.version or moved.status != hold.status)}
