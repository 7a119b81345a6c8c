"""Pages about automatic payment: standing orders, their charges, and saved ways to pay."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.autopay import end_autopay, pause_autopay, resume_autopay
from dunwell.actions.autopay_charges import drop_charge
from dunwell.actions.gate import Refused
from dunwell.actions.saved_methods import remove_method
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Autopay, AutopayCharge, SavedMethod
from dunwell.queries.autopay import AutopayChargeRow, autopay_charge_rows, autopay_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Day"),
    _("Customer number"),
    _("Customer"),
    _("Items"),
    _("Attempt"),
    _("Amount"),
    _("Currency"),
    _("Status"),
    _("Reason"),
    _("Tried again on"),
    _("Payment"),
)


@require_GET
def autopay_list(request: StaffRequest) -> HttpResponse:
    """List standing orders and the charges they made, the newest first."""
    company, status = request.actor.company, _status(request)
    page = page_asked(
        request, lambda cursor: autopay_charge_rows(company, status=status, cursor=cursor)
    )
    context = {
        "page": page,
        "orders": autopay_rows(company).rows,
        "status": status,
        "statuses": AutopayCharge.Status.choices,
        "here": "autopay",
    }
    return render(request, "web/autopay.html", context)


@require_GET
def autopay_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every charge under the page's filter as a file."""
    found = partial(autopay_charge_rows, request.actor.company, status=_status(request))
    return file_response(
        kind,
        name=f"automatic-payment-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in every_row(found)),
    )


@needs("autopay.edit")
@require_POST
def autopay_change(request: StaffRequest, autopay_id: int) -> HttpResponse:
    """Pause, resume or end a standing order."""
    autopay = get_object_or_404(Autopay, company=request.actor.company, pk=autopay_id)
    what, back = request.POST.get("what", ""), _back(autopay.customer_id)
    acts: dict[str, Any] = {
        "pause": partial(pause_autopay, reason=gettext("Paused by us")),
        "resume": resume_autopay,
        "end": partial(end_autopay, reason=gettext("Ended by us"), as_of=request.as_of),
    }
    try:
        acts.get(what, acts["pause"])(actor=request.actor, autopay=autopay, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Automatic payment is changed."), back=back)


@needs("autopay.edit")
@require_POST
def autopay_charge_drop(request: StaffRequest, charge_id: int) -> HttpResponse:
    """Leave out one announced charge."""
    rows = AutopayCharge.objects.select_related("autopay")
    charge = get_object_or_404(rows, autopay__company=request.actor.company, pk=charge_id)
    try:
        drop_charge(actor=request.actor, charge=charge, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("autopay"))
    return done(request, gettext("The charge is left out."), back=reverse("autopay"))


@needs("autopay.edit")
@require_POST
def saved_method_remove(request: StaffRequest, method_id: int) -> HttpResponse:
    """Remove a saved way to pay, as when the customer asks us to."""
    method = get_object_or_404(SavedMethod, company=request.actor.company, pk=method_id)
    back = _back(method.customer_id)
    try:
        remove_method(actor=request.actor, method=method, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The way to pay is removed."), back=back)


def _status(request: StaffRequest) -> str:
    status = request.GET.get("status", "")
    return status if status in AutopayCharge.Status.values else ""


def _back(customer_id: int) -> str:
    return f"{reverse('customer', args=[customer_id])}#ways-title"


def _row(row: AutopayChargeRow) -> list[Value]:
    return [
        row.charge_on,
        row.customer_number,
        row.customer_name,
        ", ".join(row.items),
        row.attempt,
        from_minor(row.amount_minor, row.currency),
        row.currency,
        translated(row.status_label),
        row.reason,
        row.retry_on,
        row.checkout,
    ]
