"""The rows behind what happened in a month: they sum to the figure beside the budget."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from dunwell.engine.movements import SALES_KINDS
from dunwell.models import (
    Adjustment,
    Allocation,
    BudgetLine,
    CollectionCost,
    Company,
    Item,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Figure, Dimension = BudgetLine.Figure, BudgetLine.Dimension
GIVEN_UP = (Adjustment.Kind.WRITE_OFF, Adjustment.Kind.SMALL_BALANCE, Adjustment.Kind.CONCESSION)
DRILLED = (
    Figure.SALES,
    Figure.CASH_IN,
    Figure.WRITE_OFFS,
    Figure.BAD_DEBT,
    Figure.COST_TO_COLLECT,
)
"""Figures with rows of their own; levels are the items open on the month's last day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActualRow:
    """One row: an item, money or a write-off put on one, or a cost; minor units."""

    id: int
    on: date
    number: str
    item_id: int | None
    customer_id: int | None
    customer_name: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ActualRows:
    """The rows of a figure of a month, a page of them and what all come to."""

    figure: str
    first: date
    last: date
    total_minor: int
    page: Page[ActualRow]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows of a figure are: query, fields of day, customer and collector, and shape."""

    rows: QuerySet[Any]
    day: str
    customer: str
    collector: str
    read: Callable[[Any], ActualRow]


def actual_rows(
    company: Company,
    *,
    figure: str,
    currency: str,
    first: date,
    last: date,
    dimension: str = "",
    key: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> ActualRows:
    """Return rows of a flow between two days, the oldest first; raises ValueError for a level."""
    if figure not in DRILLED:
        raise ValueError(f"no rows behind {figure}; use one of {', '.join(DRILLED)}")
    source = _source(company, figure, currency, first, last)
    rows = source.rows
    if dimension == Dimension.SEGMENT:
        rows = rows.filter(**{f"{source.customer}segment": key})
    elif dimension == Dimension.COLLECTOR:
        rows = rows.filter(**{f"{source.collector}username": key})
    total = rows.aggregate(total=Sum("amount_minor"))["total"] or 0
    limit = page_limit(limit)
    found = rows.filter(after(cursor, (source.day, "id"), (date, int))).order_by(source.day, "id")
    return ActualRows(
        figure=figure,
        first=first,
        last=last,
        total_minor=total,
        page=page_of(
            [source.read(row) for row in found[: limit + 1]],
            limit=limit,
            key=lambda row: (row.on, row.id),
        ),
    )


def _source(company: Company, figure: str, currency: str, first: date, last: date) -> _Source:
    if figure == Figure.SALES:
        items = Item.objects.filter(
            company=company,
            currency=currency,
            kind__in=SALES_KINDS,
            issued_on__gte=first,
            issued_on__lte=last,
        ).select_related("customer")
        return _Source(items, "issued_on", "customer__", "customer__collector__", _item)
    if figure == Figure.COST_TO_COLLECT:
        costs = CollectionCost.objects.filter(
            company=company, currency=currency, on__gte=first, on__lte=last, withdrawn_on=None
        ).select_related("customer")
        return _Source(costs, "on", "customer__", "collector__", _cost)
    day = Q(applied_on__gte=first, applied_on__lte=last)
    booked = day & Q(applied_on__gte=F("item__issued_on"))
    # what is put on an item before it is issued is booked on its first day
    early = Q(
        applied_on__lt=F("item__issued_on"),
        item__issued_on__gte=first,
        item__issued_on__lte=last,
    )
    put = Allocation.objects.filter(company=company, item__currency=currency)
    put = put.select_related("item__customer")
    if figure == Figure.CASH_IN:
        put = put.filter(booked | early, source=Allocation.Source.PAYMENT)
        put = put.exclude(item__kind=Item.Kind.REFUND)
    else:
        which = Q(adjustment__kind__in=GIVEN_UP) & (booked | early)
        if figure == Figure.BAD_DEBT:
            which |= Q(
                adjustment__kind=Adjustment.Kind.RECOVERY,
                adjustment__effective_on__gte=first,
                adjustment__effective_on__lte=last,
            )
        put = put.filter(which)
    return _Source(
        put, "applied_on", "item__customer__", "item__customer__collector__", _allocation
    )


def _item(row: Item) -> ActualRow:
    return ActualRow(
        id=row.pk,
        on=row.issued_on,
        number=row.number,
        item_id=row.pk,
        customer_id=row.customer_id,
        customer_name=row.customer.name,
        amount_minor=row.amount_minor,
    )


def _allocation(row: Allocation) -> ActualRow:
    return ActualRow(
        id=row.pk,
        on=row.applied_on,
        number=row.item.number,
        item_id=row.item_id,
        customer_id=row.item.customer_id,
        customer_name=row.item.customer.name,
        amount_minor=row.amount_minor,
    )


def _cost(row: CollectionCost) -> ActualRow:
    return ActualRow(
        id=row.pk,
        on=row.on,
        number=row.reference,
        item_id=None,
        customer_id=row.customer_id,
        customer_name=row.customer.name if row.customer else "",
        amount_minor=row.amount_minor,
    )
