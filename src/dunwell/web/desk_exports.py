"""The page about full exports: begin one, how far it is, the archives, take one or remove it."""

from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.jobs.desk_export_runs import (
    KEPT_DAYS,
    KEPT_DAYS_OPENED,
    MOST_KEPT,
    RUNNING,
    ExportRun,
    begin_export,
    export_runs,
    fetch_export,
    read_export,
    remove_export,
)
from dunwell.web.answers import done, progress, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

FORM_LABELS = {
    "parquet": _("Parquet: the smallest, with types"),
    "csv": _("CSV: read by spreadsheets and every program"),
    "json": _("JSON lines: a document for each row"),
}
STATUS_LABELS = {
    "running": _("Running"),
    "done": _("Ready"),
    "failed": _("Failed"),
    "removed": _("Removed"),
    "expired": _("Its days are over"),
}
STATUS_CHIPS = {"done": "chip-good", "failed": "chip-bad", "running": "chip-info"}


class ExportForm(forms.Form):
    """What a full export is to be."""

    format = forms.ChoiceField(label=_("Form of the tables"), choices=list(FORM_LABELS.items()))
    is_opened = forms.BooleanField(
        label=_("Write sealed fields in plain text"),
        required=False,
        help_text=_(
            "Bank data, tax ids and phone numbers. Without this the other desk needs this keyring."
        ),
    )


@needs("desk.export")
@require_GET
def desk_export_list(request: StaffRequest) -> HttpResponse:
    """Show what runs, a form for a new one, and the exports so far."""
    runs = export_runs(request.actor.company, at=clock.now())
    form = ExportForm(initial={"format": "parquet"})
    if "desk.export_opened" not in request.actor.rights:
        del form.fields["is_opened"]
    context = {
        "running": next((run for run in runs if run.status == RUNNING), None),
        "rows": [_row(run) for run in runs if run.status != RUNNING],
        "form": form,
        "days": KEPT_DAYS,
        "days_opened": KEPT_DAYS_OPENED,
        "most": MOST_KEPT,
    }
    return render(request, "web/desk_exports.html", context)


@needs("desk.export")
@require_POST
def desk_export_new(request: StaffRequest) -> HttpResponse:
    """Begin a full export in the background."""
    back = reverse("desk-exports")
    form = ExportForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused(gettext("Choose a form of the tables.")), back=back)
    told = form.cleaned_data
    try:
        _run, is_begun = begin_export(
            actor=request.actor, form=told["format"], is_opened=told["is_opened"], at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("The export runs.") if is_begun else gettext("An export runs already.")
    return done(request, text, back=back)


@needs("desk.export")
@require_GET
def desk_export_progress(request: StaffRequest) -> HttpResponse:
    """Return the progress bar alone; once the export is over, htmx loads the page again."""
    runs = export_runs(request.actor.company, at=clock.now())
    running = next((run for run in runs if run.status == RUNNING), None)
    context = {"running": running} if running else None
    return progress(request, "web/desk_exports_progress.html", context)


@needs("desk.export")
@require_POST
def desk_export_file(request: StaffRequest, desk_export_id: str) -> HttpResponseBase:
    """Return the archive of an export, read from the disk piece by piece; that is an event."""
    _or_404(request, desk_export_id)
    try:
        run, archive = fetch_export(actor=request.actor, run_id=desk_export_id, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("desk-exports"))
    name = f"dunwell-export-{run.begun_at:%Y-%m-%d-%H%M}-{run.form}.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


@needs("desk.export")
@require_POST
def desk_export_remove(request: StaffRequest, desk_export_id: str) -> HttpResponse:
    """Delete the archive of an export."""
    back = reverse("desk-exports")
    _or_404(request, desk_export_id)
    try:
        remove_export(actor=request.actor, run_id=desk_export_id, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The archive is deleted."), back=back)


def _or_404(request: StaffRequest, run_id: str) -> None:
    if read_export(request.actor.company, run_id) is None:
        raise Http404


def _row(run: ExportRun) -> dict[str, Any]:
    return {
        "run": run,
        "form": run.form.upper() if run.form != "parquet" else "Parquet",
        "status": STATUS_LABELS[run.status],
        "chip": STATUS_CHIPS.get(run.status, ""),
        "broken": ", ".join(run.broken),
    }
