"""Pages about connections to outside ledgers: state, syncs, and buttons for one of them."""

from functools import partial

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.connections import (
    ask_for_sync,
    change_connection,
    end_connection,
    pull_again,
)
from dunwell.actions.gate import Refused
from dunwell.jobs.connections import begin_syncing, try_connection
from dunwell.models import Connection
from dunwell.queries.connections import ConnectionSyncRow, connection_rows, connection_sync_rows
from dunwell.web.answers import done, progress, refused
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


def connection_or_404(request: StaffRequest, connection_id: int) -> Connection:
    """Return a connection of the company that has not ended; of others there is none."""
    found: QuerySet[Connection] = Connection.objects.filter(ended_at=None)
    return get_object_or_404(found, pk=connection_id, company=request.actor.company)


@needs("connection.sync")
@require_GET
def connection_list(request: StaffRequest) -> HttpResponse:
    """List the connections with their state, syncs and tie-out."""
    context = {"rows": connection_rows(request.actor.company), "section": "connections"}
    return render(request, "web/connections.html", context)


@needs("connection.sync")
@require_GET
def connection_show(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Show one connection: who is there, the tie-out, what waits, and its syncs."""
    connection = connection_or_404(request, connection_id)
    company = request.actor.company
    read = partial(connection_sync_rows, company, connection_id=connection.pk)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "row": connection_rows(company, only=connection.pk)[0],
        "running": _running(request, connection),
        "page": page,
    }
    return render(request, "web/connection.html", context)


@needs("connection.sync")
@require_GET
def connection_progress(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Return how far a sync is; once it is over, htmx loads the page again."""
    connection = connection_or_404(request, connection_id)
    running = _running(request, connection)
    context = {"connection_id": connection.pk, "running": running} if running else None
    return progress(request, "web/connection_progress.html", context)


@needs("connection.manage")
@require_POST
def connection_switch(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Pause a connection, or let it go on."""
    connection = connection_or_404(request, connection_id)
    back = reverse("connection", args=[connection.pk])
    try:
        changed = change_connection(
            actor=request.actor,
            connection=connection,
            name=connection.name,
            settings=connection.settings,
            every_minutes=connection.every_minutes,
            is_on=request.POST.get("is_on") == "1",
            version=connection.version,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("The connection goes on.") if changed.is_on else gettext("It is paused.")
    return done(request, text, back=back)


@needs("connection.manage")
@require_POST
def connection_sync(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Sync now, in the background."""
    connection = connection_or_404(request, connection_id)
    back = reverse("connection", args=[connection.pk])
    try:
        ask_for_sync(actor=request.actor, connection=connection, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    begin_syncing(connection.pk)
    return done(request, gettext("The sync runs."), back=back)


@needs("connection.manage")
@require_POST
def connection_again(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Read everything there once more, in the background."""
    connection = connection_or_404(request, connection_id)
    back = reverse("connection", args=[connection.pk])
    try:
        pull_again(actor=request.actor, connection=connection, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    begin_syncing(connection.pk)
    return done(request, gettext("Everything is read once more."), back=back)


@needs("connection.manage")
@require_POST
def connection_test(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Sign in there and say who answered."""
    connection = connection_or_404(request, connection_id)
    back = reverse("connection", args=[connection.pk])
    try:
        tried = try_connection(actor=request.actor, connection=connection)
    except Refused as refusal:
        return refused(request, refusal, back=back)
    if tried.fault:
        return refused(request, Refused(f"{tried.fault}: {tried.error}"), back=back)
    text = gettext("%(product)s %(version)s answers: %(company)s.") % {
        name: tried.system.get(name, "") for name in ("product", "version", "company")
    }
    return done(request, text, back=back)


@needs("connection.manage")
@require_POST
def connection_end(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Remove a connection: its secret is wiped, what came by it stays."""
    connection = connection_or_404(request, connection_id)
    end_connection(actor=request.actor, connection=connection, at=clock.now())
    text = gettext("Connection %(name)s is removed; its secret is wiped.")
    return done(request, text % {"name": connection.name}, back=reverse("connections"))


def _running(request: StaffRequest, connection: Connection) -> ConnectionSyncRow | None:
    company = request.actor.company
    rows = connection_sync_rows(company, connection_id=connection.pk, limit=1).rows
    return rows[0] if rows and rows[0].status == "running" else None
