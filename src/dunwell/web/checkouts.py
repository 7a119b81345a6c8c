"""Pages about online payments: the list, one payment with all that was told of it, links."""

import secrets
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.checkouts import cancel_checkout
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.jobs.checkouts import ask_provider, start_link
from dunwell.models import Checkout, Customer
from dunwell.queries.checkouts import (
    CheckoutFilter,
    CheckoutRow,
    checkout_detail,
    checkout_rows,
    checkout_totals,
    link_of,
)
from dunwell.queries.pages import every_row
from dunwell.queries.payment_providers import providers_in_use
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Payment"),
    _("Status"),
    _("Customer number"),
    _("Customer"),
    _("Provider"),
    _("Way to pay"),
    _("Purpose"),
    _("Currency"),
    _("Amount"),
    _("Surcharge"),
    _("Begun at"),
    _("Begun by"),
    _("Ended at"),
    _("Error"),
)


class LinkForm(forms.Form):
    """What a payment link asks for."""

    provider = forms.ChoiceField(label=_("Provider"))
    method = forms.ChoiceField(label=_("Way to pay"), choices=Checkout.Method.choices)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        """Offer the providers that take the company's currency."""
        super().__init__(*args, **kwargs)
        company = customer.company
        self.currency = company.currency
        found = providers_in_use(company, currency=self.currency)
        self.providers = {str(one.pk): one for one in found}
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            (key, one.name) for key, one in self.providers.items()
        ]
        self.fields["amount"] = MoneyField(
            self.currency,
            label=_("Amount"),
            help_text=_("The oldest open invoices that are not disputed are paid first."),
        )
        self.order_fields(["amount", "provider", "method"])


@require_GET
def checkout_list(request: StaffRequest) -> HttpResponse:
    """List online payments under a filter, with their sums."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: checkout_rows(company, only, cursor=cursor))
    context = {
        "page": page,
        "totals": checkout_totals(company, only),
        "only": only,
        "statuses": Checkout.Status.choices,
        "purposes": Checkout.Purpose.choices,
        "tab": "checkouts",
    }
    return render(request, "web/checkouts.html", context)


@require_GET
def checkouts_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every online payment under the page's filter."""
    found = every_row(partial(checkout_rows, request.actor.company, _only(request)))
    return file_response(
        kind,
        name=f"online-payments-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in found),
    )


@require_GET
def checkout_show(request: StaffRequest, checkout_id: int) -> HttpResponse:
    """Show one payment: its items, everything told of it, what of it went back."""
    detail = checkout_detail(request.actor.company, checkout_id)
    if detail is None:
        raise Http404
    link = ""
    if detail.row.purpose == Checkout.Purpose.LINK:
        checkout = Checkout.objects.select_related("provider").get(pk=checkout_id)
        link = settings.SITE + reverse("payment-link", args=[link_of(checkout)])
    context = {"detail": detail, "row": detail.row, "link": link}
    return render(request, "web/checkout.html", context)


@needs("checkout.edit")
@require_POST
def checkout_ask(request: StaffRequest, checkout_id: int) -> HttpResponse:
    """Ask the provider where a payment stands."""
    checkout = ask_provider(_checkout(request, checkout_id))
    text = gettext("%(number)s: %(status)s") % {
        "number": checkout.number,
        "status": checkout.get_status_display(),
    }
    return done(request, text, back=reverse("checkout", args=[checkout.pk]))


@needs("checkout.edit")
@require_http_methods(["GET", "POST"])
def checkout_cancel(request: StaffRequest, checkout_id: int) -> HttpResponse:
    """Stop a payment nobody has made, with the reason."""
    checkout = _checkout(request, checkout_id)

    def act(reason: str) -> None:
        cancel_checkout(actor=request.actor, checkout=checkout, reason=reason, at=clock.now())

    return reason_page(
        request,
        act,
        said=gettext("%(number)s is stopped.") % {"number": checkout.number},
        back=reverse("checkout", args=[checkout.pk]),
        context={
            "heading": gettext("Stop %(number)s") % {"number": checkout.number},
            "lead": gettext("The payer's page is closed; the invoices stay open."),
            "button": gettext("Stop the payment"),
            "action": reverse("checkout-cancel", args=[checkout.pk]),
            "crumb": checkout.number,
        },
    )


@needs("payment.link")
@require_http_methods(["GET", "POST"])
def payment_link_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Make a payment link for a customer, to be sent by mail; one per form however often sent."""
    customer = get_object_or_404(
        Customer.objects.select_related("company"), pk=customer_id, company=request.actor.company
    )
    form = LinkForm(customer, posted(request), initial={"key": secrets.token_hex(16)})
    back = reverse("customer", args=[customer.pk])
    if not form.providers:
        no = Refused(gettext("No payment provider takes this currency; add one in the settings."))
        return refused(request, no, back=back)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            checkout = start_link(
                actor=request.actor,
                customer=customer,
                provider=form.providers[data["provider"]],
                method=data["method"],
                currency=form.currency,
                amount_minor=data["amount"],
                key=data["key"],
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("checkout", checkout_id=checkout.pk)
    context = {
        "heading": gettext("Payment link"),
        "lead": gettext("The customer pays on the page of the provider; the link lasts a week."),
        "button": gettext("Make the link"),
        "action": reverse("payment-link-add", args=[customer.pk]),
        "crumb": customer.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _checkout(request: StaffRequest, checkout_id: int) -> Checkout:
    found = Checkout.objects.select_related("company", "customer", "provider", "payment")
    return get_object_or_404(found, pk=checkout_id, company=request.actor.company)


def _only(request: StaffRequest) -> CheckoutFilter:
    status, purpose = request.GET.get("status", ""), request.GET.get("purpose", "")
    return CheckoutFilter(
        status=status if status in Checkout.Status.values else "",
        purpose=purpose if purpose in Checkout.Purpose.values else "",
        search=request.GET.get("q", "")[:80],
    )


def _line(row: CheckoutRow) -> tuple[Value, ...]:
    return (
        row.number,
        translated(row.status_label),
        row.customer_number,
        row.customer_name,
        row.provider,
        translated(row.method_label),
        translated(row.purpose_label),
        row.currency,
        from_minor(row.amount_minor, row.currency),
        from_minor(row.surcharge_minor, row.currency),
        row.recorded_at.isoformat(),
        row.started_by,
        row.closed_at.isoformat() if row.closed_at else None,
        row.error,
    )
