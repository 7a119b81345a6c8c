"""Pages about closing: the closed period, journals, realised exchange differences."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.journals import acknowledge_journal, make_journal
from dunwell.actions.periods import ask_unlock, decide_unlock, lock_period
from dunwell.engine.money import from_minor
from dunwell.formats.exports import ExportError, Value
from dunwell.formats.journal import journal_csv, journal_json, journal_xlsx
from dunwell.models import Company, EntryLine, Journal, PeriodLock
from dunwell.queries.journals import (
    exported_lines,
    journal_row,
    journal_rows,
    line_rows,
    unjournaled,
)
from dunwell.queries.pages import every_row
from dunwell.queries.periods import closed_until, lock_rows, unlock_asked
from dunwell.queries.realised_fx import FxRow, fx_months, fx_pending, fx_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page
from dunwell.web.exports import KINDS, file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

FX_COLUMNS = (
    _("Booked on"),
    _("Customer"),
    _("Item"),
    _("Currency"),
    _("Amount"),
    _("Payment"),
    _("Payment currency"),
    _("Of the payment"),
    _("Gain"),
)


class LockForm(forms.Form):
    """The last day of the period, and why it is closed."""

    until_on = day_field(
        label=_("Closed until"), help_text=_("Nothing can be booked on this day or before it.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, initial=_("Month end"))


class UnlockForm(forms.Form):
    """Until which earlier day the books stay closed, and why they have to be opened."""

    until_on = day_field(
        label=_("Stay closed until"),
        required=False,
        help_text=_("Leave empty to open every day."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class NoteForm(forms.Form):
    """A note to a decision; not needed."""

    reason = forms.CharField(label=_("Note"), max_length=300, required=False)


class JournalForm(forms.Form):
    """Up to which day entries are taken."""

    until_on = day_field(
        label=_("Booked up to"),
        help_text=_("Every entry up to this day that no journal has yet is taken, once."),
    )


class ReceiptForm(forms.Form):
    """What the general ledger called the journal."""

    receipt = forms.CharField(
        label=_("Document number in the general ledger"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_GET
def books(request: StaffRequest) -> HttpResponse:
    """Show until when the books are closed, the unlock that waits, and how that came about."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: lock_rows(company, cursor=cursor))
    context = {
        "tab": "books",
        "page": page,
        "closed_until": closed_until(company),
        "asked": unlock_asked(company),
    }
    return render(request, "web/books.html", context)


@needs("period.lock")
@require_http_methods(["GET", "POST"])
def period_lock(request: StaffRequest) -> HttpResponse:
    """Close the books up to a day."""
    last_month = request.as_of.replace(day=1) - timedelta(days=1)
    form = LockForm(request.POST or None, initial={"until_on": last_month})
    return _acted(
        request,
        form,
        lambda told: lock_period(actor=request.actor, as_of=request.as_of, at=clock.now(), **told),
        said=gettext("The period is closed."),
        back="books",
        heading=gettext("Close a period"),
        lead=gettext(
            "Nobody can book anything in the period any more. Opening it again takes two people."
        ),
        button=gettext("Close the period"),
        action=reverse("period-lock"),
    )


@needs("period.lock")
@require_http_methods(["GET", "POST"])
def unlock_ask(request: StaffRequest) -> HttpResponse:
    """Ask for closed days to be opened; a second person decides."""
    form = UnlockForm(request.POST or None)
    return _acted(
        request,
        form,
        lambda told: ask_unlock(actor=request.actor, as_of=request.as_of, at=clock.now(), **told),
        said=gettext("Asked. A second person has to grant it."),
        back="books",
        heading=gettext("Ask to open closed days"),
        lead=gettext("The books stay closed until a second person grants it."),
        button=gettext("Ask"),
        action=reverse("unlock-ask"),
    )


@needs("period.lock")
@require_http_methods(["GET", "POST"])
def unlock_grant(request: StaffRequest, lock_id: int) -> HttpResponse:
    """Open the days somebody else asked for."""
    lock = _lock(request, lock_id)
    return _acted(
        request,
        NoteForm(request.POST if request.method == "POST" else None),
        lambda told: decide_unlock(
            actor=request.actor, lock=lock, is_granted=True, at=clock.now(), **told
        ),
        said=gettext("The days are open again."),
        back="books",
        heading=gettext("Open closed days"),
        lead=gettext("%(author)s asks: %(reason)s")
        % {"author": lock.author, "reason": lock.reason},
        button=gettext("Open the days"),
        action=reverse("unlock-grant", args=[lock.pk]),
    )


@needs("period.lock")
@require_http_methods(["GET", "POST"])
def unlock_refuse(request: StaffRequest, lock_id: int) -> HttpResponse:
    """Leave the books closed."""
    lock = _lock(request, lock_id)
    context = {
        "heading": gettext("Leave the books closed"),
        "lead": gettext("%(author)s asks: %(reason)s")
        % {"author": lock.author, "reason": lock.reason},
        "button": gettext("Refuse"),
        "action": reverse("unlock-refuse", args=[lock.pk]),
        "crumb": gettext("Closing and journals"),
    }
    return reason_page(
        request,
        lambda reason: decide_unlock(
            actor=request.actor, lock=lock, is_granted=False, reason=reason, at=clock.now()
        ),
        said=gettext("Refused; the books stay closed."),
        back=reverse("books"),
        context=context,
    )


@require_GET
def journal_list(request: StaffRequest) -> HttpResponse:
    """List journals, and what waits for the next one."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: journal_rows(company, cursor=cursor))
    waiting = unjournaled(company, until_on=request.as_of)
    context = {"tab": "journals", "page": page, "waiting": waiting}
    return render(request, "web/books_journals.html", context)


@needs("journal.export")
@require_http_methods(["GET", "POST"])
def journal_make(request: StaffRequest) -> HttpResponse:
    """Take what is booked up to a day into a journal."""
    company = request.actor.company
    last_month = request.as_of.replace(day=1) - timedelta(days=1)
    initial = closed_until(company) or last_month
    form = JournalForm(request.POST or None, initial={"until_on": initial})
    return _acted(
        request,
        form,
        lambda told: make_journal(
            actor=request.actor, as_of=request.as_of, at=clock.now(), **told
        ),
        said=gettext("The journal is made."),
        back="journals",
        heading=gettext("Make a journal"),
        lead=gettext("Foreign amounts are valued at the rates of their days and frozen."),
        button=gettext("Make the journal"),
        action=reverse("journal-make"),
    )


@require_GET
def journal_show(request: StaffRequest, journal_id: int) -> HttpResponse:
    """Show a journal's totals and its lines, of one account when it is chosen."""
    journal = _journal(request, journal_id)
    account = request.GET.get("account", "")
    account = account if account in EntryLine.Account.values else ""
    page = page_asked(request, lambda cursor: line_rows(journal, account=account, cursor=cursor))
    context = {
        "journal": journal_row(journal),
        "page": page,
        "account": account,
        "accounts": EntryLine.Account.choices,
    }
    return render(request, "web/books_journal.html", context)


@require_GET
def journal_export(request: StaffRequest, journal_id: int, kind: str) -> HttpResponse:
    """Return a journal as a file; the same bytes each time."""
    journal = _journal(request, journal_id)
    lines, row = exported_lines(journal), journal_row(journal)
    head: dict[str, object] = {
        "journal": row.number,
        "until_on": row.until_on,
        "home_currency": request.actor.company.currency,
        "sha256_csv": row.sha256,
    }
    writers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: journal_csv(lines),
        "xlsx": lambda: journal_xlsx(lines, number=row.number),
        "json": lambda: journal_json(lines, head=head),
    }
    if kind not in writers:
        raise Http404
    try:
        data = writers[kind]()
    except ExportError as error:
        return HttpResponse(spoken(error), status=413, content_type="text/plain; charset=utf-8")
    media = {**KINDS, "json": "application/json"}[kind]
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="journal-{row.number}.{kind}"'
    return response


@needs("journal.export")
@require_http_methods(["GET", "POST"])
def journal_acknowledge(request: StaffRequest, journal_id: int) -> HttpResponse:
    """Note that the general ledger took the journal over."""
    journal = _journal(request, journal_id)
    return _acted(
        request,
        ReceiptForm(request.POST or None),
        lambda told: acknowledge_journal(
            actor=request.actor, journal=journal, at=clock.now(), **told
        ),
        said=gettext("Noted: the journal is taken over."),
        back="journals",
        heading=gettext("Journal %(number)s is taken over") % {"number": journal.number},
        lead=gettext("The number under which the general ledger booked it stands in the log."),
        button=gettext("Note it"),
        action=reverse("journal-acknowledge", args=[journal.pk]),
    )


@require_GET
def fx_list(request: StaffRequest) -> HttpResponse:
    """Show realised exchange differences by month, and what no journal has yet."""
    company = request.actor.company
    context = {
        "tab": "fx",
        "months": fx_months(company),
        "pending": fx_pending(company, as_of=request.as_of),
    }
    return render(request, "web/books_fx.html", context)


@require_GET
def fx_month(request: StaffRequest, year: int, month: int) -> HttpResponse:
    """Show the allocations behind one month's exchange differences; they sum to it."""
    company, month_on = request.actor.company, _month(year, month)
    total = next((row for row in fx_months(company) if row.month_on == month_on), None)
    if total is None:
        raise Http404
    page = page_asked(request, lambda cursor: fx_rows(company, month_on=month_on, cursor=cursor))
    return render(request, "web/books_fx_month.html", {"page": page, "total": total})


@require_GET
def fx_export(request: StaffRequest, year: int, month: int, kind: str) -> HttpResponse:
    """Return one month's exchange differences as a file."""
    company, month_on = request.actor.company, _month(year, month)
    return file_response(
        kind,
        name=f"exchange-differences-{month_on:%Y-%m}",
        columns=[str(name) for name in FX_COLUMNS],
        rows=(
            _fx_row(row, company)
            for row in every_row(partial(fx_rows, company, month_on=month_on))
        ),
    )


def _acted(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    said: str,
    back: str,
    **context: str,
) -> HttpResponse:
    """Act when the form is sent and right, else show it; a refusal stands at the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, said, back=reverse(back))
    shown = {**context, "back": reverse(back), "crumb": gettext("Closing and journals")}
    return form_page(request, "web/plain_form.html", form, shown)


def _lock(request: StaffRequest, lock_id: int) -> PeriodLock:
    return get_object_or_404(PeriodLock, pk=lock_id, company=request.actor.company)


def _journal(request: StaffRequest, journal_id: int) -> Journal:
    found = Journal.objects.select_related("company")
    return get_object_or_404(found, pk=journal_id, company=request.actor.company)


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as error:
        raise Http404 from error


def _fx_row(row: FxRow, company: Company) -> tuple[Value, ...]:
    paid = row.amount_minor if row.paid_minor is None else row.paid_minor
    return (
        row.booked_on,
        row.customer,
        row.item,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.payment,
        row.paid_currency,
        from_minor(paid, row.paid_currency) if row.paid_currency else None,
        from_minor(row.gain_minor, company.currency),
    )
