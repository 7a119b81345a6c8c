"""Items a customer has paid and how late, for the chart of its habits."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet

from dunwell.models import Allocation, Company, Item
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidItemRow:
    """One settled item: the value day of its last money, days after the due day (early < 0)."""

    item_id: int
    number: str
    due_on: date
    paid_on: date
    days_late: int


def paid_item_rows(
    company: Company, customer_id: int, *, limit: int = 120
) -> tuple[PaidItemRow, ...]:
    """Return the items settled with money, the latest paid first."""
    return tuple(
        PaidItemRow(
            item_id=key,
            number=number,
            due_on=due_on,
            paid_on=paid_on,
            days_late=(paid_on - due_on).days,
        )
        for key, number, due_on, paid_on in _rows(company.pk, customer_id, limit=limit)
    )


@prepared
def _rows(
    company_id: int, customer_id: int, *, limit: int
) -> QuerySet[Any, tuple[int, str, date, date]]:
    money = Q(allocations__source=Allocation.Source.PAYMENT)
    return (
        Item.objects.filter(
            company=company_id, customer=customer_id, open_now=None, amount_minor__gt=0
        )
        .exclude(kind=Item.Kind.REFUND)
        .annotate(paid_on=Max("allocations__value_on", filter=money))
        .exclude(paid_on=None)
        .order_by("-paid_on", "-id")
        .values_list("id", "number", "due_on", "paid_on")[:limit]
    )
