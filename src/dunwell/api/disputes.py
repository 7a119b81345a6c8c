"""/disputes: reasoned refusals to pay."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
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
from dunwell.models import Dispute, Item
from dunwell.queries.disputes import DisputeRow, dispute_rows
from dunwell.queries.pages import Page

router = Router(tags=["disputes"])
Reason = Literal[
    "price", "short_delivery", "quality", "no_po", "duplicate", "tax", "already_paid", "other"
]


class DisputeIn(Body):
    """A new dispute over a part of one item."""

    item_id: Key
    amount_minor: PositiveMinor
    reason: Reason
    note: Annotated[Plain, Field(max_length=500)] = ""


class CloseIn(Body):
    """How the dispute ended."""

    outcome: Name


@router.get("", response=answers(Page[DisputeRow]))
def list_disputes(
    request: ApiRequest,
    only_open: bool = True,  # noqa: FBT001, FBT002 -- a query parameter
    reason: Reason | Literal[""] = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[DisputeRow]:
    """List disputes, the oldest first."""
    request.actor.require("ledger.view")
    return dispute_rows(
        request.actor.company,
        as_of=request.as_of,
        only_open=only_open,
        reason=reason,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.post("", response=answers(Created, 201))
@once
def add_dispute(request: ApiRequest, body: DisputeIn) -> tuple[int, dict[str, Any]]:
    """Open a dispute; the undisputed rest of the item stays collectable."""
    dispute = open_dispute(
        actor=request.actor,
        item=own(Item, request.actor, body.item_id),
        amount_minor=body.amount_minor,
        reason=body.reason,
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": dispute.pk}


@router.post("/{dispute_id}/close", response=answers(Done))
@once
def end_dispute(request: ApiRequest, dispute_id: Id, body: CloseIn) -> tuple[int, dict[str, Any]]:
    """Close a dispute with its outcome."""
    close_dispute(
        actor=request.actor,
        dispute=own(Dispute, request.actor, dispute_id),
        outcome=body.outcome,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
