"""/pools: saved choices of customers, with what they owe and who works on them."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.pools import add_pool, change_pool, remove_pool
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Document,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Pool, User
from dunwell.queries.customers import CustomerRow
from dunwell.queries.pages import Page
from dunwell.queries.pools import PoolAging, PoolRow, pool_aging, pool_customers, pool_rows
from dunwell.queries.workforce import collectors_of

router = Router(tags=["pools"])


class PoolIn(Body):
    """A pool: conditions by fact, all of which hold, such as {"oldest_days": {"from": 30}}.

    A number is {from, to}, both included; a word a list of words, or {not: [words]}.
    """

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    rule: Document
    people: list[Key] = Field(default=[], max_length=200)
    note: Annotated[Plain, Field(max_length=300)] = ""


class PoolChange(PoolIn):
    """A pool as it should be; `seen` is the version that was read, another one is 409."""

    seen: Annotated[int, Field(ge=1, le=2**31 - 1)]


@router.get("", response=answers(list[PoolRow]))
def list_pools(
    request: ApiRequest,
    mine: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
) -> list[PoolRow]:
    """List pools with customers and what they owe in the home currency."""
    request.actor.require("ledger.view")
    return list(
        pool_rows(
            request.actor.company,
            as_of=request.as_of,
            user_id=request.actor.user_id if mine else None,
        )
    )


@router.get("/{pool_id}", response=answers(PoolRow))
def show_pool(request: ApiRequest, pool_id: Id) -> PoolRow:
    """Show one pool."""
    request.actor.require("ledger.view")
    found = pool_rows(request.actor.company, as_of=request.as_of, pool_id=pool_id)
    if not found:
        raise Http404
    return found[0]


@router.get("/{pool_id}/aging", response=answers(list[PoolAging]))
def show_pool_aging(request: ApiRequest, pool_id: Id) -> list[PoolAging]:
    """Show what a pool's customers owe by days past due, per currency."""
    request.actor.require("ledger.view")
    own(Pool, request.actor, pool_id)
    return list(pool_aging(request.actor.company, pool_id, as_of=request.as_of))


@router.get("/{pool_id}/customers", response=answers(Page[CustomerRow]))
def list_pool_customers(
    request: ApiRequest, pool_id: Id, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CustomerRow]:
    """List a pool's customers with what they owe per currency, by name."""
    request.actor.require("ledger.view")
    own(Pool, request.actor, pool_id)
    return pool_customers(
        request.actor.company, pool_id, as_of=request.as_of, cursor=cursor, limit=limit
    )


@router.post("", response=answers(Created, 201))
@once
def new_pool(request: ApiRequest, body: PoolIn) -> tuple[int, dict[str, Any]]:
    """Save a pool; its customers are found at once."""
    pool = add_pool(
        actor=request.actor,
        name=body.name,
        rule=body.rule,
        people=_people(request, body.people),
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": pool.pk}


@router.post("/{pool_id}", response=answers(Done))
@once
def edit_pool(request: ApiRequest, pool_id: Id, body: PoolChange) -> tuple[int, dict[str, Any]]:
    """Change a pool; its customers are found anew."""
    change_pool(
        actor=request.actor,
        pool=own(Pool, request.actor, pool_id),
        seen=body.seen,
        name=body.name,
        rule=body.rule,
        people=_people(request, body.people),
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{pool_id}/remove", response=answers(Done))
@once
def drop_pool(request: ApiRequest, pool_id: Id) -> tuple[int, dict[str, Any]]:
    """Remove a pool; its customers stay as they are."""
    remove_pool(actor=request.actor, pool=own(Pool, request.actor, pool_id), at=request.at)
    return 200, {"changed": 1}


def _people(request: ApiRequest, keys: list[int]) -> list[User]:
    # without the right nobody learns who collects here
    request.actor.require("pool.edit")
    found = {person.pk: person for person in collectors_of(request.actor.company)}
    if unknown := sorted(set(keys) - found.keys()):
        raise Refused(f"There is no collector {unknown[0]} in {request.actor.company.name}.")
    return [found[key] for key in sorted(set(keys))]
