"""Buttons of an invoice: approve, issue, void, credit, send; drafts from orders and disputes."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.invoice_credits import credit_for_request, credit_invoice
from dunwell.actions.invoice_drafts import approve_invoice, void_invoice
from dunwell.actions.invoice_mails import send_invoice
from dunwell.actions.invoice_orders import invoice_order
from dunwell.jobs.invoices import issue_with_files
from dunwell.models import CreditRequest, Invoice, Order
from dunwell.queries.invoice_rules import tax_rates_on
from dunwell.queries.invoices import InvoiceLineRow, line_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done, form_page, refused, told_page
from dunwell.web.fields import day_field
from dunwell.web.invoices import shown
from dunwell.web.keys import read_key
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

MICROS = 1_000_000


class CreditForm(forms.Form):
    """Why an invoice is credited, and how much of each line."""

    reason = forms.CharField(label=_("Why is it credited?"), max_length=300)
    is_allocated = forms.BooleanField(
        label=_("Put it on the invoice when it is issued"), required=False, initial=True
    )

    def __init__(self, *args: object, lines: tuple[InvoiceLineRow, ...], **kwargs: object) -> None:
        """Ask for a quantity of each line; all of it to begin with."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.lines = lines
        for line in lines:
            whole = line.quantity_micros / MICROS
            self.fields[f"q{line.position}"] = forms.DecimalField(
                label=_("Quantity of %(name)s") % {"name": line.name},
                max_digits=15, decimal_places=6, required=False, initial=f"{whole:g}",
            )  # fmt: skip

    def quantities(self) -> dict[int, int] | None:
        """Return the quantities in millionths by position, None for the whole invoice."""
        told = {
            line.position: int((self.cleaned_data[f"q{line.position}"] or 0) * MICROS)
            for line in self.lines
        }
        is_whole = all(told[line.position] == line.quantity_micros for line in self.lines)
        return None if is_whole else {at: micros for at, micros in told.items() if micros}


class OrderForm(forms.Form):
    """With which tax an order is billed, and when it was delivered."""

    tax_code = forms.ChoiceField(label=_("Tax"))
    delivered_on = day_field(label=_("Delivered on"), required=False)


@require_POST
def invoice_approve(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Approve a draft; its author cannot where others can."""
    invoice = _invoice(request, invoice_id)
    try:
        approve_invoice(
            actor=request.actor, invoice=invoice, version=_version(request),
            as_of=request.as_of, at=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        return _again(request, invoice, refusal)
    back = reverse("invoice", args=[invoice.pk])
    return done(request, gettext("Approved; it can be issued now."), back=back)


@require_POST
def invoice_issue(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Issue an invoice: it gets its number and its files and stays as it is."""
    invoice = _invoice(request, invoice_id)
    try:
        issued = issue_with_files(
            actor=request.actor, invoice=invoice, version=_version(request),
            is_confirmed=bool(request.POST.get("confirm")), as_of=request.as_of, at=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        return _again(request, invoice, refusal)
    text = gettext("%(number)s is issued.") % {"number": issued.number}
    return done(request, text, back=reverse("invoice", args=[invoice.pk]))


@require_POST
def invoice_send(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Put an issued invoice with its files into the outbox."""
    invoice = _invoice(request, invoice_id)
    try:
        message = send_invoice(
            actor=request.actor, invoice=invoice, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return _again(request, invoice, refusal)
    back = reverse("invoice", args=[invoice.pk])
    if message is None:
        return done(request, gettext("The customer takes it from the portal."), back=back)
    text = gettext("It is in the outbox, to %(to)s.") % {"to": message.to}
    return done(request, text, back=back)


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def invoice_void(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Ask why a draft is dropped."""
    invoice = _invoice(request, invoice_id)
    back = reverse("invoice", args=[invoice.pk])

    def take_back(reason: str) -> None:
        void_invoice(actor=request.actor, invoice=invoice, reason=reason, at=clock.now())

    return reason_page(
        request, take_back, said=gettext("The draft is voided."), back=back,
        context={
            "heading": gettext("Void the draft"),
            "lead": gettext("It keeps its lines and never gets a number."),
            "button": gettext("Void"),
            "action": reverse("invoice-void", args=[invoice.pk]),
            "crumb": gettext("Draft"),
        },
    )  # fmt: skip


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def invoice_credit(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Draft a credit note to an invoice: of the whole, or of quantities of its lines."""
    invoice = _invoice(request, invoice_id)
    form = CreditForm(
        request.POST if request.method == "POST" else None, lines=line_rows(invoice.pk)
    )
    if form.is_bound and form.is_valid():
        try:
            note = credit_invoice(
                actor=request.actor, invoice=invoice, reason=form.cleaned_data["reason"],
                quantities=form.quantities(),
                is_allocated=form.cleaned_data["is_allocated"],
                as_of=request.as_of, at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("Draft of the credit note saved."))
            return redirect("invoice", note.pk)
    context = {
        "heading": gettext("Credit %(number)s") % {"number": invoice.number},
        "lead": gettext("The draft of a credit note that names the invoice; check and issue it."),
        "button": gettext("Draft credit note"),
        "action": reverse("invoice-credit", args=[invoice.pk]),
        "back": reverse("invoice", args=[invoice.pk]),
        "crumb": invoice.number,
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def order_invoice(request: StaffRequest, order_id: int) -> HttpResponse:
    """Draft the invoice of what is delivered and not billed of an order."""
    order = get_object_or_404(Order, pk=order_id, company=request.actor.company)
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        initial={"delivered_on": order.deliver_on or request.as_of},
    )
    rates = tax_rates_on(request.actor.company, as_of=request.as_of)
    form.fields["tax_code"].choices = [(code, one.name) for code, one in rates.items()]  # type: ignore[attr-defined]

    def act(tax_code: str, delivered_on: object) -> None:
        invoice_order(
            actor=request.actor, order=order, tax_code=tax_code,
            delivered_on=delivered_on, as_of=request.as_of, at=clock.now(),  # type: ignore[arg-type]
        )  # fmt: skip

    address = reverse("invoices") + f"?status=draft&customer={order.customer_id}"
    context = {
        "heading": gettext("Bill order %(number)s") % {"number": order.number},
        "lead": gettext("Its amount is taken as net; the draft can be refined before issue."),
        "button": gettext("Draft invoice"),
        "action": reverse("order-invoice", args=[order.pk]),
        "crumb": order.number,
        "is_page": True,
    }
    return told_page(
        request, form, act, said=gettext("Draft saved."), back=address, context=context
    )


@require_POST
def request_credit_note(request: StaffRequest, request_id: int) -> HttpResponse:
    """Draft the credit note that a dispute asked for."""
    asked = get_object_or_404(CreditRequest, pk=request_id, company=request.actor.company)
    try:
        note = credit_for_request(
            actor=request.actor, request=asked, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("credit-requests"))
    messages.success(request, gettext("Draft of the credit note saved."))
    return redirect("invoice", note.pk)


def _invoice(request: StaffRequest, invoice_id: int) -> Invoice:
    return get_object_or_404(
        Invoice.objects.select_related("company", "customer"),
        pk=invoice_id, company=request.actor.company,
    )  # fmt: skip


def _version(request: StaffRequest) -> int:
    return read_key(request.POST.get("version", "")) or 0


def _again(request: StaffRequest, invoice: Invoice, refusal: Refused) -> HttpResponse:
    """Show the invoice again with why not."""
    status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    return shown(request, invoice.pk, refusal=spoken(refusal), status=status)
