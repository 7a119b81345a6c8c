"""Lists of cash positions and planned payments, as told, with what was taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.models import CashPosition, Company, PlannedPayment
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PositionRow:
    """A balance as somebody told it, minor units of `currency`."""

    id: int
    account: str
    on: date
    currency: str
    balance_minor: int
    source: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRow:
    """A payment out as somebody told it, minor units of `currency`."""

    id: int
    on: date
    kind: str
    label: str
    currency: str
    amount_minor: int
    source: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_on: date | None
    reason: str


def position_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PositionRow]:
    """Return one page of balances told, the newest day first."""
    limit = page_limit(limit)
    found = CashPosition.objects.filter(
        after(cursor, ("-on", "-id"), (date, int)), company=company
    ).order_by("-on", "-id")[: limit + 1]
    return page_of(
        [
            PositionRow(
                id=row.pk,
                account=row.account,
                on=row.on,
                currency=row.currency,
                balance_minor=row.balance_minor,
                source=row.source,
                recorded_by=row.recorded_by,
                recorded_at=row.recorded_at,
                withdrawn_on=row.withdrawn_on,
                reason=row.reason,
            )
            for row in found
        ],
        limit=limit,
        key=lambda row: (row.on, row.id),
    )


def planned_rows(
    company: Company,
    *,
    first: date | None = None,
    last: date | None = None,
    with_withdrawn: bool = True,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PlannedRow]:
    """Return one page of payments out between two days, the earliest first."""
    limit = page_limit(limit)
    found = PlannedPayment.objects.filter(
        after(cursor, ("on", "id"), (date, int)), company=company
    )
    if first is not None:
        found = found.filter(on__gte=first)
    if last is not None:
        found = found.filter(on__lte=last)
    if not with_withdrawn:
        found = found.filter(withdrawn_on=None)
    return page_of(
        [
            PlannedRow(
                id=row.pk,
                on=row.on,
                kind=row.kind,
                label=row.label,
                currency=row.currency,
                amount_minor=row.amount_minor,
                source=row.source,
                recorded_by=row.recorded_by,
                recorded_at=row.recorded_at,
                withdrawn_on=row.withdrawn_on,
                reason=row.reason,
            )
            for row in found.order_by("on", "id")[: limit + 1]
        ],
        limit=limit,
        key=lambda row: (row.on, row.id),
    )
