"""Pages about answers to invoices: the list, files by hand, platforms, the French status 212."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.invoice_platforms import (
    add_invoice_platform,
    renew_platform_secret,
    switch_invoice_platform,
)
from dunwell.actions.invoice_responses import take_response_file
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.invoice_responses import MOST_BYTES
from dunwell.formats.invoice_statuses import write_cashed
from dunwell.models import InvoicePlatform, InvoiceResponse
from dunwell.queries.invoice_platforms import (
    invoice_platform_rows,
    platform_secret,
    platform_token,
)
from dunwell.queries.invoice_responses import (
    InvoiceResponseRow,
    cashed_invoices,
    cashed_rows,
    invoice_response_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.deliveries import code_name
from dunwell.templatetags.ui import translated
from dunwell.web.answers import FORBIDDEN, REFUSED, done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, download, sent_file
from dunwell.web.keys import read_day
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

COLUMNS = (
    _("Kept at"),
    _("Invoice"),
    _("Customer"),
    _("Scheme"),
    _("Identity"),
    _("Code"),
    _("Meaning"),
    _("Reasons"),
    _("Holds from"),
    _("Pays on"),
    _("Note"),
    _("What followed"),
)
CASHED_COLUMNS = (
    _("Identity"),
    _("Invoice"),
    _("Customer"),
    _("Issued"),
    _("Cashed on"),
    _("Currency"),
    _("Amount"),
)
MONTH = timedelta(days=30)
FORM_BYTES = 64 * 1024
"""Room for the form around a file."""

Scheme = InvoiceResponse.Scheme


class PlatformForm(forms.Form):
    """What a platform is called."""

    name = forms.CharField(label=_("Name"), max_length=80)


@needs("ledger.view")
@require_GET
def response_list(request: StaffRequest) -> HttpResponse:
    """List answers to invoices, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(
        request, lambda cursor: invoice_response_rows(company, cursor=cursor, **only)
    )
    context = {"tab": "responses", "page": page, "schemes": Scheme.choices, **only}
    return render(request, "web/invoice_responses.html", context)


@needs("ledger.view")
@require_GET
def responses_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every answer under the page's filter as a file."""
    found = every_row(partial(invoice_response_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"invoice-answers-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in found),
    )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("response.take")
@require_http_methods(["GET", "POST"])
def responses_upload(request: StaffRequest) -> HttpResponse:
    """Take in answers from a file by hand: XML of Peppol or France, JSON or CSV of a platform."""
    if request.method == "POST":
        return _receive(request, capped(request, limit_bytes=MOST_BYTES + FORM_BYTES))
    return _upload_page(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        file = sent_file(request, cap, most_bytes=MOST_BYTES)
        taken = take_response_file(
            actor=request.actor,
            name=file.name,
            data=file.data,
            door=InvoiceResponse.Door.UPLOAD,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return _upload_page(request, refusal)
    if taken.refused:
        return _upload_page(request, Refused(" ".join(taken.refused[:5])))
    text = ngettext(
        "%(n)d answer is new; %(known)d known from before.",
        "%(n)d answers are new; %(known)d known from before.",
        taken.new,
    )
    said = text % {"n": taken.new, "known": len(taken.taken) - taken.new}
    return done(request, said, back=reverse("invoice-responses"))


@csrf_protect
def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    context = {
        "refusal": str(refusal or ""),
        "limit_bytes": MOST_BYTES,
        "limit_mb": MOST_BYTES // 1024**2,
    }
    template = "web/invoice_responses_upload.html"
    return render(request, template, context, status=status if refusal else 200)


@needs("ledger.view")
@require_GET
def response_file(request: StaffRequest, response_id: int) -> HttpResponse:
    """Return an answer byte for byte as it came, as a download."""
    found = get_object_or_404(InvoiceResponse, pk=response_id, company=request.actor.company)
    return download(
        found.sha256, name=f"answer-{found.pk}.txt", media_type="application/octet-stream"
    )


@needs("ledger.view")
@require_GET
def cashed_list(request: StaffRequest) -> HttpResponse:
    """Show what is to be told to a French platform as cashed in a span of days."""
    from_on, until_on = _span(request)
    rows = cashed_rows(request.actor.company, from_on=from_on, until_on=until_on)
    context = {"tab": "cashed", "rows": rows, "from_on": from_on, "until_on": until_on}
    return render(request, "web/invoice_cashed.html", context)


@needs("ledger.view")
@require_GET
def cashed_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return what was cashed as CSV, XLSX, or the message (xml) a French platform takes."""
    from_on, until_on = _span(request)
    company = request.actor.company
    rows = cashed_rows(company, from_on=from_on, until_on=until_on)
    name = f"cashed-{from_on.isoformat()}-{until_on.isoformat()}"
    if kind == "xml":
        data = write_cashed(
            cashed_invoices(rows),
            message_id=f"{company.pk}-{name}",
            seller=company.name,
            made_on=request.as_of,
        )
        response = HttpResponse(data, content_type="application/xml")
        response["Content-Disposition"] = f'attachment; filename="{name}.xml"'
        return response
    return file_response(
        kind,
        name=name,
        columns=[str(column) for column in CASHED_COLUMNS],
        rows=(
            (
                row.document_id,
                row.item_number,
                row.customer_name,
                row.issued_on,
                row.cashed_on,
                row.currency,
                from_minor(row.amount_minor, row.currency),
            )
            for row in rows
        ),
    )


@needs("mailbox.edit")
@require_GET
def platform_list(request: StaffRequest) -> HttpResponse:
    """List the platforms that post answers."""
    return _platforms(request)


@needs("mailbox.edit")
@require_http_methods(["GET", "POST"])
def platform_add(request: StaffRequest) -> HttpResponse:
    """Add a platform; its address and secret are shown when they are asked for."""
    context = {
        "heading": gettext("New platform"),
        "lead": gettext("It posts answers to an address of its own and signs each post."),
        "button": gettext("Add it"),
        "action": reverse("invoice-platform-add"),
        "crumb": gettext("Platforms"),
    }
    act = partial(add_invoice_platform, actor=request.actor, at=clock.now())
    return told_page(
        request,
        PlatformForm(posted(request)),
        act,
        said=gettext("The platform is added."),
        back=reverse("invoice-platforms"),
        context=context,
    )


@needs("mailbox.edit")
@require_POST
def platform_secret_show(request: StaffRequest, platform_id: int) -> HttpResponse:
    """Make a new address and secret of a platform and show them this once."""
    platform = _platform(request, platform_id)
    try:
        renewed = renew_platform_secret(actor=request.actor, platform=platform, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("invoice-platforms"))
    address = reverse("invoice-response-hook", args=[renewed.pk, platform_token(renewed)])
    return _platforms(
        request,
        renewed=renewed,
        secret=platform_secret(renewed),
        post_address=request.build_absolute_uri(address),
    )


@needs("mailbox.edit")
@require_POST
def platform_switch(request: StaffRequest, platform_id: int) -> HttpResponse:
    """Let a platform post, or refuse all it posts."""
    platform = _platform(request, platform_id)
    back = reverse("invoice-platforms")
    is_active = request.POST.get("is_active") == "1"
    try:
        switch_invoice_platform(
            actor=request.actor, platform=platform, is_active=is_active, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    said = gettext("The platform is on.") if is_active else gettext("The platform is off.")
    return done(request, said, back=back)


def _platform(request: StaffRequest, platform_id: int) -> InvoicePlatform:
    return get_object_or_404(InvoicePlatform, pk=platform_id, company=request.actor.company)


def _platforms(request: StaffRequest, **shown: Any) -> HttpResponse:
    context = {"platforms": invoice_platform_rows(request.actor.company), **shown}
    return render(request, "web/invoice_platforms.html", {"tab": "platforms", **context})


def _only(request: StaffRequest) -> dict[str, Any]:
    scheme, code = request.GET.get("scheme", ""), request.GET.get("code", "")
    return {"scheme": scheme if scheme in Scheme.values else "", "code": code[:10]}


def _span(request: StaffRequest) -> tuple[date, date]:
    """Return the days of the address; a month until today where it names none that fit."""
    from_on, until_on = (read_day(request.GET.get(name, "")) for name in ("from", "until"))
    until_on = until_on or request.as_of
    if from_on is None or from_on > until_on:
        from_on = until_on - MONTH
    return from_on, until_on


def _cells(row: InvoiceResponseRow) -> tuple[Value, ...]:
    return (
        row.recorded_at.isoformat(),
        row.item_number,
        row.customer_name,
        translated(row.scheme_label),
        row.document_id,
        row.code,
        code_name(row.code),
        " ".join(row.reason_codes),
        row.effective_on,
        row.expected_pay_on,
        row.note,
        "; ".join(one.text for one in row.outcomes),
    )
