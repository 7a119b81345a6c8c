"""/portal/arrangements/promise/: naming a day, moving it once, taking it back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_promises import (
    move_own_promise,
    promise_in_portal,
    withdraw_own_promise,
)
from dunwell.models import Item, Promise
from dunwell.portal.arrangements_forms import (
    SHOWN_ITEMS,
    KeyedForm,
    ReasonForm,
    day_field,
    page,
    picked,
)
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.portal_arrangements import own_promise
from dunwell.queries.portal_promises import (
    Promisable,
    PromiseBounds,
    promisable_items,
    promise_bounds,
)
from dunwell.templatetags.money import MoneyField, money_input
from dunwell.templatetags.sentences import spoken


class PromiseForm(KeyedForm):
    """The day, a note, and how much of each item: all that is free of it unless said."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(
        self, rows: Sequence[Promisable], bounds: PromiseBounds, *args: Any, **kwargs: Any
    ) -> None:
        """Offer the days that are allowed, and an amount for each item."""
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["due_on"] = day_field(label=_("I pay by"), most=bounds.latest_on)
        for row in rows:
            field = MoneyField(row.currency, label=row.number, required=False)
            field.initial = money_input(row.free_minor, row.currency)
            self.fields[f"amount_{row.id}"] = field
        self.order_fields(["key", "due_on", "note"])

    def amounts(self, chosen: set[int]) -> dict[int, int]:
        """Return how much of each chosen item is promised, in minor units."""
        return {
            row.id: self.cleaned_data.get(f"amount_{row.id}") or row.free_minor
            for row in self.rows
            if row.id in chosen
        }

    def lines(self, chosen: set[int]) -> list[dict[str, Any]]:
        """Return the items with their fields, for the page."""
        return [
            {"row": row, "field": self[f"amount_{row.id}"], "is_chosen": row.id in chosen}
            for row in self.rows
        ]


class MoveForm(KeyedForm):
    """Another day for a promise."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, bounds: PromiseBounds, *args: Any, **kwargs: Any) -> None:
        """Offer the days that are allowed."""
        super().__init__(*args, **kwargs)
        self.fields["due_on"] = day_field(label=_("I pay by"), most=bounds.latest_on)
        self.order_fields(["key", "due_on", "note"])


@in_portal("portal.ask", most=120)
@require_http_methods(["GET", "POST"])
def promise_add(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Take a promise for chosen items of one currency; what is due is chosen at first."""
    today = clock.today(who.company.zone)
    bounds = promise_bounds(who.customer, as_of=today)
    every = promisable_items(who.customer, as_of=today)
    free = [row for row in every if row.free_minor and row.promised_on is None]
    currencies = sorted({row.currency for row in free})
    named = picked(request)
    first = [row.currency for row in free if row.id in named]
    asked = request.GET.get("currency", "")
    currency = first[0] if first else asked if asked in currencies else next(iter(currencies), "")
    rows = [row for row in free if row.currency == currency][:SHOWN_ITEMS]
    is_new = request.method == "GET" and not named
    due = {row.id for row in rows if row.is_due} or {row.id for row in rows}
    chosen = {row.id for row in rows if row.id in (due if is_new else named)}
    form = PromiseForm(rows, bounds, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.amounts(chosen)
        items = Item.objects.filter(customer=who.customer).in_bulk(list(told))
        try:
            promise = promise_in_portal(
                actor=who.actor,
                customer=who.customer,
                amounts={items[key]: amount for key, amount in told.items()},
                due_on=form.cleaned_data["due_on"],
                note=form.cleaned_data["note"],
                key=form.cleaned_data["key"],
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            day = promise.due_on.isoformat()
            messages.success(
                request, gettext("Thank you. We expect it by %(day)s.") % {"day": day}
            )
            return redirect("portal-arrangements")
    context = {
        "form": form,
        "lines": form.lines(chosen),
        "bounds": bounds,
        "currency": currency,
        "currencies": currencies,
    }
    return page(request, who, "promise", context, form)


@in_portal("portal.ask", most=120)
@require_http_methods(["GET", "POST"])
def promise_move(request: HttpRequest, who: Debtor, promise_id: int) -> HttpResponse:
    """Move an open promise to another day, once."""
    today = clock.today(who.company.zone)
    promise = _own(who, promise_id)
    bounds = promise_bounds(who.customer, as_of=today)
    form = MoveForm(bounds, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            move_own_promise(
                actor=who.actor, promise=promise, as_of=today, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("The new day is noted. Thank you."))
            return redirect("portal-arrangements")
    context = {
        "form": form,
        "bounds": bounds,
        "promise": own_promise(who.customer, promise_id, as_of=today),
    }
    return page(request, who, "promise_move", context, form)


@in_portal("portal.ask", most=120)
@require_http_methods(["GET", "POST"])
def promise_withdraw(request: HttpRequest, who: Debtor, promise_id: int) -> HttpResponse:
    """Take an open promise back."""
    today = clock.today(who.company.zone)
    promise = _own(who, promise_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_own_promise(
                actor=who.actor,
                promise=promise,
                reason=form.cleaned_data["reason"] or "Taken back in the portal",
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("The promise is taken back."))
            return redirect("portal-arrangements")
    context = {"form": form, "promise": own_promise(who.customer, promise_id, as_of=today)}
    return page(request, who, "promise_withdraw", context, form)


def _own(who: Debtor, promise_id: int) -> Promise:
    found = Promise.objects.select_related("customer__company")
    return get_object_or_404(found, pk=promise_id, customer=who.customer)
