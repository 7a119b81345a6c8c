"""Electronic invoices: any file looked at and converted; ours of another system taken in."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.einvoice_imports import take_einvoices
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.uploads import Upload
from dunwell.formats.einvoice.conversion import CONVERSIONS, converted
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.recognise import MOST_BYTES
from dunwell.jobs.einvoice_intake import take_in
from dunwell.jobs.invoice_rules import check_einvoice, supplied_packs
from dunwell.models import EInvoiceFile
from dunwell.queries.einvoices import EInvoiceFileRow, einvoice_file_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.kept_files import capped, sent_file
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

FORM_BYTES = 64 * 1024
MOST_TOGETHER = 200 * 1024 * 1024
"""Bytes of one upload of many files."""

Status = EInvoiceFile.Status
COLUMNS = (
    *(_("File"), _("Number"), _("Kind"), _("Buyer"), _("Customer"), _("Currency"), _("Amount")),
    *(_("Issued"), _("Due"), _("Order"), _("Format"), _("Status"), _("Reason"), _("Item")),
)


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("ledger.view")
@require_http_methods(["GET", "POST"])
def einvoice_check(request: StaffRequest) -> HttpResponse:
    """Say what a file is and which rules it breaks, or return it in another syntax."""
    if request.method == "POST":
        return _check(request, capped(request, limit_bytes=MOST_BYTES + FORM_BYTES))
    return _check_page(request)


@csrf_protect
def _check(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        if to := request.POST.get("to", ""):
            return _xml(*converted(upload.data, to))
        found = check_einvoice(upload.data)
    except (EInvoiceError, Refused) as refusal:
        return _check_page(request, refusal=spoken(refusal), to=request.POST.get("to", ""))
    return _check_page(request, found=found, name=upload.name)


@csrf_protect
def _check_page(request: StaffRequest, *, refusal: str = "", **shown: Any) -> HttpResponse:
    context = {
        "refusal": refusal,
        "conversions": [(key, one.label) for key, one in CONVERSIONS.items()],
        "supplied": supplied_packs(),
        "limit_bytes": MOST_BYTES,
        "limit_mb": MOST_BYTES // 1024**2,
        **shown,
    }
    status = REFUSED if refusal else 200
    return render(request, "web/einvoice_check.html", context, status=status)


@needs("ledger.view")
@require_GET
def einvoice_list(request: StaffRequest) -> HttpResponse:
    """List the invoices of another system that came in, with the form to send more."""
    return _list(request)


@csrf_exempt  # as above
@needs("items.import")
@require_POST
def einvoices_receive(request: StaffRequest) -> HttpResponse:
    """Take files, or zips of them, in: each is read, checked, and waits to be taken."""
    return _receive(request, capped(request, limit_bytes=MOST_TOGETHER))


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    sent = request.FILES.getlist("files")
    files = [Upload(name=one.name or "file", data=one.read()) for one in sent]
    if cap.is_over:
        most = MOST_TOGETHER // 1024**2
        return _list(
            request, Refused(gettext("Send at most %(most)d MB at once.") % {"most": most})
        )
    try:
        rows = take_in(actor=request.actor, files=files, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return _list(request, refusal)
    waiting = sum(row.status == Status.WAITING for row in rows)
    said = ngettext(
        "%(n)d file read; %(waiting)d can be taken.",
        "%(n)d files read; %(waiting)d can be taken.",
        len(rows),
    ) % {
        "n": len(rows),
        "waiting": waiting,
    }
    return done(request, said, back=reverse("einvoice-files"))


@needs("items.import")
@require_POST
def einvoices_take(request: StaffRequest) -> HttpResponse:
    """Book the ticked files as items, each wholly or not at all, and say what became of each."""
    keys = {key for text in request.POST.getlist("file") if (key := read_key(text))}
    customers = {key: request.POST.get(f"customer-{key}", "").strip()[:80] for key in keys}
    try:
        told = take_einvoices(
            actor=request.actor,
            files=keys,
            customers=customers,
            sellers_are_ours="ours" in request.POST,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return _list(request, refusal)
    troubles = {one.file_id: one.trouble for one in told if one.trouble}
    if troubles:
        return _list(request, troubles=troubles, chosen=customers, taken=len(told) - len(troubles))
    said = ngettext(
        "%(n)d invoice is in the ledger.", "%(n)d invoices are in the ledger.", len(told)
    ) % {"n": len(told)}
    return done(request, said, back=reverse("einvoice-files"))


@needs("ledger.view")
@require_GET
def einvoices_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the list under its filter as a file."""
    found = every_row(partial(einvoice_file_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"e-invoices-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in found),
    )


def _list(
    request: StaffRequest,
    refusal: Refused | None = None,
    *,
    troubles: dict[int, str] | None = None,
    chosen: dict[int, str] | None = None,
    taken: int = 0,
) -> HttpResponse:
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: einvoice_file_rows(company, cursor=cursor, **only))
    status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    context = {
        "page": page,
        "rows": [
            (row, (troubles or {}).get(row.id, ""), _number(row, chosen)) for row in page.rows
        ],
        "waiting": sum(row.status == Status.WAITING for row in page.rows),
        "left_out": len(troubles or {}),
        "taken": taken,
        "statuses": Status.choices,
        "limit_bytes": MOST_TOGETHER,
        "limit_mb": MOST_TOGETHER // 1024**2,
        "refusal": str(refusal or ""),
        **only,
    }
    return render(
        request,
        "web/einvoice_files.html",
        context,
        status=status if refusal or troubles else 200,
    )


def _number(row: EInvoiceFileRow, chosen: dict[int, str] | None) -> str:
    return (chosen or {}).get(row.id, "") or row.customer_number


def _only(request: StaffRequest) -> dict[str, Any]:
    status = request.GET.get("status", "")
    return {
        "status": status if status in Status.values else "",
        "search": request.GET.get("q", "")[:80],
    }


def _cells(row: EInvoiceFileRow) -> list[Any]:
    amount = amount_or_none(row.amount_minor, row.currency) if row.currency else None
    return [
        *(row.name, row.number, row.kind_label, row.buyer_name, row.customer_number),
        *(row.currency, amount, row.issued_on, row.due_on, row.order_number),
        *(f"{row.syntax} {row.profile}", row.status_label, row.reason, row.item_id),
    ]


def _xml(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/xml")
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
