"""Merges of customers: which record a closed one leads to, and what a merge would move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from dunwell.models import Company, Customer, CustomerMerge, EntryLine
from dunwell.queries.merge_hindrances import Hindrance, hindrances
from dunwell.queries.merge_places import PLACES
from dunwell.queries.merged_records import ways
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared

Status = CustomerMerge.Status
Account = EntryLine.Account


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """What a record has in one currency, minor units: open items, and money not yet applied."""

    currency: str
    open_minor: int
    unapplied_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MergePreview:
    """What a merge would do: what stands against it, what moves with sums, and what is kept."""

    merged: Customer
    survivor: Customer
    hindrances: tuple[Hindrance, ...]
    rows: Mapping[str, int]
    merged_holdings: tuple[Holding, ...]
    survivor_holdings: tuple[Holding, ...]
    after_holdings: tuple[Holding, ...]
    becomes_opted_out: bool


def survivors(company: Company) -> dict[int, int]:
    """Return the record that each closed one of a company leads to, by key; one query."""
    return {key: way[-1].after_id for key, way in ways(company).items()}


def is_merged(customer: str) -> Exists:
    """Return the condition that the record in a column of a query is closed by a merge."""
    return Exists(CustomerMerge.objects.filter(merged=OuterRef(customer), status=Status.MERGED))


def survivor_of(customer: Customer) -> Customer | None:
    """Return the record that a closed one leads to, None for one that is not closed."""
    found, at = None, customer
    while True:
        row = next(iter(_merged_into(at.pk)), None)
        if row is None:
            return found
        found = at = row.survivor


@prepared
def _merged_into(customer_id: int) -> QuerySet[CustomerMerge]:
    found = CustomerMerge.objects.filter(merged=customer_id, status=Status.MERGED)
    return found.select_related("survivor").order_by("pk")[:1]


def led_on(customer: Customer) -> Customer:
    """Return the record to go on at: the one that a closed one leads to, else itself."""
    return survivor_of(customer) or customer


def merge_in_force(company: Company, customer_id: int) -> CustomerMerge | None:
    """Return the merge that closed a record, by key, None for one that is not closed."""
    return next(iter(_in_force(company.pk, customer_id)), None)


@prepared
def _in_force(company_id: int, customer_id: int) -> QuerySet[CustomerMerge]:
    found = CustomerMerge.objects.filter(
        company=company_id, merged=customer_id, status=Status.MERGED
    )
    return found.select_related("survivor").order_by("pk")[:1]


def merge_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CustomerMerge]:
    """Return one page of merges, the newest first; all, or of a status, or of either record."""
    rows = CustomerMerge.objects.filter(company=company)
    if status:
        rows = rows.filter(status=status)
    if customer_id is not None:
        rows = rows.filter(Q(merged=customer_id) | Q(survivor=customer_id))
    limit = page_limit(limit)
    order = ("-id",)
    found = rows.filter(after(cursor, order, (int,))).select_related("merged", "survivor")
    rows_found = list(found.order_by(*order)[: limit + 1])
    return page_of(rows_found, limit=limit, key=lambda row: (row.pk,))


def holdings(customer: Customer) -> tuple[Holding, ...]:
    """Return what a record has by currency, as its accounts say."""
    rows = (
        EntryLine.objects.filter(
            customer=customer, account__in=(Account.RECEIVABLE, Account.UNAPPLIED)
        )
        .order_by("currency")
        .values_list("currency")
        .annotate(
            open_minor=Sum("amount_minor", filter=Q(account=Account.RECEIVABLE), default=0),
            unapplied=Sum("amount_minor", filter=Q(account=Account.UNAPPLIED), default=0),
        )
    )
    return tuple(
        Holding(currency=currency, open_minor=open_minor, unapplied_minor=-unapplied)
        for currency, open_minor, unapplied in rows
    )


def rows_that_move(merged: Customer, survivor: Customer) -> dict[str, int]:
    """Return how many rows of each place a merge would move; places without any are left out."""
    counted = ", ".join(
        # tables and conditions are our own texts
        f"(SELECT COUNT(*) FROM dunwell_{place.table} t WHERE {place.condition})"  # noqa: S608
        for place in PLACES
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}", {"before": merged.pk, "after": survivor.pk})
        found = cursor.fetchone()
    told = {place.name: int(n) for place, n in zip(PLACES, found, strict=True)}
    return {name: n for name, n in told.items() if n}


def merge_preview(merged: Customer, survivor: Customer) -> MergePreview:
    """Return what a merge of the two would do now; nothing is written."""
    own, theirs = holdings(merged), holdings(survivor)
    return MergePreview(
        merged=merged,
        survivor=survivor,
        hindrances=hindrances(merged, survivor),
        rows=rows_that_move(merged, survivor),
        merged_holdings=own,
        survivor_holdings=theirs,
        after_holdings=_together(own, theirs),
        becomes_opted_out=merged.is_opted_out and not survivor.is_opted_out,
    )


def _together(*parts: Iterable[Holding]) -> tuple[Holding, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for one in (row for part in parts for row in part):
        owed, money = sums.get(one.currency, (0, 0))
        sums[one.currency] = (owed + one.open_minor, money + one.unapplied_minor)
    return tuple(
        Holding(currency=currency, open_minor=owed, unapplied_minor=money)
        for currency, (owed, money) in sorted(sums.items())
    )
