"""Pages about interest and fees: accrued, billed and waived, by customer, billing and waiving."""

import re
from datetime import timedelta
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
from dunwell.actions.charge_bills import bill_charges
from dunwell.actions.charges import restore_charge, waive_charge
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Charge
from dunwell.queries.charge_law import charges_in_force
from dunwell.queries.charges import (
    ChargeFilter,
    ChargeRow,
    charge_counts,
    charge_rows,
    charge_totals,
    customer_charges,
)
from dunwell.queries.overbilled import overbilled_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import money
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import ReasonForm, reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Charge.Status
MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])", re.ASCII)
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Item"),
    _("Kind"),
    _("Status"),
    _("Rule"),
    _("Period"),
    _("From"),
    _("Until"),
    _("Days"),
    _("Currency"),
    _("On"),
    _("Amount"),
    _("Bill"),
    _("Waived by"),
    _("Reason"),
)


class BillForm(forms.Form):
    """The day up to which a customer is billed."""

    until_on = day_field(label=_("Bill time up to"))


@require_GET
def charge_list(request: StaffRequest) -> HttpResponse:
    """List charges under a filter, with totals of the same filter."""
    company = request.actor.company
    only = _only(request)
    page = page_asked(request, lambda cursor: charge_rows(company, only, cursor=cursor))
    counts = charge_counts(company)
    context = {
        "tab": "charges",
        "page": page,
        "totals": charge_totals(company, only),
        "only": only,
        "tabs": [(value, label, counts.get(value, 0)) for value, label in Status.choices],
        "count": sum(counts.values()),
        "kinds": Charge.Kind.choices,
        "is_off": charges_in_force(company, as_of=request.as_of).policy.is_off,
    }
    return render(request, "web/charges.html", context)


@require_GET
def charges_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every charge under the page's filter."""
    found = every_row(partial(charge_rows, request.actor.company, _only(request)))
    return file_response(
        kind,
        name=f"charges-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def charge_customers(request: StaffRequest) -> HttpResponse:
    """List what each customer owes, was billed and was forgiven."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: customer_charges(company, cursor=cursor))
    return render(request, "web/charges_customers.html", {"tab": "customers", "page": page})


@require_GET
def charges_overbilled(request: StaffRequest) -> HttpResponse:
    """List what was billed and is not owed after all."""
    rows = overbilled_rows(request.actor.company, as_of=request.as_of)
    return render(request, "web/charges_overbilled.html", {"tab": "overbilled", "rows": rows})


@needs("charge.bill")
@require_http_methods(["GET", "POST"])
def charges_bill(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Bill what a customer owes for time up to a day."""
    customer = customer_or_404(request, customer_id)
    last_month = request.as_of.replace(day=1) - timedelta(days=1)
    form = BillForm(posted(request), initial={"until_on": last_month})
    back = reverse("charge-customers")
    if request.method == "POST" and form.is_valid():
        try:
            items = bill_charges(
                actor=request.actor,
                customer=customer,
                until_on=form.cleaned_data["until_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            said = ", ".join(
                f"{item.number} {money(item.amount_minor, item.currency)}" for item in items
            )
            return done(request, gettext("Billed: %(bills)s") % {"bills": said}, back=back)
    context = {
        "heading": gettext("Bill %(customer)s") % {"customer": customer.name},
        "lead": gettext(
            "What is owed is worked out anew. One item of interest and one of fees is added for "
            "each currency, due by the customer's terms."
        ),
        "button": gettext("Bill"),
        "action": reverse("charges-bill", args=[customer.pk]),
        "crumb": gettext("Interest and fees"),
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("charge.waive")
@require_http_methods(["GET", "POST"])
def charge_waive(request: StaffRequest, charge_id: int) -> HttpResponse:
    """Give a charge up, or ask somebody who may."""
    charge = _charge(request, charge_id)
    form = ReasonForm(posted(request))
    back = reverse("charges")
    if request.method == "POST" and form.is_valid():
        try:
            asked = waive_charge(
                actor=request.actor,
                charge=charge,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            said = (
                gettext("Waived.")
                if asked is None
                else gettext("This is beyond your authority; somebody else is asked to approve.")
            )
            return done(request, said, back=back)
    lead = gettext("Nothing more is charged for this time; the reason stands in the audit log.")
    if charge.status == Status.BILLED:
        lead = gettext("The bill is reversed, and everything on it is waived.")
    context = {
        "heading": gettext("Waive %(amount)s on %(item)s")
        % {"amount": money(charge.amount_minor, charge.currency), "item": charge.item.number},
        "lead": lead,
        "button": gettext("Waive"),
        "action": reverse("charge-waive", args=[charge.pk]),
        "crumb": gettext("Interest and fees"),
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("charge.waive")
@require_http_methods(["GET", "POST"])
def charge_restore(request: StaffRequest, charge_id: int) -> HttpResponse:
    """Take a waiver back; the charge accrues again."""
    charge = _charge(request, charge_id)
    return reason_page(
        request,
        lambda reason: restore_charge(
            actor=request.actor,
            charge=charge,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The waiver is taken back."),
        back=reverse("charges"),
        context={
            "heading": gettext("Take the waiver back"),
            "lead": gettext("The charge accrues again and can be billed."),
            "button": gettext("Take back"),
            "action": reverse("charge-restore", args=[charge.pk]),
            "crumb": gettext("Interest and fees"),
        },
    )


def _charge(request: StaffRequest, charge_id: int) -> Charge:
    return get_object_or_404(
        Charge.objects.select_related("item"), pk=charge_id, company=request.actor.company
    )


def _only(request: StaffRequest) -> ChargeFilter:
    """Return the filter of the address; wrong values let everything through."""
    asked: Any = request.GET
    status, kind, month = asked.get("status", "accrued"), asked.get("kind", ""), asked.get("month")
    return ChargeFilter(
        status=status if status in Status.values else "",
        kind=kind if kind in Charge.Kind.values else "",
        customer_id=read_key(asked.get("customer", "")),
        currency=asked.get("currency", "")[:3].upper(),
        month=month if month and MONTH.fullmatch(month) else "",
    )


def _row(row: ChargeRow) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.item,
        translated(row.kind_label),
        translated(row.status_label),
        row.rule,
        row.period,
        row.from_on,
        row.until_on,
        row.days,
        row.currency,
        from_minor(row.base_minor, row.currency),
        from_minor(row.amount_minor, row.currency),
        row.bill,
        row.waived_by,
        row.waived_reason,
    )
