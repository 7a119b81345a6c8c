"""/portal/arrangements/plan/: the plans allowed, every figure of one, asked for, accepted."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_plans import accept_own_plan, ask_plan, decline_own_plan
from dunwell.engine.plan_offers import PlanWish
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Item, PaymentPlan, PortalRequest
from dunwell.portal.arrangements_forms import (
    SHOWN_ITEMS,
    AcceptForm,
    KeyedForm,
    ReasonForm,
    day_field,
    download,
    page,
    picked,
)
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.plan_items import CoverableItem, coverable_items
from dunwell.queries.plan_offers import OfferRow, Offers, plan_offers
from dunwell.queries.plan_policies import plans_in_force
from dunwell.queries.portal_arrangements import own_plan
from dunwell.queries.portal_letters import plan_pdf
from dunwell.queries.portal_requests import sent_record
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken

WAIT_DAYS = 7
"""The first payment is suggested for the working day a week ahead."""

SATURDAY = 5


class PlanForm(KeyedForm):
    """What the debtor can pay, from when, and why; interest, fee and calendar are the policy's."""

    offer = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why do you need a plan?"), max_length=300, required=False)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for amounts in the currency of the items."""
        super().__init__(*args, **kwargs)
        self.fields["first_on"] = day_field(label=_("First payment on"))
        self.fields["payable"] = MoneyField(
            currency, label=_("Most I can pay each time"), required=False
        )
        self.fields["deposit"] = MoneyField(
            currency, label=_("What I can pay at the beginning"), required=False
        )


@in_portal("portal.ask", most=200)
@require_http_methods(["GET", "POST"])
def plan_ask(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Choose items, see every plan that is allowed, look at one with all figures, and send it."""
    today = clock.today(who.company.zone)
    sent = sent_record(who.customer, request.POST.get("key", ""), kind=PortalRequest.Kind.PLAN)
    if sent is not None:
        return redirect("portal-plan", sent)
    rows, currency, currencies, chosen = _chosen(request, who)
    first_on = today + timedelta(days=WAIT_DAYS)
    first_on += timedelta(days=7 - first_on.weekday() if first_on.weekday() >= SATURDAY else 0)
    form = PlanForm(
        currency,
        request.POST if request.method == "POST" else None,
        initial={"first_on": first_on},
    )
    covered = sum(row.open_minor for row in rows if row.id in chosen)
    told: dict[str, Any] = {"first_on": first_on}
    if form.is_bound:
        form.is_valid()
        told = form.cleaned_data
    found = _offers(who, told, covered, currency) if told.get("first_on") else None
    offer = _offer(found, str(told.get("offer") or request.POST.get("choose", "")))
    if request.method == "POST" and "send" in request.POST and form.is_valid():
        if offer is None:
            form.add_error(None, gettext("Choose one of the plans."))
        else:
            items = Item.objects.filter(pk__in=chosen, customer=who.customer)
            try:
                plan = ask_plan(
                    actor=who.actor,
                    customer=who.customer,
                    items=list(items.order_by("due_on", "id")),
                    wish=_wish(offer, told),
                    reason=told["reason"],
                    key=told["key"],
                    as_of=today,
                    at=clock.now(),
                )
            except Refused as refusal:
                form.add_error(None, spoken(refusal))
            else:
                return redirect("portal-plan", plan.pk)
    context = {
        "form": form,
        "rows": rows,
        "chosen": chosen,
        "currency": currency,
        "currencies": currencies,
        "covered": covered,
        "offers": _grouped(found.rows if found else ()),
        "offer": offer,
        "is_preview": offer is not None and request.method == "POST",
        "policy": plans_in_force(who.company, as_of=today).policy,
    }
    bad = form if form.errors and "send" in request.POST else None
    return page(request, who, "plan_ask", context, bad)


@in_portal()
@require_GET
def plan_show(request: HttpRequest, who: Debtor, plan_id: int) -> HttpResponse:
    """Show one plan with its schedule, its terms, and the ways to answer an offer."""
    return _plan_page(request, who, plan_id)


@in_portal("portal.ask", most=60)
@require_http_methods(["POST"])
def plan_accept(request: HttpRequest, who: Debtor, plan_id: int) -> HttpResponse:
    """Accept the offered terms with name and tick."""
    plan = _own(who, plan_id)
    form = AcceptForm(request.POST)
    if form.is_valid():
        try:
            accept_own_plan(
                actor=who.actor,
                plan=plan,
                as_of=clock.today(who.company.zone),
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("The plan runs. Thank you."))
            return redirect("portal-plan", plan.pk)
    return _plan_page(request, who, plan_id, form)


@in_portal("portal.ask", most=60)
@require_http_methods(["POST"])
def plan_decline(request: HttpRequest, who: Debtor, plan_id: int) -> HttpResponse:
    """Say no to an offered plan."""
    plan = _own(who, plan_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            decline_own_plan(
                actor=who.actor,
                plan=plan,
                reason=form.cleaned_data["reason"],
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("The offer is declined."))
            return redirect("portal-arrangements")
    return _plan_page(request, who, plan_id, declined=form)


@in_portal()
@require_GET
def plan_letter(request: HttpRequest, who: Debtor, plan_id: int) -> HttpResponse:
    """Return the terms of an offered plan as a PDF."""
    try:
        found = plan_pdf(who.customer, plan_id)
    except TypesettingError:
        return page(request, who, "no_letter", {}, None)
    if found is None:
        raise Http404
    number, data = found
    return download(f"{number}.pdf", data, "application/pdf")


def _plan_page(
    request: HttpRequest,
    who: Debtor,
    plan_id: int,
    accepted: AcceptForm | None = None,
    declined: ReasonForm | None = None,
) -> HttpResponse:
    plan = own_plan(who.customer, plan_id)
    if plan is None:
        raise Http404
    name = who.seat.person.name if who.seat else ""
    context = {
        "plan": plan,
        "form": accepted or AcceptForm(initial={"sha256": plan.sha256, "name": name}),
        "decline": declined or ReasonForm(),
        "today": clock.today(who.company.zone),
    }
    return page(request, who, "plan", context, accepted, declined)


def _chosen(
    request: HttpRequest, who: Debtor
) -> tuple[list[CoverableItem], str, list[str], set[int]]:
    """Return the items of one currency that a plan may cover, and which are chosen."""
    free = [row for row in coverable_items(who.company, who.customer) if row.is_free]
    currencies = sorted({row.currency for row in free})
    named = picked(request)
    first = [row.currency for row in free if row.id in named]
    asked = request.GET.get("currency", "")
    currency = first[0] if first else asked if asked in currencies else next(iter(currencies), "")
    rows = [row for row in free if row.currency == currency][:SHOWN_ITEMS]
    is_new = request.method == "GET" and not named
    chosen = {row.id for row in rows if is_new or row.id in named}
    return rows, currency, currencies, chosen


def _offers(who: Debtor, told: dict[str, Any], covered_minor: int, currency: str) -> Offers:
    offered = partial(plan_offers, who.company, currency=currency)
    return offered(
        covered_minor=covered_minor,
        first_on=told["first_on"],
        as_of=clock.today(who.company.zone),
        deposit_minor=told.get("deposit") or 0,
        payable_minor=told.get("payable") or None,
    )


def _grouped(rows: Sequence[OfferRow]) -> list[tuple[str, list[OfferRow]]]:
    """Return the plans by how often money is due, the slowest first: they are asked for most."""
    found: dict[str, list[OfferRow]] = {}
    for row in rows:
        found.setdefault(row.schedule.terms.frequency, []).append(row)
    return list(reversed(found.items()))


def _offer(found: Offers | None, key: str) -> OfferRow | None:
    """Return the offer of a key such as monthly:6:0, None where it is not allowed."""
    return next((one for one in found.rows if one.key == key), None) if found and key else None


def _wish(offer: OfferRow, told: dict[str, Any]) -> PlanWish:
    terms = offer.schedule.terms
    return PlanWish(
        frequency=terms.frequency,
        number=terms.number,
        first_on=told["first_on"],
        deposit_minor=terms.deposit_minor,
    )


def _own(who: Debtor, plan_id: int) -> PaymentPlan:
    found = PaymentPlan.objects.select_related("customer__company")
    return get_object_or_404(found, pk=plan_id, customer=who.customer)
