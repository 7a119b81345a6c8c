"""/settlements: less than is owed, offered within authority, and what it is worth."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.authority import authorise
from dunwell.actions.gate import Refused
from dunwell.actions.settlements import (
    ACT,
    accept_settlement,
    cancel_settlement,
    decline_settlement,
    propose_settlement,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    AnyCurrency,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    PositiveMinor,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.plan_schedule import months_until
from dunwell.models import Customer, Item, Settlement
from dunwell.queries.authority import authority_in_force
from dunwell.queries.pages import Page
from dunwell.queries.settlement_items import granted_earlier, settleable_items, worth_of
from dunwell.queries.settlements import (
    SettlementDetail,
    SettlementRow,
    settlement_detail,
    settlement_rows,
)

router = Router(tags=["settlements"])

Status = Literal[
    "", "draft", "pending", "offered", "accepted", "completed", "expired", "rejected", "cancelled"
]
MinorPath = Annotated[int, Field(ge=1, le=LARGEST_MINOR, description="Minor units.")]


class SettlementIn(Body):
    """What is offered: all that is open on the items for `pay_minor`, paid by a day."""

    customer_id: Key
    item_ids: list[Key] = Field(min_length=1, max_length=1000)
    pay_minor: PositiveMinor
    pay_by_on: Day
    expires_on: Day | None = None
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class AcceptedIn(Body):
    """Who accepts for the customer, and how it reached us."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    note: Annotated[Plain, Field(max_length=300)] = ""


class WorthOut(Schema):
    """A settlement beside waiting, an agency and the courts, and what the authority policy says.

    `status` is allowed, needs_approval or never; `worth` states every assumption.
    """

    currency: str
    open_minor: int
    concession_minor: int
    status: str
    needs_role: str
    text: str
    worth: dict[str, Any]


@router.get("", response=answers(Page[SettlementRow]))
def list_settlements(
    request: ApiRequest,
    status: Status = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[SettlementRow]:
    """List settlements, the newest first."""
    request.actor.require("ledger.view")
    return settlement_rows(
        request.actor.company,
        status=status,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/worth/{customer_id}/{pay_minor}/{pay_by_on}", response=answers(WorthOut))
def show_settlement_worth(
    request: ApiRequest,
    customer_id: Id,
    pay_minor: MinorPath,
    pay_by_on: Day,
    currency: AnyCurrency = "",
    item_id: Annotated[list[Key], Query()] = [],  # noqa: B006  read, never changed
) -> WorthOut:
    """Show what terms would be worth; without items, all of one currency that may be settled."""
    actor, as_of = request.actor, request.as_of
    actor.require("ledger.view")
    customer = own(Customer, actor, customer_id)
    code = currency or actor.company.currency
    free = [
        row
        for row in settleable_items(actor.company, customer, as_of=as_of)
        if row.is_free and row.currency == code and (not item_id or row.id in item_id)
    ]
    total = sum(row.open_minor for row in free)
    if not pay_minor < total:
        raise Refused(f"The payment must be less than the {total} minor units that are open.")
    policy = authority_in_force(actor.company, as_of=as_of).policy
    worth = worth_of(
        actor.company,
        customer,
        free,
        pay_minor=pay_minor,
        pay_by_on=pay_by_on,
        policy=policy.worth,
        as_of=as_of,
    )
    status, needs_role, text = "never", "", ""
    try:
        authority = authorise(
            actor=actor,
            customer=customer,
            act=ACT,
            currency=code,
            amount_minor=total,
            concession_minor=total - pay_minor,
            months=months_until(pay_by_on, from_on=as_of),
            earlier_minor=granted_earlier(
                customer, code, as_of=as_of, window_days=policy.window_days
            ),
            as_of=as_of,
        )
        status, needs_role, text = authority.status, authority.needs_role, authority.text
    except Refused as refusal:
        text = str(refusal)
    return WorthOut(
        currency=code,
        open_minor=total,
        concession_minor=total - pay_minor,
        status=status,
        needs_role=needs_role,
        text=text,
        worth=worth.document(),
    )


@router.get("/{settlement_id}", response=answers(SettlementDetail))
def show_settlement(request: ApiRequest, settlement_id: Id) -> SettlementDetail:
    """Show one settlement with its items, what it was worth, and whose authority it rests on."""
    request.actor.require("ledger.view")
    return existing(settlement_detail(request.actor.company, settlement_id))


@router.post("", response=answers(Created, 201))
@once
def new_settlement(request: ApiRequest, body: SettlementIn) -> tuple[int, dict[str, Any]]:
    """Propose a settlement; within authority it is offered, beyond it somebody else is asked."""
    customer = own(Customer, request.actor, body.customer_id)
    items = list(Item.objects.filter(customer=customer, pk__in=body.item_ids).order_by("pk"))
    if missing := sorted(set(body.item_ids) - {item.pk for item in items}):
        raise Refused(f"The customer has no item {missing[0]}.")
    settlement = propose_settlement(
        actor=request.actor,
        customer=customer,
        items=items,
        pay_minor=body.pay_minor,
        pay_by_on=body.pay_by_on,
        expires_on=body.expires_on,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": settlement.pk}


@router.post("/{settlement_id}/accept", response=answers(Done))
@once
def note_settlement_accepted(
    request: ApiRequest, settlement_id: Id, body: AcceptedIn
) -> tuple[int, dict[str, Any]]:
    """Record that the customer accepts; the items are held until the day of payment."""
    accept_settlement(
        actor=request.actor,
        settlement=own(Settlement, request.actor, settlement_id),
        name=body.name,
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{settlement_id}/decline", response=answers(Done))
@once
def note_settlement_declined(
    request: ApiRequest, settlement_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Record that the customer does not want the offer."""
    decline_settlement(
        actor=request.actor,
        settlement=own(Settlement, request.actor, settlement_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{settlement_id}/cancel", response=answers(Done))
@once
def end_settlement(
    request: ApiRequest, settlement_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End a settlement before it is paid; its items may be chased again."""
    cancel_settlement(
        actor=request.actor,
        settlement=own(Settlement, request.actor, settlement_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
