"""Promises as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
from django.db.models import Count, Max, Q, Sum

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
    failures_before: int
    forgiven_on: date | None
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
    failed_on: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PromiseRow]:
    """Return one page of promises, the soonest due first; both due days are included.

    `failed_on`: those judged broken or kept in part on that day and not forgiven.
    """
    found = Promise.objects.filter(company=company)
    if failed_on is not None:
        found = found.filter(
            settled_on=failed_on,
            outcome__in=[Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT],
            forgiven_on=None,
        )
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
            code=Max("lines__item__currency"),
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
                currency=promise.code or promise.currency,
                made_on=promise.made_on,
                due_on=promise.due_on,
                tolerance_days=promise.tolerance_days,
                outcome=promise.outcome,
                outcome_label=str(Promise.Outcome(promise.outcome).label),
                settled_on=promise.settled_on,
                note=promise.note,
                failures_before=promise.rung,
                forgiven_on=promise.forgiven_on,
                is_late=promise.outcome == Promise.Outcome.OPEN and promise.due_on < as_of,
            )
            for promise in rows
        ],
        limit=limit,
        key=lambda row: (row.due_on, row.id),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseDay:
    """What was promised for one day in one currency, and how many of it are kept or failed."""

    on: date
    currency: str
    count: int
    promised_minor: int
    kept: int
    failed: int
    is_open: bool


def promise_days(company: Company, *, from_on: date, to_on: date) -> tuple[PromiseDay, ...]:
    """Return what is promised by day and currency, without withdrawn and replaced promises."""
    rows = (
        PromiseItem.objects.filter(
            promise__company=company, promise__due_on__range=(from_on, to_on)
        )
        .exclude(
            promise__outcome__in=[
                Promise.Outcome.WITHDRAWN,
                Promise.Outcome.SUPERSEDED,
                Promise.Outcome.SUGGESTED,
            ]
        )
        .values("promise__due_on", "item__currency")
        .annotate(
            n=Count("promise", distinct=True),
            promised=Sum("amount_minor"),
            n_kept=_promises_that(Promise.Outcome.KEPT),
            n_failed=_promises_that(Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT),
            n_open=_promises_that(Promise.Outcome.OPEN),
        )
        .order_by("promise__due_on", "item__currency")
    )
    return tuple(
        PromiseDay(
            on=row["promise__due_on"],
            currency=row["item__currency"],
            count=row["n"],
            promised_minor=int(row["promised"]),
            kept=row["n_kept"],
            failed=row["n_failed"],
            is_open=row["n_open"] > 0,
        )
        for row in rows
    )


def _promises_that(*outcomes: Promise.Outcome) -> Count:
    return Count("promise", distinct=True, filter=Q(promise__outcome__in=outcomes))


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
