"""Pages about promises to pay: the list, recording one, withdrawing one."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.models import Customer, Item, Promise
from dunwell.queries.items import ItemFilter, ItemRow, item_rows
from dunwell.queries.pages import CursorError
from dunwell.queries.promises import promise_rows
from dunwell.templatetags.dates import day_text
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.fields import MoneyField, day_field, working_day
from dunwell.web.staff import StaffRequest

MOST_ITEMS = 100
"""Items offered for one promise; a customer with more chooses on the items page."""

WAIT_DAYS = 7
"""A promise is suggested for the working day a week ahead."""


class PromiseForm(forms.Form):
    """Which items the customer will pay, how much of each, and when."""

    due_on = day_field(label=_("Promised for"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    supersede = forms.BooleanField(label=_("Replace promises on these items"), required=False)

    def __init__(
        self, rows: Sequence[ItemRow], chosen: Collection[str], *args: object, **kwargs: object
    ) -> None:
        """Offer open items with what is free to promise; without a choice all overdue ones."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.rows = rows
        for row in rows:
            free = free_minor(row)
            self.fields[f"item_{row.id}"] = forms.BooleanField(
                required=False,
                initial=str(row.id) in chosen if chosen else row.days_past_due > 0 and free > 0,
            )
            self.fields[f"amount_{row.id}"] = MoneyField(
                row.currency, required=False, initial=max(free, 0)
            )

    def lines(self) -> list[tuple[ItemRow, forms.BoundField, forms.BoundField]]:
        """Return each item with its box and its amount field."""
        return [(row, self[f"item_{row.id}"], self[f"amount_{row.id}"]) for row in self.rows]

    def clean(self) -> dict[str, object]:
        """Ask for an amount where an item is chosen."""
        data = super().clean() or {}
        for row in self.rows:
            name = f"amount_{row.id}"
            if data.get(f"item_{row.id}") and name in data and data[name] is None:
                self.add_error(
                    name, gettext("Give an amount for %(item)s.") % {"item": row.number}
                )
        return data

    def chosen(self) -> dict[int, int]:
        """Return the promised minor units by item, once the form is valid."""
        return {
            row.id: self.cleaned_data[f"amount_{row.id}"]
            for row in self.rows
            if self.cleaned_data[f"item_{row.id}"]
        }


class WithdrawForm(forms.Form):
    """Why a promise no longer counts."""

    reason = forms.CharField(label=_("Why is it withdrawn?"), max_length=300)


def free_minor(row: ItemRow) -> int:
    """Return what of an item is open and neither disputed nor promised."""
    return row.open_minor - row.disputed_minor - row.promised_minor


@require_GET
def promise_list(request: StaffRequest) -> HttpResponse:
    """List promises, the soonest due first."""
    outcome = request.GET.get("outcome", Promise.Outcome.OPEN)
    chosen = outcome if outcome in Promise.Outcome.values else ""
    try:
        page = promise_rows(
            request.actor.company,
            as_of=request.as_of,
            outcome=chosen,
            cursor=request.GET.get("cursor", ""),
        )
    except CursorError:
        page = promise_rows(request.actor.company, as_of=request.as_of, outcome=chosen)
    context = {"page": page, "outcome": chosen, "outcomes": Promise.Outcome.choices}
    return render(request, "web/promises.html", context)


@require_http_methods(["GET", "POST"])
def promise_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record a promise; offered are the overdue items of one currency, less what is disputed."""
    customer = customer_or_404(request, customer_id)
    rows = _offered(request, customer)
    currencies = sorted({row.currency for row in rows})
    currency = _currency(request, rows)
    offered = [row for row in rows if row.currency == currency]
    due_on = working_day(request.as_of + timedelta(days=WAIT_DAYS))
    chosen_ids = request.GET.getlist("item")
    form = PromiseForm(offered, chosen_ids, posted(request), initial={"due_on": due_on})
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        items = Item.objects.filter(pk__in=chosen, customer=customer).order_by("due_on", "id")
        try:
            record_promise(
                actor=request.actor,
                customer=customer,
                amounts={item: chosen[item.pk] for item in items},
                due_on=form.cleaned_data["due_on"],
                note=form.cleaned_data["note"],
                supersede=form.cleaned_data["supersede"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(
                request,
                _recorded(customer, form.cleaned_data["due_on"]),
                back=reverse("customer", args=[customer.pk]),
            )
    context = {
        "customer": customer,
        "currency": currency,
        "currencies": currencies,
        "has_promise": any(row.promised_minor for row in offered),
    }
    return form_page(request, "web/promise_form.html", form, context)


@require_http_methods(["GET", "POST"])
def promise_withdraw(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Withdraw an open promise, so that reminders go on."""
    promise = get_object_or_404(
        Promise.objects.select_related("customer"), pk=promise_id, company=request.actor.company
    )
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_promise(
                actor=request.actor,
                promise=promise,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, gettext("Promise withdrawn."), back=reverse("promises"))
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": promise.customer,
            "heading": gettext("Withdraw promise"),
            "button": gettext("Withdraw promise"),
            "action": reverse("promise-withdraw", args=[promise.pk]),
        },
    )


def _offered(request: StaffRequest, customer: Customer) -> list[ItemRow]:
    page = item_rows(
        request.actor.company,
        as_of=request.as_of,
        only=ItemFilter(customer_id=customer.pk),
        limit=MOST_ITEMS,
    )
    return [row for row in page.rows if row.open_minor > 0]


def _currency(request: StaffRequest, rows: Sequence[ItemRow]) -> str:
    """Return the currency asked for, or the one of the oldest item that is free to promise."""
    asked = request.POST.get("currency") or request.GET.get("currency", "")
    if any(row.currency == asked for row in rows):
        return asked
    chosen = request.GET.getlist("item")
    named = [row for row in rows if str(row.id) in chosen]
    free = named or [row for row in rows if free_minor(row) > 0] or list(rows)
    return free[0].currency if free else ""


def _recorded(customer: Customer, due_on: date) -> str:
    return gettext("Promise of %(name)s for %(day)s recorded.") % {
        "name": customer.name,
        "day": day_text(due_on),
    }
