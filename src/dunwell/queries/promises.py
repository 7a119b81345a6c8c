"""Promises as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
from django.db.models import Count, Max, Sum

from dunwell.engine import schema
from dunwell.models import Company, Promise, PromiseItem
from dunwell.queries.frames import day, read_frame
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseRow:
    """One promise; `is_late`: still open and its day has passed, tolerance not counted."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    items: int
    promised_minor: int
    currency: str
    made_on: date
    due_on: date
    tolerance_days: int
    outcome: str
    outcome_label: str
    settled_on: date | None
    note: str
    is_late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseLine:
    """How much of one item a promise covers, and what is still open of that item now."""

    item_id: int
    number: str
    currency: str
    promised_minor: int
    open_minor: int


def promise_rows(
    company: Company,
    *,
    as_of: date,
    outcome: str = "",
    customer_id: int | None = None,
    due_from: date | None = None,
    due_until: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PromiseRow]:
    """Return one page of promises, the soonest due first; both due days are included."""
    found = Promise.objects.filter(company=company)
    if outcome:
        found = found.filter(outcome=outcome)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if due_from is not None:
        found = found.filter(due_on__gte=due_from)
    if due_until is not None:
        found = found.filter(due_on__lte=due_until)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("due_on", "id"), (date, int)))
        .select_related("customer")
        .annotate(
            n_items=Count("lines"),
            promised=Sum("lines__amount_minor"),
            currency=Max("lines__item__currency"),
        )
        .order_by("due_on", "id")[: limit + 1]
    )
    return page_of(
        [
            PromiseRow(
                id=promise.pk,
                customer_id=promise.customer_id,
                customer_number=promise.customer.number,
                customer_name=promise.customer.name,
                items=promise.n_items,
                promised_minor=int(promise.promised or 0),
                currency=promise.currency or "",
                made_on=promise.made_on,
                due_on=promise.due_on,
                tolerance_days=promise.tolerance_days,
                outcome=promise.outcome,
                outcome_label=str(Promise.Outcome(promise.outcome).label),
                settled_on=promise.settled_on,
                note=promise.note,
                is_late=promise.outcome == Promise.Outcome.OPEN and promise.due_on < as_of,
            )
            for promise in rows
        ],
        limit=limit,
        key=lambda row: (row.due_on, row.id),
    )


def promise_lines(company: Company, promise_id: int) -> tuple[PromiseLine, ...]:
    """Return the items of a promise by number; nothing for another company's promise."""
    lines = PromiseItem.objects.filter(promise=promise_id, promise__company=company)
    rows = lines.order_by("item__number", "item").values_list(
        "item", "item__number", "item__currency", "amount_minor", "item__open_now__open_minor"
    )
    return tuple(
        PromiseLine(
            item_id=key, number=number, currency=code, promised_minor=part, open_minor=left or 0
        )
        for key, number, code, part, left in rows
    )


def promised_allocations_frame(company: Company) -> nw.LazyFrame:
    """Return the allocations on promised items alone, in columns ALLOCATIONS.

    What judges the promises of a company is a small part of its ledger, whatever its size.
    """
    columns = (
        "a.item_id, a.payment_id, "
        "CASE WHEN a.source = 'adjustment' THEN j.kind ELSE a.source END, a.amount_minor, "
        "COALESCE(a.paid_minor, a.amount_minor), "
        f"{day('a.value_on')}, {day('a.applied_on')}, {day('a.recorded_on')}"
    )
    return read_frame(
        f"SELECT {columns} "  # noqa: S608  our own column names
        "FROM dunwell_allocation a LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id "
        "WHERE a.item_id IN (SELECT l.item_id FROM dunwell_promiseitem l "
        "JOIN dunwell_promise p ON p.id = l.promise_id WHERE p.company_id = %s)",
        [company.pk],
        schema.ALLOCATIONS,
    )
