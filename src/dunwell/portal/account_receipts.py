"""What we received from the customer: each payment, what it was put on, and the list as a file."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.engine.money import from_minor
from dunwell.models import Payment
from dunwell.portal.account_files import seen, table_file
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.pages import CursorError, every_row
from dunwell.queries.payments import payment_card, payment_rows, payment_totals
from dunwell.queries.receipts import receipt_of

SCOPES = {"all": _("All"), "unapplied": _("Not yet put on an invoice")}
COLUMNS = (_("Payment"), _("Received"), _("Reference"), _("Currency"), _("Amount"), _("Unapplied"))


def _scope(request: HttpRequest) -> str:
    scope = request.GET.get("scope", "")
    return scope if scope in SCOPES else "all"


@in_portal()
@require_GET
def receipt_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the payments received, the newest first, with the sums of all of them."""
    scope, currency = _scope(request), request.GET.get("currency", "")[:3].upper()
    chosen = {"scope": scope, "customer_id": who.customer.pk, "currency": currency}
    read = partial(payment_rows, who.company, **chosen)  # type: ignore[arg-type]
    try:
        page = read(cursor=request.GET.get("cursor", ""))
    except CursorError:
        page = read()
    seen(who)
    context = {
        "who": who,
        "page": page,
        "totals": payment_totals(who.company, **chosen),  # type: ignore[arg-type]
        "scope": scope,
        "currency": currency,
        "scopes": SCOPES.items(),
    }
    return render(request, "portal/account/receipts.html", context)


@in_portal()
@require_GET
def receipts_file(request: HttpRequest, who: Debtor, kind: str) -> HttpResponse:
    """Return every payment under the page's filter as CSV or XLSX."""
    found = every_row(
        partial(
            payment_rows,
            who.company,
            scope=_scope(request),
            currency=request.GET.get("currency", "")[:3].upper(),
            customer_id=who.customer.pk,
        )
    )
    today = clock.today(who.company.zone)
    return table_file(
        kind,
        name=f"payments-{who.customer.number}-{today.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            [
                row.number,
                row.value_on,
                row.reference,
                row.currency,
                from_minor(row.amount_minor, row.currency),
                from_minor(row.unapplied_minor, row.currency),
            ]
            for row in found
        ),
    )


@in_portal()
@require_GET
def receipt_page(request: HttpRequest, who: Debtor, payment_id: int) -> HttpResponse:
    """Show one payment and what of it was put on which item of this customer."""
    if not Payment.objects.filter(customer=who.customer, pk=payment_id).exists():
        raise Http404
    card = payment_card(who.company, payment_id, as_of=clock.today(who.company.zone))
    if card is None:
        raise Http404
    own = [one for one in card.placed if one.customer_id == who.customer.pk and one.is_live]
    rest = sum(
        one.paid_minor
        for one in card.placed
        if one.customer_id != who.customer.pk and one.is_live and not one.is_reversal
    )
    context = {"who": who, "card": card, "row": card.row, "placed": own, "rest_minor": rest}
    context["receipt"] = receipt_of(who.company, card.row.number, customer_id=who.customer.pk)
    return render(request, "portal/account/received.html", context)
