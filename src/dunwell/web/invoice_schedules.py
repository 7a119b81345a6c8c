"""Invoices that come again: the list, a new one from an invoice as its pattern, and ending it."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.invoice_schedules import add_schedule, end_schedule
from dunwell.models import Invoice, InvoiceSchedule
from dunwell.queries.invoice_drafts import LineDraft
from dunwell.queries.invoices import schedule_rows
from dunwell.web.answers import told_page
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ScheduleForm(forms.Form):
    """How often an invoice comes again."""

    name = forms.CharField(label=_("Name"), max_length=120)
    every = forms.ChoiceField(label=_("How often"), choices=InvoiceSchedule.Every.choices)
    day = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=31, initial=1)
    starts_on = day_field(label=_("First period begins on"))
    ends_on = day_field(label=_("Ends on"), required=False)
    is_auto_issued = forms.BooleanField(
        label=_("Issue and send without asking where the check finds nothing"), required=False
    )


class EndForm(forms.Form):
    """When a schedule ends."""

    ends_on = day_field(label=_("Ends on"))
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
def schedule_list(request: StaffRequest) -> HttpResponse:
    """List the invoices that come again."""
    context = {"rows": schedule_rows(request.actor.company), "as_of": request.as_of}
    return render(request, "web/invoice_schedules.html", context)


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def schedule_add(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Let an invoice come again: its lines, terms and order number are the pattern."""
    invoice = get_object_or_404(
        Invoice.objects.select_related("customer"),
        pk=invoice_id, company=request.actor.company, kind=Invoice.Kind.INVOICE,
    )  # fmt: skip
    form = ScheduleForm(
        request.POST if request.method == "POST" else None,
        initial={"starts_on": _next_month(request.as_of)},
    )
    lines = [
        LineDraft(
            name=row.name, quantity_micros=row.quantity_micros, price_micros=row.price_micros,
            tax_code=row.tax_code, unit=row.unit, description=row.description,
            seller_item=row.seller_item, discount_minor=row.discount_minor,
            discount_reason=row.discount_reason,
        )
        for row in invoice.lines.order_by("position")
    ]  # fmt: skip

    def act(*, name: str, every: str, day: int, is_auto_issued: bool, **days: date) -> object:
        return add_schedule(
            actor=request.actor, customer=invoice.customer, name=name, every=every, day=day,
            currency=invoice.currency, lines=lines, terms=invoice.terms,
            order_number=invoice.order_number, is_auto_issued=is_auto_issued,
            as_of=request.as_of, at=clock.now(), **days,
        )  # fmt: skip

    context = {
        "heading": gettext("Let it come again"),
        "lead": gettext("Lines, terms and order number are taken from the invoice."),
        "button": gettext("Start"),
        "action": reverse("invoice-schedule-add", args=[invoice.pk]),
        "crumb": gettext("Schedules"),
        "is_page": True,
    }
    back = reverse("invoice-schedules")
    return told_page(
        request, form, act, said=gettext("It will come again."), back=back, context=context
    )


@needs("invoice.edit")
@require_http_methods(["GET", "POST"])
def schedule_end(request: StaffRequest, invoice_schedule_id: int) -> HttpResponse:
    """Ask for the day on which a schedule ends."""
    schedule = get_object_or_404(
        InvoiceSchedule, pk=invoice_schedule_id, company=request.actor.company
    )
    form = EndForm(
        request.POST if request.method == "POST" else None,
        initial={"ends_on": request.as_of, "version": schedule.version},
    )

    def act(ends_on: date, version: int) -> object:
        return end_schedule(
            actor=request.actor, schedule=schedule, ends_on=ends_on, version=version,
            at=clock.now(),
        )  # fmt: skip

    context = {
        "heading": gettext("End %(name)s") % {"name": schedule.name},
        "lead": gettext("Periods that begin later are not billed."),
        "button": gettext("End it"),
        "action": reverse("invoice-schedule-end", args=[schedule.pk]),
        "crumb": gettext("Schedules"),
    }
    back = reverse("invoice-schedules")
    return told_page(request, form, act, said=gettext("Saved."), back=back, context=context)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
