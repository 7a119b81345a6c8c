"""/credit-checks and /orders: may this order be delivered, and what became of it?"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field, TypeAdapter

from dunwell.actions.credit_checks import check_order, check_orders
from dunwell.actions.gate import Refused
from dunwell.actions.orders import update_order
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Currency,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.order_facts import OrderAsk
from dunwell.models import Order
from dunwell.queries.credit_checks import (
    CreditCheckRow,
    check_detail,
    check_rows,
    checks_told,
    simulated_row,
)
from dunwell.queries.order_asks import (
    Wish,
    customers_by_key,
    customers_by_number,
    simulate_orders,
)
from dunwell.queries.orders import OrderRow, order_detail, order_rows
from dunwell.queries.pages import Page

router = Router(tags=["credit checks"])

MOST_AT_ONCE = 10_000
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Number = Annotated[Plain, Field(min_length=1, max_length=80)]
Why = Annotated[Plain, Field(min_length=1, max_length=300)]
OrderStatus = Literal["", "held", "approved", "rejected", "cancelled", "closed"]


class OrderIn(Body):
    """An order, amounts in minor units of its currency; its customer by key or by number.

    `prepaid_minor` is paid before delivery, `delivered_minor` has left the house and
    `billed_minor` stands on invoices; none of these is ever held.
    """

    customer_id: Key | None = None
    customer_number: Annotated[Plain, Field(max_length=80)] = ""
    number: Number
    currency: Currency
    amount_minor: Minor
    prepaid_minor: Minor = 0
    delivered_minor: Minor = 0
    billed_minor: Minor = 0
    terms: Word = ""
    type: Annotated[Plain, Field(max_length=40)] = ""
    ordered_on: Day | None = None
    deliver_on: Day | None = None
    checkpoint: Literal["order", "picking", "delivery"] = "order"


class CreditCheckIn(OrderIn):
    """An order to check; with `commit` false nothing is written, and no key is needed."""

    commit: bool = True


class CreditChecksIn(Body):
    """Orders to check one after the other, all or none; with `commit` false nothing is written."""

    orders: list[OrderIn] = Field(min_length=1, max_length=MOST_AT_ONCE)
    commit: bool = True


class CreditChecksOut(Schema):
    """The checks in the order of the orders, and how many passed and are held."""

    approved: int
    held: int
    rows: list[CreditCheckRow]


class OrderChangeIn(Body):
    """What of an order is prepaid, delivered or billed by now; None leaves it as it is."""

    prepaid_minor: Minor | None = None
    delivered_minor: Minor | None = None
    billed_minor: Minor | None = None
    cancelled: bool = False


@router.post("/credit-checks", response=answers(CreditCheckRow))
def check_credit(request: ApiRequest, body: CreditCheckIn) -> HttpResponse | CreditCheckRow:
    """Check an order: every rule's outcome, the decision, and what would free it.

    The same order again is answered as it was. A write takes an Idempotency-Key, a simulation
    (`commit` false) none.
    """
    if body.commit:
        return _checked_once(request, body)
    request.actor.require("order.check")
    (wish,) = _wishes(request, [body])
    (judgement,) = simulate_orders(request.actor.company, [wish], as_of=request.as_of)
    return simulated_row(
        request.actor.company, wish, judgement, as_of=request.as_of, by=request.actor.name
    )


@router.post("/credit-checks/bulk", response=answers(CreditChecksOut))
def check_many_credits(
    request: ApiRequest, body: CreditChecksIn
) -> HttpResponse | CreditChecksOut:
    """Check orders as if they came one after the other; those that pass use up the limits."""
    if body.commit:
        return _checked_all_once(request, body)
    request.actor.require("order.check")
    company, wishes = request.actor.company, _wishes(request, body.orders)
    judgements = simulate_orders(company, wishes, as_of=request.as_of)
    return _summed(
        [
            simulated_row(company, wish, judgement, as_of=request.as_of, by=request.actor.name)
            for wish, judgement in zip(wishes, judgements, strict=True)
        ]
    )


@router.get("/credit-checks", response=answers(Page[CreditCheckRow]))
def list_credit_checks(
    request: ApiRequest,
    customer_id: Key | None = None,
    order_id: Key | None = None,
    decision: Literal["", "approved", "held"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CreditCheckRow]:
    """List checks, the newest first."""
    request.actor.require("ledger.view")
    return check_rows(
        request.actor.company,
        customer_id=customer_id,
        order_id=order_id,
        decision=decision,
        cursor=cursor,
        limit=limit,
    )


@router.get("/credit-checks/{credit_check_id}", response=answers(CreditCheckRow))
def show_credit_check(request: ApiRequest, credit_check_id: Id) -> CreditCheckRow:
    """Show one check with every rule's outcome."""
    request.actor.require("ledger.view")
    return existing(check_detail(request.actor.company, credit_check_id))


@router.get("/orders", response=answers(Page[OrderRow]))
def list_orders(
    request: ApiRequest,
    status: OrderStatus = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[OrderRow]:
    """List orders, the newest first."""
    request.actor.require("ledger.view")
    return order_rows(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.get("/orders/{order_id}", response=answers(OrderRow))
def show_order(request: ApiRequest, order_id: Id) -> OrderRow:
    """Show one order with its amounts."""
    request.actor.require("ledger.view")
    return existing(order_detail(request.actor.company, order_id))


@router.post("/orders/{order_id}", response=answers(Done))
@once
def change_order(
    request: ApiRequest, order_id: Id, body: OrderChangeIn
) -> tuple[int, dict[str, Any]]:
    """Note what of an order is prepaid, delivered or billed by now, or that it is cancelled."""
    order = own(Order, request.actor, order_id)
    changed = update_order(
        actor=request.actor,
        order=order,
        prepaid_minor=body.prepaid_minor,
        delivered_minor=body.delivered_minor,
        billed_minor=body.billed_minor,
        is_cancelled=body.cancelled,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": int(changed.version != order.version)}


@once
def _checked_once(request: ApiRequest, body: CreditCheckIn) -> tuple[int, dict[str, Any]]:
    ((customer, ask),) = _wishes(request, [body])
    check = check_order(
        actor=request.actor, customer=customer, ask=ask, as_of=request.as_of, at=request.at
    )
    (row,) = checks_told(request.actor.company, [check])
    return 200, _json(row)


@once
def _checked_all_once(request: ApiRequest, body: CreditChecksIn) -> tuple[int, dict[str, Any]]:
    checks = check_orders(
        actor=request.actor,
        wishes=_wishes(request, body.orders),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, _json(_summed(list(checks_told(request.actor.company, checks))))


def _json(told: object) -> dict[str, Any]:
    """Return an answer as JSON holds it: it is kept beside its key."""
    adapter: TypeAdapter[Any] = TypeAdapter(type(told))
    found: dict[str, Any] = adapter.dump_python(told, mode="json")
    return found


def _summed(rows: list[CreditCheckRow]) -> CreditChecksOut:
    held = sum(row.decision == "held" for row in rows)
    return CreditChecksOut(approved=len(rows) - held, held=held, rows=rows)


def _wishes(request: ApiRequest, orders: Sequence[OrderIn]) -> list[Wish]:
    """Return orders with their customers, by key or number; another company's are absent (404)."""
    company = request.actor.company
    by_key = customers_by_key(
        company, {order.customer_id for order in orders if order.customer_id is not None}
    )
    by_number = customers_by_number(company, [order.customer_number for order in orders])
    wishes = []
    for order in orders:
        if (order.customer_id is None) == (not order.customer_number):
            raise Refused(f"Order {order.number}: name the customer by its key or its number.")
        named = order.customer_id or order.customer_number
        customer = existing(
            by_key.get(order.customer_id or 0) or by_number.get(order.customer_number),
            absent=f"Order {order.number}: there is no customer {named} in your company.",
        )
        wishes.append((customer, _ask(request, order)))
    return wishes


def _ask(request: ApiRequest, order: OrderIn) -> OrderAsk:
    try:
        return OrderAsk(
            number=order.number,
            currency=order.currency,
            amount_minor=order.amount_minor,
            prepaid_minor=order.prepaid_minor,
            delivered_minor=order.delivered_minor,
            billed_minor=order.billed_minor,
            terms=order.terms,
            kind=order.type,
            ordered_on=order.ordered_on or request.as_of,
            deliver_on=order.deliver_on,
            checkpoint=order.checkpoint,
            source=request.actor.name[:80],
        )
    except ValueError as error:
        raise Refused(f"Order {order.number}: {error}.") from error
