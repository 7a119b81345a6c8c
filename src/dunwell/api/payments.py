"""/payments: money in, and what it is put on."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    record_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
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
    Plain,
    PositiveMinor,
    ReasonIn,
    Text,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Allocation, Customer, Item, Payment
from dunwell.queries.pages import Page
from dunwell.queries.payments import PaymentCard, PaymentRow, payment_card, payment_rows

router = Router(tags=["payments"])


class PaymentIn(Body):
    """Money received; `number` is the bank's own reference, and comes once."""

    number: Annotated[Plain, Field(min_length=1, max_length=120)]
    customer_id: Key | None = None
    currency: Currency
    amount_minor: PositiveMinor
    value_on: Day
    method: Annotated[Plain, Field(max_length=40)] = ""
    payer: Annotated[Plain, Field(max_length=200)] = ""
    reference: Annotated[Plain, Field(max_length=400)] = ""


class LineIn(Body):
    """How much is put on one item, in its currency.

    `paid_minor`: what of the payment it uses, for an item in another currency than the payment.
    """

    item_id: Key
    amount_minor: PositiveMinor
    paid_minor: PositiveMinor | None = None


class ApplyIn(Body):
    """Where the money goes; what is left stays unapplied."""

    lines: list[LineIn] = Field(min_length=1, max_length=1000)


def amounts_of(actor: Actor, lines: list[LineIn]) -> dict[Item, int]:
    """Return item -> amount of lines; raise Refused for an item named twice or not there."""
    wanted = {line.item_id: line.amount_minor for line in lines}
    if len(wanted) != len(lines):
        raise Refused("An item stands in the lines twice; add its amounts up.")
    items = Item.objects.filter(company=actor.company).in_bulk(list(wanted))
    if unknown := sorted(wanted.keys() - items.keys()):
        raise Refused(f"There is no item {unknown[0]} in your company.")
    return {items[key]: amount for key, amount in wanted.items()}


@router.get("", response=answers(Page[PaymentRow]))
def list_payments(
    request: ApiRequest,
    scope: Literal["all", "unapplied", "returned"] = "all",
    currency: Word = "",
    customer_id: Key | None = None,
    search: Text = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PaymentRow]:
    """List payments with what is not applied yet."""
    request.actor.require("ledger.view")
    return payment_rows(
        request.actor.company,
        scope=scope,
        currency=currency,
        customer_id=customer_id,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{payment_id}", response=answers(PaymentCard))
def show_payment(request: ApiRequest, payment_id: Id) -> PaymentCard:
    """Show a payment, what it was put on, and the items it could go on."""
    request.actor.require("ledger.view")
    return existing(payment_card(request.actor.company, payment_id, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_payment(request: ApiRequest, body: PaymentIn) -> tuple[int, dict[str, Any]]:
    """Record money received."""
    payer = None if body.customer_id is None else own(Customer, request.actor, body.customer_id)
    payment = record_payment(
        actor=request.actor,
        customer=payer,
        as_of=request.as_of,
        at=request.at,
        **body.dict(exclude={"customer_id"}),
    )
    return 201, {"id": payment.pk}


@router.post("/{payment_id}/apply", response=answers(Done))
@once
def put_on_items(request: ApiRequest, payment_id: Id, body: ApplyIn) -> tuple[int, dict[str, Any]]:
    """Put a payment on items."""
    payment = own(Payment, request.actor, payment_id)
    amounts = amounts_of(request.actor, body.lines)
    told = {line.item_id: line.paid_minor for line in body.lines}
    rows = apply_payment(
        actor=request.actor,
        payment=payment,
        amounts=amounts,
        paid={item: used for item in amounts if (used := told[item.pk]) is not None},
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": len(rows)}


@router.post("/{payment_id}/reverse", response=answers(Created, 201))
@once
def return_payment(
    request: ApiRequest, payment_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Record that a payment was returned; what it settled is open again."""
    reversal = reverse_payment(
        actor=request.actor,
        payment=own(Payment, request.actor, payment_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": reversal.pk}


@router.post("/credits/{item_id}/apply", response=answers(Done))
@once
def net_credit(request: ApiRequest, item_id: Id, body: ApplyIn) -> tuple[int, dict[str, Any]]:
    """Net a credit note against items."""
    rows = apply_credit(
        actor=request.actor,
        credit=own(Item, request.actor, item_id),
        amounts=amounts_of(request.actor, body.lines),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": len(rows)}


@router.post("/allocations/{allocation_id}/reverse", response=answers(Done))
@once
def take_back_allocation(
    request: ApiRequest, allocation_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take an amount off an item again; the payment is unapplied by it."""
    rows = reverse_allocation(
        actor=request.actor,
        allocation=own(Allocation, request.actor, allocation_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": len(rows)}
