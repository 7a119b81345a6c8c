"""Pages about anomalies: what looks wrong, what was said about it, confirming and dismissing."""

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
from dunwell.actions.anomalies import decide_anomaly
from dunwell.actions.gate import Refused
from dunwell.formats.exports import Value
from dunwell.models import Anomaly
from dunwell.queries.anomalies import AnomalyRow, anomaly_counts, anomaly_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.anomalies import KINDS, anomaly_kind, anomaly_words
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Anomaly.Status

COLUMNS = (
    _("Kind"),
    _("Severity"),
    _("Status"),
    _("Customer number"),
    _("Customer"),
    _("Item"),
    _("Payment"),
    _("What was found"),
    _("Found on"),
    _("Decided by"),
    _("Reason"),
)


class ConfirmForm(forms.Form):
    """What is wrong, for who corrects it."""

    reason = forms.CharField(label=_("What is wrong?"), max_length=500, required=False)


class DismissForm(forms.Form):
    """Why a finding is in order; it is not brought up again."""

    reason = forms.CharField(label=_("Why is it in order?"), max_length=500)


@require_GET
def anomaly_list(request: StaffRequest) -> HttpResponse:
    """List findings, the most severe first."""
    company = request.actor.company
    only = _only(request)
    page = page_asked(request, lambda cursor: anomaly_rows(company, cursor=cursor, **only))
    counts = anomaly_counts(company)
    context = {
        "page": page,
        "status": only["status"],
        "statuses": [(value, label) for value, label in Status.choices],
        "kind": only["kind"],
        "kinds": [(kind, anomaly_kind(kind), counts.get(kind, 0)) for kind in KINDS],
        "open_count": sum(counts.values()),
        "customer_id": only["customer_id"],
    }
    return render(request, "web/anomalies.html", context)


@require_GET
def anomalies_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every finding under the page's filter."""
    found = every_row(partial(anomaly_rows, request.actor.company, **_only(request)))
    rows = (_row(row) for row in found)
    return file_response(
        kind,
        name=f"anomalies-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


@needs("anomaly.decide")
@require_http_methods(["GET", "POST"])
def anomaly_confirm(request: StaffRequest, anomaly_id: int) -> HttpResponse:
    """Say that a finding is right: something is wrong there."""
    anomaly = _anomaly(request, anomaly_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    return _decide(
        request,
        anomaly,
        form,
        status=Status.CONFIRMED,
        said=gettext("Confirmed; correct it in the ledger or with the customer."),
        context={
            "heading": gettext("Confirm the finding"),
            "lead": gettext("Something is wrong here. The note goes into the audit log."),
            "button": gettext("Confirm"),
            "action": reverse("anomaly-confirm", args=[anomaly.pk]),
        },
    )


@needs("anomaly.decide")
@require_http_methods(["GET", "POST"])
def anomaly_dismiss(request: StaffRequest, anomaly_id: int) -> HttpResponse:
    """Say that a finding is in order; it is not brought up again."""
    anomaly = _anomaly(request, anomaly_id)
    form = DismissForm(request.POST if request.method == "POST" else None)
    return _decide(
        request,
        anomaly,
        form,
        status=Status.DISMISSED,
        said=gettext("Dismissed; it is not brought up again."),
        context={
            "heading": gettext("Dismiss the finding"),
            "lead": gettext("Everything is in order here. The finding is not brought up again."),
            "button": gettext("Dismiss"),
            "action": reverse("anomaly-dismiss", args=[anomaly.pk]),
        },
    )


def _decide(
    request: StaffRequest,
    anomaly: Anomaly,
    form: forms.Form,
    *,
    status: Status,
    said: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Decide when the form is sent and right, else show it."""
    back = reverse("anomalies")
    if request.method == "POST" and form.is_valid():
        try:
            decide_anomaly(
                actor=request.actor,
                anomaly=anomaly,
                status=status,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, said, back=back)
    crumb = {"crumb": gettext("Anomalies"), "back": back}
    return form_page(request, "web/plain_form.html", form, {**context, **crumb})


def _anomaly(request: StaffRequest, anomaly_id: int) -> Anomaly:
    return get_object_or_404(Anomaly, pk=anomaly_id, company=request.actor.company)


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; wrong values show what is open."""
    asked = request.GET
    status, kind = asked.get("status", ""), asked.get("kind", "")
    return {
        "status": status if status in Status.values else str(Status.OPEN),
        "kind": kind if kind in KINDS else "",
        "customer_id": read_key(asked.get("customer", "")),
    }


def _row(row: AnomalyRow) -> tuple[Value, ...]:
    return (
        anomaly_kind(row.kind),
        row.severity,
        translated(row.status_label),
        row.customer_number,
        row.customer_name,
        row.item_number,
        row.payment_number,
        anomaly_words(row),
        row.found_on,
        row.decided_by,
        row.reason,
    )
