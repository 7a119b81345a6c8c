"""What invoices rest on: our details, number series, tax codes, how a customer wants them."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.invoicing import (
    OWN_TEXTS,
    THEIR_TEXTS,
    add_tax_rate,
    save_customer_invoicing,
    save_profile,
    set_series,
)
from dunwell.models import Company, CustomerInvoicing, InvoicingProfile, NumberSeries, TaxRate
from dunwell.queries.invoice_documents import invoicing_of, profile_of
from dunwell.queries.invoice_rules import series_rows, tax_rate_rows
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import customer_or_404, told_page
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

OWN_LABELS = {
    "legal_name": _("Legal name"), "street": _("Street"), "street_more": _("Address, more"),
    "postcode": _("Postcode"), "city": _("City"), "region": _("Region"),
    "country": _("Country (two letters)"), "vat_id": _("VAT number"),
    "tax_number": _("Tax number"), "registration": _("Register number"),
    "registration_scheme": _("Scheme of the register (ISO 6523)"), "iban": _("IBAN"),
    "bic": _("BIC"), "account_name": _("Name of the account"), "contact": _("Contact"),
    "phone": _("Phone"), "email": _("Mail address"),
    "endpoint": _("Electronic address"), "endpoint_scheme": _("Scheme of it (EAS)"),
    "terms": _("Terms"), "small_print": _("Small print"),
    "buyer_reference": _("Buyer reference (Leitweg-ID)"),
    "language": _("Language (such as de)"),
}  # fmt: skip
PPM_OF_PERCENT = 10_000


class TextsForm(forms.Form):
    """Text fields of a record, as long as it takes."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, row: Any, names: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        """Show what stands there."""
        super().__init__(*args, **kwargs)
        self.initial.update({name: getattr(row, name) for name in names}, version=row.version)
        for name in names:
            most = type(row)._meta.get_field(name).max_length
            is_long = name == "small_print"
            self.fields[name] = forms.CharField(
                label=OWN_LABELS[name], max_length=most,
                required=name in ("legal_name",),
                widget=forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput(),
            )  # fmt: skip


class CustomerForm(TextsForm):
    """How a customer wants its invoices."""

    format = forms.ChoiceField(label=_("Format"), choices=CustomerInvoicing.Format.choices)
    delivery = forms.ChoiceField(label=_("Way"), choices=CustomerInvoicing.Delivery.choices)
    is_po_required = forms.BooleanField(
        label=_("Asks for an order number on every invoice"), required=False
    )


class SeriesForm(forms.Form):
    """How numbers look and which comes next."""

    kind = forms.ChoiceField(label=_("Series"), choices=NumberSeries.Kind.choices)
    pattern = forms.CharField(
        label=_("Pattern"), max_length=40, initial="INV-{year}-{number:5}",
        help_text=_("{year} is the year of issue, {number:5} the number with five digits."),
    )  # fmt: skip
    next_number = forms.IntegerField(label=_("Next number"), min_value=1, initial=1)


class TaxForm(forms.Form):
    """A tax code from a day on."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=80)
    country = forms.CharField(label=_("Country (two letters)"), max_length=2)
    category = forms.ChoiceField(label=_("Category"), choices=TaxRate.Category.choices)
    rate = forms.DecimalField(
        label=_("Rate in percent"), max_digits=7, decimal_places=4, min_value=0, initial=0
    )
    exemption = forms.CharField(label=_("Why no tax is charged"), max_length=200, required=False)
    exemption_code = forms.CharField(label=_("VATEX code"), max_length=30, required=False)
    valid_from = day_field(label=_("From"))


@require_GET
def invoicing_settings(request: StaffRequest) -> HttpResponse:
    """Show our details, series and tax codes."""
    company = request.actor.company
    profile = profile_of(company)
    context = {
        "profile": profile,
        "facts": [(OWN_LABELS[name], getattr(profile, name)) for name in OWN_TEXTS],
        "series": series_rows(company),
        "taxes": tax_rate_rows(company),
        "as_of": request.as_of,
    }
    return render(request, "web/invoicing.html", context)


@needs("invoicing.edit")
@require_http_methods(["GET", "POST"])
def invoicing_profile(request: StaffRequest) -> HttpResponse:
    """Change what stands on our invoices."""
    profile = profile_of(request.actor.company)
    form = TextsForm(profile, OWN_TEXTS, request.POST if request.method == "POST" else None)
    form.fields["approve_over"] = MoneyField(
        request.actor.company.currency, required=False, initial=profile.approve_over_minor,
        label=_("Somebody else approves above"),
    )  # fmt: skip

    def act(version: int, approve_over: int | None, **texts: str) -> InvoicingProfile:
        return save_profile(
            actor=request.actor, texts=texts, approve_over_minor=approve_over,
            version=version, at=clock.now(),
        )  # fmt: skip

    return _told(request, form, act, gettext("Our details on invoices"), "invoicing-profile")


@needs("invoicing.edit")
@require_http_methods(["GET", "POST"])
def invoicing_series(request: StaffRequest) -> HttpResponse:
    """Say how numbers look and which comes next."""
    form = SeriesForm(request.POST if request.method == "POST" else None)

    def act(kind: str, pattern: str, next_number: int) -> NumberSeries:
        return set_series(
            actor=request.actor, kind=kind, pattern=pattern, next_number=next_number,
            as_of=request.as_of, at=clock.now(),
        )  # fmt: skip

    return _told(request, form, act, gettext("Number series"), "invoicing-series")


@needs("invoicing.edit")
@require_http_methods(["GET", "POST"])
def invoicing_tax(request: StaffRequest) -> HttpResponse:
    """Add a tax code, or what it is from a day on."""
    company: Company = request.actor.company
    form = TaxForm(
        request.POST if request.method == "POST" else None,
        initial={"country": company.country, "valid_from": request.as_of},
    )

    def act(rate: Any, **told: Any) -> TaxRate:
        return add_tax_rate(
            actor=request.actor, rate_ppm=int(rate * PPM_OF_PERCENT), at=clock.now(), **told
        )

    return _told(request, form, act, gettext("Tax code"), "invoicing-tax")


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def customer_invoicing(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say how a customer wants its invoices."""
    customer = customer_or_404(request, customer_id)
    wanted = invoicing_of(customer)
    form = CustomerForm(wanted, THEIR_TEXTS, request.POST if request.method == "POST" else None)
    for name in ("format", "delivery", "is_po_required"):
        form.initial[name] = getattr(wanted, name)

    def act(*, version: int, delivery: str, is_po_required: bool, **texts: str) -> object:
        wire = texts.pop("format")
        return save_customer_invoicing(
            actor=request.actor, customer=customer, texts=texts, wire=wire, delivery=delivery,
            is_po_required=is_po_required, version=version, at=clock.now(),
        )  # fmt: skip

    context = {
        "heading": gettext("Invoices to %(name)s") % {"name": customer.name},
        "button": gettext("Save"),
        "action": reverse("customer-invoicing", args=[customer.pk]),
        "crumb": customer.name,
        "is_page": True,
    }
    back = reverse("customer", args=[customer.pk])
    return told_page(request, form, act, said=gettext("Saved."), back=back, context=context)


def _told(
    request: StaffRequest, form: forms.Form, act: Any, heading: str, name: str
) -> HttpResponse:
    context = {
        "heading": heading,
        "button": gettext("Save"),
        "action": reverse(name),
        "crumb": gettext("Invoicing"),
        "is_page": True,
    }
    back = reverse("invoicing")
    return told_page(request, form, act, said=gettext("Saved."), back=back, context=context)
