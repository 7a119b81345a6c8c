"""Items as pages and the API show them: filtered, sorted, paged, with totals that tie."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from dunwell.engine.aging import BUCKET_EDGES, BUCKETS
from dunwell.models import Company, Customer, Dispute, Hold, Item, OpenItem
from dunwell.queries.holds import holds_active
from dunwell.queries.kept_sums import MANY_ITEMS, has_so_many, kept
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared
from dunwell.queries.promised_amounts import promised_now

SCOPES = ("open", "overdue", "settled", "all")
SORTS: Mapping[str, tuple[str, str, type[Key]]] = {
    "due_on": ("due_on", "due_on", date),
    "issued_on": ("item__issued_on", "issued_on", date),
    "amount": ("item__amount_minor", "amount_minor", int),
    "number": ("item__number", "number", str),
    "customer": ("customer__name", "customer_name", str),
    "open": ("open_minor", "open_minor", int),
}
"""What a list may be sorted by: the column, as seen from an open item, and the row's field.

A leading "-" turns the order round; `open` sorts lists of open items alone.
"""


FEW = 5_000
"""So many items that a text finds are named one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFilter:
    """Which items; empty fields do not restrict.

    `bucket` is one of the ageing's names and implies open items. `search` looks
    for the number, the customer's number or a part of the customer's name.
    """

    scope: str = "open"
    bucket: str = ""
    currency: str = ""
    customer_id: int | None = None
    kind: str = ""
    is_disputed: bool = False
    search: str = ""
    pool_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRow:
    """One item. Amounts in minor units of `currency`; `days_past_due` <= 0 is not due yet."""

    id: int
    number: str
    kind: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    days_past_due: int
    bucket: str
    reference: str
    disputed_minor: int
    promised_minor: int
    is_held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemTotal:
    """Sum of the items of one currency under a filter."""

    currency: str
    items: int
    amount_minor: int
    open_minor: int


def bucket_condition(bucket: str, *, as_of: date, field: str = "due_on") -> Q:
    """Return the condition "due day lies in this bucket of the ageing as of a day"."""
    return bucket_between(BUCKETS.index(bucket), bucket_days(as_of), field=field)


def bucket_days(as_of: date) -> tuple[date, ...]:
    """Return the earliest due day of each bucket as of a day; the last one has none."""
    return tuple(as_of - timedelta(days=edge) for edge in BUCKET_EDGES)


def bucket_between(number: int, days: Sequence[date], *, field: str = "due_on") -> Q:
    """Return the condition of a bucket by its number; `days` are the `bucket_days`."""
    condition = Q(**{f"{field}__lt": days[number - 1]}) if number else Q()
    if number < len(days):
        condition &= Q(**{f"{field}__gte": days[number]})
    return condition


def bucket_of(days_past_due: int) -> str:
    """Return the name of the ageing's bucket for a lateness in days."""
    return BUCKETS[sum(days_past_due > edge for edge in BUCKET_EDGES)]


def item_rows(
    company: Company,
    *,
    as_of: date,
    only: ItemFilter,
    sort: str = "due_on",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ItemRow]:
    """Return one page of items in a stable order.

    Flags (disputed, promised, held) are as of the day; amounts are what is open
    now. Raises ValueError for an unknown scope, bucket or sort, CursorError for a
    cursor of another list.
    """
    column, field, kind = SORTS.get(sort.removeprefix("-"), ("", "", int))
    if not column or (field == "open_minor" and not _asks_open(only)):
        raise ValueError(f"This list cannot be sorted by {sort}; use one of {', '.join(SORTS)}.")
    way = "-" if sort.startswith("-") else ""
    limit = page_limit(limit)
    if _asks_open(only):
        order = (f"{way}{column}", f"{way}item")
        asked = _open_condition(company, only, as_of) & after(cursor, order, (kind, int))
        open_items = _chosen(asked, order=order, limit=limit)
        found = [(row.item, row.customer, row.open_minor) for row in open_items]
    else:
        order = (f"{way}{column.removeprefix('item__')}", f"{way}id")
        items = (
            Item.objects.filter(_any_condition(company, only))
            .filter(after(cursor, order, (kind, int)))
            .select_related("customer", "open_now")
            .order_by(*order)[: limit + 1]
        )
        found = [(item, item.customer, _open_minor(item)) for item in items]
    return page_of(
        _rows(found, company, as_of),
        limit=limit,
        key=lambda row: (getattr(row, field), row.id),
    )


@prepared
def _chosen(condition: Q, *, order: tuple[str, ...], limit: int) -> QuerySet[OpenItem]:
    # the page is chosen before its rows are put together, or a sort carries all of them
    keys = OpenItem.objects.filter(condition).order_by(*order).values("pk")[: limit + 1]
    found = OpenItem.objects.filter(pk__in=keys).select_related("item", "customer")
    return found.order_by(*order)


def item_totals(company: Company, *, as_of: date, only: ItemFilter) -> tuple[ItemTotal, ...]:
    """Return the sums of all items under the same filter, one per currency."""
    return kept(
        company,
        ("item_totals", as_of, only),
        lambda: _totals(company, as_of=as_of, only=only),
        is_worth=lambda totals: sum(total.items for total in totals) >= MANY_ITEMS,
    )


def _totals(company: Company, *, as_of: date, only: ItemFilter) -> tuple[ItemTotal, ...]:
    sums: Iterable[tuple[str, int, int | None, int | None]]
    if only in {ItemFilter(), ItemFilter(scope="overdue")} and has_so_many(
        OpenItem, company, MANY_ITEMS
    ):
        sums = _whole_sums(company, only, as_of)
    elif _asks_open(only):
        sums = (
            OpenItem.objects.filter(_open_condition(company, only, as_of))
            .order_by("currency")
            .values_list("currency")
            .annotate(n=Count("item"), total=Sum("item__amount_minor"), left=Sum("open_minor"))
        )
    else:
        sums = (
            Item.objects.filter(_any_condition(company, only))
            .order_by("currency")
            .values_list("currency")
            .annotate(n=Count("id"), total=Sum("amount_minor"), left=Sum("open_now__open_minor"))
        )
    return tuple(
        ItemTotal(currency=code, items=n, amount_minor=int(total or 0), open_minor=int(left or 0))
        for code, n, total, left in sums
        if n
    )


def _whole_sums(
    company: Company, only: ItemFilter, as_of: date
) -> Iterable[tuple[str, int, int | None, int | None]]:
    """Return the sums of most of a large book, read as it lies.

    SQLite would follow an index by currency or due day and look up each item where it happens to
    lie, four times as slow for a million of them.
    """
    rows = OpenItem.objects.filter(company=company)
    if connection.vendor == "sqlite":
        rows = OpenItem.objects.annotate(whose=F("company_id") + 0).filter(whose=company.pk)
    wanted = Q(due_on__lt=as_of) if only.scope == "overdue" else None
    return (
        rows.order_by("currency")
        .values_list("currency")
        .annotate(
            n=Count("item", filter=wanted),
            total=Sum("item__amount_minor", filter=wanted),
            left=Sum("open_minor", filter=wanted),
        )
    )


def _asks_open(only: ItemFilter) -> bool:
    """Return whether the projection of open items answers; else the whole ledger is read."""
    if only.scope not in SCOPES:
        raise ValueError(f"There is no list of {only.scope} items; use {', '.join(SCOPES)}.")
    if only.bucket and only.bucket not in BUCKETS:
        raise ValueError(f"There is no bucket {only.bucket}; use {', '.join(BUCKETS)}.")
    return only.scope in {"open", "overdue"} or bool(only.bucket)


def _open_condition(company: Company, only: ItemFilter, as_of: date) -> Q:
    condition = _condition(company, only, number="item__number")
    if only.scope == "overdue":
        condition &= Q(due_on__lt=as_of)
    if only.bucket:
        condition &= bucket_condition(only.bucket, as_of=as_of)
    if only.kind:
        condition &= Q(item__kind=only.kind)
    return condition


def _any_condition(company: Company, only: ItemFilter) -> Q:
    condition = _condition(company, only, number="number")
    if only.scope == "settled":
        condition &= Q(open_now=None)
    if only.kind:
        condition &= Q(kind=only.kind)
    return condition


def _condition(company: Company, only: ItemFilter, *, number: str) -> Q:
    """Return what an item and an open item have in common; `number` leads to the item's."""
    condition = _searched(company, only.search, number)
    if only.currency:
        condition &= Q(currency=only.currency)
    if only.customer_id is not None:
        condition &= Q(customer=only.customer_id)
    if only.pool_id is not None:
        condition &= Q(customer__pools__pool=only.pool_id)
    if only.is_disputed:
        disputed = Dispute.objects.filter(company=company, closed_on=None)
        condition &= Q(pk__in=disputed.values("item_id"))
    return condition


def _searched(company: Company, search: str, number: str) -> Q:
    """Return the condition that an item is the company's and is found by a text.

    What is found is looked up first where it is little: a database that is handed the question
    asks it of every item in the order of the list.
    """
    text = search.strip().replace("\0", "")
    if not text:
        return Q(company=company)
    owned = Q(number=text) | Q(name__icontains=text)
    customers = Customer.objects.filter(owned, company=company).values_list("pk", flat=True)
    whose = list(customers[: FEW + 1])
    if len(whose) <= FEW:
        items = Item.objects.filter(company=company, number=text).values_list("pk", flat=True)
        theirs = Item.objects.filter(customer__in=whose).values_list("pk", flat=True)
        found = [*items, *theirs[: FEW + 1]]
        if len(found) <= FEW:
            # of the company by how they were found
            return Q(pk__in=found)
    by_number = Q(**{number: text}) | Q(customer__number=text)
    return Q(company=company) & (by_number | Q(customer__name__icontains=text))


def _open_minor(item: Item) -> int:
    return item.open_now.open_minor if hasattr(item, "open_now") else 0


@prepared
def disputed_of(keys: Sequence[int]) -> QuerySet[Any, tuple[int, int]]:
    """Return what is disputed of each of some items."""
    found = Dispute.objects.filter(item__pk__in=keys, closed_on=None)
    return found.values_list("item_id", "amount_minor")


@prepared
def _held(condition: Q) -> QuerySet[Any, tuple[int, int | None]]:
    return Hold.objects.filter(condition).values_list("customer_id", "item_id")


def _rows(
    found: Sequence[tuple[Item, Customer, int]], company: Company, as_of: date
) -> list[ItemRow]:
    keys = [item.pk for item, _, _ in found]
    disputed = dict(disputed_of(keys))
    customers = sorted({customer.pk for _, customer, _ in found})
    promised = promised_now(company, customers, keys, as_of=as_of)
    held = set(_held(holds_active(company, as_of=as_of) & Q(customer__pk__in=customers)))
    return [
        ItemRow(
            id=item.pk,
            number=item.number,
            kind=item.kind,
            customer_id=customer.pk,
            customer_number=customer.number,
            customer_name=customer.name,
            currency=item.currency,
            amount_minor=item.amount_minor,
            open_minor=left,
            issued_on=item.issued_on,
            due_on=item.due_on,
            days_past_due=(as_of - item.due_on).days,
            bucket=bucket_of((as_of - item.due_on).days) if left else "",
            reference=item.reference,
            disputed_minor=min(disputed.get(item.pk, 0), max(left, 0)),
            promised_minor=min(promised.get(item.pk, 0), max(left, 0)),
            is_held=bool({(customer.pk, None), (customer.pk, item.pk)} & held),
        )
        for item, customer, left in found
    ]
