"""/covers: what stands behind customers, how much of what they owe it covers, its deadlines."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.cover_notices import record_notice
from dunwell.actions.covers import CoverAsk, ask_cover, end_cover, grant_cover, refuse_cover
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
    Plain,
    PositiveMinor,
    ReasonIn,
    answers,
    check_currency,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.cover_clock import MOST_DAYS, PPM
from dunwell.models import Cover, CoverNotice, Customer
from dunwell.queries.cover_clocks import cover_clock
from dunwell.queries.cover_usage import CoverUseRow, use_page, use_rows
from dunwell.queries.covers import (
    CoverRow,
    NoticeRow,
    cover_row,
    cover_rows,
    notice_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["covers"])

Kind = Literal["insurance", "guarantee", "collateral", "deposit"]
AnyKind = Literal["", "insurance", "guarantee", "collateral", "deposit"]
Share = Annotated[int, Field(ge=1, le=PPM, description="Share covered, ppm.")]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]
Words = Annotated[Plain, Field(max_length=300)]


class ConditionsIn(Body):
    """The provider's conditions in days; what is left out is not stated."""

    max_terms_days: Days | None = None
    overdue_report_days: Days | None = None
    max_extension_days: Days | None = None
    stop_delivery_days: Days | None = None
    claim_days: Days | None = None


class CoverIn(Body):
    """What is asked of a provider, for which customer."""

    customer_id: Key
    kind: Kind
    provider: Annotated[Plain, Field(min_length=1, max_length=120)]
    number: Annotated[Plain, Field(max_length=80)] = ""
    effect: Literal["reduces_exposure", "lifts_limit"] = "reduces_exposure"
    currency: Currency
    asked_minor: PositiveMinor
    share_ppm: Share = PPM
    conditions: ConditionsIn = ConditionsIn()
    from_on: Day | None = None
    until_on: Day | None = None
    note: Words = ""


class GrantIn(Body):
    """What the provider granted; what is left out is as it was asked for."""

    currency: Currency
    amount_minor: PositiveMinor
    from_on: Day
    until_on: Day | None = None
    number: Annotated[Plain, Field(max_length=80)] = ""
    share_ppm: Share | None = None
    conditions: ConditionsIn | None = None


class DoneIn(Body):
    """When a deadline was met, today unless a day is named, and how."""

    done_on: Day | None = None
    note: Words = ""


@router.get("", response=answers(Page[CoverRow]))
def list_covers(
    request: ApiRequest,
    scope: Literal["standing", "expiring", "requested", "over", "all"] = "standing",
    kind: AnyKind = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CoverRow]:
    """List covers, the latest entered first; by default those that are granted and not over."""
    request.actor.require("ledger.view")
    return cover_rows(
        request.actor.company,
        as_of=request.as_of,
        scope=scope,
        kind=kind,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/deadlines", response=answers(Page[NoticeRow]))
def list_cover_deadlines(
    request: ApiRequest,
    status: Literal["", "open", "done", "missed", "moot"] = "open",
    cover_id: Key | None = None,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[NoticeRow]:
    """List told deadlines of covers, the soonest first."""
    request.actor.require("ledger.view")
    return notice_rows(
        request.actor.company,
        as_of=request.as_of,
        status=status,
        cover_id=cover_id,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/usage", response=answers(Page[CoverUseRow]))
def list_cover_usage(
    request: ApiRequest,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CoverUseRow]:
    """List what covers stand behind of what customers owe, the most uncovered first."""
    request.actor.require("ledger.view")
    company = request.actor.company
    ids = None if customer_id is None else [customer_id]
    clock = cover_clock(company, as_of=request.as_of, customer_ids=ids)
    return use_page(use_rows(clock, company.currency), cursor=cursor, limit=limit)


@router.get("/{cover_id}", response=answers(CoverRow))
def show_cover(request: ApiRequest, cover_id: Id) -> CoverRow:
    """Show one cover."""
    request.actor.require("ledger.view")
    return existing(cover_row(request.actor.company, cover_id, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_cover(request: ApiRequest, body: CoverIn) -> tuple[int, dict[str, Any]]:
    """Record that a cover was asked for; it counts once somebody else enters the grant."""
    cover = ask_cover(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        ask=_ask(body),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": cover.pk}


@router.post("/{cover_id}/grant", response=answers(Done))
@once
def grant_one_cover(
    request: ApiRequest, cover_id: Id, body: GrantIn
) -> tuple[int, dict[str, Any]]:
    """Enter what the provider granted; another person than the one who asked does it."""
    cover = own(Cover, request.actor, cover_id)
    check_currency(cover.currency, body.currency)
    conditions = body.conditions
    grant_cover(
        actor=request.actor,
        cover=cover,
        amount_minor=body.amount_minor,
        from_on=body.from_on,
        until_on=body.until_on,
        number=body.number,
        share_ppm=body.share_ppm,
        conditions=None if conditions is None else conditions.dict(exclude_none=True),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{cover_id}/refuse", response=answers(Done))
@once
def refuse_one_cover(
    request: ApiRequest, cover_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Enter that the provider grants nothing, with the reason it gave."""
    refuse_cover(
        actor=request.actor,
        cover=own(Cover, request.actor, cover_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{cover_id}/end", response=answers(Done))
@once
def end_one_cover(request: ApiRequest, cover_id: Id, body: ReasonIn) -> tuple[int, dict[str, Any]]:
    """End a cover: it counts for nothing from now on."""
    end_cover(
        actor=request.actor,
        cover=own(Cover, request.actor, cover_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/deadlines/{notice_id}/done", response=answers(Done))
@once
def meet_cover_deadline(
    request: ApiRequest, notice_id: Id, body: DoneIn
) -> tuple[int, dict[str, Any]]:
    """Record that a deadline was met: reported, stopped, renewed."""
    record_notice(
        actor=request.actor,
        notice=own(CoverNotice, request.actor, notice_id),
        note=body.note,
        done_on=body.done_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


def _ask(body: CoverIn) -> CoverAsk:
    told = body.dict(exclude={"customer_id", "conditions"})
    return CoverAsk(**told, conditions=body.conditions.dict(exclude_none=True))
