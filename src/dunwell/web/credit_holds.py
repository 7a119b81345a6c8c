"""The workbench of held orders: what is held and why, what would free it, releasing several."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.credit_releases import ReleaseAnswer, release_holds
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.engine.order_rules import RULES, UNKNOWN
from dunwell.formats.exports import Value
from dunwell.models import CreditHold
from dunwell.queries.credit_holds import (
    OPEN,
    CreditHoldRow,
    HoldFilter,
    ReleaseTry,
    hold_counts,
    hold_detail,
    hold_rows,
    hold_sums,
    simulate_release,
)
from dunwell.queries.events import event_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.orders import RULE_LABELS, rule_label
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = CreditHold.Status
TABS = (
    (OPEN, _("Held")),
    (Status.RAISED.value, Status.RAISED.label),
    (Status.UNDER_REVIEW.value, Status.UNDER_REVIEW.label),
    (Status.READY.value, Status.READY.label),
    (Status.RELEASED.value, Status.RELEASED.label),
    (Status.REJECTED.value, Status.REJECTED.label),
)
MOST_AT_ONCE = 200
SHOWN_EVENTS = 30
AGES = ((1, _("1 day and more")), (3, _("3 days and more")), (7, _("7 days and more")))
COLUMNS = (
    _("Order"),
    _("Customer number"),
    _("Customer"),
    _("Kind"),
    _("Status"),
    _("Reasons"),
    _("Order currency"),
    _("Order amount"),
    _("Company currency"),
    _("Over the limit"),
    _("Predicted to clear on"),
    _("Held by"),
    _("Held since"),
    _("Reviewer"),
    _("Review on"),
    _("Ended by"),
    _("Ended on"),
    _("Why it ended"),
)


class WhatIfForm(forms.Form):
    """What may come: a payment, a prepayment of this order, another limit."""

    def __init__(self, row: CreditHoldRow, *args: object, **kwargs: object) -> None:
        """Take amounts of the company's currency, and the prepayment in the order's."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        home, code = row.home_currency, row.currency
        self.fields["paid"] = MoneyField(
            home, label=_("A payment of (%(code)s)") % {"code": home}, required=False
        )
        self.fields["prepaid"] = MoneyField(
            code, label=_("A prepayment of (%(code)s)") % {"code": code}, required=False
        )
        self.fields["limit"] = MoneyField(
            home, label=_("A limit of (%(code)s)") % {"code": home}, required=False
        )


@require_GET
def hold_list(request: StaffRequest) -> HttpResponse:
    """List holds under a filter, the oldest first, with what is held in each currency."""
    company, chosen = request.actor.company, hold_choice(request)
    read = partial(hold_rows, company, chosen, as_of=request.as_of)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    counts = hold_counts(company)
    context = {
        "page": page,
        "chosen": chosen,
        "sums": hold_sums(company, chosen, as_of=request.as_of),
        "tabs": [(value, label, counts.get(value, 0)) for value, label in TABS],
        "rules": [(name, RULE_LABELS[name]) for name in (*RULES, UNKNOWN)],
        "kinds": CreditHold.Kind.choices,
        "ages": AGES,
    }
    return render(request, "web/credit_holds.html", context)


@require_GET
def holds_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every hold under the page's filter."""
    read = partial(hold_rows, request.actor.company, hold_choice(request), as_of=request.as_of)
    return file_response(
        kind,
        name=f"held-orders-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in every_row(read)),
    )


@require_GET
def hold_show(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Show one hold: what the rules say now, what would free it, what if, what happened."""
    company = request.actor.company
    detail = hold_detail(company, hold_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    row = detail.hold
    is_judged = row.is_standing and row.order_id is not None
    asked = any(name in request.GET for name in ("paid", "prepaid", "limit"))
    form = WhatIfForm(row, request.GET if asked else None) if is_judged else None
    context = {
        "detail": detail,
        "row": row,
        "form": form,
        "tried": _tried(request, form, hold_id) if asked and form is not None else None,
        "events": event_rows(
            company, subject="credithold", subject_id=hold_id, limit=SHOWN_EVENTS
        ),
    }
    return render(request, "web/credit_hold.html", context)


@needs("order_hold.release")
@require_POST
def holds_release(request: StaffRequest) -> HttpResponse:
    """Release the chosen holds, each within one's authority, and say what became of each."""
    keys = [key for text in request.POST.getlist("hold") if (key := read_key(text)) is not None]
    holds = CreditHold.objects.filter(
        company=request.actor.company, pk__in=keys[:MOST_AT_ONCE]
    ).select_related("order", "customer")
    back = reverse("credit-holds")
    if not holds:
        return done(request, gettext("Choose the orders to release first."), back=back)
    try:
        answers = release_holds(
            actor=request.actor,
            holds=list(holds),
            reason=request.POST.get("reason", ""),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return done(request, spoken(refusal), back=back)
    if all(answer.status == "released" for answer in answers):
        return done(request, _said(answers), back=back)
    numbers = {hold.pk: hold.order.number if hold.order else "" for hold in holds}
    context = {
        "answers": [(answer, numbers[answer.hold_id]) for answer in answers],
        "said": _said(answers),
    }
    return render(request, "web/credit_holds_released.html", context)


def hold_choice(request: StaffRequest) -> HoldFilter:
    """Return the filter the address asks for; what is none of the choices asks for nothing."""
    told = request.GET
    status, rule, kind = told.get("status", OPEN), told.get("rule", ""), told.get("kind", "")
    return HoldFilter(
        status=status if status in {OPEN, "", *Status.values} else OPEN,
        rule=rule if rule in RULE_LABELS else "",
        kind=kind if kind in CreditHold.Kind.values else "",
        customer_id=read_key(told.get("customer", "")),
        reviewer=request.actor.name if told.get("mine") else "",
        days=read_key(told.get("days", "")),
        search=told.get("q", "")[:80].replace("\0", ""),
    )


def _tried(request: StaffRequest, form: WhatIfForm, hold_id: int) -> ReleaseTry | None:
    """Return what a payment, a prepayment or a limit would do; None while one cannot be read."""
    if not form.is_valid():
        return None
    told: dict[str, Any] = form.cleaned_data
    hold = CreditHold.objects.select_related("order", "customer").get(pk=hold_id)
    return simulate_release(
        request.actor.company,
        hold,
        paid_minor=told["paid"] or 0,
        prepaid_minor=told["prepaid"] or 0,
        limit_minor=told["limit"],
        as_of=request.as_of,
    )


def _said(answers: tuple[ReleaseAnswer, ...]) -> str:
    n = sum(answer.status == "released" for answer in answers)
    return ngettext("%(n)d order is released.", "%(n)d orders are released.", n) % {"n": n}


def _line(row: CreditHoldRow) -> tuple[Value, ...]:
    home = row.home_currency
    return (
        row.order_number,
        row.customer_number,
        row.customer_name,
        translated(row.kind_label),
        translated(row.status_label),
        "; ".join(f"{rule_label(one.rule)}: {one.text}" for one in row.reasons),
        row.currency,
        None if row.amount_minor is None else from_minor(row.amount_minor, row.currency),
        home,
        None if row.over_minor is None else from_minor(row.over_minor, home),
        row.clear_on,
        row.raised_by,
        row.raised_on,
        row.reviewer,
        row.review_on,
        row.ended_by,
        row.ended_on,
        row.end_reason,
    )
