"""Mandates from a file: upload, every line with what would become of it, and adding the chosen."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.mandate_files import add_mandates, receive_mandate_file
from dunwell.formats.mandate_rows import (
    MOST_BYTES,
    TEMPLATE,
    MandateFile,
    MandateFileError,
    read_mandates,
)
from dunwell.formats.profile import DATE_ORDERS
from dunwell.queries.mandate_checks import checked_lines
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, file_token, kept_file, sent_file, upload_page
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
        most = min(MOST_BYTES, settings.IMPORT_LIMIT_BYTES)
        return _receive(request, capped(request, limit_bytes=most))
    return _upload_page(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        sha256 = receive_mandate_file(actor=request.actor, file=upload, at=clock.now())
    except Refused as refusal:
        return _upload_page(request, refusal)
    return redirect("mandate-file", file_token(request, upload, sha256, salt=SALT))


@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_file(request: StaffRequest, token: str) -> HttpResponse:
    """Show every line of a file and why it would be refused; a POST adds the chosen ones."""
    name, content = kept_file(request, token, salt=SALT)
    order = request.POST.get("date_order", "") or request.GET.get("date_order", "")
    order = order if order in DATE_ORDERS else ""
    try:
        read = read_mandates(content, name, date_order=order)
    except MandateFileError as error:
        return _upload_page(request, error)
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
            request, read, name=name, order=order, rows=frozenset(rows), refusal=spoken(refusal)
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


def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    return upload_page(request, "web/mandate_upload.html", most_bytes=MOST_BYTES, refusal=refusal)


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
