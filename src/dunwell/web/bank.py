"""Bank pages: how far each account reaches, files in, and the statements of an account."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.bank_accounts import edit_bank_account
from dunwell.actions.bank_files import receive_bank_files
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.uploads import Upload
from dunwell.engine.money import from_minor
from dunwell.formats.currencies import ISO_CODES
from dunwell.jobs.background import begin
from dunwell.jobs.bank_files import read_file, read_received
from dunwell.models import BankAccount, BankFile
from dunwell.queries.bank import (
    FeedRow,
    asking_files,
    feed_rows,
    file_card,
    file_rows,
    waiting_files,
)
from dunwell.queries.bank_entries import open_entries
from dunwell.queries.bank_statements import broken_statements, statement_rows
from dunwell.queries.remittances import remittance_counts
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done, form_page, progress
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

AT_ONCE_BYTES = 1024 * 1024
"""Uploads up to this size are read before the page answers; larger ones in the background."""
FEED_COLUMNS = (
    _("Account"),
    _("Name"),
    _("Currency"),
    _("Covers until"),
    _("Business days behind"),
    _("Files"),
    _("Statements"),
    _("Entries"),
    _("Gaps"),
    _("Opening"),
    _("Entries, sum"),
    _("Told twice"),
    _("Missing"),
    _("Closing"),
)


class AccountForm(forms.Form):
    """What an account of ours is called, and whether it is still used."""

    name = forms.CharField(label=_("Name"), max_length=120)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    creditor_id = forms.CharField(
        label=_("Creditor identifier"),
        max_length=35,
        required=False,
        help_text=_("For direct debits."),
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_("An account no longer used does not hold reminders back."),
    )


class CurrencyForm(forms.Form):
    """The currency of an account whose files tell none."""

    currency = forms.CharField(label=_("Currency of the account"), min_length=3, max_length=3)

    def clean_currency(self) -> str:
        """Return the code in capitals; only currencies that exist."""
        code: str = self.cleaned_data["currency"].upper()
        if code not in ISO_CODES:
            raise forms.ValidationError(
                gettext("%(code)s is no currency; write three letters such as EUR.")
                % {"code": code}
            )
        return code


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@require_http_methods(["GET", "POST"])
def bank(request: StaffRequest) -> HttpResponse:
    """Show how far every account reaches, and take bank files in."""
    if request.method == "POST":
        cap = CappedUpload(request, limit_bytes=settings.IMPORT_LIMIT_BYTES)
        request.upload_handlers.insert(0, cap)
        return _receive(request, cap)
    return _feeds(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    # reading the form is what brings the files in
    files = _uploads(request)
    if cap.is_over:
        most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
        text = gettext("The files are larger than %(most)d MB together. Send fewer at once.")
        return _feeds(request, refusal=text % {"most": most})
    try:
        received = receive_bank_files(actor=request.actor, files=files, at=clock.now())
    except Refused as refusal:
        status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
        return _feeds(request, refusal=spoken(refusal), status=status)
    _begin(request, size=sum(len(file.data) for file in files))
    if len(received) == 1:
        waits = BankFile.objects.filter(pk=received[0].pk, status=BankFile.Status.ASKS).exists()
        return redirect("bank-answers" if waits else "bank-file", received[0].pk)
    return redirect(f"{reverse('bank-files')}?of={len(received)}")


@require_GET
def bank_files(request: StaffRequest) -> HttpResponse:
    """List the bank files received, the newest first."""
    company = request.actor.company
    waiting = waiting_files(company)
    if waiting:
        _begin(request)
        waiting = waiting_files(company)
    page = page_asked(request, lambda cursor: file_rows(company, cursor=cursor))
    context = {"page": page, **_progress(request, waiting), **tab_counts(request)}
    return render(request, "web/bank_files.html", context)


@require_GET
def bank_progress(request: StaffRequest) -> HttpResponse:
    """Return the progress bar alone; once all is read, htmx loads the page again."""
    waiting = waiting_files(request.actor.company)
    if waiting:
        _begin(request)
        waiting = waiting_files(request.actor.company)
    context = _progress(request, waiting) if waiting else None
    return progress(request, "web/bank_progress.html", context)


@require_GET
def bank_file_show(request: StaffRequest, file_id: int) -> HttpResponse:
    """Show a bank file: what became of it, its statements, or why it was refused."""
    company = request.actor.company
    card = file_card(company, file_id)
    if card is None:
        raise Http404
    if card.row.status == BankFile.Status.RECEIVED:
        _begin(request)
        card = file_card(company, file_id) or card
    statements = partial(statement_rows, company, file_id=file_id)
    page = page_asked(request, lambda cursor: statements(cursor=cursor))
    waiting = int(card.row.status == BankFile.Status.RECEIVED)
    context = {
        "card": card,
        "row": card.row,
        "page": page,
        "form": CurrencyForm(initial={"currency": company.currency}),
        **_progress(request, waiting),
        **tab_counts(request),
    }
    return render(request, "web/bank_file.html", context)


@needs("bank.import")
@require_POST
def bank_file_read(request: StaffRequest, file_id: int) -> HttpResponse:
    """Read a refused file again, with the currency of the account where it tells none."""
    file = get_object_or_404(BankFile, pk=file_id, company=request.actor.company)
    form = CurrencyForm(request.POST)
    currency = form.cleaned_data["currency"] if form.is_valid() else ""
    read_file(file_id=file.pk, as_of=request.as_of, at=clock.now(), currency=currency)
    return redirect("bank-file", file.pk)


@require_GET
def bank_account_show(request: StaffRequest, account_id: int) -> HttpResponse:
    """Show an account: its feed, what is missing, and its statements."""
    company = request.actor.company
    row = _account_row(request, account_id)
    statements = partial(statement_rows, company, account_id=account_id)
    page = page_asked(request, lambda cursor: statements(cursor=cursor))
    context = {
        "row": row,
        "account": get_object_or_404(BankAccount, pk=account_id, company=company),
        "page": page,
        "broken": broken_statements(company, account_id=account_id),
        **tab_counts(request),
    }
    return render(request, "web/bank_account.html", context)


@needs("bank.edit")
@require_http_methods(["GET", "POST"])
def bank_account_edit(request: StaffRequest, account_id: int) -> HttpResponse:
    """Change what an account is called, or that it is no longer used."""
    account = get_object_or_404(BankAccount, pk=account_id, company=request.actor.company)
    back = reverse("bank-account", args=[account.pk])
    names = ("name", "bic", "creditor_id", "is_active")
    known = {name: getattr(account, name) for name in names}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            edit_bank_account(
                actor=request.actor,
                account=account,
                as_of=request.as_of,
                at=clock.now(),
                **{name: form.cleaned_data[name] for name in names},
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Account changed."), back=back)
    context = {
        "heading": gettext("Change the account"),
        "button": gettext("Save"),
        "action": reverse("bank-account-edit", args=[account.pk]),
        "back": back,
        "crumb": account.name,
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_GET
def bank_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the feeds as the page shows them."""
    rows = (
        (
            row.account,
            row.name,
            row.currency,
            row.covers_until_on,
            row.lag_days,
            row.files,
            row.statements,
            row.entries,
            row.gaps,
            *(
                None if minor is None else from_minor(minor, row.currency)
                for minor in (
                    row.opening_minor,
                    row.entries_minor,
                    row.told_twice_minor,
                    row.missing_minor,
                    row.closing_minor,
                )
            ),
        )
        for row in feed_rows(request.actor.company, as_of=request.as_of)
    )
    return file_response(
        kind,
        name=f"bank-feeds-{request.as_of.isoformat()}",
        columns=[str(name) for name in FEED_COLUMNS],
        rows=rows,
    )


def tab_counts(request: StaffRequest) -> dict[str, int]:
    """Return what waits for a person on the other bank pages."""
    company = request.actor.company
    return {
        "open_entries": open_entries(company).count(),
        "open_remittances": remittance_counts(company)["open"],
    }


def _feeds(request: StaffRequest, *, refusal: str = "", status: int = REFUSED) -> HttpResponse:
    company = request.actor.company
    rows = feed_rows(company, as_of=request.as_of)
    context: dict[str, Any] = {
        "rows": rows,
        "refusal": refusal,
        "asking": asking_files(company),
        "blocking": [row for row in rows if row.is_active and (row.is_stale or row.gaps)],
        "limit_bytes": settings.IMPORT_LIMIT_BYTES,
        "limit_mb": settings.IMPORT_LIMIT_BYTES // 1024 // 1024,
        **_progress(request, waiting_files(company)),
        **tab_counts(request),
    }
    return render(request, "web/bank.html", context, status=status if refusal else 200)


def _uploads(request: StaffRequest) -> list[Upload]:
    return [
        Upload(name=file.name or "file", data=file.read())
        for file in request.FILES.getlist("files")
    ]


def _account_row(request: StaffRequest, account_id: int) -> FeedRow:
    for row in feed_rows(request.actor.company, as_of=request.as_of):
        if row.id == account_id:
            return row
    raise Http404


def _begin(request: StaffRequest, *, size: int | None = None) -> None:
    """Read what waits: small uploads at once, anything else in the background."""
    company = request.actor.company
    work = partial(read_received, company_id=company.pk, as_of=request.as_of, at=clock.now())
    if size is not None and size <= AT_ONCE_BYTES:
        work()
    else:
        begin(work, key=f"bank-{company.pk}")


def _progress(request: StaffRequest, waiting: int) -> dict[str, int]:
    """Return how many files wait, of how many, and how much is done in percent."""
    of = max(read_key(request.GET.get("of", "")) or 0, waiting, 1)
    return {"waiting": waiting, "of": of, "percent": 100 * (of - waiting) // of}
