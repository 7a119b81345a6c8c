"""The whole story of a customer: searched, filtered, exported, as far as a role may read it."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.pages import PAGE_SIZE, CursorError, Page, every_row
from dunwell.queries.timeline import timeline
from dunwell.queries.timeline_rows import KINDS, TimelineFilter, TimelineRow
from dunwell.templatetags.events import row_look
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404
from dunwell.web.exports import file_response
from dunwell.web.keys import read_day
from dunwell.web.staff import StaffRequest

KIND_LABELS = {
    "event": _("Events"),
    "promise": _("Promises"),
    "message": _("Messages"),
    "note": _("Notes and calls"),
    "payment": _("Payments"),
    "signal": _("Views and deliveries"),
    "inbound": _("Mail from the customer"),
    "rating": _("Credit ratings"),
}
COLUMNS = (
    _("Moment"),
    _("Kind"),
    _("What happened"),
    _("Title"),
    _("Text"),
    _("By"),
    _("Currency"),
    _("Amount"),
    _("Hidden"),
)


@require_GET
def timeline_show(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the timeline of a customer with a search and filters."""
    customer = customer_or_404(request, customer_id)
    only = _only(request)
    tell = partial(
        timeline, request.actor.company, customer.pk, rights=request.actor.rights, only=only
    )
    try:
        story = tell(cursor_text=request.GET.get("cursor", ""))
    except CursorError:
        story = tell()
    context = {
        "customer": customer,
        "story": story,
        "only": only,
        "kind": next(iter(only.kinds), ""),
        "kinds": KIND_LABELS.items(),
    }
    return render(request, "web/timeline.html", context)


@require_GET
def timeline_export(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Return every row of the timeline under the page's filter."""
    customer = customer_or_404(request, customer_id)

    def read(cursor: str = "", limit: int = PAGE_SIZE) -> Page[TimelineRow]:
        return timeline(
            request.actor.company,
            customer.pk,
            rights=request.actor.rights,
            only=_only(request),
            cursor_text=cursor,
            limit=limit,
        )

    return file_response(
        kind,
        name=f"timeline-{customer.number}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in every_row(read)),
    )


def _only(request: StaffRequest) -> TimelineFilter:
    """Return the filter of the address."""
    kind = request.GET.get("kind", "")
    return TimelineFilter(
        kinds=(kind,) if kind in KINDS else (),
        text=request.GET.get("q", "").strip()[:80],
        from_on=read_day(request.GET.get("from", "")),
        until_on=read_day(request.GET.get("until", "")),
    )


def _row(row: TimelineRow) -> tuple[Value, ...]:
    amount = None if row.amount_minor is None else from_minor(row.amount_minor, row.currency)
    return (
        row.at.isoformat(),
        row.kind,
        str(row_look(row).label),
        row.title,
        row.text,
        row.actor,
        row.currency,
        amount if row.currency else None,
        translated("yes") if row.is_redacted else "",
    )
