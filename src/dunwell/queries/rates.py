"""Exchange rates as the settings page shows them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from dunwell.engine.money import minor_digits
from dunwell.models import Company, FxRate
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RateRow:
    """One rate: `per_unit` home units for one foreign unit; `is_in_force`: it applies."""

    id: int
    currency: str
    from_on: date
    rate_ppm: int
    per_unit: Decimal
    source: str
    recorded_at: datetime
    is_in_force: bool


def rate_rows(
    company: Company,
    *,
    as_of: date,
    currency: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[RateRow]:
    """Return one page of rates, the newest day first; in force is the latest not after `as_of`."""
    known = FxRate.objects.filter(company=company)
    past = known.filter(from_on__lte=as_of).order_by("currency").values_list("currency")
    latest: dict[str, date] = dict(past.annotate(on=Max("from_on")))
    found = known.filter(currency=currency) if currency else known
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-from_on", "-id"), (date, int))).order_by(
        "-from_on", "-id"
    )[: limit + 1]
    return page_of(
        [
            RateRow(
                id=rate.pk,
                currency=rate.currency,
                from_on=rate.from_on,
                rate_ppm=rate.rate_ppm,
                per_unit=_per_unit(rate, company.currency),
                source=rate.source,
                recorded_at=rate.recorded_at,
                is_in_force=latest.get(rate.currency) == rate.from_on,
            )
            for rate in rows
        ],
        limit=limit,
        key=lambda row: (row.from_on, row.id),
    )


def rate_currencies(company: Company) -> list[str]:
    """Return the currencies that have a rate, in order."""
    found = FxRate.objects.filter(company=company).order_by("currency")
    return list(found.values_list("currency", flat=True).distinct())


def _per_unit(rate: FxRate, home: str) -> Decimal:
    shift = minor_digits(rate.currency) - minor_digits(home)
    return (Decimal(rate.rate_ppm) / PPM).scaleb(shift).normalize()
