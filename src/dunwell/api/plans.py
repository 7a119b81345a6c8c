"""/plans: payment plans, their instalments, and the offers the policy allows."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.plan_proposals import propose_plan, renegotiate_plan
from dunwell.actions.plan_steps import accelerate_plan, cure_plan
from dunwell.actions.plans import accept_plan, cancel_plan, decline_plan
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    PositiveMinor,
    ReasonIn,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import Customer, Item, PaymentPlan
from dunwell.queries.pages import Page
from dunwell.queries.plan_offers import PlanOffer, listed_offers
from dunwell.queries.plans import (
    InstalmentRow,
    PlanDetail,
    PlanRow,
    instalment_rows,
    plan_detail,
    plan_rows,
)

router = Router(tags=["plans"])
Status = Literal[
    "", "draft", "pending", "offered", "active", "completed", "defaulted", "accelerated",
    "cancelled", "rejected", "expired", "renegotiated",
]  # fmt: skip
Frequency = Literal["weekly", "fortnightly", "monthly", "quarterly"]
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Count = Annotated[int, Field(ge=1, le=120)]


class PlanTermsIn(Body):
    """What is wanted: the rest (interest, fee, calendar) is the policy's."""

    frequency: Frequency
    number: Count
    first_on: Day
    deposit_minor: Minor = 0
    concession_minor: Minor = 0
    reason: Annotated[Plain, Field(max_length=300)] = ""
    guarantee: Annotated[Plain, Field(max_length=200)] = ""

    def wish(self) -> PlanWish:
        """Return the terms a person may choose."""
        return PlanWish(
            frequency=self.frequency,
            number=self.number,
            first_on=self.first_on,
            deposit_minor=self.deposit_minor,
            concession_minor=self.concession_minor,
        )


class PlanIn(PlanTermsIn):
    """A new plan for all that is open on the items; `supersede` ends promises on them."""

    customer_id: Key
    item_ids: list[Key] = Field(min_length=1, max_length=1000)
    supersede: bool = False


class AcceptIn(Body):
    """Who accepts for the customer, and the hash of the terms that were accepted."""

    name: Name
    sha256: Annotated[Plain, Field(min_length=64, max_length=64)]
    role: Word = ""
    address: Word = ""


@router.get("", response=answers(Page[PlanRow]))
def list_plans(
    request: ApiRequest,
    status: Status = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PlanRow]:
    """List payment plans, the newest first."""
    request.actor.require("ledger.view")
    return plan_rows(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.get("/instalments", response=answers(Page[InstalmentRow]))
def list_instalments(
    request: ApiRequest,
    which: Literal["", "due", "failed"] = "",
    until_on: Day | None = None,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[InstalmentRow]:
    """List the instalments of running plans that are not paid, the oldest due first."""
    request.actor.require("ledger.view")
    return instalment_rows(
        request.actor.company,
        which=which,
        until_on=until_on,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/offers/{currency}/{covered_minor}", response=answers(list[PlanOffer]))
def list_plan_offers(
    request: ApiRequest,
    currency: Currency,
    covered_minor: PositiveMinor,
    first_on: Day | None = None,
    deposit_minor: Minor = 0,
    concession_minor: Minor = 0,
    payable_minor: PositiveMinor | None = None,
) -> list[PlanOffer]:
    """List every plan the policy allows for a debt, beginning today unless said otherwise.

    With `payable_minor`, the most that can be paid each time, those that fit.
    """
    request.actor.require("ledger.view")
    return listed_offers(
        request.actor.company,
        covered_minor=covered_minor,
        currency=currency,
        first_on=first_on or request.as_of,
        as_of=request.as_of,
        deposit_minor=deposit_minor,
        concession_minor=concession_minor,
        payable_minor=payable_minor,
    )


@router.get("/{plan_id}", response=answers(PlanDetail))
def show_plan(request: ApiRequest, plan_id: Id) -> PlanDetail:
    """Show one plan with its items, instalments, terms and acceptance."""
    request.actor.require("ledger.view")
    return existing(plan_detail(request.actor.company, plan_id))


@router.post("", response=answers(Created, 201))
@once
def new_plan(request: ApiRequest, body: PlanIn) -> tuple[int, dict[str, Any]]:
    """Propose a plan; within authority it is offered at once, else somebody else decides."""
    customer = own(Customer, request.actor, body.customer_id)
    items = Item.objects.filter(customer=customer).in_bulk(body.item_ids)
    if unknown := sorted(set(body.item_ids) - items.keys()):
        raise Refused(f"The customer has no item {unknown[0]}.")
    plan = propose_plan(
        actor=request.actor,
        customer=customer,
        items=[items[key] for key in sorted(items)],
        wish=body.wish(),
        reason=body.reason,
        guarantee=body.guarantee,
        supersede=body.supersede,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": plan.pk}


@router.post("/{plan_id}/replace", response=answers(Created, 201))
@once
def replace_plan(
    request: ApiRequest, plan_id: Id, body: PlanTermsIn
) -> tuple[int, dict[str, Any]]:
    """Propose another plan for the rest of one; the old one ends when the new is accepted."""
    plan = renegotiate_plan(
        actor=request.actor,
        plan=own(PaymentPlan, request.actor, plan_id),
        wish=body.wish(),
        reason=body.reason,
        guarantee=body.guarantee,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": plan.pk}


@router.post("/{plan_id}/accept", response=answers(Done))
@once
def note_plan_accepted(
    request: ApiRequest, plan_id: Id, body: AcceptIn
) -> tuple[int, dict[str, Any]]:
    """Record the customer's acceptance of an offer; the plan runs from now on."""
    accept_plan(
        actor=request.actor,
        plan=own(PaymentPlan, request.actor, plan_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.post("/{plan_id}/decline", response=answers(Done))
@once
def note_plan_declined(
    request: ApiRequest, plan_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Record that the customer does not want an offer."""
    return _moved(request, plan_id, decline_plan, body)


@router.post("/{plan_id}/cancel", response=answers(Done))
@once
def end_plan(request: ApiRequest, plan_id: Id, body: ReasonIn) -> tuple[int, dict[str, Any]]:
    """End a plan or a proposal; its items may be chased again."""
    return _moved(request, plan_id, cancel_plan, body)


@router.post("/{plan_id}/cure", response=answers(Done))
@once
def go_on_with_plan(
    request: ApiRequest, plan_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Put a plan in default in force again, once what was missing is paid."""
    return _moved(request, plan_id, cure_plan, body)


@router.post("/{plan_id}/due-at-once", response=answers(Done))
@once
def make_plan_due(request: ApiRequest, plan_id: Id, body: ReasonIn) -> tuple[int, dict[str, Any]]:
    """Let all that is left of a plan in default be due at once."""
    return _moved(request, plan_id, accelerate_plan, body)


def _moved(
    request: ApiRequest, plan_id: int, action: Any, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    action(
        actor=request.actor,
        plan=own(PaymentPlan, request.actor, plan_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
