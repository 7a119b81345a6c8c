"""/watches: high-risk customers under a playbook, their checks, and freezes of their exposure."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.exposure_freezes import lift_freeze, propose_freeze
from dunwell.actions.gate import Refused
from dunwell.actions.watches import (
    MOST_DAYS,
    MOST_POINTS,
    WatchTerms,
    accept_watch,
    change_watch,
    end_watch,
    record_check,
    start_watch,
)
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
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, ExposureFreeze, User, Watch
from dunwell.queries.pages import Page
from dunwell.queries.watches import (
    FreezeRow,
    WatchDetail,
    WatchRow,
    freeze_rows,
    watch_detail,
    watch_rows,
)

router = Router(tags=["watches"])

Words = Annotated[Plain, Field(min_length=1, max_length=300)]
Way = Literal["call", "visit"]


class WatchTermsIn(Body):
    """How a customer is watched; what is left out is as the playbook says, or stays."""

    agenda: list[Annotated[Plain, Field(max_length=200)]] | None = Field(
        default=None, max_length=MOST_POINTS
    )
    every_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    way: Way | None = None
    sponsor_id: Key | None = None


class WatchIn(WatchTermsIn):
    """Whom to watch, under which playbook, and why."""

    customer_id: Key
    playbook: Annotated[Plain, Field(min_length=1, max_length=80)]
    reason: Words


class ChangeIn(WatchTermsIn):
    """What is to be different, and the day of the next check."""

    next_on: Day | None = None


class CheckIn(Body):
    """What a call or visit brought."""

    way: Way | None = None
    result: Annotated[Plain, Field(min_length=1, max_length=500)]


class WhyIn(Body):
    """Why, or what came of it."""

    reason: Words


@router.get("", response=answers(Page[WatchRow]))
def list_watches(
    request: ApiRequest,
    scope: Literal["running", "due", "mine", "proposed", "ended", "all"] = "running",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[WatchRow]:
    """List watches: the soonest check first; ended and all the newest first."""
    request.actor.require("ledger.view")
    return watch_rows(
        request.actor.company,
        as_of=request.as_of,
        scope=scope,
        user_id=request.actor.user_id,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/freezes", response=answers(Page[FreezeRow]))
def list_freezes(
    request: ApiRequest,
    status: Literal["", "pending", "standing", "rejected", "lifted"] = "standing",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[FreezeRow]:
    """List freezes of exposure: with `standing`, the customers that get no more credit."""
    request.actor.require("ledger.view")
    return freeze_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.get("/{watch_id}", response=answers(WatchDetail))
def show_watch(request: ApiRequest, watch_id: Id) -> WatchDetail:
    """Show one watch with its agenda, checks, freezes, and what is known of the customer now."""
    request.actor.require("ledger.view")
    return existing(watch_detail(request.actor.company, watch_id, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_watch(request: ApiRequest, body: WatchIn) -> tuple[int, dict[str, Any]]:
    """Put a customer under watch; its first check is due on the next business day."""
    watch = start_watch(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        playbook=body.playbook,
        reason=body.reason,
        terms=_terms(request, body),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": watch.pk}


@router.post("/{watch_id}/start", response=answers(Done))
@once
def start_proposed_watch(
    request: ApiRequest, watch_id: Id, body: WatchTermsIn
) -> tuple[int, dict[str, Any]]:
    """Start the watch that a playbook proposes."""
    accept_watch(
        actor=request.actor,
        watch=own(Watch, request.actor, watch_id),
        terms=_terms(request, body),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.patch("/{watch_id}", response=answers(Done))
@once
def alter_watch(request: ApiRequest, watch_id: Id, body: ChangeIn) -> tuple[int, dict[str, Any]]:
    """Change agenda, rhythm, sponsor or the day of the next check of a running watch."""
    change_watch(
        actor=request.actor,
        watch=own(Watch, request.actor, watch_id),
        terms=_terms(request, body),
        next_on=body.next_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{watch_id}/checks", response=answers(Created, 201))
@once
def new_check(request: ApiRequest, watch_id: Id, body: CheckIn) -> tuple[int, dict[str, Any]]:
    """Record what a check brought; the open task of it is done, the next one is planned."""
    check = record_check(
        actor=request.actor,
        watch=own(Watch, request.actor, watch_id),
        way=body.way or "",
        result=body.result,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": check.pk}


@router.post("/{watch_id}/end", response=answers(Done))
@once
def stop_watch(request: ApiRequest, watch_id: Id, body: WhyIn) -> tuple[int, dict[str, Any]]:
    """End a watch with its result, or decline a proposal with the reason."""
    end_watch(
        actor=request.actor,
        watch=own(Watch, request.actor, watch_id),
        result=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{watch_id}/freeze", response=answers(Created, 201))
@once
def ask_freeze(request: ApiRequest, watch_id: Id, body: WhyIn) -> tuple[int, dict[str, Any]]:
    """Ask a credit manager to freeze the exposure: no more credit, collecting goes on."""
    freeze = propose_freeze(
        actor=request.actor,
        watch=own(Watch, request.actor, watch_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": freeze.pk}


@router.post("/freezes/{freeze_id}/lift", response=answers(Done))
@once
def end_freeze(request: ApiRequest, freeze_id: Id, body: WhyIn) -> tuple[int, dict[str, Any]]:
    """End a freeze: credit is given again."""
    lift_freeze(
        actor=request.actor,
        freeze=own(ExposureFreeze, request.actor, freeze_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


def _terms(request: ApiRequest, body: WatchTermsIn) -> WatchTerms:
    return WatchTerms(
        agenda=body.agenda,
        every_days=body.every_days,
        way=body.way or "",
        sponsor=_sponsor(request, body.sponsor_id),
    )


def _sponsor(request: ApiRequest, user_id: int | None) -> User | None:
    if user_id is None:
        return None
    found = User.objects.filter(
        pk=user_id, memberships__company=request.actor.company, is_active=True
    ).first()
    if found is None:
        raise Refused(f"Nobody with the key {user_id} works for {request.actor.company.name}.")
    return found
