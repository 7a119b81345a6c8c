"""/agencies: whom debts are placed with, how they do, their seats, files and reports."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.agencies import add_agency, edit_agency, end_seat, seat_partner
from dunwell.actions.placement_batches import claim_batch, hand_over_batch, release_batch
from dunwell.actions.placement_files import ReportRead, read_agency_report
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    LongText,
    Plain,
    ReasonIn,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Agency, AgencySeat, PlacementBatch
from dunwell.queries.agencies import AgencyDetail, ScoredAgency, agency_detail, agency_rows
from dunwell.queries.pages import Page
from dunwell.queries.placement_batches import PlacementBatchRow, batch_bytes, batch_rows

router = Router(tags=["agencies"])

Ppm = Annotated[int, Field(ge=0, lt=1_000_000, description="Parts per million.")]
Days = Annotated[int, Field(ge=0, le=36_500)]
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]


class TierIn(Body):
    """The commission from an age in days past due on."""

    from_days: Days
    rate_ppm: Ppm


class AgencyIn(Body):
    """What an agency takes and costs; the smallest claim in the company's currency."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    kind: Literal["agency", "lawyer"] = "agency"
    transport: Literal["file", "api"] = "file"
    email: Annotated[Plain, Field(max_length=254)] = ""
    countries: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = Field([], max_length=250)
    least_minor: Minor = 0
    demand_days: Annotated[int, Field(ge=0, le=365)] = 14
    commission: list[TierIn] = Field(min_length=1, max_length=20)


class AgencyChangeIn(AgencyIn):
    """All of an agency anew, and the version that was read."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    is_active: bool = True


class SeatIn(Body):
    """A person of the agency."""

    username: Annotated[Plain, Field(min_length=1, max_length=80)]
    email: Annotated[Plain, Field(max_length=254)]


class AgencyReportIn(Body):
    """An agency's report as the text of its CSV file."""

    text: LongText


class AgenciesOut(Schema):
    """Every agency with its score by currency and cohort."""

    agencies: list[ScoredAgency]


@router.get("", response=answers(AgenciesOut))
def list_agencies(request: ApiRequest) -> dict[str, Any]:
    """List agencies and lawyers with what was placed and collected."""
    request.actor.require("ledger.view")
    return {"agencies": agency_rows(request.actor.company)}


@router.get("/files", response=answers(Page[PlacementBatchRow]))
def list_placement_files(
    request: ApiRequest,
    agency_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PlacementBatchRow]:
    """List the files of placements, the newest first."""
    request.actor.require("ledger.view")
    return batch_rows(request.actor.company, agency_id=agency_id, cursor=cursor, limit=limit)


@router.get(
    "/files/{placement_batch_id}/placements.zip",
    response=answers(None),
    openapi_extra=of_file("application/zip"),
)
def download_placement_file(request: ApiRequest, placement_batch_id: Id) -> HttpResponse:
    """Download a file as it was claimed: the same bytes each time; a released one is gone."""
    request.actor.require("placement.approve")
    batch = own(PlacementBatch, request.actor, placement_batch_id)
    if batch.status == PlacementBatch.Status.RELEASED:
        raise Http404
    return HttpResponse(batch_bytes(batch), content_type="application/zip")


@router.post("/files/{placement_batch_id}/hand-over", response=answers(Done))
@once
def note_file_handed_over(
    request: ApiRequest, placement_batch_id: Id
) -> tuple[int, dict[str, Any]]:
    """Mark a file as handed over: the agency has its placements now."""
    hand_over_batch(
        actor=request.actor,
        batch=own(PlacementBatch, request.actor, placement_batch_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/files/{placement_batch_id}/release", response=answers(Done))
@once
def release_placement_file(
    request: ApiRequest, placement_batch_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Say that a file was not sent: its placements go into the next one."""
    release_batch(
        actor=request.actor,
        batch=own(PlacementBatch, request.actor, placement_batch_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/seats/{seat_id}/end", response=answers(Done))
@once
def end_agency_seat(request: ApiRequest, seat_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a seat away: the person's next request, and their tokens, are refused."""
    end_seat(actor=request.actor, seat=own(AgencySeat, request.actor, seat_id), at=request.at)
    return 200, {"changed": 1}


@router.get("/{agency_id}", response=answers(AgencyDetail))
def show_agency(request: ApiRequest, agency_id: Id) -> AgencyDetail:
    """Show one agency with its seats and its score by currency and cohort."""
    request.actor.require("ledger.view")
    return existing(agency_detail(request.actor.company, agency_id))


@router.post("", response=answers(Created, 201))
@once
def new_agency(request: ApiRequest, body: AgencyIn) -> tuple[int, dict[str, Any]]:
    """Add an agency or a lawyer."""
    agency = add_agency(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": agency.pk}


@router.put("/{agency_id}", response=answers(Done))
@once
def change_agency(
    request: ApiRequest, agency_id: Id, body: AgencyChangeIn
) -> tuple[int, dict[str, Any]]:
    """Change an agency; what is placed keeps the commission it was placed at."""
    edit_agency(
        actor=request.actor,
        agency=own(Agency, request.actor, agency_id),
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.post("/{agency_id}/files", response=answers(Created, 201))
@once
def new_placement_file(request: ApiRequest, agency_id: Id) -> tuple[int, dict[str, Any]]:
    """Claim the agency's approved placements for one file."""
    batch = claim_batch(
        actor=request.actor,
        agency=own(Agency, request.actor, agency_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": batch.pk}


@router.post("/{agency_id}/reports", response=answers(ReportRead))
@once
def read_report_of_agency(
    request: ApiRequest, agency_id: Id, body: AgencyReportIn
) -> tuple[int, dict[str, Any]]:
    """Read an agency's report; with a refusal nothing was written, and each line says why."""
    read = read_agency_report(
        actor=request.actor,
        agency=own(Agency, request.actor, agency_id),
        data=body.text.encode(),
        as_of=request.as_of,
        at=request.at,
    )
    refusals = [
        {"line": one.line, "column": one.column, "reason": one.reason} for one in read.refusals
    ]
    return 200, {"lines": read.lines, "changed": read.changed, "refusals": refusals}


@router.post("/{agency_id}/seats", response=answers(Created, 201))
@once
def new_agency_seat(
    request: ApiRequest, agency_id: Id, body: SeatIn
) -> tuple[int, dict[str, Any]]:
    """Give a person of the agency a seat: they see what is placed with it alone."""
    seat = seat_partner(
        actor=request.actor,
        agency=own(Agency, request.actor, agency_id),
        username=body.username,
        email=body.email,
        at=request.at,
    )
    return 201, {"id": seat.pk}
