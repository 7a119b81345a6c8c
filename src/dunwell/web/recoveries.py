"""Pages about written-off debts: which are worth asking for, and what has come in."""

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
from dunwell.actions.recoveries import record_recovery
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Item
from dunwell.queries.legal_claims import spendable_payments
from dunwell.queries.pages import every_row
from dunwell.queries.recoveries import (
    ASKED,
    WHICH,
    RecoveryRow,
    recovery_frame,
    recovery_rows,
    recovery_totals,
)
from dunwell.templatetags.legal import over_label
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.legal_moves import payment_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Due"),
    _("Written off on"),
    _("Currency"),
    _("Written off"),
    _("Recovered"),
    _("Left"),
    _("Last day"),
    _("State"),
)


@require_GET
def recovery_list(request: StaffRequest) -> HttpResponse:
    """List written-off debts, the largest left first, with their sums."""
    found = recovery_frame(request.actor.company, as_of=request.as_of)
    only = _only(request)
    page = page_asked(request, lambda cursor: recovery_rows(found, cursor=cursor, **only))
    context = {
        "tab": "recoveries",
        "page": page,
        "which": only["which"],
        "totals": () if only["customer_id"] else recovery_totals(found, which=only["which"]),
    }
    return render(request, "web/recoveries.html", context)


@require_GET
def recovery_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every debt under the page's filter."""
    found = recovery_frame(request.actor.company, as_of=request.as_of)
    rows = every_row(partial(recovery_rows, found, **_only(request)))
    return file_response(
        kind,
        name=f"recoveries-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in rows),
    )


@needs("recovery.record")
@require_http_methods(["GET", "POST"])
def recovery_add(request: StaffRequest, item_id: int) -> HttpResponse:
    """Put a part of a payment on a written-off debt."""
    item = get_object_or_404(
        Item.objects.select_related("customer"), pk=item_id, company=request.actor.company
    )
    found = spendable_payments(item.customer, currency=item.currency)
    payments = {str(payment.pk): payment for payment, _left in found}
    form = forms.Form(posted(request))
    form.fields["payment"] = payment_field(found)
    form.fields["amount_minor"] = MoneyField(
        item.currency, label=gettext("Amount in %(code)s") % {"code": item.currency}
    )
    back = reverse("recoveries")
    if request.method == "POST" and form.is_valid():
        try:
            record_recovery(
                actor=request.actor,
                item=item,
                payment=payments[form.cleaned_data["payment"]],
                amount_minor=form.cleaned_data["amount_minor"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Recovered; the write-off stays."), back=back)
    context = {
        "heading": gettext("Money for %(item)s") % {"item": item.number},
        "lead": gettext(
            "The debt comes back as far as it is paid, and the payment settles it; the write-off "
            "stays."
        ),
        "button": gettext("Record the recovery"),
        "action": reverse("recovery-add", args=[item.pk]),
        "crumb": item.number,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; at first what is worth asking for."""
    which = request.GET.get("which", ASKED)
    return {
        "which": which if which in WHICH else "",
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: RecoveryRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        row.customer_name,
        row.due_on,
        row.written_off_on,
        code,
        from_minor(row.written_off_minor, code),
        from_minor(row.recovered_minor, code),
        from_minor(row.left_minor, code),
        row.last_on,
        over_label(row.over),
    )
