"""Customers as lists: found by name, number or item, each with what it owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from dunwell.models import Company, Customer, Item, OpenItem
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SORTS = ("name", "number")


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """What a customer owes in one currency, in minor units; credits lower it."""

    currency: str
    open_minor: int
    overdue_minor: int
    items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerRow:
    """One line of the list of customers."""

    id: int
    number: str
    name: str
    segment: str
    country: str
    collector_id: int | None
    collector: str
    credit_limit_minor: int | None
    is_opted_out: bool
    owed: tuple[Owed, ...]


def customer_page(
    company: Company,
    *,
    as_of: date,
    search: str = "",
    segment: str = "",
    collector_id: int | None = None,
    unassigned: bool = False,
    only_owing: bool = False,
    pool_id: int | None = None,
    sort: str = "name",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CustomerRow]:
    """Return one page of customers.

    `search` looks for a part of the name, the beginning of the customer's number, or an item's
    number. Raises ValueError for an unknown sort.
    """
    if sort not in SORTS:
        raise ValueError(f"Customers cannot be sorted by {sort}; use one of {', '.join(SORTS)}.")
    found = Customer.objects.filter(company=company).filter(customers_searched(company, search))
    if segment:
        found = found.filter(segment=segment)
    if unassigned:
        found = found.filter(collector=None)
    elif collector_id is not None:
        found = found.filter(collector=collector_id)
    if pool_id is not None:
        found = found.filter(pools__pool=pool_id)
    if only_owing:
        owing = OpenItem.objects.filter(company=company)
        found = found.filter(pk__in=owing.values("customer_id"))
    limit = page_limit(limit)
    order = (sort, "id")
    customers = list(
        found.filter(after(cursor, order, (str, int)))
        .select_related("collector")
        .order_by(*order)[: limit + 1]
    )
    owed = owed_by([customer.pk for customer in customers], as_of=as_of)
    return page_of(
        [
            CustomerRow(
                id=customer.pk,
                number=customer.number,
                name=customer.name,
                segment=customer.segment,
                country=customer.country,
                collector_id=customer.collector_id,
                collector=customer.collector.username if customer.collector else "",
                credit_limit_minor=customer.credit_limit_minor,
                is_opted_out=customer.is_opted_out,
                owed=owed.get(customer.pk, ()),
            )
            for customer in customers
        ],
        limit=limit,
        key=lambda row: (getattr(row, sort), row.id),
    )


def owed_by(customers: Sequence[int], *, as_of: date) -> dict[int, tuple[Owed, ...]]:
    """Return what each customer owes now per currency; lateness is counted to the day."""
    rows = (
        OpenItem.objects.filter(customer__in=customers)
        .order_by("customer", "currency")
        .values_list("customer", "currency")
        .annotate(
            total=Sum("open_minor"),
            late=Sum("open_minor", filter=Q(due_on__lt=as_of)),
            n=Count("item"),
        )
    )
    owed: dict[int, tuple[Owed, ...]] = {}
    for key, currency, total, late, n in rows:
        line = Owed(
            currency=currency, open_minor=int(total), overdue_minor=int(late or 0), items=n
        )
        owed[key] = (*owed.get(key, ()), line)
    return owed


def segments_of(company: Company) -> tuple[str, ...]:
    """Return the segments the company's customers are in, by name."""
    found = Customer.objects.filter(company=company).order_by("segment")
    return tuple(found.values_list("segment", flat=True).distinct())


def customers_searched(company: Company, search: str, *, path: str = "") -> Q:
    """Return the condition: name holds the text, number begins with it, or an item is called so.

    `path` leads to the customer from the rows that are filtered, such as `customer__`.
    """
    text = search.strip().replace("\0", "")
    if not text:
        return Q()
    items = Item.objects.filter(company=company, number__in=(text, text.upper()))
    return (
        Q(**{f"{path}name__icontains": text})
        | Q(**{f"{path}number__istartswith": text})
        | Q(**{f"{path}pk__in": items.values("customer_id")})
    )
