"""A new settlement: which items, how much, and live what it is worth and who has to approve."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.authority import authorise
from dunwell.actions.gate import Refused
from dunwell.actions.settlements import ACT, propose_settlement
from dunwell.engine.plan_schedule import months_until
from dunwell.models import Customer, Item, Settlement
from dunwell.queries.authority import authority_in_force
from dunwell.queries.settlement_items import (
    SettleableItem,
    granted_earlier,
    settleable_items,
    worth_of,
)
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.fields import day_field, working_day
from dunwell.web.item_choice import ItemChoice, is_turning, item_choice, told_of
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

WAIT_DAYS = 14
"""The day of payment is suggested two weeks ahead."""

USUAL_SHARE = 90
"""Percent of the debt that is suggested as payment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What the form's terms are worth, and what the authority policy says; `refusal` if never."""

    pay_minor: int
    concession_minor: int
    worth: dict[str, Any]
    status: str = ""
    text: str = ""
    refusal: str = ""


class SettlementForm(forms.Form):
    """The terms of an offer."""

    pay_by_on = day_field(label=_("To be paid by"))
    expires_on = day_field(label=_("Offer ends on (the day of payment if empty)"), required=False)
    reason = forms.CharField(label=_("Why less than is owed?"), max_length=300)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount in the currency of the items."""
        super().__init__(*args, **kwargs)
        self.fields["pay"] = MoneyField(currency, label=_("Amount to be paid"))


@needs("settlement.propose")
@require_http_methods(["GET", "POST"])
def settlement_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Propose a settlement of a customer's open items."""
    customer = customer_or_404(request, customer_id)
    asked = _asked(request, customer)
    start = _start(request, asked)
    if is_turning(request):
        form = SettlementForm(asked.currency, initial={**start, **request.POST.dict()})
    else:
        form = SettlementForm(asked.currency, posted(request), initial=start)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        items = Item.objects.filter(pk__in=asked.chosen, customer=customer).order_by("pk")
        try:
            settlement = propose_settlement(
                actor=request.actor,
                customer=customer,
                items=list(items),
                pay_minor=told["pay"],
                pay_by_on=told["pay_by_on"],
                expires_on=told["expires_on"],
                reason=told["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            back = reverse("settlement", args=[settlement.pk])
            return done(request, _said(settlement), back=back)
    return form_page(
        request,
        "web/settlement_new.html",
        form,
        {
            "customer": customer,
            "asked": asked,
            "comparison": _comparison(request, customer, asked, form),
            "action": reverse("settlement-add", args=[customer.pk]),
            "compare_url": reverse("settlement-compare", args=[customer.pk]),
            "back": reverse("customer", args=[customer.pk]),
        },
    )


@needs("settlement.propose")
@require_http_methods(["GET", "POST"])
def settlement_compare(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Return what the terms in the form are worth, while it is filled in."""
    customer = customer_or_404(request, customer_id)
    asked = _asked(request, customer)
    form = SettlementForm(asked.currency, told_of(request))
    context = {"asked": asked, "comparison": _comparison(request, customer, asked, form)}
    return render(request, "web/settlement_new.html#worth", context)


def _comparison(
    request: StaffRequest,
    customer: Customer,
    asked: ItemChoice[SettleableItem],
    form: forms.Form,
) -> Comparison | None:
    """Return what the terms are worth and who may grant them; None while they are no terms."""
    told: dict[str, Any] = dict(form.initial)
    if form.is_bound:
        form.is_valid()
        told = form.cleaned_data
    pay, day = told.get("pay"), told.get("pay_by_on")
    if not isinstance(day, date) or not pay or not 0 < pay < asked.open_minor:
        return None
    company, as_of = request.actor.company, request.as_of
    policy = authority_in_force(company, as_of=as_of).policy
    worth = worth_of(
        company,
        customer,
        asked.covered,
        pay_minor=pay,
        pay_by_on=day,
        policy=policy.worth,
        as_of=as_of,
    ).document()
    given = asked.open_minor - pay
    try:
        authority = authorise(
            actor=request.actor,
            customer=customer,
            act=ACT,
            currency=asked.currency,
            amount_minor=asked.open_minor,
            concession_minor=given,
            months=months_until(day, from_on=as_of),
            earlier_minor=granted_earlier(
                customer, asked.currency, as_of=as_of, window_days=policy.window_days
            ),
            as_of=as_of,
        )
    except Refused as refusal:
        return Comparison(
            pay_minor=pay, concession_minor=given, worth=worth, refusal=spoken(refusal)
        )
    return Comparison(
        pay_minor=pay,
        concession_minor=given,
        worth=worth,
        status=authority.status,
        text=authority.text,
    )


def _asked(request: StaffRequest, customer: Customer) -> ItemChoice[SettleableItem]:
    """Return the items of one currency and which of them are chosen: the overdue ones at first."""
    told = told_of(request)
    return item_choice(
        told,
        settleable_items(request.actor.company, customer, as_of=request.as_of),
        as_of=request.as_of,
        was_asked=request.method == "POST" or "pay" in told,
    )


def _start(request: StaffRequest, asked: ItemChoice[SettleableItem]) -> dict[str, Any]:
    return {
        "pay_by_on": working_day(request.as_of + timedelta(days=WAIT_DAYS)),
        "pay": asked.open_minor * USUAL_SHARE // 100,
    }


def _said(settlement: Settlement) -> str:
    words = {"number": settlement.number}
    if settlement.status == Settlement.Status.PENDING:
        return gettext("%(number)s is proposed; somebody else has to approve it.") % words
    return gettext("%(number)s is offered; it binds when the customer accepts.") % words
