"""Pages about what banks say: a statement with its entries, all entries, deciding on one."""

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
from dunwell.actions.bank_accounts import accept_finding
from dunwell.actions.bank_entries import MOVES, decide_entry
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import BankEntry, BankStatement, Payment
from dunwell.queries.bank_entries import (
    EntryRow,
    entry_rows,
    entry_totals,
    return_offers,
    treatment_counts,
)
from dunwell.queries.bank_statements import statement_card
from dunwell.queries.pages import every_row
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import money
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page
from dunwell.web.bank import tab_counts
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Treatment = BankEntry.Treatment
ALL = "all"
COLUMNS = (
    _("Account"),
    _("Value date"),
    _("Booked on"),
    _("Counterparty"),
    _("Counterparty account"),
    _("Reference"),
    _("Text"),
    _("Bank reference"),
    _("Currency"),
    _("Amount"),
    _("Status"),
    _("What became of it"),
    _("Payment"),
)
WORDS = {
    Treatment.PAYMENT: _("It is a payment of a customer"),
    Treatment.RETURN: _("A payment came back"),
    Treatment.OTHER: _("It is not from a customer"),
    Treatment.OPEN: _("Decide it later"),
}


class DecisionForm(forms.Form):
    """What an entry is; of a return, which payment came back."""

    treatment = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)
    payment = forms.ChoiceField(label=_("Payment that came back"), required=False)
    reason = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, entry: BankEntry, *args: object, **kwargs: object) -> None:
        """Offer what may be made of the entry, and the payments it may return."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        offers = return_offers(entry)
        moves = MOVES.get(Treatment(entry.treatment), frozenset())
        kept = [
            (value, words)
            for value, words in WORDS.items()
            if value in moves and _fits(value, entry, has_offers=bool(offers))
        ]
        choice: Any = self.fields["treatment"]
        choice.choices = kept
        if not any(value == Treatment.RETURN for value, _words in kept):
            del self.fields["payment"]
            return
        payments: Any = self.fields["payment"]
        payments.choices = [
            ("", ""),
            *(
                (
                    str(one.id),
                    _said(
                        one.number,
                        day_text(one.value_on),
                        money(one.amount_minor, one.currency),
                        one.payer,
                    ),
                )
                for one in offers
            ),
        ]


def _said(*parts: str) -> str:
    return " \N{MIDDLE DOT} ".join(filter(None, parts))


def _fits(value: str, entry: BankEntry, *, has_offers: bool) -> bool:
    if value == Treatment.PAYMENT:
        return entry.amount_minor > 0
    return value != Treatment.RETURN or has_offers


@require_GET
def statement_show(request: StaffRequest, statement_id: int) -> HttpResponse:
    """Show a statement: opening, entries and closing, row by row."""
    company = request.actor.company
    card = statement_card(company, statement_id)
    if card is None:
        raise Http404
    rows = partial(entry_rows, company, statement_id=statement_id)
    page = page_asked(request, lambda cursor: rows(cursor=cursor))
    context = {"card": card, "row": card.row, "page": page, **tab_counts(request)}
    return render(request, "web/bank_statement.html", context)


@needs("bank.edit")
@require_http_methods(["GET", "POST"])
def finding_accept(request: StaffRequest, statement_id: int) -> HttpResponse:
    """Say what explains a gap or a wrong sum, so that reminders go on."""
    statement = get_object_or_404(BankStatement, pk=statement_id, company=request.actor.company)
    code = request.GET.get("code", "")[:40]
    address = reverse("bank-finding-accept", args=[statement.pk])
    context = {
        "heading": gettext("Explain what is missing"),
        "lead": gettext(
            "Reminders go on as if nothing were missing here. Where you can, upload the missing "
            "statement instead."
        ),
        "button": gettext("It is explained"),
        "action": f"{address}?code={code}" if code.replace("_", "").isalnum() else address,
        "crumb": statement.sequence or statement.number,
    }
    return reason_page(
        request,
        lambda reason: accept_finding(
            actor=request.actor,
            statement=statement,
            code=code,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Explained; the account covers its later statements again."),
        back=reverse("bank-statement", args=[statement.pk]),
        context=context,
    )


@require_GET
def entry_list(request: StaffRequest) -> HttpResponse:
    """List entries, those that wait for a person first."""
    company = request.actor.company
    only = _only(request)
    rows = partial(entry_rows, company, **only)
    page = page_asked(request, lambda cursor: rows(cursor=cursor))
    counts = treatment_counts(company)
    labels = dict(Treatment.choices)
    context = {
        "page": page,
        "totals": entry_totals(company, **only),
        "treatment": only["treatment"] or ALL,
        "treatments": [
            (str(value), str(labels[value]), counts.get(value, 0))
            for value in (Treatment.OPEN, *(v for v in Treatment if v != Treatment.OPEN))
        ],
        "search": only["search"],
        "account_id": only["account_id"],
        **tab_counts(request),
    }
    return render(request, "web/bank_entries.html", context)


@require_GET
def entries_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every entry under the page's filter."""
    found = every_row(partial(entry_rows, request.actor.company, **_only(request)))
    rows = (_row(row) for row in found)
    return file_response(
        kind,
        name=f"bank-entries-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


@needs("match.decide")
@require_http_methods(["GET", "POST"])
def entry_decide(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Say what an entry is: a payment, a return, or no customer's."""
    company = request.actor.company
    entry = get_object_or_404(BankEntry, pk=entry_id, company=company)
    form = DecisionForm(entry, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        key = read_key(told.get("payment") or "")
        try:
            decide_entry(
                actor=request.actor,
                entry=entry,
                treatment=told["treatment"],
                payment=Payment.objects.filter(company=company, pk=key).first() if key else None,
                reason=told["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Decided."), back=reverse("bank-entries"))
    context = {
        "heading": gettext("What is this entry?"),
        "lead": _said(
            money(entry.amount_minor, entry.currency),
            day_text(entry.value_on),
            entry.counterparty,
            entry.reference or entry.text[:200],
        ),
        "button": gettext("Decide"),
        "action": reverse("bank-entry-decide", args=[entry.pk]),
        "back": reverse("bank-entries"),
        "crumb": gettext("Bank entries"),
    }
    return form_page(request, "web/plain_form.html", form, context)


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; without one, what waits for a person."""
    asked = request.GET
    statement_id = read_key(asked.get("statement", ""))
    treatment = asked.get("treatment", "")
    if treatment not in Treatment.values:
        treatment = "" if treatment == ALL or statement_id else str(Treatment.OPEN)
    return {
        "treatment": treatment,
        "account_id": read_key(asked.get("account", "")),
        "statement_id": statement_id,
        "search": asked.get("q", "")[:80],
    }


def _row(row: EntryRow) -> tuple[Value, ...]:
    return (
        row.account,
        row.value_on,
        row.booked_on,
        row.counterparty,
        row.counterparty_account,
        row.reference,
        row.text,
        row.bank_reference,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.status,
        translated(row.treatment_label),
        row.payment_number,
    )
