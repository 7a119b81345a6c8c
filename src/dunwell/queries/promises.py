"""Promises as pages and the API show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from dunwell.engine import schema
from dunwell.engine.fx import PPM
from dunwell.engine.money import from_minor
from dunwell.models import Company, Customer, Event, Message, Promise, PromiseItem
from dunwell.queries.frames import day, read_frame
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared
from dunwell.queries.promise_confirmations import confirmed_by


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseRow:
    """One promise; `is_late`: still open and its day has passed, tolerance not counted.

    `level` is `item`, or `customer` for an amount on whatever is oldest, which has no `items`.
    `keep_ppm`: how likely it was kept when it was made, by what the customer kept before.
    `confirmation_id` is the message that confirms it, `confirmation` its status; empty: none.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    level: str
    items: int
    promised_minor: int
    currency: str
    keep_ppm: int | None
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
    confirmation_id: int | None
    confirmation: str
    confirmation_label: str
    source: str = "staff"


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
    collectors: Sequence[int] | None = None,
    made_on: date | None = None,
    recorded_by: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PromiseRow]:
    """Return one page of promises, the soonest due first; both due days are included.

    `failed_on`: those judged broken or kept in part on that day and not forgiven.
    `collectors`: of the customers of these people alone. `made_on`: made on that day, by
    `recorded_by` if named, and neither withdrawn nor replaced.
    """
    found = Q(company=company)
    if made_on is not None:
        found = Q(pk__in=got_promises(company, on=made_on, person=recorded_by).values("pk"))
    elif failed_on is not None:
        found &= Q(
            settled_on=failed_on,
            outcome__in=[Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT],
            forgiven_on=None,
        )
    if collectors is not None:
        found &= Q(customer__collector__in=collectors)
    if outcome:
        found &= Q(outcome=outcome)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    if due_from is not None:
        found &= Q(due_on__gte=due_from)
    if due_until is not None:
        found &= Q(due_on__lte=due_until)
    limit = page_limit(limit)
    rows = _rows(found & after(cursor, ("due_on", "id"), (date, int)), limit=limit)
    return page_of(
        [_row(promise, as_of) for promise in rows],
        limit=limit,
        key=lambda row: (row.due_on, row.id),
    )


@prepared
def _rows(condition: Q, *, limit: int) -> QuerySet[Any]:
    return _told(Promise.objects.filter(condition)).order_by("due_on", "id")[: limit + 1]


def last_promise(company: Company, customer_id: int, *, as_of: date) -> PromiseRow | None:
    """Return the promise a customer made last, whatever became of it; None where it made none."""
    made = _told(Promise.objects.filter(company=company, customer=customer_id))
    promise = made.order_by("-made_on", "-id").first()
    return None if promise is None else _row(promise, as_of)


def _told(found: QuerySet[Promise]) -> QuerySet[Any]:
    """Return the promises with their customers, their sums and their currency."""
    return found.select_related("customer").annotate(
        n_items=Count("lines"),
        promised=Sum("lines__amount_minor"),
        code=Max("lines__item__currency"),
        confirmed_by=confirmed_by("pk"),
        confirmed_as=confirmed_by("status"),
    )


def _status_label(status: str | None) -> str:
    return "" if status is None else str(Message.Status(status).label)


def _row(promise: Any, as_of: date) -> PromiseRow:
    return PromiseRow(
        id=promise.pk,
        customer_id=promise.customer_id,
        customer_number=promise.customer.number,
        customer_name=promise.customer.name,
        level=promise.level,
        items=promise.n_items,
        promised_minor=int(promise.promised or promise.amount_minor or 0),
        currency=promise.code or promise.currency,
        keep_ppm=promise.keep_ppm,
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
        confirmation_id=promise.confirmed_by,
        confirmation=promise.confirmed_as or "",
        confirmation_label=_status_label(promise.confirmed_as),
        source=promise.source,
    )


def got_promises(company: Company, *, on: date, person: str = "") -> QuerySet[Promise]:
    """Return the promises made on a day that stand, those a person recorded if one is named."""
    made = Promise.objects.filter(company=company, made_on=on).exclude(
        outcome__in=[Promise.Outcome.WITHDRAWN, Promise.Outcome.SUPERSEDED]
    )
    if not person:
        return made
    recorded = Event.objects.filter(
        company=company,
        subject="promise",
        subject_id__in=list(made.values_list("pk", flat=True)),
        verb="promise.recorded",
        actor=person,
    )
    return made.filter(pk__in=list(recorded.values_list("subject_id", flat=True)))


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
    standing = Promise.objects.filter(company=company, due_on__range=(from_on, to_on)).exclude(
        outcome__in=[Promise.Outcome.WITHDRAWN, Promise.Outcome.SUPERSEDED]
    )
    rows = (
        standing.values("due_on", code=Coalesce("lines__item__currency", F("currency")))
        .annotate(
            n=Count("pk", distinct=True),
            total=Sum(Coalesce("lines__amount_minor", F("amount_minor"))),
            n_kept=_promises_that(Promise.Outcome.KEPT),
            n_failed=_promises_that(Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT),
            n_open=_promises_that(Promise.Outcome.OPEN),
        )
        .order_by("due_on", "code")
    )
    return tuple(
        PromiseDay(
            on=row["due_on"],
            currency=row["code"],
            count=row["n"],
            promised_minor=int(row["total"]),
            kept=row["n_kept"],
            failed=row["n_failed"],
            is_open=row["n_open"] > 0,
        )
        for row in rows
    )


def _promises_that(*outcomes: Promise.Outcome) -> Count:
    return Count("pk", distinct=True, filter=Q(outcome__in=outcomes))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepRecord:
    """How a customer kept its word so far; `chance_ppm`: how likely the next promise is kept.

    Drawn towards the company's share by PRIOR_PROMISES promises; None where nobody ever promised.
    """

    kept: int
    judged: int
    chance_ppm: int | None


PRIOR_PROMISES = 4
"""Promises' worth of the company's share that a customer's own record is weighed against."""

_JUDGED = (Promise.Outcome.KEPT, Promise.Outcome.PARTIALLY_KEPT, Promise.Outcome.BROKEN)


def keep_record(customer: Customer) -> KeepRecord:
    """Return how the customer kept its promises; forgiven failures do not count. One query."""
    mine, kept = Q(customer=customer), Q(outcome=Promise.Outcome.KEPT)
    told = Promise.objects.filter(
        company=customer.company_id, outcome__in=_JUDGED, forgiven_on=None
    ).aggregate(
        all=Count("pk"),
        all_kept=Count("pk", filter=kept),
        mine=Count("pk", filter=mine),
        mine_kept=Count("pk", filter=mine & kept),
    )
    if not told["all"]:
        return KeepRecord(kept=0, judged=0, chance_ppm=None)
    prior = PRIOR_PROMISES * PPM * told["all_kept"] // told["all"]
    return KeepRecord(
        kept=told["mine_kept"],
        judged=told["mine"],
        chance_ppm=(told["mine_kept"] * PPM + prior) // (told["mine"] + PRIOR_PROMISES),
    )


def keep_chance_ppm(customer: Customer) -> int | None:
    """Return how likely the customer's next promise is kept."""
    return keep_record(customer).chance_ppm


def promise_words(promise: Promise) -> str:
    """Return what a promise says in one sentence: how much, of which items, by when."""
    if promise.level == Promise.Level.CUSTOMER:
        amount = from_minor(promise.amount_minor or 0, promise.currency)
        what = f"{amount} {promise.currency}, oldest items first"
    else:
        lines = promise_lines(promise.company, promise.pk)
        what = ", ".join(
            f"{line.number} {from_minor(line.promised_minor, line.currency)} {line.currency}"
            for line in lines
        )
    return f"{promise.customer.name}: {what}, by {promise.due_on.isoformat()}."


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

    Those of customers who promised an amount are all there, whatever item they are on. What
    judges the promises of a company is a small part of its ledger, whatever its size.
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
        "JOIN dunwell_promise p ON p.id = l.promise_id WHERE p.company_id = %s) "
        "OR a.item_id IN (SELECT i.id FROM dunwell_item i JOIN dunwell_promise p "
        "ON p.customer_id = i.customer_id WHERE p.company_id = %s AND p.level = 'customer')",
        [company.pk] * 2,
        schema.ALLOCATIONS,
    )
