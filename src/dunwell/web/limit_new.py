"""A new limit: for a customer, a group or a segment, with what is in force beside the form."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.limits import propose_limit
from dunwell.models import CreditGroup, CreditLimit, Customer
from dunwell.queries.exposures import exposures
from dunwell.queries.limit_ledger import group_names
from dunwell.queries.limit_use import segment_sizes
from dunwell.queries.limits import limits_in_force
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Kind = CreditLimit.Kind
NO_AMOUNT = (Kind.SUSPENSION, Kind.RESUMPTION)
"""Kinds whose amount nobody types."""


class LimitForm(forms.Form):
    """Whose limit, how much, from when to when, and why."""

    customer_number = forms.CharField(
        label=_("Customer number"),
        max_length=80,
        required=False,
        help_text=_("One customer, or a group, or a segment."),
    )
    group = forms.ChoiceField(label=_("Group"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Kind.choices,
        help_text=_(
            "A temporary limit replaces the standard one while it lasts; an insured one adds to "
            "it. A suspension stops all credit at once; its end gives back what is granted."
        ),
    )
    from_on = day_field(label=_("From"))
    until_on = day_field(
        label=_("Until"), required=False, help_text=_("The last day; a temporary limit needs one.")
    )
    reason = forms.CharField(
        label=_("Why? (read by whoever approves it)"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, request: StaffRequest, *args: Any, **kwargs: Any) -> None:
        """Offer the groups and segments of the company, and amounts in its currency."""
        super().__init__(*args, **kwargs)
        company = request.actor.company
        self.fields["amount"] = MoneyField(
            company.currency,
            label=_("Limit"),
            required=False,
            help_text=_("Left empty for a suspension and for its end."),
        )
        groups = [("", "-"), *((str(key), name) for key, name in group_names(company))]
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        segments = [("", "-"), *((name, f"{name} ({n})") for name, n in segment_sizes(company))]
        self.fields["segment"].choices = segments  # type: ignore[attr-defined]
        self.order_fields(
            ["customer_number", "group", "segment", "kind", "amount", "from_on", "until_on"]
        )

    def clean(self) -> dict[str, Any]:
        """Ask for an amount where the kind has one."""
        told = super().clean() or {}
        if told.get("kind") not in NO_AMOUNT and told.get("amount") is None:
            self.add_error("amount", gettext("Say how much credit is given; 0 gives none."))
        return told


@needs("limit.propose")
@require_http_methods(["GET", "POST"])
def limit_add(request: StaffRequest) -> HttpResponse:
    """Ask for a limit; within authority it applies at once."""
    customer = _named(request)
    group = read_key(request.GET.get("group", ""))
    initial = {
        "customer_number": customer.number if customer else "",
        "group": str(group) if group else "",
        "kind": request.GET.get("kind", Kind.STANDARD),
        "from_on": request.as_of,
    }
    form = LimitForm(request, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            limit = _proposed(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            said = (
                gettext("The limit is in the ledger; it is within your authority.")
                if limit.status == CreditLimit.Status.APPROVED
                else gettext("The limit is proposed; somebody else has to approve it.")
            )
            return done(request, said, back=reverse("limit", args=[limit.pk]))
    context = {
        "customer": customer,
        "now": _now(request, customer),
        "action": request.get_full_path(),
        "back": reverse("customer-limits", args=[customer.pk]) if customer else reverse("limits"),
    }
    return form_page(request, "web/limit_new.html", form, context)


def _named(request: StaffRequest) -> Customer | None:
    """Return the customer the address names, None when it names none of the company's."""
    key = read_key(request.GET.get("customer", ""))
    if key is None:
        return None
    return get_object_or_404(Customer, pk=key, company=request.actor.company)


def _proposed(request: StaffRequest, told: dict[str, Any]) -> CreditLimit:
    company = request.actor.company
    customer = None
    if number := told["customer_number"].strip():
        customer = Customer.objects.filter(company=company, number=number).first()
        if customer is None:
            raise Refused(gettext("There is no customer %(number)s.") % {"number": number})
    group = None
    if told["group"]:
        group = get_object_or_404(CreditGroup, pk=told["group"], company=company)
    return propose_limit(
        actor=request.actor,
        customer=customer,
        group=group,
        segment=told["segment"],
        kind=told["kind"],
        amount_minor=0 if told["kind"] in NO_AMOUNT else told["amount"],
        from_on=told["from_on"],
        until_on=told["until_on"],
        reason=told["reason"],
        as_of=request.as_of,
        at=clock.now(),
    )


def _now(request: StaffRequest, customer: Customer | None) -> dict[str, object] | None:
    """Return what a customer has and uses now, to be seen beside the form."""
    if customer is None:
        return None
    company, keys = request.actor.company, [customer.pk]
    return {
        "limit": limits_in_force(company, as_of=request.as_of, customer_ids=keys)[customer.pk],
        "exposure": exposures(company, as_of=request.as_of, customer_ids=keys)[customer.pk],
    }
