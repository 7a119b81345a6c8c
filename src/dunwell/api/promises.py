"""/promises: promises to pay."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.promise_consequences import forgive_promise
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise, withdraw_promise
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
    Name,
    Plain,
    PositiveMinor,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, Item, Promise
from dunwell.queries.pages import Page
from dunwell.queries.promises import (
    PromiseDay,
    PromiseLine,
    PromiseRow,
    promise_days,
    promise_lines,
    promise_rows,
)

router = Router(tags=["promises"])
Outcome = Literal["", "open", "kept", "partially_kept", "broken", "withdrawn", "superseded"]


class PromiseLineIn(Body):
    """How much of one item is promised."""

    item_id: Key
    amount_minor: PositiveMinor


class PromiseIn(Body):
    """A new promise; `supersede` ends open promises on the same items."""

    customer_id: Key
    lines: list[PromiseLineIn] = Field(min_length=1, max_length=1000)
    due_on: Day
    note: Annotated[Plain, Field(max_length=500)] = ""
    supersede: bool = False


class AmountIn(Body):
    """A promised amount, paid on whatever is oldest; `supersede` ends the open one."""

    customer_id: Key
    currency: Currency
    amount_minor: PositiveMinor
    due_on: Day
    note: Annotated[Plain, Field(max_length=500)] = ""
    supersede: bool = False


class PromiseWithdrawIn(Body):
    """Why the promise is taken back."""

    reason: Name


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseDetail:
    """What a promise covers: items, or for the level `customer` an amount and no lines."""

    id: int
    level: str
    currency: str
    amount_minor: int | None
    keep_ppm: int | None
    lines: tuple[PromiseLine, ...]


@router.get("", response=answers(Page[PromiseRow]))
def list_promises(
    request: ApiRequest,
    outcome: Outcome = "",
    customer_id: Key | None = None,
    due_from: Day | None = None,
    due_until: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PromiseRow]:
    """List promises, the soonest due first."""
    request.actor.require("ledger.view")
    return promise_rows(
        request.actor.company,
        as_of=request.as_of,
        outcome=outcome,
        customer_id=customer_id,
        due_from=due_from,
        due_until=due_until,
        cursor=cursor,
        limit=limit,
    )


@router.get("/days", response=answers(list[PromiseDay]))
def list_promise_days(
    request: ApiRequest, from_on: Day | None = None, to_on: Day | None = None
) -> list[PromiseDay]:
    """List what is promised by day and currency, with how many are kept and failed.

    Without days it is the 60 days from today on.
    """
    request.actor.require("ledger.view")
    first = request.as_of if from_on is None else from_on
    last = first + timedelta(days=60) if to_on is None else to_on
    return list(promise_days(request.actor.company, from_on=first, to_on=last))


@router.post("/amounts", response=answers(Created, 201))
@once
def add_promised_amount(request: ApiRequest, body: AmountIn) -> tuple[int, dict[str, Any]]:
    """Record that a customer will pay an amount, on whatever of its items is oldest."""
    promise = record_promised_amount(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        currency=body.currency,
        amount_minor=body.amount_minor,
        due_on=body.due_on,
        note=body.note,
        supersede=body.supersede,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": promise.pk}


@router.get("/{promise_id}", response=answers(PromiseDetail))
def show_promise(request: ApiRequest, promise_id: Id) -> PromiseDetail:
    """Show which items a promise covers, and what is still open on them.

    One of an amount has no lines: its money may go on any item. `keep_ppm` is how likely it was
    kept when it was made, by how the customer kept its word before.
    """
    request.actor.require("ledger.view")
    promise = own(Promise, request.actor, promise_id)
    return PromiseDetail(
        id=promise_id,
        level=promise.level,
        currency=promise.currency,
        amount_minor=promise.amount_minor,
        keep_ppm=promise.keep_ppm,
        lines=promise_lines(request.actor.company, promise_id),
    )


@router.post("", response=answers(Created, 201))
@once
def add_promise(request: ApiRequest, body: PromiseIn) -> tuple[int, dict[str, Any]]:
    """Record a promise to pay."""
    customer = own(Customer, request.actor, body.customer_id)
    wanted = {line.item_id: line.amount_minor for line in body.lines}
    items = Item.objects.filter(customer=customer).in_bulk(list(wanted))
    if unknown := sorted(wanted.keys() - items.keys()):
        raise Refused(f"The customer has no item {unknown[0]}.")
    promise = record_promise(
        actor=request.actor,
        customer=customer,
        amounts={items[key]: amount for key, amount in wanted.items()},
        due_on=body.due_on,
        note=body.note,
        supersede=body.supersede,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": promise.pk}


@router.post("/{promise_id}/forgive", response=answers(Done))
@once
def forgive(
    request: ApiRequest, promise_id: Id, body: PromiseWithdrawIn
) -> tuple[int, dict[str, Any]]:
    """Take back what followed from a failed promise; the judgement stays."""
    forgive_promise(
        actor=request.actor,
        promise=own(Promise, request.actor, promise_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{promise_id}/withdraw", response=answers(Done))
@once
def take_back_promise(
    request: ApiRequest, promise_id: Id, body: PromiseWithdrawIn
) -> tuple[int, dict[str, Any]]:
    """Withdraw an open promise, so that dunning goes on."""
    withdraw_promise(
        actor=request.actor,
        promise=own(Promise, request.actor, promise_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
