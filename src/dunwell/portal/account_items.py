"""The customer's invoices and credit notes: the list with its files, and one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.engine.aging import BUCKETS
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Item
from dunwell.portal.account_files import kept_bytes, seen, table_file
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.delivery_ladders import way_of_item
from dunwell.queries.pages import CursorError, every_row
from dunwell.queries.portal_item_sheets import (
    portal_invoice_file,
    portal_item_sheet,
    portal_paper,
)
from dunwell.queries.portal_items import (
    ALL,
    DISPUTED,
    DUE,
    OPEN,
    OVERDUE,
    PAID,
    SORTS,
    STATES,
    UPCOMING,
    PortalItemFilter,
    PortalItemRow,
    portal_item_rows,
    portal_item_totals,
)
from dunwell.queries.portal_settings import portal_choices
from dunwell.queries.supplier_statements import currencies_of
from dunwell.templatetags.portal_items import standing
from dunwell.templatetags.ui import kind_label

STATE_NAMES = {
    OPEN: _("Open"),
    DUE: _("Due now"),
    OVERDUE: _("Overdue"),
    UPCOMING: _("Due later"),
    DISPUTED: _("In query"),
    PAID: _("Settled"),
    ALL: _("All"),
}
SORT_NAMES = {
    "due_on": _("Due, oldest first"),
    "-due_on": _("Due, newest first"),
    "-issued_on": _("Date, newest first"),
    "-amount": _("Largest amount first"),
    "number": _("Number"),
}
COLUMNS = (
    *(_("Number"), _("Kind"), _("Your reference"), _("Date"), _("Due"), _("Days late")),
    *(_("Currency"), _("Amount"), _("Open"), _("In query"), _("Status"), _("As of")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the address of the list asks for, with what it does not understand left out."""

    only: PortalItemFilter
    sort: str
    query: str


def read_choice(asked: Mapping[str, str]) -> Choice:
    """Return filter and order of an address."""
    state = asked.get("state", "")
    bucket = asked.get("bucket", "")
    sort = asked.get("sort", "")
    try:
        due_on = date.fromisoformat(asked.get("due_on", ""))
    except ValueError:
        due_on = None
    only = PortalItemFilter(
        state=state if state in STATES else OPEN,
        bucket=bucket if bucket in BUCKETS else "",
        currency=asked.get("currency", "")[:3].upper(),
        due_on=due_on,
        search=asked.get("q", "")[:80].strip(),
    )
    sort = sort if sort.removeprefix("-") in SORTS else "due_on"
    told = {
        "state": only.state,
        "bucket": only.bucket,
        "currency": only.currency,
        "due_on": due_on.isoformat() if due_on else "",
        "q": only.search,
        "sort": sort,
    }
    return Choice(only=only, sort=sort, query=urlencode({k: v for k, v in told.items() if v}))


@in_portal()
@require_GET
def item_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the items under a filter; the totals below are those of all pages."""
    today = clock.today(who.company.zone)
    choice = read_choice(request.GET.dict())
    read = partial(
        portal_item_rows, who.company, who.customer, as_of=today, only=choice.only,
        sort=choice.sort,
    )  # fmt: skip
    try:
        page = read(cursor=request.GET.get("cursor", ""))
    except CursorError:
        page = read()
    context = {
        "who": who,
        "page": page,
        "totals": portal_item_totals(who.customer, as_of=today, only=choice.only),
        "only": choice.only,
        "sort": choice.sort,
        "query": choice.query,
        "states": STATE_NAMES.items(),
        "sorts": SORT_NAMES.items(),
        "buckets": BUCKETS,
        "currencies": currencies_of(who.customer),
        "today": today,
        "is_filtered": bool(
            choice.only.search or choice.only.bucket or choice.only.currency or choice.only.due_on
        ),
    }
    return render(request, "portal/account/items.html", context)


@in_portal()
@require_GET
def items_file(request: HttpRequest, who: Debtor, kind: str) -> HttpResponse:
    """Return every item under the page's filter as CSV or XLSX."""
    today = clock.today(who.company.zone)
    choice = read_choice(request.GET.dict())
    found = every_row(
        partial(
            portal_item_rows,
            who.company,
            who.customer,
            as_of=today,
            only=choice.only,
            sort=choice.sort,
        )
    )
    return table_file(
        kind,
        name=f"items-{who.customer.number}-{today.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row, today) for row in found),
    )


@in_portal()
@require_GET
def item_page(request: HttpRequest, who: Debtor, item_id: int) -> HttpResponse:
    """Show one item: its facts, what was paid on it, its papers, and where it stands."""
    item = _item(who, item_id)
    today = clock.today(who.company.zone)
    seen(who, item=item)
    choices = portal_choices(who.company)
    sheet = portal_item_sheet(
        who.company, who.customer, item.pk, with_interest=choices.shows_interest, as_of=today
    )
    if sheet is None:
        raise Http404
    context: dict[str, Any] = {
        "who": who,
        "sheet": sheet,
        "row": sheet.row,
        "today": today,
        "way": way_of_item(item, today),
    }
    return render(request, "portal/account/item.html", context)


@in_portal()
@require_GET
def item_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
    item_id: int,
    document_id: int,
) -> HttpResponse:
    """Return a paper of an item as a download."""
    item = _item(who, item_id)
    document = portal_paper(who.company, who.customer, item.pk, document_id)
    if document is None:
        raise Http404
    seen(who, item=item, is_download=True)
    return kept_bytes(document.sha256, name=document.name, media_type=document.media_type)


@in_portal()
@require_GET
def invoice_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
    item_id: int,
    kind: str,
) -> HttpResponse:
    """Return the invoice as we issued it: the PDF, or its data."""
    item = _item(who, item_id)
    found = portal_invoice_file(who.customer, item.pk, kind)
    if found is None:
        raise Http404
    seen(who, item=item, is_download=True)
    return kept_bytes(found.sha256, name=found.name, media_type=found.media_type)


def _item(who: Debtor, item_id: int) -> Item:
    """Return an item of the customer; anybody else's does not exist."""
    item = Item.objects.filter(customer=who.customer, pk=item_id).first()
    if item is None:
        raise Http404
    return item


def _cells(row: PortalItemRow, today: date) -> list[Value]:
    return [
        row.number,
        kind_label(row.kind),
        row.reference,
        row.issued_on,
        row.due_on,
        max(row.days_past_due, 0) if row.open_minor else 0,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        from_minor(row.open_minor, row.currency),
        from_minor(row.disputed_minor, row.currency),
        standing(row.state),
        today,
    ]
