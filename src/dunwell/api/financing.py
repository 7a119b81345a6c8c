"""/financing: facilities, their terms and borrowing base, draws on them, and how they compare."""

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.financing_draws import (
    cancel_draw,
    disburse_draw,
    propose_draw,
    return_item,
    sanction_draw,
    settle_draw,
)
from dunwell.actions.financing_facilities import (
    add_facility,
    add_terms,
    close_facility,
    open_facility,
)
from dunwell.actions.gate import Refused
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
    ReasonIn,
    Text,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.financing_eligibility import BorrowingBase
from dunwell.models import FinancingDraw, FinancingFacility, FinancingItem
from dunwell.queries.borrowing_base import facility_base
from dunwell.queries.financing import (
    DrawDetail,
    DrawRow,
    FacilityRow,
    FinancingComparison,
    draw_detail,
    draw_rows,
    facility_rows,
    financing_compared,
)
from dunwell.queries.pages import Page

router = Router(tags=["financing"])

Share = Annotated[int, Field(ge=0, le=1_000_000)]
Minor = Annotated[int, Field(ge=0, le=9_000_000_000_000_000)]
Days = Annotated[int, Field(ge=0, le=3_650)]


class FacilityIn(Body):
    """What a lender, factor or insurer offers, in the company's currency."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    lender: Annotated[Plain, Field(min_length=1, max_length=120)]
    kind: Annotated[str, Field(pattern="^(factoring|recourse|discounting|insurance|pool)$")]
    limit_minor: Minor
    from_on: Day
    until_on: Day | None = None


class FacilityTermsIn(Body):
    """Terms from a day on: shares and yearly rates in ppm, and which items count."""

    valid_from: Day
    advance_ppm: Share
    rate_ppm: Share
    fee_ppm: Share = 0
    item_fee_minor: Minor = 0
    reserve_ppm: Share = 0
    insured_ppm: Share = 0
    recourse_days: Days | None = None
    past_due_days: Days | None = 90
    age_days: Days | None = None
    terms_days: Days | None = None
    cross_ppm: Share | None = 500_000
    concentration_ppm: Share | None = 200_000
    countries: Annotated[
        list[Annotated[str, Field(pattern="^[A-Z]{2}$")]], Field(max_length=60)
    ] = []
    source: Annotated[Plain, Field(min_length=1, max_length=200)]


class DrawIn(Body):
    """The items to assign by key; none: everything that counts, as far as it goes."""

    item_ids: Annotated[list[Key], Field(max_length=5_000)] = []


class LenderReferenceIn(Body):
    """How the lender called its payment."""

    reference: Annotated[Plain, Field(min_length=1, max_length=80)]


_RULES = {
    *("past_due_days", "age_days", "terms_days", "cross_ppm", "concentration_ppm", "countries"),
}


@router.get("/facilities", response=answers(list[FacilityRow]))
def list_facilities(request: ApiRequest) -> list[FacilityRow]:
    """List facilities with the terms in force, those in use first."""
    request.actor.require("ledger.view")
    return list(facility_rows(request.actor.company, as_of=request.as_of))


@router.post("/facilities", response=answers(Created, 201))
@once
def new_facility(request: ApiRequest, body: FacilityIn) -> tuple[int, dict[str, Any]]:
    """Note what is offered; it is not in use yet."""
    found = add_facility(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": found.pk}


@router.post("/facilities/{facility_id}/terms", response=answers(Created, 201))
@once
def new_facility_terms(
    request: ApiRequest, facility_id: Id, body: FacilityTermsIn
) -> tuple[int, dict[str, Any]]:
    """Put terms in force from a day on."""
    facility = own(FinancingFacility, request.actor, facility_id)
    told = body.dict()
    valid_from, source = told.pop("valid_from"), told.pop("source")
    rules = {name: told.pop(name) for name in _RULES}
    found = add_terms(
        actor=request.actor,
        facility=facility,
        valid_from=valid_from,
        figures=told,
        rules=rules,
        source=source,
        at=request.at,
    )
    return 201, {"id": found.pk}


@router.post("/facilities/{facility_id}/open", response=answers(Done))
@once
def open_offered_facility(request: ApiRequest, facility_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a facility into use; whoever noted it may not."""
    facility = own(FinancingFacility, request.actor, facility_id)
    open_facility(actor=request.actor, facility=facility, at=request.at)
    return 200, {"changed": 1}


@router.post("/facilities/{facility_id}/close", response=answers(Done))
@once
def close_open_facility(request: ApiRequest, facility_id: Id) -> tuple[int, dict[str, Any]]:
    """End a facility that nothing is drawn on."""
    facility = own(FinancingFacility, request.actor, facility_id)
    close_facility(actor=request.actor, facility=facility, at=request.at)
    return 200, {"changed": 1}


@router.get("/facilities/{facility_id}/base", response=answers(BorrowingBase))
def borrowing_base_of(request: ApiRequest, facility_id: Id) -> BorrowingBase:
    """Return the borrowing base: from what is owed to what may still be drawn."""
    request.actor.require("ledger.view")
    facility = own(FinancingFacility, request.actor, facility_id)
    found = facility_base(request.actor.company, facility, as_of=request.as_of)
    if found is None:
        raise Refused(f"{facility.name} has no terms in force today.")
    return found.base


@router.get("/compare", response=answers(FinancingComparison))
def compare_financing(request: ApiRequest, segment: Text = "") -> FinancingComparison:
    """Return what open items in home currency are worth held, and under every facility."""
    request.actor.require("ledger.view")
    return financing_compared(request.actor.company, as_of=request.as_of, segment=segment)


@router.get("/draws", response=answers(Page[DrawRow]))
def list_draws(request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE) -> Page[DrawRow]:
    """List draws, the newest first."""
    request.actor.require("ledger.view")
    return draw_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/facilities/{facility_id}/draws", response=answers(Created, 201))
@once
def new_draw(request: ApiRequest, facility_id: Id, body: DrawIn) -> tuple[int, dict[str, Any]]:
    """Assign items to a facility."""
    facility = own(FinancingFacility, request.actor, facility_id)
    draw = propose_draw(
        actor=request.actor,
        facility=facility,
        items=body.item_ids,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": draw.pk}


@router.get("/draws/{draw_id}", response=answers(DrawDetail))
def draw_of(request: ApiRequest, draw_id: Id) -> DrawDetail:
    """Return a draw with its items and bookings."""
    request.actor.require("ledger.view")
    own(FinancingDraw, request.actor, draw_id)
    return existing(draw_detail(request.actor.company, draw_id))


@router.post("/draws/{draw_id}/sanction", response=answers(Done))
@once
def sanction_proposed_draw(request: ApiRequest, draw_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve a draw; whoever proposed it may not."""
    draw = own(FinancingDraw, request.actor, draw_id)
    sanction_draw(actor=request.actor, draw=draw, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post("/draws/{draw_id}/disburse", response=answers(Done))
@once
def disburse_sanctioned_draw(
    request: ApiRequest, draw_id: Id, body: LenderReferenceIn
) -> tuple[int, dict[str, Any]]:
    """Book that the lender paid out."""
    draw = own(FinancingDraw, request.actor, draw_id)
    disburse_draw(
        actor=request.actor,
        draw=draw,
        reference=body.reference,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/draws/{draw_id}/settle", response=answers(Done))
@once
def settle_disbursed_draw(request: ApiRequest, draw_id: Id) -> tuple[int, dict[str, Any]]:
    """Pay the lender back for every item its customer has paid; return how many."""
    draw = own(FinancingDraw, request.actor, draw_id)
    paid = settle_draw(actor=request.actor, draw=draw, as_of=request.as_of, at=request.at)
    return 200, {"changed": paid}


@router.post("/draws/{draw_id}/cancel", response=answers(Done))
@once
def cancel_open_draw(
    request: ApiRequest, draw_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Drop a draw that was not paid out."""
    draw = own(FinancingDraw, request.actor, draw_id)
    cancel_draw(
        actor=request.actor, draw=draw, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}


@router.post("/draws/{draw_id}/items/{draw_item_id}/return", response=answers(Done))
@once
def return_draw_item(
    request: ApiRequest, draw_id: Id, draw_item_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take an item back from the lender."""
    draw = own(FinancingDraw, request.actor, draw_id)
    item = FinancingItem.objects.filter(draw=draw, pk=draw_item_id).first()
    if item is None:
        raise Refused("This item is not in the draw.")
    return_item(
        actor=request.actor,
        draw=draw,
        item=item,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
