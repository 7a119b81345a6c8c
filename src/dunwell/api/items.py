"""/items: what is owed, and what changes it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.gate import Refused
from dunwell.actions.items import add_item, reverse_item
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    PositiveMinor,
    ReasonIn,
    SignedMinor,
    Text,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.past import past_days
from dunwell.api.writes import once
from dunwell.models import Adjustment, Customer, Item
from dunwell.queries.item_cards import ItemCard, item_card
from dunwell.queries.items import ItemFilter, ItemRow, ItemTotal, item_rows, item_totals
from dunwell.queries.pages import Page
from dunwell.queries.past_items import PastItems

router = Router(tags=["items"])
Sort = Literal[
    "due_on", "-due_on", "issued_on", "-issued_on", "amount", "-amount", "open", "-open"
]
Kind = Literal["invoice", "credit_note", "fee", "interest", "opening"]


class ItemChoice(Schema):
    """Which items: of now, or of a day gone by as known on a day."""

    model_config = ConfigDict(extra="ignore")

    scope: Literal["open", "overdue", "settled", "all"] = "open"
    bucket: Literal["", "not_due", "1-30", "31-60", "61-90", "91+"] = ""
    currency: AnyCurrency = ""
    customer_id: Key | None = None
    kind: Kind | Literal[""] = ""
    is_disputed: bool = False
    search: Text = ""
    as_of: Day | None = Field(
        default=None, description="The day asked about; amounts of now when left out."
    )
    known_on: Day | None = Field(
        default=None, description="Only what was recorded by this day counts; today's by default."
    )

    def filter(self) -> ItemFilter:
        """Return the filter of the queries."""
        return ItemFilter(**self.dict(exclude={"as_of", "known_on"}))


class ItemIn(Body):
    """A new item; a credit note's amount is negative."""

    customer_id: Key
    number: Annotated[Plain, Field(min_length=1, max_length=80)]
    kind: Kind
    currency: Currency
    amount_minor: SignedMinor
    issued_on: Day
    due_on: Day
    reference: Word = ""
    is_paper: bool | None = Field(
        default=None, description="Whether it was sent on paper, else electronically."
    )


class AdjustmentIn(Body):
    """What is taken off an item without money, and why."""

    kind: Literal["write_off", "small_balance", "discount", "fx"]
    amount_minor: PositiveMinor
    reason: Name


def item_pages(
    request: ApiRequest, choice: ItemChoice, *, sort: str
) -> Callable[[str, int], Page[ItemRow]]:
    """Return a function of cursor and limit to the pages of the chosen items.

    Raises Refused for a day to come and for a sort that this list does not have.
    """
    company, today, only = request.actor.company, request.as_of, choice.filter()
    as_of, known_on = past_days(request, choice.as_of, choice.known_on)
    if (as_of, known_on) != (today, today):
        past = PastItems(company, as_of=as_of, known_on=known_on, only=only)
        return lambda cursor, limit: past.rows(sort=sort, cursor=cursor, limit=limit)
    if sort.endswith("open") and only.scope in {"settled", "all"} and not only.bucket:
        raise Refused("Only open items can be sorted by what is open; ask for scope open.")
    return lambda cursor, limit: item_rows(
        company, as_of=today, only=only, sort=sort, cursor=cursor, limit=limit
    )


@router.get("", response=answers(Page[ItemRow]))
def list_items(
    request: ApiRequest,
    choice: Query[ItemChoice],
    sort: Sort = "due_on",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ItemRow]:
    """List items of now, or of a day gone by; the longest due first."""
    request.actor.require("ledger.view")
    return item_pages(request, choice, sort=sort)(cursor, limit)


@router.get("/totals", response=answers(list[ItemTotal]))
def total_items(request: ApiRequest, choice: Query[ItemChoice]) -> list[ItemTotal]:
    """Total the same items per currency; the rows of the list sum to it."""
    request.actor.require("ledger.view")
    company, today, only = request.actor.company, request.as_of, choice.filter()
    as_of, known_on = past_days(request, choice.as_of, choice.known_on)
    if (as_of, known_on) != (today, today):
        return list(PastItems(company, as_of=as_of, known_on=known_on, only=only).totals())
    return list(item_totals(company, as_of=today, only=only))


@router.get("/{item_id}", response=answers(ItemCard))
def show_item(request: ApiRequest, item_id: Id) -> ItemCard:
    """Show an item with everything that moved it."""
    request.actor.require("ledger.view")
    return existing(item_card(request.actor.company, item_id, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_item(request: ApiRequest, body: ItemIn) -> tuple[int, dict[str, Any]]:
    """Add an item."""
    values = body.dict(exclude={"customer_id"})
    item = add_item(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        as_of=request.as_of,
        at=request.at,
        **values,
    )
    return 201, {"id": item.pk}


@router.post("/{item_id}/reverse", response=answers(Created, 201))
@once
def take_back_item(request: ApiRequest, item_id: Id, body: ReasonIn) -> tuple[int, dict[str, Any]]:
    """Reverse an item: a mirror item nets it; nothing is deleted."""
    mirror = reverse_item(
        actor=request.actor,
        item=own(Item, request.actor, item_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": mirror.pk}


@router.post("/{item_id}/adjustments", response=answers(Created, 201))
@once
def new_adjustment(
    request: ApiRequest, item_id: Id, body: AdjustmentIn
) -> tuple[int, dict[str, Any]]:
    """Write off, discount or clear a part of an item."""
    adjustment = record_adjustment(
        actor=request.actor,
        item=own(Item, request.actor, item_id),
        kind=body.kind,
        amount_minor=body.amount_minor,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": adjustment.pk}


@router.post("/adjustments/{adjustment_id}/reverse", response=answers(Created, 201))
@once
def take_back_adjustment(
    request: ApiRequest, adjustment_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Reverse an adjustment; the item is open again by its amount."""
    reversal = reverse_adjustment(
        actor=request.actor,
        adjustment=own(Adjustment, request.actor, adjustment_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": reversal.pk}
