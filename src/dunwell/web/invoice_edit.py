"""Writing drafts: by hand with lines, and by file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.invoice_amounts import sums_of
from dunwell.actions.invoice_drafts import draft_invoice, edit_invoice
from dunwell.actions.invoice_imports import RowsRefused, import_invoices
from dunwell.engine.invoice_document import DocumentTotals
from dunwell.formats.findings import TableError
from dunwell.formats.invoice_rows import RowFinding, read_invoice_table
from dunwell.models import Customer, Invoice
from dunwell.queries.invoice_rules import tax_rates_on
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, customer_or_404, done
from dunwell.web.invoice_forms import Editor
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

MOST_BYTES = 5 * 1024 * 1024


class WhoForm(forms.Form):
    """For which customer an invoice is written."""

    customer = forms.CharField(
        label=_("Customer number"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


class FileForm(forms.Form):
    """A table of invoices to draft."""

    file = forms.FileField(
        label=_("Table (CSV or XLSX)"),
        max_length=200,
        help_text=_(
            "Columns: key, customer, name, price, tax_code; and as needed quantity, unit, "
            "discount, currency, terms, order_number, buyer_reference, delivered_on, from_on, "
            "to_on, note, description. Rows of one key are one invoice."
        ),
    )

    def clean_file(self) -> Any:
        """Return the file; one too large is refused."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(gettext("The file has more than 5 MB; send it in parts."))
        return file


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def invoice_who(request: StaffRequest) -> HttpResponse:
    """Ask for which customer an invoice is written."""
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["customer"].strip()
        found = Customer.objects.filter(company=request.actor.company, number=number).first()
        if found is not None:
            return redirect("invoice-new", found.pk)
        text = gettext("There is no customer with the number %(number)s.")
        form.add_error("customer", text % {"number": number[:80]})
    context = {
        "form": form,
        "heading": gettext("New invoice"),
        "button": gettext("Go on"),
        "action": reverse("invoice-who"),
        "back": reverse("invoices"),
        "crumb": gettext("Invoices"),
        "is_page": True,
    }
    status = REFUSED if form.errors else 200
    return render(request, "web/plain_form.html", context, status=status)


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def invoice_new(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Write a new draft; buttons add and remove lines and sum up, one saves."""
    customer = customer_or_404(request, customer_id)
    editor = _editor(
        request,
        customer,
        initial={
            "currency": customer.currency or request.actor.company.currency,
            "terms": customer.terms,
            "delivered_on": request.as_of,
        },
    )
    if editor.is_saving and editor.is_valid():
        try:
            invoice = draft_invoice(
                actor=request.actor, customer=customer, draft=editor.draft(),
                as_of=request.as_of, at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            editor.head.add_error(None, spoken(refusal))
        else:
            back = reverse("invoice", args=[invoice.pk])
            return done(request, gettext("Draft saved."), back=back)
    return _page(request, editor, customer, reverse("invoice-new", args=[customer.pk]))


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def invoice_edit(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Change a draft; who saves last over somebody else's change is told so."""
    invoice = get_object_or_404(
        Invoice.objects.select_related("customer", "preceding", "order"),
        pk=invoice_id, company=request.actor.company,
    )  # fmt: skip
    editor = _editor(request, invoice.customer, invoice=invoice)
    if editor.is_saving and editor.is_valid():
        try:
            edit_invoice(
                actor=request.actor, invoice=invoice, draft=editor.draft(),
                version=read_key(request.POST.get("version", "")) or 0,
                as_of=request.as_of, at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            editor.head.add_error(None, spoken(refusal))
        else:
            back = reverse("invoice", args=[invoice.pk])
            return done(request, gettext("Draft saved."), back=back)
    address = reverse("invoice-edit", args=[invoice.pk])
    return _page(request, editor, invoice.customer, address)


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def invoice_import(request: StaffRequest) -> HttpResponse:
    """Draft the invoices of a file: all of them, or none with the rows that are wrong."""
    form = FileForm(request.POST or None, request.FILES or None)
    findings: tuple[RowFinding, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows, findings = read_invoice_table(file.read(), file.name)
            if not findings:
                drafts = import_invoices(
                    actor=request.actor, rows=rows, as_of=request.as_of, at=clock.now()
                )
                text = ngettext("%(n)d draft is here.", "%(n)d drafts are here.", len(drafts)) % {
                    "n": len(drafts)
                }
                return done(request, text, back=reverse("invoices") + "?status=draft")
        except RowsRefused as refusal:
            findings = refusal.findings
        except (Refused, TableError) as refusal:
            form.add_error("file", spoken(refusal))
    is_wrong = bool(findings) or (form.is_bound and bool(form.errors))
    context = {"form": form, "findings": findings}
    return render(request, "web/invoice_import.html", context, status=REFUSED if is_wrong else 200)


def _editor(
    request: StaffRequest,
    customer: Customer,
    *,
    invoice: Invoice | None = None,
    initial: dict[str, Any] | None = None,
) -> Editor:
    company = request.actor.company
    return Editor(
        sent=request.POST if request.method == "POST" else None,
        rates=tax_rates_on(company, as_of=request.as_of),
        currencies=tuple(
            code for code in dict.fromkeys((customer.currency, company.currency)) if code
        ),
        invoice=invoice,
        initial=initial,
    )


def _page(request: StaffRequest, editor: Editor, customer: Customer, address: str) -> HttpResponse:
    """Show the editor with the sums of what can be read of it."""
    rates = tax_rates_on(request.actor.company, as_of=request.as_of)
    sums: Invoice | DocumentTotals | None = None
    if request.method == "GET" and editor.invoice is not None:
        sums = editor.invoice
    elif request.method == "POST" and editor.is_valid():
        draft = editor.draft()
        sums = sums_of(draft.lines, draft.currency, rates)
    is_wrong = editor.is_saving and request.method == "POST"
    invoice = editor.invoice
    context = {
        "editor": editor,
        "form": editor.head,
        "customer": customer,
        "action": address,
        "sums": sums,
        "invoice": invoice,
        "version": request.POST.get("version") or (invoice.version if invoice else 0),
        "back": reverse("invoice", args=[invoice.pk]) if invoice else reverse("invoices"),
        "has_rates": bool(rates),
    }
    return render(request, "web/invoice_edit.html", context, status=REFUSED if is_wrong else 200)
