"""Pages about covers: the list, their deadlines, what they cover, one cover."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.cover_clock import PPM
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Cover, CoverNotice
from dunwell.queries.cover_claims import claim_rows
from dunwell.queries.cover_clocks import CoverClock, cover_clock
from dunwell.queries.cover_usage import CoverUseRow, use_page, use_rows
from dunwell.queries.covers import (
    SCOPES,
    CoverRow,
    NoticeRow,
    cover_counts,
    cover_row,
    cover_rows,
    notice_counts,
    notice_rows,
)
from dunwell.queries.events import event_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.credit_words import gap_label
from dunwell.templatetags.ui import translated
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

LABELS = {
    "standing": _("In force"),
    "expiring": _("Ending soon"),
    "requested": _("Requested"),
    "over": _("Over"),
    "all": _("All"),
}
NOTICES = ("open", "missed", "done", "moot")
SHOWN_EVENTS = 30
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Kind"),
    _("Provider"),
    _("Number"),
    _("Status"),
    _("Effect"),
    _("Currency"),
    _("Asked for"),
    _("Amount"),
    _("Share covered"),
    _("From"),
    _("Until"),
    _("Next deadline"),
    _("Missed deadlines"),
)
NOTICE_COLUMNS = (
    _("Due"),
    _("What"),
    _("Status"),
    _("Customer number"),
    _("Customer"),
    _("Provider"),
    _("Cover"),
    _("Item"),
    _("Currency"),
    _("Amount"),
    _("Done on"),
    _("By"),
    _("Note"),
)
USAGE_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Open"),
    _("Covered"),
    _("Not covered"),
    _("Why"),
    _("Chance to lose cover"),
)


@require_GET
def cover_list(request: StaffRequest) -> HttpResponse:
    """List covers, the latest entered first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: cover_rows(company, cursor=cursor, **only))
    counts = cover_counts(company, as_of=request.as_of)
    context = {
        "page": page,
        "only": only,
        "tabs": [(value, label, counts[value]) for value, label in LABELS.items()],
        "kinds": Cover.Kind.choices,
    }
    return render(request, "web/covers.html", context)


@require_GET
def covers_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every cover under the page's filter."""
    found = every_row(partial(cover_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"covers-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in found),
    )


@require_GET
def deadline_list(request: StaffRequest) -> HttpResponse:
    """List told deadlines, the soonest first."""
    company, only = request.actor.company, _notices(request)
    page = page_asked(request, lambda cursor: notice_rows(company, cursor=cursor, **only))
    counts = notice_counts(company)
    context = {
        "page": page,
        "only": only,
        "tabs": [(one, CoverNotice.Status(one).label, counts.get(one, 0)) for one in NOTICES],
        "kinds": CoverNotice.Kind.choices,
    }
    return render(request, "web/cover_deadlines.html", context)


@require_GET
def deadlines_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every told deadline under the page's filter."""
    found = every_row(partial(notice_rows, request.actor.company, **_notices(request)))
    return file_response(
        kind,
        name=f"cover-deadlines-{request.as_of.isoformat()}",
        columns=[str(name) for name in NOTICE_COLUMNS],
        rows=(_notice_line(row) for row in found),
    )


@require_GET
def usage_list(request: StaffRequest) -> HttpResponse:
    """List what covers stand behind of what customers owe, the most uncovered first."""
    rows, clock = _usage(request)
    page = page_asked(request, lambda cursor: use_page(rows, cursor=cursor))
    known = [row for row in rows if row.open_minor is not None]
    context = {
        "page": page,
        "currency": request.actor.company.currency,
        "customers": len(rows),
        "open_minor": sum(row.open_minor or 0 for row in known),
        "covered_minor": sum(row.covered_minor or 0 for row in known),
        "uncovered_minor": sum(row.uncovered_minor or 0 for row in known),
        "unknown": len(rows) - len(known),
        "alarm_ppm": clock.rules.alarm_ppm if clock else 0,
    }
    return render(request, "web/cover_usage.html", context)


@require_GET
def usage_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return what covers stand behind of every customer with one."""
    rows, _clock = _usage(request)
    return file_response(
        kind,
        name=f"cover-usage-{request.as_of.isoformat()}",
        columns=[str(name) for name in USAGE_COLUMNS],
        rows=(_usage_line(row) for row in rows),
    )


@require_GET
def cover_show(request: StaffRequest, cover_id: int) -> HttpResponse:
    """Show one cover: what is agreed, what it covers now, its deadlines and claims."""
    company = request.actor.company
    row = cover_row(company, cover_id, as_of=request.as_of)
    if row is None:
        raise Http404
    clock = cover_clock(company, as_of=request.as_of, customer_ids=[row.customer_id])
    use = clock.uses.get(row.customer_id) if clock else None
    standing = [
        (one, clock.items.get(one.item_id or 0), clock.chance(one))
        for one in (clock.deadlines if clock else ())
        if clock and one.cover_id == cover_id
    ]
    context = {
        "row": row,
        "currency": company.currency,
        "use": use,
        "of_cover": use.of_cover.get(cover_id, 0) if use else None,
        "standing": standing,
        "alarm_ppm": clock.rules.alarm_ppm if clock else PPM,
        "notices": notice_rows(company, as_of=request.as_of, status="", cover_id=cover_id).rows,
        "claims": claim_rows(company, cover_id=cover_id).rows,
        "events": event_rows(company, subject="cover", subject_id=cover_id, limit=SHOWN_EVENTS),
    }
    return render(request, "web/cover.html", context)


def _usage(request: StaffRequest) -> tuple[list[CoverUseRow], CoverClock | None]:
    company = request.actor.company
    clock = cover_clock(company, as_of=request.as_of)
    return use_rows(clock, company.currency), clock


def _only(request: StaffRequest) -> dict[str, Any]:
    asked = request.GET
    scope, kind = asked.get("scope", ""), asked.get("kind", "")
    return {
        "as_of": request.as_of,
        "scope": scope if scope in SCOPES else SCOPES[0],
        "kind": kind if kind in Cover.Kind.values else "",
        "search": asked.get("q", "")[:80].replace("\0", ""),
        "customer_id": read_key(asked.get("customer", "")),
    }


def _notices(request: StaffRequest) -> dict[str, Any]:
    asked = request.GET
    status, kind = asked.get("status", ""), asked.get("kind", "")
    return {
        "as_of": request.as_of,
        "status": status if status in NOTICES else NOTICES[0],
        "kind": kind if kind in CoverNotice.Kind.values else "",
        "customer_id": read_key(asked.get("customer", "")),
    }


def _line(row: CoverRow) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        translated(row.kind_label),
        row.provider,
        row.number,
        translated(row.status_label),
        translated(row.effect_label),
        row.currency,
        from_minor(row.asked_minor, row.currency),
        from_minor(row.amount_minor, row.currency),
        row.share_ppm / PPM,
        row.from_on,
        row.until_on,
        row.next_due_on,
        row.missed,
    )


def _notice_line(row: NoticeRow) -> tuple[Value, ...]:
    return (
        row.due_on,
        translated(row.kind_label),
        translated(row.status_label),
        row.customer_number,
        row.customer_name,
        row.provider,
        row.cover_number,
        row.item_number,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.done_on,
        row.by,
        row.note,
    )


def _usage_line(row: CoverUseRow) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.currency,
        amount_or_none(row.open_minor, row.currency),
        amount_or_none(row.covered_minor, row.currency),
        amount_or_none(row.uncovered_minor, row.currency),
        "; ".join(gap_label(gap.code) for gap in row.gaps),
        None if row.loss_ppm is None else row.loss_ppm / PPM,
    )
