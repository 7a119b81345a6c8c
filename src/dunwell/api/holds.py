"""/holds: orders not to chase."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.holds import place_hold, release_hold
from dunwell.api.auth import ApiRequest
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
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, Hold, Item
from dunwell.queries.holds import HoldRow, hold_rows
from dunwell.queries.pages import Page

router = Router(tags=["holds"])


class HoldIn(Body):
    """A new hold on a customer, or on one of its items."""

    customer_id: Key
    item_id: Key | None = None
    reason: Literal["agreement", "plan", "legal", "insolvency", "hardship", "manual"]
    until_on: Day | None = None
    note: Annotated[Plain, Field(max_length=500)] = ""


class ReleaseIn(Body):
    """What led to the release."""

    note: Annotated[Plain, Field(max_length=500)] = ""


@router.get("", response=answers(Page[HoldRow]))
def list_holds(
    request: ApiRequest,
    only_active: bool = True,  # noqa: FBT001, FBT002 -- a query parameter
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[HoldRow]:
    """List holds."""
    request.actor.require("ledger.view")
    return hold_rows(
        request.actor.company,
        as_of=request.as_of,
        only_active=only_active,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.post("", response=answers(Created, 201))
@once
def add_hold(request: ApiRequest, body: HoldIn) -> tuple[int, dict[str, Any]]:
    """Stop chasing a customer or one item, until a day or until released."""
    hold = place_hold(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        item=None if body.item_id is None else own(Item, request.actor, body.item_id),
        reason=body.reason,
        until_on=body.until_on,
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": hold.pk}


@router.post("/{hold_id}/release", response=answers(Done))
@once
def end_hold(request: ApiRequest, hold_id: Id, body: ReleaseIn) -> tuple[int, dict[str, Any]]:
    """Release a hold; chasing goes on from today."""
    release_hold(
        actor=request.actor,
        hold=own(Hold, request.actor, hold_id),
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
