"""Pages about what collecting costs: the list, typing one in, taking one back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.collection_costs import (
    record_collection_cost,
    withdraw_collection_cost,
)
from dunwell.actions.gate import Refused
from dunwell.engine.money import to_minor
from dunwell.models import CollectionCost, Company, Customer, User
from dunwell.queries.collection_costs import collection_cost_rows, collection_cost_sums
from dunwell.queries.users import collectors_of
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, refused
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

YEAR = timedelta(days=365)


class CollectionCostForm(forms.Form):
    """One cost as it stands on its voucher."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CollectionCost.Kind.choices)
    on = day_field(label=_("Booked on"))
    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.001"), max_value=10**12)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    reference = forms.CharField(
        label=_("Voucher"),
        max_length=80,
        help_text=_("Each voucher counts once, however often it is typed in."),
    )
    customer = forms.CharField(
        label=_("Customer number"),
        max_length=80,
        required=False,
        help_text=_("Where the cost is one customer's, as a lawyer's bill."),
    )
    collector = forms.ChoiceField(label=_("Collector"), required=False)

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._company = company
        chosen: Any = self.fields["collector"]
        chosen.choices = [("", _("Nobody in particular")), *collectors_of(company)]

    def clean_customer(self) -> Customer | None:
        """Return the customer of the number, None for an empty one."""
        number = self.cleaned_data["customer"].strip()
        if not number:
            return None
        found = Customer.objects.filter(company=self._company, number=number).first()
        if found is None:
            raise forms.ValidationError(gettext("There is no customer with this number."))
        return found

    def clean(self) -> dict[str, Any]:
        """Return the form with the amount in minor units of its currency."""
        told = super().clean() or {}
        if "amount" in told and "currency" in told:
            try:
                told["amount_minor"] = to_minor(told["amount"], told["currency"].upper())
            except ValueError as error:
                self.add_error("amount", spoken(error))
        return told


@require_GET
def collection_costs(request: StaffRequest) -> HttpResponse:
    """List the costs, the newest first, with what they sum to over a year."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: collection_cost_rows(company, cursor=cursor))
    since = request.as_of - YEAR
    context = {
        "page": page,
        "since": since,
        "sums": collection_cost_sums(company, since=since, until=request.as_of),
    }
    return render(request, "web/collection_costs.html", context)


@needs("cost.record")
@require_http_methods(["GET", "POST"])
def collection_cost_add(request: StaffRequest) -> HttpResponse:
    """Type in a cost."""
    company = request.actor.company
    initial = {"on": request.as_of, "currency": company.currency}
    form = CollectionCostForm(company, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        collector = (
            User.objects.filter(pk=told["collector"]).first() if told["collector"] else None
        )
        try:
            record_collection_cost(
                actor=request.actor,
                kind=told["kind"],
                on=told["on"],
                currency=told["currency"],
                amount_minor=told["amount_minor"],
                reference=told["reference"],
                customer=told["customer"],
                collector=collector,
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Cost recorded."), back=reverse("collection-costs"))
    context = {
        "heading": gettext("Type in a cost"),
        "lead": gettext("Cost to collect is what is typed in here over the cash that came in."),
        "button": gettext("Record cost"),
        "action": reverse("collection-cost-add"),
        "back": reverse("collection-costs"),
        "crumb": gettext("Costs of collecting"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("cost.record")
@require_POST
def collection_cost_withdraw(request: StaffRequest, collection_cost_id: int) -> HttpResponse:
    """Take a cost back."""
    cost = get_object_or_404(CollectionCost, company=request.actor.company, pk=collection_cost_id)
    back = reverse("collection-costs")
    try:
        stood = withdraw_collection_cost(
            actor=request.actor, cost=cost, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("Cost taken back.") if stood else gettext("It was taken back before.")
    return done(request, text, back=back)
