"""What is known of payers: names and accounts that pay for customers, and who pays for whom."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from dunwell.models import Company, PayerAlias, PayerRelation
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasRow:
    """One name or account; `times` it paid, last on `last_on`; `source`: learned or entered."""

    id: int
    kind: str
    kind_label: str
    text: str
    customer_id: int
    customer_number: str
    customer_name: str
    source: str
    times: int
    last_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationRow:
    """Who pays for a customer; of netting, what we owe it in minor units of `currency`."""

    id: int
    kind: str
    kind_label: str
    payer: str
    payer_customer_id: int | None
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int | None
    recorded_by: str


def alias_rows(
    company: Company, *, search: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[AliasRow]:
    """Return one page of names and accounts, the newest first.

    Raises CursorError for a cursor of another list.
    """
    found = PayerAlias.objects.filter(company=company)
    if text := search.strip().replace("\0", ""):
        found = found.filter(
            Q(text__icontains=text)
            | Q(customer__number__icontains=text)
            | Q(customer__name__icontains=text)
        )
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_alias(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def relation_rows(
    company: Company, *, search: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[RelationRow]:
    """Return one page of relations in force, the newest first.

    Raises CursorError for a cursor of another list.
    """
    found = PayerRelation.objects.filter(company=company, is_active=True)
    if text := search.strip().replace("\0", ""):
        found = found.filter(
            Q(payer__icontains=text)
            | Q(payer_customer__name__icontains=text)
            | Q(customer__number__icontains=text)
            | Q(customer__name__icontains=text)
        )
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer", "payer_customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_relation(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def _alias(row: PayerAlias) -> AliasRow:
    return AliasRow(
        id=row.pk,
        kind=row.kind,
        kind_label=str(PayerAlias.Kind(row.kind).label),
        text=row.text,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        source=row.source,
        times=row.times,
        last_on=row.last_on,
        recorded_by=row.recorded_by,
    )


def _relation(row: PayerRelation) -> RelationRow:
    other = row.payer_customer
    return RelationRow(
        id=row.pk,
        kind=row.kind,
        kind_label=str(PayerRelation.Kind(row.kind).label),
        payer=row.payer or (other.name if other else ""),
        payer_customer_id=row.payer_customer_id,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        currency=row.currency,
        amount_minor=row.amount_minor,
        recorded_by=row.recorded_by,
    )
