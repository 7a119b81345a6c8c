"""The files of a remote folder: what was found there, what became of it, and where it lies now."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.formats.exports import Value
from dunwell.models import ConnectionFile
from dunwell.queries.connection_files import SEEN, ConnectionFileRow, connection_file_rows
from dunwell.queries.connections import connection_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.ui import translated
from dunwell.web.connections import connection_or_404
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Number"),
    _("File"),
    _("Size in bytes"),
    _("Written at"),
    _("First seen at"),
    _("State"),
    _("Rows"),
    _("What became of it"),
    _("Dealt with at"),
    _("Moved to"),
    _("Hash"),
    _("Import"),
)
OUTCOMES = ((SEEN, _("Not taken yet")), *ConnectionFile.Outcome.choices)


@needs("connection.sync")
@require_GET
def file_list(request: StaffRequest, connection_id: int) -> HttpResponse:
    """List the files of a connection by what became of them, the newest first."""
    connection = connection_or_404(request, connection_id)
    company, outcome = request.actor.company, _outcome(request)
    read = partial(connection_file_rows, company, connection_id=connection.pk, outcome=outcome)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "row": connection_rows(company, only=connection.pk)[0],
        "page": page,
        "outcome": outcome,
        "outcomes": OUTCOMES,
    }
    return render(request, "web/connection_files.html", context)


@needs("connection.sync")
@require_GET
def files_export(request: StaffRequest, connection_id: int, kind: str) -> HttpResponse:
    """Return every file of a connection under the page's filter."""
    connection = connection_or_404(request, connection_id)
    read = partial(
        connection_file_rows,
        request.actor.company,
        connection_id=connection.pk,
        outcome=_outcome(request),
    )
    return file_response(
        kind,
        name=f"connection-{connection.pk}-files-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in every_row(read)),
    )


def _outcome(request: StaffRequest) -> str:
    outcome = request.GET.get("outcome", "")
    return outcome if outcome in (SEEN, *ConnectionFile.Outcome.values) else ""


def _line(row: ConnectionFileRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.place,
        row.size,
        row.written_at.isoformat(),
        row.seen_at.isoformat(),
        translated(row.outcome_label),
        row.rows,
        row.told,
        row.dealt_at.isoformat() if row.dealt_at else None,
        row.moved_to,
        row.sha256,
        row.import_id,
    )
