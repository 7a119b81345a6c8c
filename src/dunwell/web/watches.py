"""Pages about customers under watch: the list, one watch, and its checks."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from dunwell.formats.exports import Value
from dunwell.models import ExposureFreeze
from dunwell.queries.pages import every_row
from dunwell.queries.watches import (
    RUNNING,
    SCOPES,
    WatchRow,
    watch_counts,
    watch_detail,
    watch_rows,
)
from dunwell.templatetags.ui import translated
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest
from dunwell.web.watch_steps import COLUMNS, LABELS


@require_GET
def watch_list(request: StaffRequest) -> HttpResponse:
    """List watches, the soonest check first."""
    only = _only(request)
    company = request.actor.company
    page = page_asked(request, lambda cursor: watch_rows(company, cursor=cursor, **only))
    counts = watch_counts(company, as_of=request.as_of, user_id=request.actor.user_id)
    context = {
        "page": page,
        "scope": only["scope"],
        "scopes": [(value, label, counts.get(value)) for value, label in LABELS.items()],
    }
    return render(request, "web/watches.html", context)


@require_GET
def watches_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every watch under the page's filter."""
    found = every_row(partial(watch_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"watches-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def watch_show(request: StaffRequest, watch_id: int) -> HttpResponse:
    """Show one watch: its agenda, its checks, what is known now, and its freezes."""
    detail = watch_detail(request.actor.company, watch_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    return render(
        request,
        "web/watch.html",
        {
            "detail": detail,
            "row": detail.row,
            "standing": next((one for one in detail.freezes if one.status == "standing"), None),
        },
    )


@require_GET
def freeze_show(request: StaffRequest, freeze_id: int) -> HttpResponse:
    """Go to the watch of a freeze, where it is shown."""
    freeze = get_object_or_404(ExposureFreeze, pk=freeze_id, company=request.actor.company)
    return redirect("watch", freeze.watch_id)


def _only(request: StaffRequest) -> dict[str, Any]:
    scope = request.GET.get("scope", "")
    return {
        "as_of": request.as_of,
        "scope": scope if scope in SCOPES else RUNNING,
        "user_id": request.actor.user_id,
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: WatchRow) -> tuple[Value, ...]:
    return (
        row.playbook,
        row.customer_number,
        row.customer_name,
        translated(row.status_label),
        row.reason,
        row.sponsor,
        translated(row.way_label),
        row.every_days,
        row.next_on,
        row.checks,
        row.last_check_on,
        row.freeze,
        row.from_on,
        row.ended_on,
        row.result,
    )
