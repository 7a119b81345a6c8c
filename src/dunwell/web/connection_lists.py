"""Lists of connections: what differs after a sync, write-backs to decide on, and all as files."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.connection_changes import decide_changes
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.jobs.connections import begin_writing
from dunwell.models import ConnectionChange
from dunwell.queries.connections import (
    ConnectionChangeRow,
    ConnectionRow,
    ConnectionSyncRow,
    connection_change_rows,
    connection_difference_rows,
    connection_rows,
    connection_sync_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, refused
from dunwell.web.connections import connection_or_404
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

CONNECTION_COLUMNS = (
    _("Connection"),
    _("Kind"),
    _("On"),
    _("Last sync"),
    _("Next sync"),
    _("Error"),
    _("Currency"),
    _("Open there"),
    _("Open here"),
    _("Documents that differ"),
    _("Waiting for approval"),
)
DIFFERENCE_COLUMNS = (
    _("Document"),
    _("Customer"),
    _("Currency"),
    _("Open there"),
    _("Open here"),
    _("Difference"),
)
CHANGE_COLUMNS = (
    _("Number"),
    _("Customer number"),
    _("Customer"),
    _("Kind"),
    _("Before"),
    _("After"),
    _("Currency"),
    _("Status"),
    _("Error"),
    _("Proposed at"),
    _("Decided by"),
    _("Written at"),
)
Status = ConnectionChange.Status


@needs("connection.sync")
@require_GET
def connections_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the connections, a row per currency of the tie-out."""
    found = connection_rows(request.actor.company)
    return file_response(
        kind,
        name=f"connections-{request.as_of.isoformat()}",
        columns=[str(name) for name in CONNECTION_COLUMNS],
        rows=[line for row in found for line in _connection_lines(row)],
    )


@needs("connection.sync")
@require_GET
def change_list(request: StaffRequest, connection_id: int) -> HttpResponse:
    """List write-backs of a connection with before and after, to be approved or dismissed."""
    connection = connection_or_404(request, connection_id)
    company, status = request.actor.company, _status(request)
    read = partial(connection_change_rows, company, connection_id=connection.pk, status=status)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "row": connection_rows(company, only=connection.pk)[0],
        "page": page,
        "rows": [(one, *told_change(one)) for one in page.rows],
        "status": status,
        "statuses": Status.choices,
        "may_decide": status == Status.TRIED and "connection.approve" in request.actor.rights,
    }
    return render(request, "web/connection_changes.html", context)


@needs("connection.sync")
@require_GET
def changes_export(request: StaffRequest, connection_id: int, kind: str) -> HttpResponse:
    """Return every write-back of a connection under the page's filter."""
    connection = connection_or_404(request, connection_id)
    read = partial(
        connection_change_rows,
        request.actor.company,
        connection_id=connection.pk,
        status=_status(request),
    )
    return file_response(
        kind,
        name=f"connection-{connection.pk}-changes-{request.as_of.isoformat()}",
        columns=[str(name) for name in CHANGE_COLUMNS],
        rows=(_change_line(row) for row in every_row(read)),
    )


@needs("connection.approve")
@require_POST
def changes_decide(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Approve or dismiss the chosen write-backs, all or none; what is approved is written."""
    connection = connection_or_404(request, connection_id)
    back = reverse("connection-changes", args=[connection.pk])
    chosen = [int(key) for key in request.POST.getlist("change") if key.isdigit()]
    is_approved = request.POST.get("decision") == "approve"
    try:
        count = decide_changes(
            actor=request.actor,
            connection=connection,
            change_ids=chosen,
            is_approved=is_approved,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    if not is_approved:
        text = ngettext("%(n)d change dismissed.", "%(n)d changes dismissed.", count)
        return done(request, text % {"n": count}, back=back)
    begin_writing(connection.pk)
    text = ngettext(
        "%(n)d change approved; it is written now.",
        "%(n)d changes approved; they are written now.",
        count,
    )
    return done(request, text % {"n": count}, back=back)


@needs("connection.sync")
@require_GET
def sync_show(request: StaffRequest, connection_id: int, sync_id: int) -> HttpResponse:
    """Show one sync: what came, the tie-out per currency, and the documents that differ."""
    connection = connection_or_404(request, connection_id)
    company = request.actor.company
    sync = _sync(request, connection.pk, sync_id)
    read = partial(connection_difference_rows, company, sync_id=sync.id)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {"connection": connection, "sync": sync, "page": page}
    return render(request, "web/connection_sync.html", context)


@needs("connection.sync")
@require_GET
def differences_export(
    request: StaffRequest, connection_id: int, sync_id: int, kind: str
) -> HttpResponse:
    """Return every document that differs after a sync."""
    connection = connection_or_404(request, connection_id)
    sync = _sync(request, connection.pk, sync_id)
    read = partial(connection_difference_rows, request.actor.company, sync_id=sync.id)
    return file_response(
        kind,
        name=f"connection-{connection.pk}-differences-{sync.id}",
        columns=[str(name) for name in DIFFERENCE_COLUMNS],
        rows=(
            (
                row.number,
                row.customer,
                row.currency,
                amount_or_none(row.theirs_minor, row.currency),
                amount_or_none(row.ours_minor, row.currency),
                from_minor(row.by_minor, row.currency),
            )
            for row in every_row(read)
        ),
    )


def told_change(row: ConnectionChangeRow) -> tuple[str, str]:
    """Return what stands there and what shall, as a person reads it."""
    if row.kind == ConnectionChange.Kind.HOLD:
        words = {True: gettext("held"), False: gettext("not held")}
        return words[bool(row.before)], words[bool(row.value)]
    if row.kind == ConnectionChange.Kind.NOTE:
        return "", row.value
    return (
        f"{row.before} {row.currency}" if row.before else gettext("none"),
        f"{row.value} {row.currency}",
    )


def _status(request: StaffRequest) -> str:
    status = request.GET.get("status", Status.TRIED.value)
    return status if status in (*Status.values, "") else Status.TRIED.value


def _sync(request: StaffRequest, connection_id: int, sync_id: int) -> ConnectionSyncRow:
    found = connection_sync_rows(
        request.actor.company, connection_id=connection_id, only=sync_id, limit=1
    ).rows
    if not found:
        raise Http404
    return found[0]


def _connection_lines(row: ConnectionRow) -> list[tuple[Value, ...]]:
    head = (
        row.name,
        row.kind_label,
        row.is_on,
        row.last_at.isoformat() if row.last_at else None,
        row.next_at.isoformat() if row.next_at else None,
        row.error,
    )
    totals: list[dict[str, Any]] = row.compared_totals
    if not totals:
        return [(*head, "", None, None, None, row.waiting)]
    return [
        (
            *head,
            one["currency"],
            from_minor(one["theirs_minor"], one["currency"]),
            from_minor(one["ours_minor"], one["currency"]),
            one["differences"],
            row.waiting,
        )
        for one in totals
    ]


def _change_line(row: ConnectionChangeRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.customer_number,
        row.customer,
        translated(row.kind_label),
        row.before,
        row.value,
        row.currency,
        translated(row.status_label),
        row.error,
        row.proposed_at.isoformat(),
        row.decided_by,
        row.written_at.isoformat() if row.written_at else None,
    )
