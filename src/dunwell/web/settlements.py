"""Pages about settlements: the list, one settlement, and what the customer answers to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.settlements import (
    accept_settlement,
    cancel_settlement,
    decline_settlement,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Settlement
from dunwell.queries.pages import every_row
from dunwell.queries.settlements import (
    SettlementRow,
    settlement_detail,
    settlement_rows,
    settlement_totals,
)
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Settlement.Status
SHOWN = (Status.ACCEPTED, Status.OFFERED, Status.PENDING, Status.COMPLETED, Status.EXPIRED)
"""Statuses with a tab of their own; the rest is under all."""

COLUMNS = (
    _("Settlement"),
    _("Status"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Open"),
    _("To pay"),
    pgettext_lazy("claim", "Given up"),
    _("To be paid by"),
    _("Proposed by"),
    _("Proposed on"),
    _("Accepted on"),
    _("Ended on"),
)


class AcceptForm(forms.Form):
    """Who accepts the offer for the customer."""

    name = forms.CharField(label=_("Who accepts?"), max_length=120)
    note = forms.CharField(
        label=_("How it reached us (letter, mail, call)"), max_length=300, required=False
    )


@require_GET
def settlement_list(request: StaffRequest) -> HttpResponse:
    """List settlements, the newest first, with what each status sums to."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: settlement_rows(company, cursor=cursor, **only))
    totals = settlement_totals(company)
    counts: dict[str, int] = {}
    for total in totals:
        counts[total.status] = counts.get(total.status, 0) + total.settlements
    context = {
        "page": page,
        "status": only["status"],
        "customer_id": only["customer_id"],
        "statuses": [(one.value, one.label, counts.get(one.value, 0)) for one in SHOWN],
        "totals": [one for one in totals if one.status == only["status"]],
    }
    return render(request, "web/settlements.html", context)


@require_GET
def settlements_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every settlement under the page's filter."""
    found = every_row(partial(settlement_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"settlements-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def settlement_show(request: StaffRequest, settlement_id: int) -> HttpResponse:
    """Show one settlement: what it covers, what it was worth, and whose authority it rests on."""
    detail = settlement_detail(request.actor.company, settlement_id)
    if detail is None:
        raise Http404
    return render(request, "web/settlement.html", {"detail": detail, "row": detail.row})


@needs("settlement.propose")
@require_http_methods(["GET", "POST"])
def settlement_accept(request: StaffRequest, settlement_id: int) -> HttpResponse:
    """Record that the customer accepts; the items are held until the day of payment."""
    settlement = _settlement(request, settlement_id)
    back = reverse("settlement", args=[settlement.pk])
    form = AcceptForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            accept_settlement(
                actor=request.actor,
                settlement=settlement,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(number)s is accepted; its items are no longer chased.")
            return done(request, text % {"number": settlement.number}, back=back)
    context = {
        "heading": gettext("%(number)s is accepted") % {"number": settlement.number},
        "lead": gettext(
            "The items are held and promises on them end. Paid in time, the rest is given up."
        ),
        "button": gettext("The settlement is accepted"),
        "action": reverse("settlement-accept", args=[settlement.pk]),
        "crumb": settlement.number,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("settlement.propose")
@require_http_methods(["GET", "POST"])
def settlement_decline(request: StaffRequest, settlement_id: int) -> HttpResponse:
    """Record that the customer does not want the offer."""
    return _ended(
        request,
        _settlement(request, settlement_id),
        decline_settlement,
        page="settlement-decline",
        heading=gettext("The customer declines"),
        said=gettext("The offer is declined; its items are free."),
    )


@needs("settlement.propose")
@require_http_methods(["GET", "POST"])
def settlement_cancel(request: StaffRequest, settlement_id: int) -> HttpResponse:
    """End a settlement before it is paid."""
    return _ended(
        request,
        _settlement(request, settlement_id),
        cancel_settlement,
        page="settlement-cancel",
        heading=gettext("Cancel the settlement"),
        said=gettext("Cancelled; its items may be chased again."),
    )


def _ended(
    request: StaffRequest,
    settlement: Settlement,
    action: Callable[..., None],
    *,
    page: str,
    heading: str,
    said: str,
) -> HttpResponse:
    def take_back(reason: str) -> None:
        action(
            actor=request.actor,
            settlement=settlement,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": heading,
        "lead": settlement.number,
        "button": heading,
        "action": reverse(page, args=[settlement.pk]),
        "crumb": settlement.number,
    }
    back = reverse("settlement", args=[settlement.pk])
    return reason_page(request, take_back, said=said, back=back, context=context)


def _settlement(request: StaffRequest, settlement_id: int) -> Settlement:
    return get_object_or_404(Settlement, pk=settlement_id, company=request.actor.company)


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; at first what is agreed and not yet paid."""
    asked = request.GET.get("status", Status.ACCEPTED)
    return {
        "status": str(asked) if asked in Status.values else "",
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: SettlementRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        translated(row.status_label),
        row.customer_number,
        row.customer_name,
        code,
        from_minor(row.open_minor, code),
        from_minor(row.pay_minor, code),
        from_minor(row.concession_minor, code),
        row.pay_by_on,
        row.proposed_by,
        row.proposed_on,
        row.accepted_on,
        row.ended_on,
    )
