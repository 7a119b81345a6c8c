"""Pages about remittance advices: what payers say they pay, and for which payment."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.remittances import link_remittance, record_remittance, unlink_remittance
from dunwell.engine.money import UNKNOWN_CURRENCY, from_minor
from dunwell.formats.exports import Value
from dunwell.models import Payment, Remittance
from dunwell.queries.pages import every_row
from dunwell.queries.remittances import (
    SCOPES,
    remittance_card,
    remittance_counts,
    remittance_rows,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done, refused
from dunwell.web.bank import tab_counts
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

SCOPE_LABELS = {"open": _("Without a payment"), "linked": _("Linked"), "all": _("All")}
COLUMNS = (
    _("File"),
    _("Payer"),
    _("Reference"),
    _("Paid on"),
    _("Currency"),
    _("Total"),
    _("Lines, sum"),
    _("Lines"),
    _("Payment"),
    _("Recorded"),
)


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@require_http_methods(["GET", "POST"])
def remittance_list(request: StaffRequest) -> HttpResponse:
    """List advices, those without a payment first; a POST takes one in."""
    if request.method == "POST":
        cap = CappedUpload(request, limit_bytes=settings.IMPORT_LIMIT_BYTES)
        request.upload_handlers.insert(0, cap)
        return _receive(request, cap)
    return _list(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    # reading the form is what brings the file in
    file = request.FILES.get("file")
    if cap.is_over:
        most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
        text = gettext("The file is larger than %(most)d MB.") % {"most": most}
        return _list(request, refusal=text)
    if file is None:
        return _list(request, refusal=gettext("Choose a file."))
    try:
        found = record_remittance(
            actor=request.actor,
            name=file.name or "remittance",
            data=file.read(),
            currency=request.POST.get("currency", "")[:3].upper(),
            at=clock.now(),
        )
    except Refused as refusal:
        status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
        return _list(request, refusal=spoken(refusal), status=status)
    if len(found) == 1:
        return redirect("remittance", found[0].pk)
    return redirect(f"{reverse('remittances')}?scope=all")


@require_GET
def remittance_show(request: StaffRequest, remittance_id: int) -> HttpResponse:
    """Show an advice, its documents, and the payment it speaks of or may speak of."""
    card = remittance_card(request.actor.company, remittance_id)
    if card is None:
        raise Http404
    context = {
        "card": card,
        "row": card.row,
        "currency": card.row.currency or UNKNOWN_CURRENCY,
        **tab_counts(request),
    }
    return render(request, "web/remittance.html", context)


@needs("remittance.record")
@require_POST
def remittance_link(request: StaffRequest, remittance_id: int) -> HttpResponse:
    """Link an advice to the payment of a number."""
    company = request.actor.company
    remittance = get_object_or_404(Remittance, pk=remittance_id, company=company)
    back = reverse("remittance", args=[remittance.pk])
    number = request.POST.get("number", "").strip()[:120].replace("\0", "")
    payment = Payment.objects.filter(company=company, number=number).first()
    if payment is None:
        text = gettext("There is no payment %(number)s.") % {"number": number}
        return refused(request, Refused(text), back=back)
    try:
        link_remittance(
            actor=request.actor, remittance=remittance, payment=payment, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("Linked to payment %(number)s.") % {"number": number}
    return done(request, text, back=back)


@needs("remittance.record")
@require_POST
def remittance_unlink(request: StaffRequest, remittance_id: int) -> HttpResponse:
    """Take an advice off its payment."""
    remittance = get_object_or_404(Remittance, pk=remittance_id, company=request.actor.company)
    unlink_remittance(actor=request.actor, remittance=remittance, at=clock.now())
    back = reverse("remittance", args=[remittance.pk])
    return done(request, gettext("Taken off; it waits for its payment."), back=back)


@require_GET
def remittances_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every advice under the page's filter."""
    rows = (
        (
            row.name,
            row.payer,
            row.reference,
            row.paid_on,
            row.currency,
            _amount(row.total_minor, row.currency),
            _amount(row.lines_minor, row.currency),
            row.lines,
            row.payment_number,
            row.recorded_at.date(),
        )
        for row in every_row(
            partial(remittance_rows, request.actor.company, scope=_scope(request))
        )
    )
    return file_response(
        kind,
        name=f"remittances-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


def _list(request: StaffRequest, *, refusal: str = "", status: int = REFUSED) -> HttpResponse:
    company, scope = request.actor.company, _scope(request)
    rows = partial(remittance_rows, company, scope=scope)
    page = page_asked(request, lambda cursor: rows(cursor=cursor))
    counts = remittance_counts(company)
    context: dict[str, Any] = {
        "page": page,
        "scope": scope,
        "scopes": [(value, SCOPE_LABELS[value], counts[value]) for value in SCOPES],
        "refusal": refusal,
        "limit_bytes": settings.IMPORT_LIMIT_BYTES,
        "limit_mb": settings.IMPORT_LIMIT_BYTES // 1024 // 1024,
        **tab_counts(request),
    }
    return render(request, "web/remittances.html", context, status=status if refusal else 200)


def _scope(request: StaffRequest) -> str:
    scope = request.GET.get("scope", "")
    return scope if scope in SCOPES else "open"


def _amount(minor: int | None, currency: str) -> Value:
    return None if minor is None else from_minor(minor, currency or UNKNOWN_CURRENCY)
