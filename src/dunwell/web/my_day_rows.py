"""The rows behind each figure of my day, with the sum that is the figure; and as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.queries.my_day_rows import FIGURES, DayFigure, day_figure
from dunwell.templatetags.reasons import channel_label
from dunwell.web.exports import file_response
from dunwell.web.staff import StaffRequest

MOST_SHOWN = 500
"""Rows of one page; the file has all of them."""

LABELS = {
    "calls": _("Calls"),
    "reached": _("Calls that reached somebody"),
    "notes": _("Notes"),
    "promises": _("Promises got"),
    "cash_in": _("Cash in from whom I contacted"),
    "to_collect": _("To collect"),
    "promised": _("Promised"),
    "disputed": _("Disputed"),
    "dunned": _("Dunned"),
    "due_today": _("Promises due today"),
    "failed_today": _("Promises broken today"),
    "escalations": _("Escalations to me"),
    "drafts": _("Messages to my customers that wait for approval"),
    "tasks": _("Tasks due"),
}
DRAFTS = "drafts"
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("What"),
    _("Text"),
    _("On"),
    _("Currency"),
    _("Amount"),
)


@require_GET
def my_day_rows(request: StaffRequest, figure: str) -> HttpResponse:
    """Show the rows behind one figure of one's own day."""
    found = _found(request, figure)
    context = {
        "found": found,
        "rows": found.rows[:MOST_SHOWN],
        "label": LABELS[figure],
        "is_draft": figure == DRAFTS,
        "has_amounts": bool(found.totals),
    }
    return render(request, "web/my_day_rows.html", context)


@require_GET
def my_day_rows_export(request: StaffRequest, figure: str, kind: str) -> HttpResponse:
    """Return every row behind the figure."""
    found = _found(request, figure)
    return file_response(
        kind,
        name=f"my-day-{figure}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.customer_number,
                row.customer_name,
                channel_label(row.what) if figure == DRAFTS else row.what,
                row.text,
                row.on,
                row.currency,
                None if row.amount_minor is None else from_minor(row.amount_minor, row.currency),
            )
            for row in found.rows
        ),
    )


def _found(request: StaffRequest, figure: str) -> DayFigure:
    if figure not in FIGURES:
        raise Http404
    actor = request.actor
    return day_figure(
        actor.company,
        figure,
        user_id=actor.user_id,
        person=actor.name,
        roles=actor.roles,
        as_of=request.as_of,
        currency=request.GET.get("currency", "")[:3],
    )
