"""/placements: debts handed to agencies, and /partner: what an agency's own program does."""

from typing import Annotated, Any, Literal

from django.db.models import Model
from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.placement_reports import reconcile_reports, report_collection
from dunwell.actions.placement_work import (
    accept_placement,
    acknowledge_placement,
    end_placement,
    note_on_placement,
    refuse_placement,
)
from dunwell.actions.placements import (
    approve_placement,
    cancel_placement,
    close_placement,
    propose_placement,
    recall_placement,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    AnyCurrency,
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
    SignedMinor,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Agency, AgencyReport, Customer, EvidencePack, Item, Payment, Placement
from dunwell.queries.pages import Page
from dunwell.queries.placements import (
    PlacementDetail,
    PlacementFilter,
    PlacementRow,
    placement_detail,
    placement_rows,
)

router = Router(tags=["placements"])

State = Literal[
    "", "proposed", "approved", "transmitted", "accepted", "refused", "paid", "settled",
    "returned", "recalled", "legal", "closed", "cancelled", "ended", "handed",
]  # fmt: skip
Cohort = Literal["", "0-90", "91-180", "181-365", "366+"]
Reference = Annotated[Plain, Field(min_length=1, max_length=80)]
Reason = Annotated[Plain, Field(min_length=1, max_length=300)]
CommissionMinor = Annotated[int, Field(ge=-LARGEST_MINOR, le=LARGEST_MINOR)]


class PlacementIn(Body):
    """All that is open on the items, for an agency."""

    customer_id: Key
    agency_id: Key
    item_ids: list[Key] = Field(min_length=1, max_length=1000)
    reason: Reason


class PlacementReferenceIn(Body):
    """The agency's own reference."""

    reference: Reference


class PlacementEndIn(Body):
    """How a placement goes on, and why."""

    status: Literal["settled", "returned", "legal"]
    reason: Reason


class PlacementNoteIn(Body):
    """A note that both sides read."""

    text: Annotated[Plain, Field(min_length=1, max_length=2000)]


class PlacementCollectedIn(Body):
    """Money: gross = net + commission; without a commission it follows from the agreed rate."""

    kind: Literal["remitted", "direct"] = "remitted"
    reference: Reference
    gross_minor: SignedMinor
    commission_minor: CommissionMinor | None = None
    reported_on: Day


class ReconcileIn(Body):
    """The reports that a bank payment brought."""

    payment_id: Key
    report_ids: list[Key] = Field(min_length=1, max_length=1000)


@router.get("", response=answers(Page[PlacementRow]))
def list_placements(
    request: ApiRequest,
    state: State = "",
    agency_id: Key | None = None,
    customer_id: Key | None = None,
    cohort: Cohort = "",
    currency: AnyCurrency = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PlacementRow]:
    """List placements, the newest first."""
    request.actor.require("ledger.view")
    only = PlacementFilter(
        state=state,
        agency_id=agency_id,
        customer_id=customer_id,
        cohort=cohort,
        currency=currency,
    )
    return placement_rows(request.actor.company, only, cursor=cursor, limit=limit)


@router.post("/reconcile", response=answers(Done))
@once
def reconcile_placement_money(
    request: ApiRequest, body: ReconcileIn
) -> tuple[int, dict[str, Any]]:
    """Link reports with the bank payment that brought their money."""
    found = AgencyReport.objects.filter(company=request.actor.company, pk__in=body.report_ids)
    reports = list(found.order_by("pk"))
    _check_all(body.report_ids, reports, "company has no report")
    changed = reconcile_reports(
        actor=request.actor,
        payment=own(Payment, request.actor, body.payment_id),
        reports=reports,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": changed}


@router.get("/{placement_id}", response=answers(PlacementDetail))
def show_placement(request: ApiRequest, placement_id: Id) -> PlacementDetail:
    """Show one placement with its checks, items, money and history."""
    request.actor.require("ledger.view")
    return existing(placement_detail(request.actor.company, placement_id))


@router.get(
    "/{placement_id}/evidence.zip",
    response=answers(None),
    openapi_extra=of_file("application/zip"),
)
def download_evidence(request: ApiRequest, placement_id: Id) -> HttpResponse:
    """Download the evidence as the agency gets it: the bytes whose SHA-256 is kept."""
    request.actor.require("ledger.view")
    placement = own(Placement, request.actor, placement_id)
    return evidence(placement)


@router.post("", response=answers(Created, 201))
@once
def new_placement(request: ApiRequest, body: PlacementIn) -> tuple[int, dict[str, Any]]:
    """Propose items for an agency; a check that fails refuses with its words."""
    customer = own(Customer, request.actor, body.customer_id)
    items = list(Item.objects.filter(customer=customer, pk__in=body.item_ids).order_by("pk"))
    _check_all(body.item_ids, items, "customer has no item")
    placement = propose_placement(
        actor=request.actor,
        customer=customer,
        agency=own(Agency, request.actor, body.agency_id),
        items=items,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": placement.pk}


@router.post("/{placement_id}/approve", response=answers(Done))
@once
def approve_a_placement(request: ApiRequest, placement_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve what somebody else proposed: its items are held and its evidence is made."""
    return _done(request, placement_id, approve_placement)


@router.post("/{placement_id}/cancel", response=answers(Done))
@once
def cancel_a_placement(
    request: ApiRequest, placement_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End a placement before it is handed over."""
    return _done(request, placement_id, cancel_placement, reason=body.reason)


@router.post("/{placement_id}/recall", response=answers(Done))
@once
def recall_a_placement(
    request: ApiRequest, placement_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a placement back from the agency."""
    return _done(request, placement_id, recall_placement, reason=body.reason)


@router.post("/{placement_id}/acknowledge", response=answers(Done))
@once
def note_placement_received(
    request: ApiRequest, placement_id: Id, body: PlacementReferenceIn
) -> tuple[int, dict[str, Any]]:
    """Record that an agency on the API has fetched the placement."""
    return _done(request, placement_id, acknowledge_placement, reference=body.reference)


@router.post("/{placement_id}/accept", response=answers(Done))
@once
def note_placement_accepted(
    request: ApiRequest, placement_id: Id, body: PlacementReferenceIn
) -> tuple[int, dict[str, Any]]:
    """Record that the agency takes a placement."""
    return _done(request, placement_id, accept_placement, reference=body.reference)


@router.post("/{placement_id}/refuse", response=answers(Done))
@once
def note_placement_refused(
    request: ApiRequest, placement_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Record that the agency does not take a placement."""
    return _done(request, placement_id, refuse_placement, reason=body.reason)


@router.post("/{placement_id}/end", response=answers(Done))
@once
def note_placement_ended(
    request: ApiRequest, placement_id: Id, body: PlacementEndIn
) -> tuple[int, dict[str, Any]]:
    """Record how a placement goes on: settled, returned or to court."""
    return _done(request, placement_id, end_placement, status=body.status, reason=body.reason)


@router.post("/{placement_id}/notes", response=answers(Done))
@once
def new_placement_note(
    request: ApiRequest, placement_id: Id, body: PlacementNoteIn
) -> tuple[int, dict[str, Any]]:
    """Write a note that the agency reads too."""
    return _done(request, placement_id, note_on_placement, text=body.text)


@router.post("/{placement_id}/reports", response=answers(Created, 201))
@once
def new_placement_report(
    request: ApiRequest, placement_id: Id, body: PlacementCollectedIn
) -> tuple[int, dict[str, Any]]:
    """Record money the agency collected, or that came to us directly."""
    report = report_collection(
        actor=request.actor,
        placement=own(Placement, request.actor, placement_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": report.pk}


@router.post("/{placement_id}/close", response=answers(Done))
@once
def close_a_placement(request: ApiRequest, placement_id: Id) -> tuple[int, dict[str, Any]]:
    """Close a placement that has ended, once its money is reconciled."""
    placement = own(Placement, request.actor, placement_id)
    close_placement(actor=request.actor, placement=placement, at=request.at)
    return 200, {"changed": 1}


def evidence(placement: Placement) -> HttpResponse:
    """Return the kept bytes of a placement's evidence; 404 before it is approved."""
    pack = existing(EvidencePack.objects.filter(placement=placement).first())
    return HttpResponse(bytes(pack.content), content_type="application/zip")


def _done(
    request: ApiRequest, placement_id: int, action: Any, **facts: object
) -> tuple[int, dict[str, Any]]:
    """Carry an action out on a placement of the company."""
    action(
        actor=request.actor,
        placement=own(Placement, request.actor, placement_id),
        as_of=request.as_of,
        at=request.at,
        **facts,
    )
    return 200, {"changed": 1}


def _check_all(keys: list[int], found: list[Any], sentence: str) -> None:
    rows: list[Model] = found
    if missing := sorted(set(keys) - {row.pk for row in rows}):
        raise Refused(f"The {sentence} {missing[0]}.")
