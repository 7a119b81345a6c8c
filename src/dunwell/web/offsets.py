"""The page that nets a customer's items with what we owe the customer."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.offsets import record_offset
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import Item
from dunwell.queries.payments import targets_of
from dunwell.templatetags.money import money, read_money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, customer_or_404, done
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class OffsetForm(forms.Form):
    """Which debt of ours is netted, and why; the amounts stand beside the items."""

    reference = forms.CharField(
        label=_("Our debt"),
        max_length=80,
        help_text=_("The number of the supplier's invoice, or of the netting sheet."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


@needs("payment.apply")
@require_http_methods(["GET", "POST"])
def offset_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Settle open items of a customer by what we owe it."""
    customer = customer_or_404(request, customer_id)
    company = request.actor.company
    asked = request.GET.get("currency", "")[:3].upper()
    currency = asked if asked in ISO_CODES else company.currency
    targets = targets_of(company, customer_id=customer.pk, currency=currency, as_of=request.as_of)
    form, refusal, status = OffsetForm(request.POST or None), "", 200
    typed = request.POST if request.method == "POST" else {}
    if request.method == "POST" and form.is_valid():
        try:
            amounts = _amounts(request, currency)
            total = sum(amounts.values())
            record_offset(
                actor=request.actor,
                customer=customer,
                currency=currency,
                amount_minor=total,
                amounts=amounts,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except ValueError as error:
            refusal = spoken(error)
            status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        else:
            text = gettext("%(amount)s is netted.") % {"amount": money(total, currency)}
            return done(request, text, back=reverse("customer", args=[customer.pk]))
    elif form.errors:
        status = REFUSED
    context: dict[str, Any] = {
        "customer": customer,
        "currency": currency,
        "form": form,
        "refusal": refusal,
        "targets": [(one, typed.get(f"amount-{one.id}", "")) for one in targets],
    }
    return render(request, "web/offset.html", context, status=status)


def _amounts(request: StaffRequest, currency: str) -> dict[Item, int]:
    """Return item -> amount for the fields filled in; raise ValueError naming the item."""
    typed: dict[int, str] = {}
    for name, text in request.POST.items():
        key = read_key(name.removeprefix("amount-"))
        if name.startswith("amount-") and key is not None and str(text).strip():
            typed[key] = str(text).strip()
    amounts = {}
    for item in Item.objects.filter(company=request.actor.company, pk__in=list(typed)):
        try:
            amounts[item] = read_money(typed[item.pk], currency)
        except ValueError as error:
            raise Refused(f"{item.number}: {error}") from error
    return amounts
