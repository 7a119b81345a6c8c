"""Amounts of other currencies at home value: the company's rate in force on a day, or none."""

from collections.abc import Mapping
from datetime import date

from dunwell.engine.money import part
from dunwell.models import Company, FxRate

PPM = 1_000_000


def home_rates(company: Company, *, as_of: date) -> dict[str, int]:
    """Return home minor units per million foreign minor units by currency; home itself is 1:1."""
    found = {company.currency: PPM}
    rows = FxRate.objects.filter(company=company, from_on__lte=as_of).order_by("from_on")
    found.update(rows.exclude(currency=company.currency).values_list("currency", "rate_ppm"))
    return found


def at_home(amount_minor: int, currency: str, rates: Mapping[str, int]) -> int | None:
    """Return an amount at home value, rounded half away from zero; None without a rate."""
    rate = rates.get(currency)
    return None if rate is None else part(amount_minor, rate, PPM)
