"""Pages about placements: the board, the list with its export, one placement, its evidence."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.engine.placement_scores import cohort_days
from dunwell.formats.exports import Value
from dunwell.models import EvidencePack, Placement
from dunwell.queries.pages import every_row
from dunwell.queries.placements import (
    PlacementFilter,
    PlacementRow,
    placement_board,
    placement_detail,
    placement_rows,
    placement_totals,
)
from dunwell.templatetags.ui import translated
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

Status = Placement.Status
STATES = (*Status.values, "ended", "handed")
ZIP = "application/zip"

COLUMNS = (
    _("Placement"),
    _("Status"),
    _("Agency"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Placed"),
    _("Collected"),
    _("Commission"),
    _("Net"),
    _("Days past due"),
    _("Agency's reference"),
    _("Proposed by"),
    _("Proposed on"),
    _("Handed over on"),
    _("Ended on"),
)


@require_GET
def placement_list(request: StaffRequest) -> HttpResponse:
    """Show the board, or the list of placements under a filter with its sums."""
    company, only = request.actor.company, placement_filter(request)
    context: dict[str, Any] = {"only": only, "states": Status.choices}
    if only == PlacementFilter(agency_id=only.agency_id) and "state" not in request.GET:
        context["board"] = placement_board(company, agency_id=only.agency_id)
        return render(request, "web/placements.html", context)
    page = page_asked(request, lambda cursor: placement_rows(company, only, cursor=cursor))
    context |= {"page": page, "totals": placement_totals(company, only)}
    return render(request, "web/placements.html", context)


@require_GET
def placements_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every placement under the page's filter."""
    only = placement_filter(request)
    found = every_row(partial(placement_rows, request.actor.company, only))
    return file_response(
        kind,
        name=f"placements-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def placement_show(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Show one placement: checks, items, money, what happened, and what may be done now."""
    detail = placement_detail(request.actor.company, placement_id)
    if detail is None:
        raise Http404
    context = {"detail": detail, "row": detail.row, "moves": moves_of(detail.row.status)}
    return render(request, "web/placement.html", context)


@require_GET
def placement_pack(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Return the evidence as the agency gets it: the very bytes whose hash is kept."""
    packs = EvidencePack.objects.select_related("placement")
    pack = get_object_or_404(
        packs, placement=placement_id, placement__company=request.actor.company
    )
    return zip_response(bytes(pack.content), name=f"evidence-{pack.placement.number}")


def zip_response(content: bytes, *, name: str) -> HttpResponse:
    """Return a ZIP as a download."""
    response = HttpResponse(content, content_type=ZIP)
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def moves_of(status: str) -> frozenset[str]:
    """Return the statuses a placement may take next."""
    return frozenset(str(after.value) for after in Placement.MOVES[Status(status)])


def placement_filter(request: StaffRequest) -> PlacementFilter:
    """Return the filter of the address; what is no filter is left out."""
    told = request.GET
    state, cohort = told.get("state", ""), told.get("cohort", "")
    ended_as, currency = told.get("ended_as", ""), told.get("currency", "")[:3].upper()
    return PlacementFilter(
        state=state if state in STATES else "",
        agency_id=read_key(told.get("agency", "")),
        customer_id=read_key(told.get("customer", "")),
        cohort=cohort if cohort_days(cohort) else "",
        currency=currency.replace("\0", ""),
        ended_as=ended_as if ended_as in Status.values else "",
    )


def _row(row: PlacementRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        translated(row.status_label),
        row.agency_name,
        row.customer_number,
        row.customer_name,
        code,
        from_minor(row.placed_minor, code),
        from_minor(row.collected_minor, code),
        from_minor(row.commission_minor, code),
        from_minor(row.collected_minor - row.commission_minor, code),
        row.age_days,
        row.reference,
        row.proposed_by,
        row.proposed_on,
        row.transmitted_on,
        row.ended_on,
    )
