"""Disputes as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dunwell.models import Company, Dispute
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeRow:
    """One dispute; `age_days` counts to the day it was closed, or to the day asked about.

    `case_id` is None for one that the day's cycle has not yet given a case.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int
    item: str
    currency: str
    amount_minor: int
    item_minor: int
    reason: str
    reason_label: str
    note: str
    opened_on: date
    closed_on: date | None
    outcome: str
    age_days: int
    case_id: int | None
    case_number: str


def dispute_rows(
    company: Company,
    *,
    as_of: date,
    only_open: bool = True,
    reason: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[DisputeRow]:
    """Return one page of disputes, the oldest first."""
    found = Q(company=company)
    if only_open:
        found &= Q(closed_on=None)
    if reason:
        found &= Q(reason=reason)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    limit = page_limit(limit)
    rows = _rows(found & after(cursor, ("opened_on", "id"), (date, int)), limit=limit)
    return page_of(
        [
            DisputeRow(
                id=dispute.pk,
                customer_id=dispute.customer_id,
                customer_number=dispute.customer.number,
                customer_name=dispute.customer.name,
                item_id=dispute.item_id,
                item=dispute.item.number,
                currency=dispute.item.currency,
                amount_minor=dispute.amount_minor,
                item_minor=dispute.item.amount_minor,
                reason=dispute.reason,
                reason_label=dispute.reason_label,
                note=dispute.note,
                opened_on=dispute.opened_on,
                closed_on=dispute.closed_on,
                outcome=dispute.outcome,
                age_days=((dispute.closed_on or as_of) - dispute.opened_on).days,
                case_id=dispute.case_id,
                case_number=dispute.case.number if dispute.case else "",
            )
            for dispute in rows
        ],
        limit=limit,
        key=lambda row: (row.opened_on, row.id),
    )


@prepared
def _rows(condition: Q, *, limit: int) -> QuerySet[Dispute]:
    # those of the page are chosen before what is shown beside them is looked up
    keys = Dispute.objects.filter(condition).order_by("opened_on", "id").values("pk")
    found = Dispute.objects.filter(pk__in=keys[: limit + 1])
    return found.select_related("customer", "item", "case").order_by("opened_on", "id")
