"""Pages about what providers pay out, what of it does not fit, and chargebacks to be answered."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.chargebacks import note_evidence
from dunwell.actions.gate import Refused
from dunwell.actions.provider_events import retry_provider_event
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.jobs.background import begin
from dunwell.jobs.checkouts import apply_events
from dunwell.models import Chargeback, ProviderEvent
from dunwell.queries.chargeback_evidence import chargeback_evidence
from dunwell.queries.checkouts import provider_event_rows
from dunwell.queries.pages import every_row
from dunwell.queries.provider_payouts import (
    ChargebackRow,
    PayoutRow,
    chargeback_rows,
    payout_problems,
    payout_row,
    payout_rows,
)
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PAYOUTS = (
    _("Payout"),
    _("Provider"),
    _("Paid on"),
    _("Currency"),
    _("Gross"),
    _("Fees"),
    _("Refunds"),
    _("Chargebacks"),
    _("Other"),
    _("Net"),
    _("Unexplained"),
    _("At the bank"),
)
CHARGEBACKS = (
    _("Payment"),
    _("Status"),
    _("Customer"),
    _("Provider"),
    _("Currency"),
    _("Amount"),
    _("Fee"),
    _("Reason"),
    _("Opened on"),
    _("Answer by"),
    _("Answered by"),
    _("Closed on"),
)
EVIDENCE = (_("About"), _("Date"), _("What"), _("Proof"))


@require_GET
def payout_list(request: StaffRequest) -> HttpResponse:
    """List payouts with their parts, and everything that fits neither books nor bank."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: payout_rows(company, cursor=cursor))
    problems = payout_problems(company, as_of=request.as_of)
    context = {"page": page, "problems": problems, "tab": "payouts"}
    return render(request, "web/provider_payouts.html", context)


@require_GET
def payouts_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every payout with its parts."""
    found = every_row(partial(payout_rows, request.actor.company))
    return file_response(
        kind,
        name=f"payouts-{request.as_of.isoformat()}",
        columns=[str(name) for name in PAYOUTS],
        rows=(_payout(row) for row in found),
    )


@require_GET
def payout_show(request: StaffRequest, payout_id: int) -> HttpResponse:
    """Show one payout with its lines; they sum to it, or the difference is shown."""
    found = payout_row(request.actor.company, payout_id)
    if found is None:
        raise Http404
    row, lines = found
    return render(request, "web/provider_payout.html", {"row": row, "lines": lines})


@require_GET
def chargeback_list(request: StaffRequest) -> HttpResponse:
    """List chargebacks, those to be answered first by default."""
    company, status = request.actor.company, _status(request)
    page = page_asked(
        request, lambda cursor: chargeback_rows(company, status=status, cursor=cursor)
    )
    context = {
        "page": page,
        "status": status,
        "statuses": Chargeback.Status.choices,
        "tab": "chargebacks",
    }
    return render(request, "web/chargebacks.html", context)


@require_GET
def chargebacks_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every chargeback under the page's filter."""
    found = every_row(partial(chargeback_rows, request.actor.company, status=_status(request)))
    return file_response(
        kind,
        name=f"chargebacks-{request.as_of.isoformat()}",
        columns=[str(name) for name in CHARGEBACKS],
        rows=(_chargeback(row) for row in found),
    )


@require_GET
def chargeback_pack(request: StaffRequest, chargeback_id: int, kind: str) -> HttpResponse:
    """Return what we can show the payer's bank, as a sheet: invoices, papers, payment, mails."""
    row = _own(request, chargeback_id)
    return file_response(
        kind,
        name=f"evidence-{row.checkout.number}",
        columns=[str(name) for name in EVIDENCE],
        rows=chargeback_evidence(row),
    )


@needs("checkout.edit")
@require_POST
def chargeback_answered(request: StaffRequest, chargeback_id: int) -> HttpResponse:
    """Note that the evidence was handed to the provider."""
    row, back = _own(request, chargeback_id), reverse("chargebacks")
    try:
        note_evidence(actor=request.actor, chargeback=row, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The chargeback is answered."), back=back)


@require_GET
def provider_event_list(request: StaffRequest) -> HttpResponse:
    """List what providers told; those that need a person by default."""
    company = request.actor.company
    state = request.GET.get("state", ProviderEvent.State.FAILED)
    page = page_asked(
        request, lambda cursor: provider_event_rows(company, state=state, cursor=cursor)
    )
    context = {
        "page": page,
        "state": state,
        "states": ProviderEvent.State.choices,
        "tab": "provider-events",
    }
    return render(request, "web/provider_events.html", context)


@needs("checkout.edit")
@require_POST
def provider_event_retry(request: StaffRequest, event_id: int) -> HttpResponse:
    """Apply an event again that failed or seemed to be about nothing of ours."""
    event = get_object_or_404(
        ProviderEvent.objects.select_related("provider"),
        pk=event_id,
        provider__company=request.actor.company,
    )
    back = reverse("provider-events")
    try:
        retry_provider_event(actor=request.actor, event=event, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    company = request.actor.company
    begin(lambda: apply_events(company), key=f"payment events {company.pk}", takes_later=True)
    return done(request, gettext("The event is applied again."), back=back)


def _own(request: StaffRequest, chargeback_id: int) -> Chargeback:
    return get_object_or_404(
        Chargeback.objects.select_related("checkout__customer"),
        pk=chargeback_id,
        company=request.actor.company,
    )


def _status(request: StaffRequest) -> str:
    status = request.GET.get("status", "")
    return status if status in Chargeback.Status.values else ""


def _payout(row: PayoutRow) -> tuple[Value, ...]:
    def money(minor: int | None) -> Value:
        return None if minor is None else from_minor(minor, row.currency)

    return (
        row.payout_id,
        row.provider,
        row.paid_on,
        row.currency,
        money(row.gross_minor),
        money(row.fee_minor),
        money(row.refund_minor),
        money(row.chargeback_minor),
        money(row.other_minor),
        money(row.net_minor),
        money(row.off_by_minor),
        money(row.arrived_minor),
    )


def _chargeback(row: ChargebackRow) -> tuple[Value, ...]:
    return (
        row.number,
        translated(row.status_label),
        row.customer_name,
        row.provider,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        from_minor(row.fee_minor, row.currency),
        row.reason,
        row.opened_on,
        row.evidence_due_on,
        row.evidence_by,
        row.closed_on,
    )
