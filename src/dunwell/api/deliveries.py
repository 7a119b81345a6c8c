"""/deliveries: how far invoices have come at customers, and what people say of it."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.deliveries import note_delivery
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Contact, Item
from dunwell.queries.delivery_board import DeliveryBoard, delivery_board
from dunwell.queries.delivery_ladders import LadderView, ladder_of_item

router = Router(tags=["deliveries"])

DeliveryState = Literal[
    "",
    "alarm",
    "bounced",
    "not_received",
    "queried",
    "rejected",
    "issued",
    "handed_over",
    "delivered",
    "opened",
    "received",
    "accepted",
    "approved",
    "scheduled",
]


class InvoiceDeliveryFilter(Schema):
    """Which open invoices to list."""

    state: DeliveryState = ""
    customer_id: Key | None = None
    cursor: Cursor = ""
    limit: Limit = PAGE


class DeliveryNoteIn(Body):
    """What somebody says of an invoice; for `bounced` the contact whose address is wrong."""

    stage: Literal[
        "handed_over",
        "delivered",
        "received",
        "accepted",
        "approved",
        "not_received",
        "bounced",
    ]
    on: Day
    contact_id: Key | None = None
    note: Annotated[Plain, Field(max_length=500)] = ""


@router.get("", response=answers(DeliveryBoard))
def list_deliveries(request: ApiRequest, query: Query[InvoiceDeliveryFilter]) -> DeliveryBoard:
    """List open invoices with how far each has come, the soonest due first, and all sums."""
    request.actor.require("ledger.view")
    return delivery_board(request.actor.company, as_of=request.as_of, **query.dict())


@router.get("/items/{item_id}", response=answers(LadderView))
def show_delivery(request: ApiRequest, item_id: Id) -> LadderView:
    """Return one invoice's ladder; 404 for an item that has no document."""
    request.actor.require("ledger.view")
    return existing(ladder_of_item(own(Item, request.actor, item_id), request.as_of))


@router.post("/items/{item_id}/notes", response=answers(Created, 201))
@once
def add_delivery_note(
    request: ApiRequest, item_id: Id, body: DeliveryNoteIn
) -> tuple[int, dict[str, Any]]:
    """Keep a person's word on where an invoice is; the same of a day again is the same note."""
    item = own(Item, request.actor, item_id)
    contact = None
    if body.contact_id is not None:
        contact = existing(
            Contact.objects.filter(
                pk=body.contact_id, customer__company=request.actor.company
            ).first()
        )
    note = note_delivery(
        actor=request.actor,
        item=item,
        stage=body.stage,
        on=body.on,
        contact=contact,
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": note.pk}
