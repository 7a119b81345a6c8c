"""Pages about items: the list with totals that tie, and one item with its whole history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.items import reverse_item
from dunwell.engine.aging import BUCKETS
from dunwell.models import Company, Customer, Item
from dunwell.queries.charges import item_charges
from dunwell.queries.item_cards import item_card, open_currencies
from dunwell.queries.items import (
    SCOPES,
    SORTS,
    ItemFilter,
    ItemRow,
    ItemTotal,
    item_rows,
    item_totals,
)
from dunwell.queries.pages import CursorError, Page, every_row
from dunwell.queries.past_items import SORTS as PAST_SORTS
from dunwell.queries.past_items import PastItems
from dunwell.queries.payments import targets_of
from dunwell.queries.predictions import item_prediction
from dunwell.web.keys import read_key
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SCOPE_LABELS = {
    "open": _("Open"),
    "overdue": _("Overdue"),
    "settled": _("Settled"),
    "all": _("All"),
}
SORT_LABELS = (
    ("due_on", _("Oldest due first")),
    ("-due_on", _("Latest due first")),
    ("-open", _("Largest open first")),
    ("-amount", _("Largest amount first")),
    ("-issued_on", _("Newest first")),
    ("number", _("By number")),
    ("customer", _("By customer")),
)
FIRST_DAY = date(1970, 1, 2)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChoice:
    """What a person asked the list for, read from the address; wrong values fall back."""

    only: ItemFilter
    sort: str
    as_of: date
    known_on: date
    is_past: bool


def item_choice(parameters: Mapping[str, str], *, today: date) -> ItemChoice:
    """Return the list asked for. A day ahead, or before there were computers, is today.

    A past day is answered as known today unless `known` names an earlier day.
    """
    as_of = _day(parameters.get("as_of", ""), today=today)
    known_on = _day(parameters.get("known", ""), today=today)
    is_past = as_of != today or known_on != today
    scope = parameters.get("scope", "")
    bucket = parameters.get("bucket", "")
    kind = parameters.get("kind", "")
    customer = parameters.get("customer", "")
    only = ItemFilter(
        scope=scope if scope in SCOPES else "open",
        bucket=bucket if bucket in BUCKETS else "",
        currency=parameters.get("currency", "")[:3].upper(),
        customer_id=read_key(customer),
        kind=kind if kind in Item.Kind.values else "",
        is_disputed=bool(parameters.get("disputed")),
        search=parameters.get("q", "")[:80],
        pool_id=read_key(parameters.get("pool", "")),
    )
    if only.bucket and only.scope in {"settled", "all"}:
        only = replace(only, scope="open")
    return ItemChoice(
        only=only,
        sort=_sort(parameters.get("sort", ""), only, is_past=is_past),
        as_of=as_of,
        known_on=known_on,
        is_past=is_past,
    )


def chosen_page(
    company: Company, choice: ItemChoice, *, cursor: str, limit: int
) -> tuple[Page[ItemRow], tuple[ItemTotal, ...]]:
    """Return one page and the totals of the same filter; a foreign cursor starts again."""
    if choice.is_past:
        past = PastItems(company, as_of=choice.as_of, known_on=choice.known_on, only=choice.only)
        try:
            page = past.rows(sort=choice.sort, cursor=cursor, limit=limit)
        except CursorError:
            page = past.rows(sort=choice.sort, limit=limit)
        return page, past.totals()
    try:
        page = item_rows(
            company,
            as_of=choice.as_of,
            only=choice.only,
            sort=choice.sort,
            cursor=cursor,
            limit=limit,
        )
    except CursorError:
        page = item_rows(
            company, as_of=choice.as_of, only=choice.only, sort=choice.sort, limit=limit
        )
    return page, item_totals(company, as_of=choice.as_of, only=choice.only)


def all_rows(company: Company, choice: ItemChoice) -> Iterator[ItemRow]:
    """Yield every row of the list asked for, page by page; a past day is worked out once."""
    if choice.is_past:
        past = PastItems(company, as_of=choice.as_of, known_on=choice.known_on, only=choice.only)
        return every_row(partial(past.rows, sort=choice.sort))
    return every_row(
        partial(item_rows, company, as_of=choice.as_of, only=choice.only, sort=choice.sort)
    )


@require_GET
def item_list(request: StaffRequest) -> HttpResponse:
    """List items under a filter, with one row of totals per currency under the same filter."""
    company = request.actor.company
    choice = item_choice(request.GET.dict(), today=request.as_of)
    page, totals = chosen_page(company, choice, cursor=request.GET.get("cursor", ""), limit=50)
    sorts = [
        (value, label)
        for value, label in SORT_LABELS
        if _can_sort(value, choice.only, is_past=choice.is_past)
    ]
    return render(
        request,
        "web/items.html",
        {
            "page": page,
            "totals": totals,
            "choice": choice,
            "only": choice.only,
            "customer": _customer(company, choice.only.customer_id),
            "scopes": [
                (scope, SCOPE_LABELS[scope], _with(request, scope=scope, bucket=""))
                for scope in SCOPES
            ],
            "buckets": BUCKETS,
            "kinds": Item.Kind.choices,
            "sorts": sorts,
            "currencies": sorted({*open_currencies(company), *_named(choice.only, totals)}),
            "query": _with(request),
            "today": request.as_of,
            "is_filtered": choice.only != ItemFilter(scope=choice.only.scope),
        },
    )


@require_GET
def item_show(request: StaffRequest, item_id: int) -> HttpResponse:
    """Show one item: what settled it, its double entry, and what was said about it."""
    company = request.actor.company
    card = item_card(company, item_id, as_of=request.as_of)
    if card is None:
        raise Http404
    is_credit = card.open_minor < 0 and card.amount_minor < 0
    targets = (
        targets_of(
            company, customer_id=card.customer_id, currency=card.currency, as_of=request.as_of
        )
        if is_credit
        else ()
    )
    context = {
        "card": card,
        "targets": targets,
        "charges": item_charges(company, item_id),
        "prediction": item_prediction(company, item_id) if card.open_minor > 0 else None,
    }
    return render(request, "web/item.html", context)


@needs("item.reverse")
@require_http_methods(["GET", "POST"])
def item_reverse(request: StaffRequest, item_id: int) -> HttpResponse:
    """Offset an item by its mirror, with a reason."""
    item = get_object_or_404(
        Item.objects.select_related("customer"), pk=item_id, company=request.actor.company
    )
    back = reverse("item", args=[item.pk])
    context = {
        "heading": gettext("Reverse %(item)s") % {"item": item.number},
        "lead": gettext(
            "A mirror of opposite sign is added and what is open of both is netted. "
            "What was paid on the item stays as a credit of the customer."
        ),
        "button": gettext("Reverse item"),
        "action": reverse("item-reverse", args=[item.pk]),
        "crumb": item.number,
    }
    return reason_page(
        request,
        lambda reason: reverse_item(
            actor=request.actor,
            item=item,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("%(item)s is reversed.") % {"item": item.number},
        back=back,
        context=context,
    )


def _with(request: HttpRequest, **changes: str) -> str:
    """Return the address's parameters with some replaced and the page left out."""
    parameters = request.GET.copy()
    parameters.pop("cursor", None)
    for name, value in changes.items():
        if value:
            parameters[name] = value
        else:
            parameters.pop(name, None)
    return parameters.urlencode()


def _named(only: ItemFilter, totals: tuple[ItemTotal, ...]) -> set[str]:
    return {total.currency for total in totals} | ({only.currency} if only.currency else set())


def _day(text: str, *, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if FIRST_DAY <= day <= today else today


def _can_sort(sort: str, only: ItemFilter, *, is_past: bool) -> bool:
    name = sort.removeprefix("-")
    if is_past:
        return name in PAST_SORTS
    return name in SORTS and (name != "open" or only.scope in {"open", "overdue"})


def _sort(sort: str, only: ItemFilter, *, is_past: bool) -> str:
    return sort if _can_sort(sort, only, is_past=is_past) else "due_on"


def _customer(company: Company, customer_id: int | None) -> Customer | None:
    if customer_id is None:
        return None
    return Customer.objects.filter(company=company, pk=customer_id).first()
