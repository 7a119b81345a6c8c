"""/customer-merges: likely duplicates, what a merge would move, and doing or undoing it."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.customer_merges import (
    LONGEST_REASON,
    decline_merge,
    mark_distinct,
    merge_customers,
    propose_merge,
    split_customers,
)
from dunwell.actions.gate import Refused
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
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, CustomerMerge
from dunwell.queries.customer_merges import merge_preview
from dunwell.queries.merge_answers import (
    CustomerMergeFile,
    CustomerMergePreview,
    CustomerMergeRow,
    CustomerTwins,
    merge_file,
    merges_told,
    preview_told,
    twins_told,
)
from dunwell.queries.pages import Page

router = Router(tags=["customer merges"])

MergeStatus = Literal["", "proposed", "merged", "declined", "split"]
Why = Annotated[Plain, Field(min_length=1, max_length=LONGEST_REASON)]


class CustomerMergeIn(Body):
    """Which record is closed, which one stays, and why both are one customer."""

    merged_id: Key
    survivor_id: Key
    reason: Why


class MergeDeclinedIn(Body):
    """Why the records are not merged; with `is_distinct` they are not listed as alike again."""

    reason: Why
    is_distinct: bool = False


class MergeSplitIn(Body):
    """Why the records are two customers after all."""

    reason: Why


class DistinctCustomersIn(Body):
    """Two records that are not the same customer, in any order."""

    customer_id: Key
    other_id: Key
    reason: Annotated[Plain, Field(max_length=LONGEST_REASON)] = ""


@router.get("/twins", response=answers(Page[CustomerTwins]))
def list_customer_twins(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CustomerTwins]:
    """List pairs of customers that may be one, with what both have, the surest first."""
    request.actor.require("ledger.view")
    return twins_told(request.actor.company, cursor=cursor, limit=limit)


@router.post("/distinct", response=answers(Done))
@once
def tell_customers_apart(
    request: ApiRequest, body: DistinctCustomersIn
) -> tuple[int, dict[str, Any]]:
    """Say that two records are not the same customer; they are not listed as alike again."""
    mark_distinct(
        actor=request.actor,
        first=own(Customer, request.actor, body.customer_id),
        second=own(Customer, request.actor, body.other_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/preview/{customer_id}/{survivor_id}", response=answers(CustomerMergePreview))
def preview_customer_merge(
    request: ApiRequest, customer_id: Id, survivor_id: Id
) -> CustomerMergePreview:
    """Show what merging a record into another would move, and what to do first; writes nothing."""
    request.actor.require("merge.propose")
    merged = own(Customer, request.actor, customer_id)
    survivor = own(Customer, request.actor, survivor_id)
    if merged.pk == survivor.pk:
        raise Refused("A record cannot be merged into itself; choose two.")
    return preview_told(merge_preview(merged, survivor))


@router.get("", response=answers(Page[CustomerMergeRow]))
def list_customer_merges(
    request: ApiRequest,
    status: MergeStatus = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CustomerMergeRow]:
    """List merges by what became of them, those of a customer on either side, newest first."""
    request.actor.require("ledger.view")
    return merges_told(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.get("/{merge_id}", response=answers(CustomerMergeFile))
def show_customer_merge(request: ApiRequest, merge_id: Id) -> CustomerMergeFile:
    """Show one merge, what goes or went along, and what stands against merging or splitting."""
    request.actor.require("ledger.view")
    return existing(merge_file(request.actor.company, merge_id))


@router.post("", response=answers(Created, 201))
@once
def new_customer_merge(request: ApiRequest, body: CustomerMergeIn) -> tuple[int, dict[str, Any]]:
    """Propose that one record goes into another; a second person merges them."""
    merge = propose_merge(
        actor=request.actor,
        merged=own(Customer, request.actor, body.merged_id),
        survivor=own(Customer, request.actor, body.survivor_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": merge.pk}


@router.post("/{merge_id}/merge", response=answers(Done))
@once
def do_customer_merge(request: ApiRequest, merge_id: Id) -> tuple[int, dict[str, Any]]:
    """Do a merge that somebody else proposed; the merged record is closed and leads on."""
    merge_customers(
        actor=request.actor,
        merge=own(CustomerMerge, request.actor, merge_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{merge_id}/decline", response=answers(Done))
@once
def decline_customer_merge(
    request: ApiRequest, merge_id: Id, body: MergeDeclinedIn
) -> tuple[int, dict[str, Any]]:
    """Turn a proposal down; who made it may take it back so."""
    decline_merge(
        actor=request.actor,
        merge=own(CustomerMerge, request.actor, merge_id),
        reason=body.reason,
        is_distinct=body.is_distinct,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{merge_id}/split", response=answers(Done))
@once
def split_customer_merge(
    request: ApiRequest, merge_id: Id, body: MergeSplitIn
) -> tuple[int, dict[str, Any]]:
    """Undo a merge: what came with it or by the old number since goes back, what is new stays."""
    split_customers(
        actor=request.actor,
        merge=own(CustomerMerge, request.actor, merge_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
