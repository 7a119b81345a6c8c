"""Pages about promises to pay: the list, recording one, withdrawing one."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.promise_consequences import forgive_promise
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.models import Customer, Item, Promise
from dunwell.queries.items import ItemFilter, ItemRow, item_rows
from dunwell.queries.promises import PromiseDay, promise_days, promise_rows
from dunwell.queries.workforce import covered_users
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.fields import day_field, working_day
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

MOST_ITEMS = 100
"""Items offered for one promise; a customer with more chooses on the items page."""

FAILED_TODAY = "failed_today"
"""The list of promises judged broken or kept in part today."""

MINE = "mine"
"""The list of promises of one's own customers."""

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


class ForgiveForm(forms.Form):
    """Why a failed promise is not held against the customer."""

    reason = forms.CharField(label=_("Why was it no fault of the customer?"), max_length=300)


def free_minor(row: ItemRow) -> int:
    """Return what of an item is open and neither disputed nor promised."""
    return row.open_minor - row.disputed_minor - row.promised_minor


@require_GET
def promise_list(request: StaffRequest) -> HttpResponse:
    """List promises, the soonest due first."""
    outcome = request.GET.get("outcome", Promise.Outcome.OPEN)
    is_today = outcome == FAILED_TODAY
    chosen = outcome if outcome in Promise.Outcome.values else ""
    due_on = _due_day(request)
    read = partial(
        promise_rows,
        request.actor.company,
        as_of=request.as_of,
        outcome=chosen,
        failed_on=request.as_of if is_today else None,
        due_from=due_on,
        due_until=due_on,
        collectors=_whose(request),
        **_made(request),
    )
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "page": page,
        "outcome": FAILED_TODAY if is_today else chosen,
        "is_mine": request.GET.get("whose") == MINE,
        "outcomes": [(FAILED_TODAY, _("Broken today")), *Promise.Outcome.choices],
    }
    return render(request, "web/promises.html", context)


@require_GET
def promise_calendar(request: StaffRequest) -> HttpResponse:
    """Show what is promised for each day of a month; a day opens its promises."""
    first = _month(request)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    monday = first - timedelta(days=first.weekday())
    days: dict[date, list[PromiseDay]] = {
        monday + timedelta(days=n): [] for n in range(((last - monday).days // 7 + 1) * 7)
    }
    for found in promise_days(request.actor.company, from_on=first, to_on=last):
        days[found.on].append(found)
    context = {
        "first": first,
        "before": first - timedelta(days=1),
        "after": last + timedelta(days=1),
        "days": [(day, day.month == first.month, found) for day, found in days.items()],
        "is_empty": not any(days.values()),
    }
    return render(request, "web/promises_calendar.html", context)


@require_http_methods(["GET", "POST"])
def promise_forgive(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Take back what followed from a failed promise."""
    promise = get_object_or_404(
        Promise.objects.select_related("customer"), pk=promise_id, company=request.actor.company
    )
    form = ForgiveForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            forgive_promise(
                actor=request.actor,
                promise=promise,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The promise is forgiven."), back=reverse("promises"))
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": promise.customer,
            "heading": gettext("Forgive the promise"),
            "button": gettext("Forgive"),
            "action": reverse("promise-forgive", args=[promise.pk]),
        },
    )


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
            form.add_error(None, spoken(refusal))
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
            form.add_error(None, spoken(refusal))
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


def _month(request: StaffRequest) -> date:
    """Return the first day of the month asked for (YYYY-MM), of this one where none is."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return request.as_of.replace(day=1)


def _due_day(request: StaffRequest) -> date | None:
    """Return the one due day asked for, None where none is."""
    try:
        return date.fromisoformat(request.GET.get("due", ""))
    except ValueError:
        return None


def _whose(request: StaffRequest) -> list[int] | None:
    """Return whose customers are asked for: one's own and those covered for, or None for all."""
    if request.GET.get("whose") != MINE:
        return None
    return covered_users(request.actor.company, user_id=request.actor.user_id, as_of=request.as_of)


def _made(request: StaffRequest) -> dict[str, Any]:
    """Return the filter on who recorded a promise on which day, where one is asked for."""
    try:
        made_on = date.fromisoformat(request.GET.get("made", ""))
    except ValueError:
        return {}
    by = request.actor.name if request.GET.get("by") == "me" else ""
    return {"made_on": made_on, "recorded_by": by}


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
