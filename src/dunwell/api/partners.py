"""/partner: what the program or person of an agency may do, with its own placements alone."""

from typing import Any

from django.http import HttpResponse
from ninja import Router

from dunwell.actions.placement_reports import Kind, report_collection
from dunwell.actions.placement_work import (
    accept_placement,
    acknowledge_placement,
    end_placement,
    note_on_placement,
    refuse_placement,
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
    Limit,
    ReasonIn,
    SignedMinor,
    answers,
    existing,
    of_file,
)
from dunwell.api.placements import (
    CommissionMinor,
    PlacementEndIn,
    PlacementNoteIn,
    PlacementReferenceIn,
    Reference,
    evidence,
)
from dunwell.api.writes import once
from dunwell.models import Placement
from dunwell.queries.pages import Page
from dunwell.queries.partners import partner_detail, partner_placement, partner_rows
from dunwell.queries.placements import PlacementDetail, PlacementRow

router = Router(tags=["partner"])


class RemittedIn(Body):
    """Money the agency collected; without a commission it follows from the agreed rate."""

    reference: Reference
    gross_minor: SignedMinor
    commission_minor: CommissionMinor | None = None
    reported_on: Day


@router.get("/placements", response=answers(Page[PlacementRow]))
def list_partner_placements(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[PlacementRow]:
    """List what is placed with the caller's agency, or approved to be fetched by it."""
    actor = request.actor
    actor.require("placement.work")
    return partner_rows(actor.company, actor.user_id, cursor=cursor, limit=limit)


@router.get("/placements/{placement_id}", response=answers(PlacementDetail))
def show_partner_placement(request: ApiRequest, placement_id: Id) -> PlacementDetail:
    """Show one placement of the caller's agency."""
    actor = request.actor
    actor.require("placement.work")
    return existing(partner_detail(actor.company, actor.user_id, placement_id))


@router.get(
    "/placements/{placement_id}/evidence.zip",
    response=answers(None),
    openapi_extra=of_file("application/zip"),
)
def download_partner_evidence(request: ApiRequest, placement_id: Id) -> HttpResponse:
    """Download the evidence of a placement of the caller's agency."""
    return evidence(_own(request, placement_id))


@router.post("/placements/{placement_id}/acknowledge", response=answers(Done))
@once
def acknowledge_as_partner(
    request: ApiRequest, placement_id: Id, body: PlacementReferenceIn
) -> tuple[int, dict[str, Any]]:
    """Say that the agency has an approved placement: it is handed over now."""
    return _done(request, placement_id, acknowledge_placement, reference=body.reference)


@router.post("/placements/{placement_id}/accept", response=answers(Done))
@once
def accept_as_partner(
    request: ApiRequest, placement_id: Id, body: PlacementReferenceIn
) -> tuple[int, dict[str, Any]]:
    """Say that the agency takes a placement."""
    return _done(request, placement_id, accept_placement, reference=body.reference)


@router.post("/placements/{placement_id}/refuse", response=answers(Done))
@once
def refuse_as_partner(
    request: ApiRequest, placement_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Say that the agency does not take a placement."""
    return _done(request, placement_id, refuse_placement, reason=body.reason)


@router.post("/placements/{placement_id}/end", response=answers(Done))
@once
def end_as_partner(
    request: ApiRequest, placement_id: Id, body: PlacementEndIn
) -> tuple[int, dict[str, Any]]:
    """Say that the debt is uncollectable or goes to court; settling is agreed with us first."""
    return _done(request, placement_id, end_placement, status=body.status, reason=body.reason)


@router.post("/placements/{placement_id}/notes", response=answers(Done))
@once
def note_as_partner(
    request: ApiRequest, placement_id: Id, body: PlacementNoteIn
) -> tuple[int, dict[str, Any]]:
    """Write a note that the creditor reads."""
    return _done(request, placement_id, note_on_placement, text=body.text)


@router.post("/placements/{placement_id}/reports", response=answers(Created, 201))
@once
def report_as_partner(
    request: ApiRequest, placement_id: Id, body: RemittedIn
) -> tuple[int, dict[str, Any]]:
    """Report money the agency collected; the same reference again is the same report."""
    report = report_collection(
        actor=request.actor,
        placement=_own(request, placement_id),
        kind=Kind.REMITTED,
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": report.pk}


def _own(request: ApiRequest, placement_id: int) -> Placement:
    """Return a placement of the caller's agency; of every other there is none (404)."""
    actor = request.actor
    actor.require("placement.work")
    return existing(partner_placement(actor.company, actor.user_id, placement_id))


def _done(
    request: ApiRequest, placement_id: int, action: Any, **facts: object
) -> tuple[int, dict[str, Any]]:
    action(
        actor=request.actor,
        placement=_own(request, placement_id),
        as_of=request.as_of,
        at=request.at,
        **facts,
    )
    return 200, {"changed": 1}
