"""Mandates from a file: upload, every line with what would become of it, and adding the chosen."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.mandate_files import add_mandates, receive_mandate_file
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.mandate_rows import (
    MOST_BYTES,
    TEMPLATE,
    MandateFile,
    MandateFileError,
    read_mandates,
)
from dunwell.formats.profile import DATE_ORDERS
from dunwell.queries.mandate_checks import checked_lines
from dunwell.web.answers import FORBIDDEN, REFUSED, done
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

SALT = "mandate-file"
STATES = ("new", "known", "refused")
EXAMPLES = (
    (
        "M-2026-001",
        "10001",
        "Acme GmbH",
        "DE02120300000000202051",
        "",
        "CORE",
        "RCUR",
        "2026-01-31",
    ),
    ("M-2026-002", "10002", "", "FR1420041010050500013M02606", "", "B2B", "OOFF", ""),
)


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_upload(request: StaffRequest) -> HttpResponse:
    """Take a file of mandates in; nothing is added before its lines were looked at."""
    if request.method == "POST":
        cap = CappedUpload(request, limit_bytes=min(MOST_BYTES, settings.IMPORT_LIMIT_BYTES))
        request.upload_handlers.insert(0, cap)
        return _receive(request, cap)
    return _upload_page(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    # reading the form is what brings the file in
    upload = _upload(request)
    if cap.is_over:
        text = gettext("The file is larger than %(most)d MB. Send fewer lines at once.")
        return _upload_page(request, refusal=text % {"most": MOST_BYTES // 1024**2})
    if upload is None:
        return _upload_page(request, refusal=gettext("No file was sent. Choose one."))
    try:
        sha256 = receive_mandate_file(actor=request.actor, file=upload)
    except Refused as refusal:
        status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
        return _upload_page(request, refusal=str(refusal), status=status)
    told = {"company": request.actor.company.pk, "sha256": sha256, "name": upload.name[:100]}
    return redirect("mandate-file", signing.dumps(told, salt=SALT))


@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_file(request: StaffRequest, token: str) -> HttpResponse:
    """Show every line of a file and why it would be refused; a POST adds the chosen ones."""
    name, content = _kept(request, token)
    order = request.POST.get("date_order", "") or request.GET.get("date_order", "")
    order = order if order in DATE_ORDERS else ""
    try:
        read = read_mandates(content, name, date_order=order)
    except MandateFileError as error:
        return _upload_page(request, refusal=str(error))
    if request.method != "POST":
        return _file_page(request, read, name=name, order=order)
    rows = {read_key(row) or 0 for row in request.POST.getlist("row")}
    try:
        found = add_mandates(
            actor=request.actor,
            lines=read.lines,
            rows=rows,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return _file_page(
            request, read, name=name, order=order, rows=frozenset(rows), refusal=str(refusal)
        )
    text = ngettext(
        "%(n)d mandate added; %(known)d known from before.",
        "%(n)d mandates added; %(known)d known from before.",
        found.added,
    ) % {"n": found.added, "known": found.known}
    return done(request, text, back=reverse("mandates"))


@require_GET
def mandate_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    return file_response(
        kind,
        name="mandates-template",
        columns=list(TEMPLATE),
        rows=EXAMPLES,
    )


def _upload(request: StaffRequest) -> Upload | None:
    sent = request.FILES.get("file")
    return None if sent is None else Upload(name=sent.name or "file", data=sent.read())


def _upload_page(
    request: StaffRequest, *, refusal: str = "", status: int = REFUSED
) -> HttpResponse:
    context = {
        "refusal": refusal,
        "limit_bytes": MOST_BYTES,
        "limit_mb": MOST_BYTES // 1024**2,
        "here": "mandates",
    }
    return render(request, "web/mandate_upload.html", context, status=status if refusal else 200)


def _file_page(
    request: StaffRequest,
    read: MandateFile,
    *,
    name: str,
    order: str,
    rows: frozenset[int] | None = None,
    refusal: str = "",
) -> HttpResponse:
    lines = checked_lines(request.actor.company, read.lines, as_of=request.as_of)
    counts = {state: sum(line.state == state for line in lines) for state in STATES}
    context: dict[str, Any] = {
        "name": name,
        "read": read,
        "order": order,
        "lines": sorted(lines, key=lambda line: (line.state != "refused", line.row)),
        "chosen": frozenset(line.row for line in lines) if rows is None else rows,
        "counts": counts,
        "refusal": refusal,
        "here": "mandates",
    }
    return render(request, "web/mandate_file.html", context, status=REFUSED if refusal else 200)


def _kept(request: StaffRequest, token: str) -> tuple[str, bytes]:
    """Return name and bytes of an uploaded file; there is none for another company's token."""
    try:
        told = signing.loads(token, salt=SALT, max_age=24 * 3600)
        if told["company"] != request.actor.company.pk:
            raise Http404
        return told["name"], upload_path(told["sha256"]).read_bytes()
    except (signing.BadSignature, FileNotFoundError) as error:
        raise Http404 from error
