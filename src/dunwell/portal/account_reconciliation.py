"""The customer's own list of what it owes: uploaded, compared with our books, and kept."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.portal_supplier_statements import compare_own_statement
from dunwell.formats.supplier_statement import MOST_BYTES
from dunwell.models import SupplierStatementLine
from dunwell.portal.account_files import is_too_large, kept_bytes, seen, sent_file, table_file
from dunwell.portal.debtors import FORBIDDEN, Debtor, in_portal
from dunwell.portal.visitors import REFUSED, TOO_LARGE
from dunwell.queries.pages import CursorError, every_row
from dunwell.queries.portal_settings import portal_choices
from dunwell.queries.supplier_statements import (
    SupplierStatementRow,
    currencies_of,
    line_cells,
    supplier_lines,
    supplier_statement,
    supplier_statement_rows,
)
from dunwell.templatetags.sentences import spoken

DECIMALS = (("", _("Tell from the file")), (".", "1,234.56"), (",", "1.234,56"))
ORDERS = (("", _("Tell from the file")), ("dmy", "31.12.2026"), ("mdy", "12/31/2026"))
COLUMNS = (
    *(_("Number"), _("Outcome"), _("Date"), _("Due"), _("Currency"), _("In our books")),
    *(_("In your books"), _("Difference"), _("Note")),
)
Outcome = SupplierStatementLine.Outcome


@csrf_exempt  # a file that is too large is refused unread; the token is checked inside
@in_portal()
@require_http_methods(["GET", "POST"])
def reconciliation_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Refuse an upload by its stated size before a byte of it is read, then show or take it."""
    if is_too_large(request, most_bytes=MOST_BYTES):
        return render(request, "portal/too_large.html", status=TOO_LARGE)
    return _list(request, who)


@csrf_protect
def _list(request: HttpRequest, who: Debtor) -> HttpResponse:
    if request.method == "GET":
        seen(who)
        return _form(request, who)
    return _compared(request, who)


def _compared(request: HttpRequest, who: Debtor) -> HttpResponse:
    try:
        if who.seat is None:
            raise Forbidden("You came by a link that lets you look only. Sign in to do this.")
        made = compare_own_statement(
            actor=who.actor,
            customer=who.customer,
            seat=who.seat,
            file=sent_file(request, most_bytes=MOST_BYTES),
            currency=request.POST.get("currency", "")[:3].upper(),
            decimal=_chosen(request, "decimal", DECIMALS),
            date_order=_chosen(request, "date_order", ORDERS),
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )
    except Refused as error:
        status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        return _form(request, who, refusal=spoken(error), status=status)
    return redirect("portal-reconciliation", made.pk)


def _chosen(request: HttpRequest, name: str, choices: tuple[tuple[str, object], ...]) -> str:
    value = request.POST.get(name, "")
    return value if value in {key for key, _label in choices} else ""


def _form(
    request: HttpRequest, who: Debtor, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    try:
        page = supplier_statement_rows(
            who.company, customer_id=who.customer.pk, cursor=request.GET.get("cursor", "")
        )
    except CursorError:
        page = supplier_statement_rows(who.company, customer_id=who.customer.pk)
    context: dict[str, Any] = {
        "who": who,
        "page": page,
        "refusal": refusal,
        "currencies": currencies_of(who.customer),
        "decimals": DECIMALS,
        "orders": ORDERS,
        "typed": request.POST,
        "limit_mb": MOST_BYTES // 1024**2,
        "takes_statements": portal_choices(who.company).takes_statements,
    }
    return render(request, "portal/account/reconciliations.html", context, status=status)


@in_portal()
@require_GET
def reconciliation(request: HttpRequest, who: Debtor, supplier_statement_id: int) -> HttpResponse:
    """Show one comparison: the sums that tie, and its lines."""
    statement = _own(who, supplier_statement_id)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in Outcome.values else ""
    read = partial(supplier_lines, statement.id, outcome=outcome)
    try:
        page = read(cursor=request.GET.get("cursor", ""))
    except CursorError:
        page = read()
    seen(who)
    context = {
        "who": who,
        "statement": statement,
        "page": page,
        "outcome": outcome,
        "different": SupplierStatementLine.DIFFERENT,
    }
    return render(request, "portal/account/reconciliation.html", context)


@in_portal()
@require_GET
def reconciliation_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
    supplier_statement_id: int,
    kind: str,
) -> HttpResponse:
    """Return the comparison as CSV or XLSX, or the file as it was sent (`original`)."""
    statement = _own(who, supplier_statement_id)
    seen(who, is_download=True)
    if kind == "original":
        return kept_bytes(statement.sha256, name=statement.name, media_type=statement.media_type)
    return table_file(
        kind,
        name=f"reconciliation-{statement.id}-{statement.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            line_cells(row, statement.currency)
            for row in every_row(partial(supplier_lines, statement.id))
        ),
    )


def _own(who: Debtor, key: int) -> SupplierStatementRow:
    found = supplier_statement(who.company, key, customer_id=who.customer.pk)
    if found is None:
        raise Http404
    return found
