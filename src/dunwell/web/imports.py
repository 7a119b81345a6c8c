"""The import wizard: upload, what was seen, confirm, progress, result; and past imports."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.imports import refuse_import, start_import
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.currencies import ISO_CODES
from dunwell.jobs.background import begin
from dunwell.jobs.imports import check_batch, run_batch
from dunwell.models import ImportBatch, ImportFinding
from dunwell.queries.import_batches import (
    batch_rows,
    finding_counts,
    finding_rows,
    header_hash,
    profile_rows,
)
from dunwell.queries.import_previews import import_preview
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done, progress, refused
from dunwell.web.import_mappings import file_heads, table_views
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

AT_ONCE_BYTES = 2 * 1024 * 1024
"""Uploads up to this size are checked before the page answers; larger ones in the background."""

Status = ImportBatch.Status
USUAL_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK")


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@require_http_methods(["GET", "POST"])
def import_list(request: StaffRequest) -> HttpResponse:
    """List past imports under the upload form; a POST takes files in."""
    if request.method == "POST":
        cap = CappedUpload(request, limit_bytes=settings.IMPORT_LIMIT_BYTES)
        request.upload_handlers.insert(0, cap)
        return _receive(request, cap)
    return _list(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    # reading the form is what brings the files in
    files = _uploads(request)
    if cap.is_over:
        return _list(request, refusal=_too_large())
    try:
        batch = receive_upload(
            actor=request.actor,
            files=files,
            at=clock.now(),
        )
    except Refused as refusal:
        return _list(request, refusal=spoken(refusal), status=_status(refusal))
    _begin_check(batch)
    return redirect("import", batch.pk)


@require_GET
def import_show(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Show an import where it stands: what was seen, how far it is, or how it came out."""
    batch = _batch(request, batch_id)
    if batch.status == Status.UPLOADED:
        _begin_check(batch)
    elif batch.status == Status.RUNNING:
        _begin_run(request, batch)
    batch.refresh_from_db()
    return _page(request, batch)


@require_GET
def import_progress(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Return the progress bar alone; once there is more to see, htmx loads the page again."""
    batch = _batch(request, batch_id)
    if batch.status == Status.RUNNING:
        _begin_run(request, batch)
        batch.refresh_from_db()
    goes_on = batch.status in {Status.RUNNING, Status.UPLOADED}
    return progress(request, "web/imports_progress.html", {"batch": batch} if goes_on else None)


@needs("items.import")
@require_POST
def import_confirm(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Confirm what was seen: the import runs in the background from here."""
    batch = _batch(request, batch_id)
    if _unknown_rows(batch) and not request.POST.get("keep_unknown"):
        refusal = gettext(
            "Some rows name no currency. Choose the currency they are in, or tick that they "
            "stay without one."
        )
        return _page(request, batch, refusal=refusal)
    try:
        batch = start_import(actor=request.actor, batch=batch, at=clock.now())
    except Refused as refusal:
        return _page(request, batch, refusal=spoken(refusal))
    _begin_run(request, batch)
    return redirect("import", batch.pk)


@needs("items.import")
@require_POST
def import_drop(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Drop an import that was not confirmed; nothing of it reaches the ledger."""
    batch = _batch(request, batch_id)
    try:
        refuse_import(
            actor=request.actor,
            batch=batch,
            reason=gettext("Dropped before it was confirmed."),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("import", args=[batch.pk]))
    text = gettext("%(name)s is dropped; nothing was imported.") % {"name": batch.name}
    return done(request, text, back=reverse("imports"))


@require_GET
def import_findings(request: StaffRequest, batch_id: int) -> HttpResponse:
    """List the findings of one kind, row by row."""
    batch = _batch(request, batch_id)
    code = request.GET.get("code", "")[:40].replace("\0", "")
    action = request.GET.get("action", "")
    action = action if action in ImportFinding.Action.values else ""
    rows = partial(finding_rows, batch, code=code, action=action)
    page = page_asked(request, lambda cursor: rows(cursor=cursor))
    context = {
        "batch": batch,
        "page": page,
        "code": code,
        "action": action,
        "kinds": finding_counts(batch),
    }
    return render(request, "web/imports_findings.html", context)


def _list(request: StaffRequest, *, refusal: str = "", status: int = REFUSED) -> HttpResponse:
    company = request.actor.company
    page = page_asked(request, lambda cursor: batch_rows(company, cursor=cursor))
    context = {
        "page": page,
        "refusal": refusal,
        "limit_bytes": settings.IMPORT_LIMIT_BYTES,
        "limit_mb": settings.IMPORT_LIMIT_BYTES // 1024 // 1024,
    }
    return render(request, "web/imports.html", context, status=status if refusal else 200)


def _page(request: StaffRequest, batch: ImportBatch, *, refusal: str = "") -> HttpResponse:
    totals = [_total(row) for row in batch.totals]
    context: dict[str, Any] = {
        "batch": batch,
        "refusal": refusal,
        "findings": finding_counts(batch),
        "totals": totals,
        "refused_items": sum(row["refused_rows"] for row in totals if row["role"] == "items"),
        "is_waiting": batch.status in {Status.UPLOADED, Status.RUNNING},
    }
    if batch.status == Status.CHECKED:
        heads = file_heads(batch)
        preview = import_preview(heads, profile=batch.profile)
        prints = header_hash(batch.detected)
        context |= {
            "preview": preview,
            "tables": table_views(batch, heads, preview),
            "profiles": profile_rows(request.actor.company, header_hash=prints),
            "currencies": sorted(ISO_CODES),
            "usual": USUAL_CURRENCIES,
            "has_unknown": _unknown_rows(batch),
        }
    status = REFUSED if refusal else 200
    return render(request, "web/import.html", context, status=status)


def _uploads(request: StaffRequest) -> list[Upload]:
    return [
        Upload(name=file.name or "file", data=file.read())
        for file in request.FILES.getlist("files")
    ]


def _status(refusal: Refused) -> int:
    return FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED


def _total(row: dict[str, Any]) -> dict[str, Any]:
    """Return a control total with every part, and whether it ties."""
    parts = {
        f"{part}_{unit}": int(row.get(f"{part}_{unit}" if unit == "minor" else f"rows_{part}", 0))
        for part in ("in", "imported", "known", "refused")
        for unit in ("minor", "rows")
    }
    explained = sum(parts[f"{part}_minor"] for part in ("imported", "known", "refused"))
    return {
        "role": row["role"],
        "currency": row["currency"] or UNKNOWN_CURRENCY,
        **parts,
        "ties": explained == parts["in_minor"],
    }


def _unknown_rows(batch: ImportBatch) -> int:
    """Return how many money rows name no currency."""
    return sum(
        int(row.get("rows_imported", 0))
        for row in batch.totals
        if row["role"] in {"items", "payments", "orders"}
        and row["currency"] in {"", UNKNOWN_CURRENCY}
    )


def _begin_check(batch: ImportBatch) -> None:
    work = partial(check_batch, batch_id=batch.pk, at=clock.now())
    if batch.size_bytes <= AT_ONCE_BYTES:
        work()
    else:
        begin(work, key=f"import-check-{batch.pk}")


def _begin_run(request: StaffRequest, batch: ImportBatch) -> None:
    work = partial(run_batch, batch_id=batch.pk, as_of=request.as_of, at=clock.now())
    begin(work, key=f"import-run-{batch.pk}")


def _too_large() -> str:
    most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
    return gettext(
        "The files are larger than %(most)d MB together, so reading stopped. Split the export, "
        "for instance by year, or let your admin raise DUNWELL_IMPORT_LIMIT_MB."
    ) % {"most": most}


def _batch(request: HttpRequest, batch_id: int) -> ImportBatch:
    company = request.actor.company  # type: ignore[attr-defined]
    return get_object_or_404(ImportBatch, pk=batch_id, company=company)
