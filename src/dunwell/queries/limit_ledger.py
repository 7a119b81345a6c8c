"""The ledger of limits as pages and the API show it: every row, and what it is on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from dunwell.engine.limits import STATES, states
from dunwell.models import Company, CreditGroup, CreditLimit
from dunwell.queries.limits import scoped_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = CreditLimit.Status

SOON_DAYS = 60
"""A limit that ends within so many days is about to expire."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitLedgerRow:
    """One row of the ledger; the amount in minor units of `currency`.

    `state` says what an approved row is on the day asked about (one of STATES), empty for
    another. With a day it was known on, decisions of later days are left out.
    """

    id: int
    customer_id: int | None
    customer_number: str
    customer_name: str
    group_id: int | None
    group: str
    segment: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    state: str
    currency: str
    amount_minor: int
    from_on: date
    until_on: date | None
    reason: str
    source: str
    risk_class: str
    rule: str
    asked_by: str
    asked_on: date
    decided_by: str
    decided_on: date | None
    decision_reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFilter:
    """Which rows are asked for; empty fields let every row through.

    `from_until_on` and `until_on`: rows whose last day lies between them. `search` finds
    customers by number or name, and groups by name.
    """

    kind: str = ""
    status: str = ""
    customer_id: int | None = None
    group_id: int | None = None
    segment: str = ""
    search: str = ""
    until_on: date | None = None
    from_until_on: date | None = None


EVERY = LedgerFilter()


def limit_rows(
    company: Company,
    *,
    as_of: date,
    known_on: date | None = None,
    only: LedgerFilter = EVERY,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[LimitLedgerRow]:
    """Return one page of the ledger, the newest row first; two queries and one for the rows."""
    limit = page_limit(limit)
    rows = (
        _found(company, only, known_on=known_on)
        .filter(after(cursor, ("-id",), (int,)))
        .select_related("customer", "group")
        .order_by("-id")[: limit + 1]
    )
    found = list(rows)
    told = _states(company, found, as_of=as_of, known_on=known_on)
    return page_of(
        [_row(row, told.get(row.pk, ""), known_on=known_on) for row in found],
        limit=limit,
        key=lambda row: (row.id,),
    )


def limit_row(company: Company, limit_id: int, *, as_of: date) -> LimitLedgerRow | None:
    """Return one row of the ledger as of a day, None where the company has none of this key."""
    found = CreditLimit.objects.filter(company=company, pk=limit_id)
    row = found.select_related("customer", "group").first()
    if row is None:
        return None
    told = _states(company, [row], as_of=as_of, known_on=None)
    return _row(row, told.get(row.pk, ""), known_on=None)


def expiring_filter(*, as_of: date, days: int = SOON_DAYS) -> LedgerFilter:
    """Return the filter of approved limits whose last day lies within some days."""
    return LedgerFilter(
        status=Status.APPROVED, from_until_on=as_of, until_on=as_of + timedelta(days=days)
    )


def waiting_count(company: Company) -> int:
    """Return how many limits wait for an approval."""
    return CreditLimit.objects.filter(company=company, status=Status.PROPOSED).count()


def group_names(company: Company) -> list[tuple[int, str]]:
    """Return the groups that have not ended, by name."""
    found = CreditGroup.objects.filter(company=company, ended_on=None).order_by("name", "id")
    return list(found.values_list("pk", "name"))


def _found(
    company: Company, only: LedgerFilter, *, known_on: date | None
) -> QuerySet[CreditLimit]:
    found = CreditLimit.objects.filter(company=company)
    if only.kind:
        found = found.filter(kind=only.kind)
    if only.status:
        found = found.filter(status=only.status)
    if only.customer_id is not None:
        found = found.filter(customer=only.customer_id)
    if only.group_id is not None:
        found = found.filter(group=only.group_id)
    if only.segment:
        found = found.filter(segment=only.segment)
    if only.until_on is not None:
        found = found.filter(until_on__lte=only.until_on)
    if only.from_until_on is not None:
        found = found.filter(until_on__gte=only.from_until_on)
    if known_on is not None:
        found = found.filter(asked_on__lte=known_on)
    if text := only.search.strip().replace("\0", ""):
        found = found.filter(
            Q(customer__number=text)
            | Q(customer__name__icontains=text)
            | Q(group__name__icontains=text)
        )
    return found


def _states(
    company: Company, found: Collection[CreditLimit], *, as_of: date, known_on: date | None
) -> dict[int, str]:
    """Return what the approved rows of a page are on a day; one query for all their scopes."""
    by_scope = scoped_rows(
        company,
        customer_ids={row.customer_id for row in found if row.customer_id is not None},
        group_ids={row.group_id for row in found if row.group_id is not None},
        segments={row.segment for row in found if row.segment},
    )
    told: dict[int, str] = {}
    for rows in by_scope.values():
        told.update(states(rows, on=as_of, known_on=known_on))
    return told


def _row(row: CreditLimit, state: str, *, known_on: date | None) -> LimitLedgerRow:
    is_later = known_on is not None and row.decided_on is not None and row.decided_on > known_on
    status = Status.PROPOSED if is_later else Status(row.status)
    return LimitLedgerRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_number=row.customer.number if row.customer else "",
        customer_name=row.customer.name if row.customer else "",
        group_id=row.group_id,
        group=row.group.name if row.group else "",
        segment=row.segment,
        kind=row.kind,
        kind_label=str(CreditLimit.Kind(row.kind).label),
        status=str(status.value),
        status_label=str(status.label),
        state=state if status == Status.APPROVED and state in STATES else "",
        currency=row.currency,
        amount_minor=row.amount_minor,
        from_on=row.from_on,
        until_on=row.until_on,
        reason=row.reason,
        source=row.source,
        risk_class=row.risk_class,
        rule=str(row.authority.get("rule", "")),
        asked_by=row.asked_by,
        asked_on=row.asked_on,
        decided_by="" if is_later else row.decided_by,
        decided_on=None if is_later else row.decided_on,
        decision_reason="" if is_later else row.decision_reason,
    )
