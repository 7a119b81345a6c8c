"""/portal/arrangements/settlement/: an offered settlement answered, another amount proposed."""

from datetime import timedelta
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
from dunwell.actions.portal_settlements import (
    accept_own_settlement,
    ask_settlement,
    decline_own_settlement,
)
from dunwell.models import Item, Settlement
from dunwell.portal.arrangements_forms import (
    SHOWN_ITEMS,
    AcceptForm,
    KeyedForm,
    ReasonForm,
    day_field,
    page,
    picked,
)
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.portal_arrangements import own_settlement
from dunwell.queries.settlement_items import settleable_items
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken

PAY_WITHIN_DAYS = 14
"""The day of payment that is suggested."""


class SettlementForm(KeyedForm):
    """What is paid, by when, and why."""

    reason = forms.CharField(
        label=_("Why should less be taken?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount in the currency of the items."""
        super().__init__(*args, **kwargs)
        self.fields["pay"] = MoneyField(currency, label=_("I pay in all"))
        self.fields["pay_by_on"] = day_field(label=_("To be paid by"))
        self.order_fields(["key", "pay", "pay_by_on", "reason"])


@in_portal("portal.ask", most=120)
@require_http_methods(["GET", "POST"])
def settlement_ask(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Propose to pay less than is open on chosen items; a person decides."""
    today = clock.today(who.company.zone)
    free = [row for row in settleable_items(who.company, who.customer, as_of=today) if row.is_free]
    currencies = sorted({row.currency for row in free})
    named = picked(request)
    first = [row.currency for row in free if row.id in named]
    asked = request.GET.get("currency", "")
    currency = first[0] if first else asked if asked in currencies else next(iter(currencies), "")
    rows = [row for row in free if row.currency == currency][:SHOWN_ITEMS]
    is_new = request.method == "GET" and not named
    chosen = {row.id for row in rows if is_new or row.id in named}
    form = SettlementForm(
        currency,
        request.POST if request.method == "POST" else None,
        initial={"pay_by_on": today + timedelta(days=PAY_WITHIN_DAYS)},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        items = Item.objects.filter(pk__in=chosen, customer=who.customer).order_by("due_on", "id")
        try:
            settlement = ask_settlement(
                actor=who.actor,
                customer=who.customer,
                items=list(items),
                pay_minor=told["pay"],
                pay_by_on=told["pay_by_on"],
                reason=told["reason"],
                key=told["key"],
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("portal-settlement", settlement.pk)
    context = {
        "form": form,
        "rows": rows,
        "chosen": chosen,
        "currency": currency,
        "currencies": currencies,
        "total": sum(row.open_minor for row in rows if row.id in chosen),
    }
    return page(request, who, "settlement_ask", context, form)


@in_portal()
@require_GET
def settlement_show(request: HttpRequest, who: Debtor, settlement_id: int) -> HttpResponse:
    """Show one settlement, and the ways to answer an offer."""
    return _page(request, who, settlement_id)


@in_portal("portal.ask", most=60)
@require_http_methods(["POST"])
def settlement_accept(request: HttpRequest, who: Debtor, settlement_id: int) -> HttpResponse:
    """Accept an offered settlement with name and tick."""
    form = AcceptForm(request.POST)
    settlement = _own(who, settlement_id)
    if form.is_valid():
        try:
            accept_own_settlement(
                actor=who.actor,
                settlement=settlement,
                name=form.cleaned_data["name"],
                has_agreed=form.cleaned_data["has_agreed"],
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("It is agreed. Thank you."))
            return redirect("portal-settlement", settlement.pk)
    return _page(request, who, settlement_id, form)


@in_portal("portal.ask", most=60)
@require_http_methods(["POST"])
def settlement_decline(request: HttpRequest, who: Debtor, settlement_id: int) -> HttpResponse:
    """Say no to an offered settlement."""
    form = ReasonForm(request.POST)
    settlement = _own(who, settlement_id)
    if form.is_valid():
        try:
            decline_own_settlement(
                actor=who.actor,
                settlement=settlement,
                reason=form.cleaned_data["reason"],
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("The offer is declined."))
            return redirect("portal-arrangements")
    return _page(request, who, settlement_id, declined=form)


def _page(
    request: HttpRequest,
    who: Debtor,
    settlement_id: int,
    accepted: AcceptForm | None = None,
    declined: ReasonForm | None = None,
) -> HttpResponse:
    found = own_settlement(who.customer, settlement_id)
    if found is None:
        raise Http404
    name = who.seat.person.name if who.seat else ""
    context = {
        "settlement": found,
        "form": accepted or AcceptForm(initial={"name": name}),
        "decline": declined or ReasonForm(),
        "today": clock.today(who.company.zone),
    }
    return page(request, who, "settlement", context, accepted, declined)


def _own(who: Debtor, settlement_id: int) -> Settlement:
    found = Settlement.objects.select_related("customer__company")
    return get_object_or_404(found, pk=settlement_id, customer=who.customer)
