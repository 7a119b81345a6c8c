"""What collecting costs, as it was typed in, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from dunwell.models import CollectionCost, Company
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectionCostRow:
    """One cost; `withdrawn_on` says that it counts no more."""

    id: int
    kind: str
    kind_label: str
    on: date
    currency: str
    amount_minor: int
    customer_id: int | None
    customer_name: str
    collector: str
    reference: str
    recorded_by: str
    withdrawn_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectionCostSum:
    """What stands of a currency within a year, in minor units."""

    currency: str
    amount_minor: int


def collection_cost_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CollectionCostRow]:
    """Return one page of the costs, those taken back among them; one query."""
    limit = page_limit(limit)
    found = (
        CollectionCost.objects.filter(after(cursor, ("-on", "-id"), (date, int)), company=company)
        .select_related("customer", "collector")
        .order_by("-on", "-id")[: limit + 1]
    )
    rows = [
        CollectionCostRow(
            id=one.pk,
            kind=one.kind,
            kind_label=one.get_kind_display(),
            on=one.on,
            currency=one.currency,
            amount_minor=one.amount_minor,
            customer_id=one.customer_id,
            customer_name=one.customer.name if one.customer else "",
            collector=one.collector.username if one.collector else "",
            reference=one.reference,
            recorded_by=one.recorded_by,
            withdrawn_on=one.withdrawn_on,
        )
        for one in found
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.on, row.id))


def collection_cost_sums(
    company: Company, *, since: date, until: date
) -> Sequence[CollectionCostSum]:
    """Return the sums of what stands between two days, per currency; one query."""
    found = (
        CollectionCost.objects.filter(
            company=company, on__gte=since, on__lte=until, withdrawn_on=None
        )
        .order_by("currency")
        .values_list("currency")
        .annotate(amount=Sum("amount_minor"))
    )
    return [CollectionCostSum(currency=code, amount_minor=int(n)) for code, n in found]
