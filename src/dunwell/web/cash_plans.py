"""Pages about balances and payments out: the lists, telling one, files, taking back."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.liquidity import (
    import_payments,
    import_positions,
    plan_payment,
    record_position,
    withdraw_payment,
    withdraw_position,
)
from dunwell.engine.money import from_minor
from dunwell.formats.cash_plan_rows import (
    MOST_BYTES,
    PAYMENT_TEMPLATE,
    POSITION_TEMPLATE,
    CashPlanFileError,
    PaymentLine,
    PositionLine,
    read_payments,
    read_positions,
)
from dunwell.formats.exports import Value
from dunwell.models import CashPosition, PlannedPayment
from dunwell.queries.cash_plans import PlannedRow, PositionRow, planned_rows, position_rows
from dunwell.queries.home_rates import home_rates
from dunwell.queries.liquidity import cash_balances
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import read_money
from dunwell.templatetags.planning import payment_kind
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.kept_files import capped, sent_file, upload_page
from dunwell.web.keys import read_day
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

MOST_PROBLEMS = 50
POSITIONS, PAYMENTS = "balances", "payments"
UPLOADS = {
    POSITIONS: "web/cash_positions_upload.html",
    PAYMENTS: "web/planned_payments_upload.html",
}
TEMPLATES = {POSITIONS: POSITION_TEMPLATE, PAYMENTS: PAYMENT_TEMPLATE}
EXAMPLES: dict[str, tuple[tuple[Value, ...], ...]] = {
    POSITIONS: (("Main account", "2026-01-31", "EUR", 125000, "bank"),),
    PAYMENTS: (("2026-02-25", "wages", "Wages of February", "EUR", 40000, "payroll"),),
}
TAIL = (_("Source"), _("By"), _("Taken back on"), _("Why"))
POSITION_COLUMNS = (_("Account"), _("Day"), _("Currency"), _("Balance"), *TAIL)
PAYMENT_COLUMNS = (_("Day"), _("Kind"), _("What for"), _("Currency"), _("Amount"), *TAIL)


class MoneyForm(forms.Form):
    """An amount with its currency, typed in the reader's style."""

    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    amount = forms.CharField(
        label=_("Amount"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False)

    def clean_currency(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """Add the amount in minor units."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "currency" in told and "amount" in told:
            try:
                told["minor"] = read_money(told["amount"], told["currency"])
            except ValueError as error:
                self.add_error("amount", spoken(error))
        return told


class PositionForm(MoneyForm):
    """What lay on an account at the end of a day."""

    account = forms.CharField(label=_("Account"), max_length=80)
    on = day_field(label=_("At the end of"))
    field_order = ("account", "on", "currency", "amount", "source")


class PaymentForm(MoneyForm):
    """A payment out, once or at regular months."""

    on = day_field(label=_("Day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=PlannedPayment.Kind.choices)
    label = forms.CharField(label=_("What for"), max_length=120)
    repeats = forms.IntegerField(
        label=_("Times more"), min_value=0, max_value=60, initial=0, required=False
    )
    every_months = forms.TypedChoiceField(
        label=_("Every so many months"), choices=[(n, n) for n in (1, 3, 6, 12)], coerce=int
    )
    field_order = (
        *("on", "kind", "label", "currency", "amount", "repeats", "every_months", "source"),
    )


@require_GET
def cash_plan(request: StaffRequest) -> HttpResponse:
    """Show today's balances, every balance told, and payments out of a span."""
    company = request.actor.company
    first = read_day(request.GET.get("from", ""))
    last = read_day(request.GET.get("until", ""))
    read = partial(planned_rows, company, first=first or request.as_of, last=last)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "balances": cash_balances(
            company, as_of=request.as_of, rates=home_rates(company, as_of=request.as_of)
        ),
        "page": page,
        "first": first,
        "last": last,
    }
    return render(request, "web/cash_plan.html", context)


@require_GET
def position_list(request: StaffRequest) -> HttpResponse:
    """List every balance that was told, the newest day first."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: position_rows(company, cursor=cursor))
    return render(request, "web/cash_positions.html", {"page": page})


@require_GET
def cash_plan_export(request: StaffRequest, what: str, kind: str) -> HttpResponse:
    """Return every balance or every payment out."""
    company, day = request.actor.company, request.as_of.isoformat()
    if what == POSITIONS:
        return file_response(
            kind,
            name=f"balances-{day}",
            columns=[str(name) for name in POSITION_COLUMNS],
            rows=(_position(row) for row in every_row(partial(position_rows, company))),
        )
    if what != PAYMENTS:
        raise Http404
    return file_response(
        kind,
        name=f"payments-out-{day}",
        columns=[str(name) for name in PAYMENT_COLUMNS],
        rows=(_payment(row) for row in every_row(partial(planned_rows, company))),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def position_add(request: StaffRequest) -> HttpResponse:
    """Tell what lay on an account at the end of a day."""
    form = PositionForm(
        posted(request),
        initial={"on": request.as_of, "currency": request.actor.company.currency},
    )

    def save(**told: Any) -> None:
        record_position(
            actor=request.actor,
            account=told["account"],
            on=told["on"],
            currency=told["currency"],
            balance_minor=told["minor"],
            source=told["source"],
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        save,
        said=gettext("The balance is kept."),
        back=reverse("cash-plan"),
        context=_words(
            gettext("Balance of an account"),
            gettext(
                "Accounts whose statements are read here need none: their closing balance counts."
            ),
            reverse("cash-position-add"),
        ),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def payment_add(request: StaffRequest) -> HttpResponse:
    """Plan a payment out, once or at regular months."""
    form = PaymentForm(
        posted(request),
        initial={"on": request.as_of, "currency": request.actor.company.currency},
    )

    def save(**told: Any) -> None:
        plan_payment(
            actor=request.actor,
            on=told["on"],
            kind=told["kind"],
            label=told["label"],
            currency=told["currency"],
            amount_minor=told["minor"],
            source=told["source"],
            repeats=told["repeats"] or 0,
            every_months=told["every_months"],
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        save,
        said=gettext("The payment is planned."),
        back=reverse("cash-plan"),
        context=_words(
            gettext("Payment out"),
            gettext("Wages, taxes, suppliers, loans: what leaves the company and on which day."),
            reverse("planned-payment-add"),
        ),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def position_withdraw(request: StaffRequest, position_id: int) -> HttpResponse:
    """Take a balance back, with the reason."""
    found = get_object_or_404(CashPosition, pk=position_id, company=request.actor.company)

    def withdraw(reason: str) -> None:
        withdraw_position(
            actor=request.actor, position=found, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        withdraw,
        said=gettext("The balance is taken back."),
        back=reverse("cash-positions"),
        context=_words(
            gettext("Take back the balance of %(account)s") % {"account": found.account},
            gettext("It stays in the list, marked, and counts no more."),
            reverse("cash-position-withdraw", args=[found.pk]),
            gettext("Take back"),
        ),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def payment_withdraw(request: StaffRequest, planned_id: int) -> HttpResponse:
    """Take a planned payment back, with the reason."""
    found = get_object_or_404(PlannedPayment, pk=planned_id, company=request.actor.company)

    def withdraw(reason: str) -> None:
        withdraw_payment(
            actor=request.actor, payment=found, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        withdraw,
        said=gettext("The payment is taken back."),
        back=reverse("cash-plan"),
        context=_words(
            gettext("Take back %(label)s") % {"label": found.label},
            gettext("It stays in the list, marked, and counts no more."),
            reverse("planned-payment-withdraw", args=[found.pk]),
            gettext("Take back"),
        ),
    )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def cash_plan_upload(request: StaffRequest, what: str) -> HttpResponse:
    """Take a file of balances or payments out in, and tell what became of its lines."""
    if what not in UPLOADS:
        raise Http404
    if request.method != "POST":
        return upload_page(request, UPLOADS[what], most_bytes=MOST_BYTES)
    cap = capped(request, limit_bytes=MOST_BYTES)
    receive = _receive_positions if what == POSITIONS else _receive_payments
    return receive(request, cap)


@require_GET
def cash_plan_template(request: StaffRequest, what: str, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    if what not in TEMPLATES:
        raise Http404
    columns = list(TEMPLATES[what])
    return file_response(kind, name=f"{what}-template", columns=columns, rows=EXAMPLES[what])


@csrf_protect
def _receive_positions(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        lines = read_positions(upload.data, upload.name, home=request.actor.company.currency)
        added = import_positions(
            actor=request.actor, lines=lines, name=upload.name[:120], as_of=request.as_of,
            at=clock.now(),
        )  # fmt: skip
    except (Refused, CashPlanFileError) as refusal:
        return upload_page(request, UPLOADS[POSITIONS], most_bytes=MOST_BYTES, refusal=refusal)
    said = ngettext("%(n)d balance is new.", "%(n)d balances are new.", added) % {"n": added}
    return _imported(request, lines, said)


@csrf_protect
def _receive_payments(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        lines = read_payments(upload.data, upload.name, home=request.actor.company.currency)
        added = import_payments(
            actor=request.actor, lines=lines, name=upload.name[:120], as_of=request.as_of,
            at=clock.now(),
        )  # fmt: skip
    except (Refused, CashPlanFileError) as refusal:
        return upload_page(request, UPLOADS[PAYMENTS], most_bytes=MOST_BYTES, refusal=refusal)
    said = ngettext("%(n)d payment is new.", "%(n)d payments are new.", added) % {"n": added}
    return _imported(request, lines, said)


def _imported(
    request: StaffRequest, lines: tuple[PositionLine, ...] | tuple[PaymentLine, ...], said: str
) -> HttpResponse:
    wrong = [(line.row, line.problem) for line in lines if line.problem]
    context = {"said": said, "wrong": wrong[:MOST_PROBLEMS], "wrong_count": len(wrong)}
    return render(request, "web/cash_plan_imported.html", context)


def _words(heading: str, lead: str, action: str, button: str = "") -> dict[str, object]:
    return {
        "heading": heading,
        "lead": lead,
        "button": button or gettext("Save"),
        "action": action,
        "crumb": gettext("Balances and payments out"),
    }


def _position(row: PositionRow) -> tuple[Value, ...]:
    return (
        row.account, row.on, row.currency, from_minor(row.balance_minor, row.currency),
        row.source, row.recorded_by, row.withdrawn_on, row.reason,
    )  # fmt: skip


def _payment(row: PlannedRow) -> tuple[Value, ...]:
    return (
        row.on, payment_kind(row.kind), row.label, row.currency,
        from_minor(row.amount_minor, row.currency), row.source, row.recorded_by,
        row.withdrawn_on, row.reason,
    )  # fmt: skip
