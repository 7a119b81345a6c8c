"""Kept figures: every value of the last day, and of the kept day before it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dunwell.models import Company, KpiValue


@dataclass(frozen=True, slots=True)
class Figure:
    """The latest value of a figure, the one before it, and the unit of both."""

    currency: str
    kpi: str
    unit: str
    as_of: date
    value: Decimal | None
    earlier: Decimal | None
    earlier_on: date | None


def latest_figures(company: Company, *, until: date) -> list[Figure]:
    """Return every figure of the latest kept day with the value of the kept day before it."""
    days = list(
        KpiValue.objects.filter(company=company, as_of__lte=until)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .distinct()[:2]
    )
    if not days:
        return []
    earlier_on = days[1] if len(days) > 1 else None
    rows = list(
        KpiValue.objects.filter(company=company, as_of__in=days)
        .order_by("currency", "kpi")
        .values_list("as_of", "currency", "kpi", "unit", "value")
    )
    earlier = {(currency, kpi): value for on, currency, kpi, _, value in rows if on == earlier_on}
    return [
        Figure(
            currency=currency,
            kpi=kpi,
            unit=unit,
            as_of=on,
            value=_number(value),
            earlier=_number(earlier.get((currency, kpi), "")),
            earlier_on=earlier_on,
        )
        for on, currency, kpi, unit, value in rows
        if on == days[0]
    ]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
