"""Pages about statements for many customers at once: what is wanted, how far it is, the zip."""

from functools import partial
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.formats.account_statement_files import KINDS
from dunwell.formats.account_statement_words import LANGUAGES
from dunwell.jobs.background import begin
from dunwell.jobs.statements import (
    RUNNING,
    StatementRun,
    begin_run,
    read_run,
    run_statements,
    run_zip,
    runs_of,
)
from dunwell.queries.customers import segments_of
from dunwell.queries.statement_spans import SPANS, read_span
from dunwell.web.answers import progress, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SCOPE_LABELS = {
    "balance": _("Customers with something open now"),
    "active": _("Customers with a posting in the span"),
    "all": _("All customers"),
}
"""Whom a run is for."""


def run_context(request: StaffRequest) -> dict[str, Any]:
    """Return what the form for many customers offers, and the last runs."""
    company = request.actor.company
    return {
        "spans": list(SPANS.items()),
        "scopes": list(SCOPE_LABELS.items()),
        "segments": segments_of(company),
        "languages": LANGUAGES,
        "kinds": tuple(KINDS),
        "runs": [(run, SCOPE_LABELS.get(run.scope, run.scope)) for run in runs_of(company)],
    }


@needs("statement.make")
@require_POST
def statements_run(request: StaffRequest) -> HttpResponse:
    """Begin a run over many customers; a wrong choice is shown with the reason."""
    posted = request.POST
    language = posted.get("language", "")
    try:
        _name, span = read_span(posted, today=request.as_of)
        run = begin_run(
            actor=request.actor,
            span=span,
            scope=posted.get("scope", ""),
            segment=posted.get("segment", "")[:40],
            language=language if language in LANGUAGES else "",
            kinds=posted.getlist("kinds"),
            at=clock.now(),
        )
    except ValueError as error:
        return refused(request, Refused(str(error)), back=reverse("statements"))
    _begin(request, run)
    return redirect("statement-run", run.id)


@require_GET
def statement_run(request: StaffRequest, run_id: str) -> HttpResponse:
    """Show a run where it stands; one whose process died is begun again."""
    run = _run(request, run_id)
    if run.status == RUNNING:
        _begin(request, run)
        run = _run(request, run_id)
    context = {"run": run, "scope": SCOPE_LABELS.get(run.scope, run.scope)}
    return render(request, "web/statements_run.html", context)


@require_GET
def statement_run_progress(request: StaffRequest, run_id: str) -> HttpResponse:
    """Return the progress bar alone; once the run is over, htmx loads the page again."""
    run = _run(request, run_id)
    if run.status == RUNNING:
        _begin(request, run)
        run = _run(request, run_id)
    context = {"run": run} if run.status == RUNNING else None
    return progress(request, "web/statements_progress.html", context)


@require_GET
def statement_run_zip(request: StaffRequest, run_id: str) -> HttpResponseBase:
    """Return the zip of a finished run."""
    run = _run(request, run_id)
    path = run_zip(request.actor.company, run_id)
    if path is None:
        raise Http404
    name = f"statements-{run.from_on.isoformat()}-{run.to_on.isoformat()}.zip"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="application/zip"
    )


def _begin(request: StaffRequest, run: StatementRun) -> None:
    work = partial(
        run_statements,
        company_id=request.actor.company.pk,
        run_id=run.id,
        as_of=request.as_of,
        at=clock.now(),
    )
    begin(work, key=f"statements-{request.actor.company.pk}-{run.id}")


def _run(request: StaffRequest, run_id: str) -> StatementRun:
    run = read_run(request.actor.company, run_id)
    if run is None:
        raise Http404
    return run
