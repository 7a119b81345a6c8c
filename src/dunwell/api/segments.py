"""/segments: who is in which segment and why, movement, previews, and setting one by hand."""

from datetime import date, timedelta
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.segments import clear_segment, set_segment
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
    Text,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.ml.segments import LearnedGroup
from dunwell.models import Customer
from dunwell.queries.pages import Page
from dunwell.queries.segments import (
    CustomerSegment,
    MemberRow,
    OverlapRow,
    SegmentMoveRow,
    SegmentRow,
    customer_segment,
    member_rows,
    move_rows,
    overlap_rows,
    segment_rows,
)
from dunwell.queries.segments_learned import proposed_segments
from dunwell.queries.segments_moves import (
    MatrixCell,
    MovedCustomer,
    Movement,
    movement_of,
    preview_of,
)

router = Router(tags=["segments"])
PERIOD_DAYS = 30

SegmentName = Annotated[Plain, Field(max_length=40)]
Why = Annotated[Plain, Field(min_length=1, max_length=300)]
Seen = Annotated[
    Plain | None, Field(max_length=40, description="The segment that was read; another is 409.")
]


class SegmentIn(Body):
    """The segment a customer belongs to, why, and until when."""

    segment: Annotated[Plain, Field(min_length=1, max_length=40)]
    reason: Why
    until_on: Day | None = None
    seen: Seen = None


class ClearIn(Body):
    """Why the rules decide again."""

    reason: Why
    seen: Seen = None


class LearnedOut(Body):
    """Groups found, how many customers the drafted rules place alike, and the draft as text."""

    customers: int
    matched: int
    silhouette_ppm: int
    groups: list[LearnedGroup]
    text: str


@router.get("", response=answers(list[SegmentRow]))
def list_segments(request: ApiRequest) -> list[SegmentRow]:
    """List segments with customers and what they owe in the home currency."""
    request.actor.require("ledger.view")
    return list(segment_rows(request.actor.company, as_of=request.as_of))


@router.get("/overlaps", response=answers(list[OverlapRow]))
def list_overlaps(request: ApiRequest) -> list[OverlapRow]:
    """List which segments claim customers that are in another one."""
    request.actor.require("ledger.view")
    return list(overlap_rows(request.actor.company))


@router.get("/members", response=answers(Page[MemberRow]))
def list_segment_members(
    request: ApiRequest,
    segment: SegmentName = "",
    also: SegmentName = "",
    only_by_hand: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
    search: Text = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[MemberRow]:
    """List customers with segment, rule, and the claims that lost; `also`: claimed by it too."""
    request.actor.require("ledger.view")
    return member_rows(
        request.actor.company,
        as_of=request.as_of,
        segment=segment,
        also=also,
        only_by_hand=only_by_hand,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.get("/moves", response=answers(Page[SegmentMoveRow]))
def list_segment_moves(
    request: ApiRequest,
    customer_id: Key | None = None,
    from_on: Day | None = None,
    until_on: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[SegmentMoveRow]:
    """List moves between segments, the newest first."""
    request.actor.require("ledger.view")
    return move_rows(
        request.actor.company,
        customer_id=customer_id,
        from_on=from_on,
        until_on=until_on,
        cursor=cursor,
        limit=limit,
    )


@router.get("/matrix", response=answers(list[MatrixCell]))
def show_segment_matrix(
    request: ApiRequest, from_on: Day | None = None, until_on: Day | None = None
) -> list[MatrixCell]:
    """Count customers by segment before the period and at its end; both days are within it.

    Without days the last 30. Amounts are what they owe now, home minor units; an empty
    `before` is a new customer.
    """
    return list(_movement(request, from_on, until_on).cells)


@router.get("/matrix/customers", response=answers(Page[MovedCustomer]))
def list_moved_customers(
    request: ApiRequest,
    from_on: Day | None = None,
    until_on: Day | None = None,
    before: SegmentName | None = None,
    after: SegmentName | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[MovedCustomer]:
    """List the customers of a cell of the matrix, or of a row or column."""
    found = _movement(request, from_on, until_on)
    return found.customers(before=before, after=after, cursor=cursor, limit=limit)


@router.get("/preview/{draft_id}", response=answers(list[MatrixCell]))
def preview_segments(request: ApiRequest, draft_id: Id) -> list[MatrixCell]:
    """Count who would move today under a version of the segments policy; nothing is written."""
    request.actor.require("ledger.view")
    found = existing(preview_of(request.actor.company, draft_id, as_of=request.as_of))
    return list(found.movement.cells)


@router.get("/learned", response=answers(LearnedOut))
def show_learned_segments(request: ApiRequest) -> dict[str, Any]:
    """Propose segments from how customers owe and pay; nothing is written.

    Draft the text under `/policies/segments` to have it published by somebody else.
    """
    request.actor.require("ledger.view")
    found = proposed_segments(request.actor.company, as_of=request.as_of)
    if found is None:
        return {"customers": 0, "matched": 0, "silhouette_ppm": 0, "groups": [], "text": ""}
    learned = found.learned
    return {
        "customers": learned.customers,
        "matched": learned.matched,
        "silhouette_ppm": learned.silhouette_ppm,
        "groups": list(learned.groups),
        "text": found.text,
    }


@router.get("/customers/{customer_id}", response=answers(CustomerSegment))
def show_customer_segment(request: ApiRequest, customer_id: Id) -> CustomerSegment:
    """Show a customer's segment: why, what it looked at, what else claimed it, its history."""
    request.actor.require("ledger.view")
    return existing(customer_segment(request.actor.company, customer_id, as_of=request.as_of))


@router.post("/customers/{customer_id}", response=answers(Created, 201))
@once
def put_into_segment(
    request: ApiRequest, customer_id: Id, body: SegmentIn
) -> tuple[int, dict[str, Any]]:
    """Put a customer into a segment by hand; it wins over the rules."""
    choice = set_segment(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": choice.pk}


@router.post("/customers/{customer_id}/clear", response=answers(Done))
@once
def clear_customer_segment(
    request: ApiRequest, customer_id: Id, body: ClearIn
) -> tuple[int, dict[str, Any]]:
    """End a segment set by hand; the rules decide again."""
    clear_segment(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


def _movement(request: ApiRequest, from_on: date | None, until_on: date | None) -> Movement:
    request.actor.require("ledger.view")
    last = until_on or request.as_of
    first = from_on or last - timedelta(days=PERIOD_DAYS - 1)
    try:
        return movement_of(
            request.actor.company, from_on=first, until_on=last, as_of=request.as_of
        )
    except ValueError as error:
        raise Refused(str(error)) from error
