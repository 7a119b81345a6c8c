"""Holds as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dunwell.models import Company, Hold
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldRow:
    """One hold; `item` is empty when the whole customer is held."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int | None
    item: str
    reason: str
    reason_label: str
    note: str
    from_on: date
    until_on: date | None
    released_on: date | None
    is_active: bool


def active_holds(company: Company, *, as_of: date) -> QuerySet[Hold]:
    """Return the holds that stop chasing on a day: its last day counts, the day of release not."""
    return Hold.objects.filter(holds_active(company, as_of=as_of))


def holds_active(company: Company, *, as_of: date) -> Q:
    """Return the condition of `active_holds`."""
    return Q(
        Q(until_on=None) | Q(until_on__gte=as_of),
        Q(released_on=None) | Q(released_on__gt=as_of),
        company=company,
        from_on__lte=as_of,
    )


def holds_standing(*, as_of: date) -> Q:
    """Return the condition of holds that nobody released and that last still; some begin later."""
    return Q(Q(until_on=None) | Q(until_on__gte=as_of), released_on=None)


def hold_rows(
    company: Company,
    *,
    as_of: date,
    only_active: bool = True,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[HoldRow]:
    """Return one page of holds, the newest first."""
    found = holds_active(company, as_of=as_of) if only_active else Q(company=company)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    limit = page_limit(limit)
    rows = _rows(found & after(cursor, ("-from_on", "-id"), (date, int)), limit=limit)
    return page_of(
        [_row(hold, as_of) for hold in rows], limit=limit, key=lambda row: (row.from_on, row.id)
    )


@prepared
def _rows(condition: Q, *, limit: int) -> QuerySet[Hold]:
    found = Hold.objects.filter(condition).select_related("customer", "item")
    return found.order_by("-from_on", "-id")[: limit + 1]


def _row(hold: Hold, as_of: date) -> HoldRow:
    ended = hold.until_on is not None and hold.until_on < as_of
    released = hold.released_on is not None and hold.released_on <= as_of
    return HoldRow(
        id=hold.pk,
        customer_id=hold.customer_id,
        customer_number=hold.customer.number,
        customer_name=hold.customer.name,
        item_id=hold.item_id,
        item=hold.item.number if hold.item else "",
        reason=hold.reason,
        reason_label=str(Hold.Reason(hold.reason).label),
        note=hold.note,
        from_on=hold.from_on,
        until_on=hold.until_on,
        released_on=hold.released_on,
        is_active=hold.from_on <= as_of and not ended and not released,
    )
