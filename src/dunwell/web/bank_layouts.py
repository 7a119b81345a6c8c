"""Bank sheets that ask: the form that answers for one, and the layouts kept from answers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.bank_layouts import answer_bank_file, forget_bank_layout
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import upload_path
from dunwell.formats.bank.sheet_preview import SheetPreview, preview_sheet
from dunwell.formats.bank.sheet_profile import DATE_ORDERS, DECIMALS, FIELDS, SIGNS
from dunwell.formats.currencies import ISO_CODES
from dunwell.jobs.background import begin
from dunwell.jobs.bank_files import read_received
from dunwell.models import BankFile, BankLayout
from dunwell.queries.bank_layouts import (
    account_numbers,
    has_numbered_account,
    layout_document,
    layout_rows,
    sheet_profile,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.bank import AT_ONCE_BYTES, tab_counts
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Layout"),
    _("Account"),
    _("Currency"),
    _("Dates"),
    _("Decimal sign"),
    _("Signs"),
    _("Column"),
    _("Taken for"),
)
USUAL_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK")


@needs("bank.import")
@require_http_methods(["GET", "POST"])
def bank_answers(request: StaffRequest, file_id: int) -> HttpResponse:
    """Show a sheet with its questions; `look` reads it so without keeping, else the answers stay.

    What is kept reads this file, those of its layout that wait, and the next ones.
    """
    file = get_object_or_404(BankFile, pk=file_id, company=request.actor.company)
    if file.status in {BankFile.Status.READ, BankFile.Status.RECEIVED}:
        if request.method == "POST":
            who = file.answered_by or gettext("Somebody")
            text = gettext(
                "%(who)s has answered for %(name)s meanwhile. Nothing you chose was used."
            )
            refusal = Refused(text % {"who": who, "name": file.name})
            return refused(request, refusal, back=reverse("bank-file", args=[file.pk]))
        return redirect("bank-file", file.pk)
    known = file.profile or layout_document(request.actor.company, file.header)
    if request.method != "POST":
        return _page(request, file, document=known)
    document = _document(request, _preview(file, known))
    if "look" in request.POST:
        return _page(request, file, document=document)
    try:
        answer_bank_file(
            actor=request.actor,
            file=file,
            version=read_key(request.POST.get("version", "")) or 0,
            document=document,
            keeps_account="keeps_account" in request.POST,
            at=clock.now(),
        )
    except Refused as refusal:
        return _page(request, file, document=document, refusal=spoken(refusal))
    _read(request, file)
    return redirect("bank-file", file.pk)


@require_GET
def bank_layouts(request: StaffRequest) -> HttpResponse:
    """List the layouts kept, with what was answered."""
    context = {"rows": layout_rows(request.actor.company), **tab_counts(request)}
    return render(request, "web/bank_layouts.html", context)


@require_GET
def bank_layouts_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the layouts as a file, a line a column."""
    return file_response(
        kind,
        name=f"bank-layouts-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.name,
                row.account,
                row.currency,
                row.date_order,
                row.decimal,
                row.signs,
                column,
                field,
            )
            for row in layout_rows(request.actor.company)
            for column, field in (row.columns or {"": ""}).items()
        ),
    )


@needs("bank.import")
@require_POST
def bank_layout_forget(request: StaffRequest, layout_id: int) -> HttpResponse:
    """Forget a layout: its next file asks again."""
    layout = get_object_or_404(BankLayout, pk=layout_id, company=request.actor.company)
    back = reverse("bank-layouts")
    try:
        forget_bank_layout(actor=request.actor, layout=layout, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("The layout of %(name)s is forgotten; its next file asks again.")
    return done(request, text % {"name": layout.name}, back=back)


def _page(
    request: StaffRequest, file: BankFile, *, document: Mapping[str, Any], refusal: str = ""
) -> HttpResponse:
    company = request.actor.company
    preview = _preview(file, document)
    accounts = account_numbers(company)
    needs_account = preview.has_no_account and has_numbered_account(company)
    context = {
        "file": file,
        "preview": preview,
        "document": document,
        "refusal": refusal,
        "accounts": accounts,
        "needs_account": needs_account and not document.get("account"),
        "needs_currency": preview.has_no_currency and not document.get("currency"),
        "can_be_read": not (preview.decisions or preview.trouble),
        # with one account only there is nothing to mix up, so it is kept unless told otherwise
        "keeps_account": "keeps_account" in request.POST or len(accounts) <= 1,
        "currencies": sorted(ISO_CODES),
        "usual": USUAL_CURRENCIES,
        **tab_counts(request),
    }
    return render(request, "web/bank_answers.html", context, status=REFUSED if refusal else 200)


def _preview(file: BankFile, document: Mapping[str, Any]) -> SheetPreview:
    try:
        content = upload_path(file.sha256).read_bytes()
    except FileNotFoundError:
        return SheetPreview(
            trouble=gettext("The uploaded file is no longer in the data folder. Upload it again.")
        )
    return preview_sheet(content, file.name, profile=sheet_profile(document))


def _document(request: StaffRequest, preview: SheetPreview) -> dict[str, Any]:
    """Return what the form says; of what it does not hold, what was recognised."""
    typed = request.POST
    document: dict[str, Any] = {}
    for name, allowed in (("date_order", DATE_ORDERS), ("decimal", DECIMALS), ("signs", SIGNS)):
        if typed.get(name, "") in allowed:
            document[name] = typed.get(name, "")
    currency = typed.get("currency", "").strip().upper()
    document["currency"] = currency if currency in ISO_CODES else ""
    document["account"] = typed.get("account", "").replace(" ", "").replace("\0", "")[:64]
    chosen = {
        column.column: typed.get(f"field-{column.place}", column.field)
        for column in preview.columns
    }
    if not preview.service:
        document["columns"] = {
            column: field if field in FIELDS else "" for column, field in chosen.items()
        }
    return {name: value for name, value in document.items() if value}


def _read(request: StaffRequest, file: BankFile) -> None:
    """Read what was answered for: a small file at once, a larger one in the background."""
    company = request.actor.company
    work = partial(read_received, company_id=company.pk, as_of=request.as_of, at=clock.now())
    if file.size_bytes <= AT_ONCE_BYTES:
        work()
    else:
        begin(work, key=f"bank-{company.pk}")
