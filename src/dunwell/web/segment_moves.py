"""Pages about movement between segments: of a period, and as a draft would have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.pages import every_row
from dunwell.queries.segments_moves import (
    MatrixCell,
    MovedCustomer,
    Movement,
    movement_of,
    ordered_segments,
    preview_of,
)
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

DAYS = 30
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    pgettext_lazy("move", "From"),
    pgettext_lazy("move", "To"),
    _("Currency"),
    _("Owed"),
    _("Overdue"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class GridCell:
    """Customers of a cell and what they owe at home; `address` lists them, empty for none."""

    customers: int
    owed_minor: int
    address: str
    is_same: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GridRow:
    """A segment before (empty: not known yet) with its cells and their sum, the last one."""

    segment: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The matrix as a table: columns, rows, and a last row of sums."""

    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    sums: tuple[GridCell, ...]
    moved: int
    without_rate: int


@require_GET
def segment_matrix(request: StaffRequest) -> HttpResponse:
    """Show the matrix of a period: from which segment to which, customers and money."""
    first, last = _period(request)
    movement = _movement(request)
    cells = movement.cells
    named = ordered_segments(request.actor.company, cells, as_of=request.as_of)
    where = f"{reverse('segment-moved')}?from={first.isoformat()}&until={last.isoformat()}&"
    context = {
        "grid": _grid(cells, named, where),
        "from_on": first,
        "until_on": last,
        "today": request.as_of,
        "currency": request.actor.company.currency,
    }
    return render(request, "web/segments_moves.html", context)


@require_GET
def segment_moved(request: StaffRequest) -> HttpResponse:
    """List the customers of a cell, a row or a column of the matrix."""
    first, last = _period(request)
    back = f"{reverse('segment-moves')}?from={first.isoformat()}&until={last.isoformat()}"
    export = partial(reverse, "segment-moved-export")
    return _customers(
        request,
        _movement(request),
        {
            "back": back,
            "from_on": first,
            "until_on": last,
            "exports": [(name, export(args=[name])) for name in ("csv", "xlsx")],
        },
    )


@require_GET
def moved_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer of a cell, a row or a column."""
    before, after = _sides(request)
    code = request.actor.company.currency
    found = every_row(partial(_movement(request).customers, before=before, after=after))
    return file_response(
        kind,
        name=f"segment-moves-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row, code) for row in found),
    )


@require_GET
def segment_preview(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Show who would move today if a version of the policy held."""
    company = request.actor.company
    found = preview_of(company, draft_id, as_of=request.as_of)
    if found is None:
        raise Http404
    cells = found.movement.cells
    met = {name for cell in cells for name in (cell.before, cell.after)}
    named = tuple(dict.fromkeys([*found.policy.names, *sorted(met)]))
    where = reverse("segment-preview-customers", args=[draft_id])
    context = {
        "grid": _grid(cells, [name for name in named if name in met], f"{where}?"),
        "version": found.version,
        "unchased": found.unchased,
        "currency": company.currency,
    }
    return render(request, "web/segments_preview.html", context)


@require_GET
def segment_preview_customers(request: StaffRequest, draft_id: int) -> HttpResponse:
    """List the customers of a cell of the preview."""
    found = preview_of(request.actor.company, draft_id, as_of=request.as_of)
    if found is None:
        raise Http404
    back = reverse("segment-preview", args=[draft_id])
    return _customers(request, found.movement, {"back": back, "version": found.version})


def _customers(
    request: StaffRequest, movement: Movement, context: dict[str, object]
) -> HttpResponse:
    before, after = _sides(request)
    page = page_asked(
        request, lambda cursor: movement.customers(before=before, after=after, cursor=cursor)
    )
    shown = {
        "page": page,
        "before": before,
        "after": after,
        "currency": request.actor.company.currency,
        **context,
    }
    return render(request, "web/segments_moved.html", shown)


def _movement(request: StaffRequest) -> Movement:
    first, last = _period(request)
    return movement_of(request.actor.company, from_on=first, until_on=last, as_of=request.as_of)


def _period(request: StaffRequest) -> tuple[date, date]:
    """Return the period asked for, the last DAYS without one; what makes no sense falls back."""
    last = min(_day(request.GET.get("until", ""), request.as_of), request.as_of)
    first = _day(request.GET.get("from", ""), last - timedelta(days=DAYS - 1))
    return min(first, last), last


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def _sides(request: StaffRequest) -> tuple[str | None, str | None]:
    asked = request.GET
    before, after = asked.get("before"), asked.get("after")
    return (before and before[:40]) or before, (after and after[:40]) or after


def _grid(cells: Sequence[MatrixCell], named: Sequence[str], where: str) -> Grid:
    found = {(cell.before, cell.after): cell for cell in cells}
    starts = [name for name in ["", *named] if any(cell.before == name for cell in cells)]
    ends = [name for name in named if any(cell.after == name for cell in cells)]
    rows = tuple(
        GridRow(
            segment=start,
            cells=(
                *(_cell([found[key]] if (key := (start, end)) in found else [], where, start, end)
                  for end in ends),
                _cell([cell for cell in cells if cell.before == start], where, start, None),
            ),
        )
        for start in starts
    )  # fmt: skip
    sums = (
        *(_cell([c for c in cells if c.after == end], where, None, end) for end in ends),
        _cell(cells, where, None, None),
    )
    return Grid(
        columns=tuple(ends),
        rows=rows,
        sums=sums,
        moved=sum(cell.customers for cell in cells if cell.before not in {"", cell.after}),
        without_rate=sum(cell.without_rate for cell in cells),
    )


def _cell(
    cells: Sequence[MatrixCell], where: str, before: str | None, after: str | None
) -> GridCell:
    sides = {"before": before, "after": after}
    asked = urlencode({name: value for name, value in sides.items() if value is not None})
    return GridCell(
        customers=sum(cell.customers for cell in cells),
        owed_minor=sum(cell.owed_minor for cell in cells),
        address=f"{where}{asked}" if cells else "",
        is_same=before is not None and before == after,
    )


def _line(row: MovedCustomer, code: str) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.before,
        row.after,
        code,
        None if row.owed_minor is None else from_minor(row.owed_minor, code),
        None if row.overdue_minor is None else from_minor(row.overdue_minor, code),
    )
