"""A new payment plan: which items, what the customer can pay, and every plan that is allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.plan_proposals import propose_plan, renegotiate_plan
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import Customer, Item, PaymentPlan
from dunwell.queries.plan_items import CoverableItem, coverable_items, replaceable_items
from dunwell.queries.plan_offers import Offers, plan_offers
from dunwell.queries.plan_policies import plans_in_force
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page
from dunwell.web.fields import day_field, working_day
from dunwell.web.item_choice import ItemChoice, all_chosen, item_choice, told_of
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Propose = Callable[[PlanWish, dict[str, Any]], PaymentPlan]

WAIT_DAYS = 7
"""The first payment is suggested for the working day a week ahead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a plan is wanted for: whose items, and the plan it replaces."""

    customer: Customer
    choice: ItemChoice[CoverableItem]
    plan: PaymentPlan | None = None


class PlanForm(forms.Form):
    """The terms a person may choose; interest, fee and calendar are the policy's."""

    first_on = day_field(label=_("First payment on"))
    offer = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why a plan? (read by whoever approves it)"), max_length=300, required=False
    )
    guarantee = forms.CharField(label=_("Security"), max_length=200, required=False)
    supersede = forms.BooleanField(label=_("Replace promises on these items"), required=False)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for amounts in the currency of the items."""
        super().__init__(*args, **kwargs)
        self.fields["payable"] = MoneyField(
            currency, label=_("Most the customer can pay each time"), required=False
        )
        self.fields["deposit"] = MoneyField(currency, label=_("Deposit"), required=False)
        self.fields["concession"] = MoneyField(
            currency, label=_("Given up at the end"), required=False
        )


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Propose a plan for a customer's open items; offered are all plans the policy allows."""
    customer = customer_or_404(request, customer_id)
    asked = _asked(request, customer)

    def propose(wish: PlanWish, told: dict[str, Any]) -> PaymentPlan:
        items = Item.objects.filter(pk__in=asked.choice.chosen, customer=customer).order_by(
            "due_on", "id"
        )
        return propose_plan(
            actor=request.actor,
            customer=customer,
            items=list(items),
            wish=wish,
            supersede=told["supersede"],
            reason=told["reason"],
            guarantee=told["guarantee"],
            as_of=request.as_of,
            at=clock.now(),
        )

    return _page(request, asked, propose, address=reverse("plan-add", args=[customer.pk]))


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_replace(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Propose another plan for what is left of one."""
    plan = get_object_or_404(
        PaymentPlan.objects.select_related("customer"), pk=plan_id, company=request.actor.company
    )

    def propose(wish: PlanWish, told: dict[str, Any]) -> PaymentPlan:
        return renegotiate_plan(
            actor=request.actor,
            plan=plan,
            wish=wish,
            reason=told["reason"],
            guarantee=told["guarantee"],
            as_of=request.as_of,
            at=clock.now(),
        )

    address = reverse("plan-replace", args=[plan.pk])
    return _page(request, _replaced(request, plan), propose, address=address)


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_offers_part(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Return the plans that are allowed for what the form holds, while it is filled in."""
    customer = customer_or_404(request, customer_id)
    return _offers_part(request, _asked(request, customer))


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_replace_offers(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Return the plans that are allowed for the rest of a plan."""
    plan = get_object_or_404(
        PaymentPlan.objects.select_related("customer"), pk=plan_id, company=request.actor.company
    )
    return _offers_part(request, _replaced(request, plan))


def _page(request: StaffRequest, asked: Asked, propose: Propose, *, address: str) -> HttpResponse:
    """Show the form with its offers, or propose the chosen one."""
    initial = {"first_on": working_day(request.as_of + timedelta(days=WAIT_DAYS))}
    is_sent = request.method == "POST" and "propose" in request.POST
    data = request.POST if request.method == "POST" else None
    form = PlanForm(asked.choice.currency, data, initial=initial)
    if is_sent and form.is_valid():
        told = form.cleaned_data
        wish = _wish(told)
        if wish is None:
            form.add_error(None, gettext("Choose one of the plans below."))
        else:
            try:
                plan = propose(wish, told)
            except Refused as refusal:
                form.add_error(None, spoken(refusal))
            else:
                return done(request, _said(plan), back=reverse("plan", args=[plan.pk]))
    context = {
        "asked": asked,
        "customer": asked.customer,
        "offers": _offers(request, asked, form),
        "chosen_offer": request.POST.get("offer", ""),
        "action": address,
        "offers_url": f"{address}offers/",
        "policy": plans_in_force(request.actor.company, as_of=request.as_of).policy,
        "has_promise": any(row.is_promised for row in asked.choice.items),
        "back": reverse("plan", args=[asked.plan.pk])
        if asked.plan
        else reverse("customer", args=[asked.customer.pk]),
    }
    return form_page(request, "web/plan_new.html", form, context)


def _offers_part(request: StaffRequest, asked: Asked) -> HttpResponse:
    told = told_of(request)
    form = PlanForm(asked.choice.currency, told)
    context = {
        "asked": asked,
        "offers": _offers(request, asked, form),
        "chosen_offer": told.get("offer", ""),
    }
    return render(request, "web/plan_new.html#offers", context)


def _offers(request: StaffRequest, asked: Asked, form: PlanForm) -> Offers:
    """Return what is allowed for what the form holds so far; wrong fields count as empty."""
    told: dict[str, Any] = dict(form.initial)
    if form.is_bound:
        form.is_valid()
        told |= form.cleaned_data
    first_on = told.get("first_on")
    if not isinstance(first_on, date):
        return Offers(rows=(), deposit_minor=0)
    return plan_offers(
        request.actor.company,
        covered_minor=asked.choice.open_minor,
        currency=asked.choice.currency,
        first_on=first_on,
        as_of=request.as_of,
        deposit_minor=told.get("deposit") or 0,
        concession_minor=told.get("concession") or 0,
        payable_minor=told.get("payable"),
    )


def _wish(told: dict[str, Any]) -> PlanWish | None:
    """Return the offer that was chosen, as `monthly:6:0` says it; None without a choice."""
    frequency, _colon, rest = told["offer"].partition(":")
    number, _colon, deposit = rest.partition(":")
    count, raised = read_key(number), read_key(deposit)
    if count is None or raised is None:
        return None
    return PlanWish(
        frequency=frequency,
        number=count,
        first_on=told["first_on"],
        deposit_minor=raised,
        concession_minor=told["concession"] or 0,
    )


def _asked(request: StaffRequest, customer: Customer) -> Asked:
    """Return the items of one currency and which of them are chosen: the overdue ones at first."""
    told = told_of(request)
    choice = item_choice(
        told,
        coverable_items(request.actor.company, customer),
        as_of=request.as_of,
        was_asked=request.method == "POST" or "first_on" in told,
    )
    return Asked(customer=customer, choice=choice)


def _replaced(request: StaffRequest, plan: PaymentPlan) -> Asked:
    """Return what is left of a plan; all of it goes into the new one."""
    rows = replaceable_items(request.actor.company, plan, as_of=request.as_of)
    choice = all_chosen(rows, currency=plan.currency)
    return Asked(customer=plan.customer, choice=choice, plan=plan)


def _said(plan: PaymentPlan) -> str:
    words = {"number": plan.number}
    if plan.status == PaymentPlan.Status.PENDING:
        return gettext("%(number)s is proposed; somebody else has to approve it.") % words
    return gettext("%(number)s is offered; it runs when the customer accepts.") % words
