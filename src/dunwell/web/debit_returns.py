"""Pages about debits that came back: the list, recording one by hand, the bank's answer."""

from functools import partial

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.debit_returns import (
    LARGEST_REPORT,
    apply_status_report,
    return_debit,
)
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.engine.return_reasons import RETURN_REASONS
from dunwell.formats.exports import Value
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.debits import DebitRow, debit_rows, due_retries
from dunwell.queries.pages import every_row
from dunwell.templatetags.debits import return_words
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page
from dunwell.web.debit_steps import own_debit
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("End-to-end id"),
    _("Run"),
    _("Customer number"),
    _("Customer"),
    _("Mandate"),
    _("Amount in EUR"),
    _("Status"),
    _("Came back on"),
    _("Reason code"),
    _("Reason"),
    _("Tried again on"),
)


class ReturnForm(forms.Form):
    """Why and when a debit came back."""

    reason_code = forms.ChoiceField(label=_("Reason the bank gives"))
    returned_on = day_field(label=_("Came back on"))
    fee = MoneyField(
        "EUR", label=_("Fee for the customer, EUR"), required=False, help_text=_("0 for none.")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the reasons in words, by code."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason_code"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} · {gettext(words)}") for code, words in RETURN_REASONS.items()
        ]


class AnswerForm(forms.Form):
    """The status report of the bank."""

    file = forms.FileField(
        label=_("Status report (pain.002)"),
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )

    def clean_file(self) -> object:
        """Refuse what is larger than any report before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_REPORT:
            raise forms.ValidationError(gettext("The file is larger than any status report."))
        return file


@require_GET
def return_list(request: StaffRequest) -> HttpResponse:
    """List debits that came back, the newest first, with what follows from each."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: debit_rows(company, came_back=True, cursor=cursor))
    context = {
        "page": page,
        "retries": due_retries(company, as_of=request.as_of),
        "form": AnswerForm(),
        "here": "returns",
    }
    return render(request, "web/debits_returns.html", context)


@require_GET
def returns_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every debit that came back as a file."""
    rows = every_row(partial(debit_rows, request.actor.company, came_back=True))
    return file_response(
        kind,
        name=f"returned-debits-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in rows),
    )


@needs("payment.reverse")
@require_http_methods(["GET", "POST"])
def debit_return(request: StaffRequest, debit_id: int) -> HttpResponse:
    """Record by hand that a debit came back, where no bank statement says so."""
    debit = own_debit(request, debit_id)
    back = reverse("debit-run", args=[debit.run_id])
    fee_minor = cash_policy_in_force(request.actor.company, as_of=request.as_of).returned.fee_minor
    initial = {"returned_on": request.as_of, "reason_code": "AM04", "fee": fee_minor}
    form = ReturnForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            return_debit(
                actor=request.actor,
                debit=debit,
                reason_code=told["reason_code"],
                returned_on=told["returned_on"],
                fee_minor=told["fee"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The debit came back; its items are open."), back=back)
    context = {
        "heading": gettext("%(name)s: the debit came back") % {"name": debit.customer.name},
        "lead": gettext(
            "The payment is undone and the items are open again. The reason decides whether the "
            "debit is tried again, and whether the mandate is suspended or ended."
        ),
        "button": gettext("Record the return"),
        "action": reverse("debit-return", args=[debit.pk]),
        "crumb": gettext("Run %(number)s") % {"number": debit.run.number},
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("payment.reverse")
@require_http_methods(["GET", "POST"])
def answer_add(request: StaffRequest) -> HttpResponse:
    """Read a status report of the bank and record what it refuses."""
    form = AnswerForm(request.POST or None, request.FILES or None)
    back = reverse("debit-returns")
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            outcome = apply_status_report(
                actor=request.actor,
                content=file.read(),
                name=str(file.name),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error("file", spoken(refusal))
        else:
            said = ngettext(
                "Run %(number)s: the bank refuses %(n)s debit.",
                "Run %(number)s: the bank refuses %(n)s debits.",
                outcome.refused,
            )
            text = said % {"number": outcome.run.number, "n": outcome.refused}
            return done(request, text, back=back)
    context = {
        "page": debit_rows(request.actor.company, came_back=True),
        "retries": due_retries(request.actor.company, as_of=request.as_of),
        "form": form,
        "here": "returns",
    }
    status = 422 if form.is_bound else 200
    return render(request, "web/debits_returns.html", context, status=status)


def _row(row: DebitRow) -> tuple[Value, ...]:
    return (
        row.end_to_end,
        row.run_number,
        row.customer_number,
        row.customer_name,
        row.mandate,
        from_minor(row.amount_minor, "EUR"),
        translated(row.status_label),
        row.returned_on,
        row.reason_code,
        return_words(row),
        row.retry_on,
    )
