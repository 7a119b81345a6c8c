"""The outlook of cash: weeks and months to come by component, per currency and consolidated.

The one place where planning, liquidity and reports take future cash from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.models import CashBasis, CashPeriod, Company


@dataclass(frozen=True, kw_only=True, slots=True)
class OutlookPeriod:
    """Cash expected in one week or calendar month, minor units of `currency`.

    Both days belong to the period; month 1 is what is left of the month of the day after
    `as_of`. `components` (of `ml.cash_claims.COMPONENTS`) add up to `expected_minor`. A quantile
    `pN` is not reached with a chance of N %.
    """

    kind: str
    number: int
    starts_on: date
    ends_on: date
    currency: str
    expected_minor: int
    p5_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int
    p95_minor: int
    components: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class CashOutlook:
    """What was expected on the last scored day up to the day asked for.

    `periods` per currency; `consolidated` in the home currency at the rates of `as_of`, None
    where `missing_rates` names currencies without a rate: an unknown is not a sum of the rest.
    """

    as_of: date
    home_currency: str
    periods: tuple[OutlookPeriod, ...]
    consolidated: tuple[OutlookPeriod, ...] | None
    missing_rates: tuple[str, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies with an outlook, sorted."""
        return tuple(sorted({row.currency for row in self.periods}))

    def of(self, currency: str, kind: str) -> tuple[OutlookPeriod, ...]:
        """Return the weeks or months of a currency in order."""
        return tuple(row for row in self.periods if row.currency == currency and row.kind == kind)

    def together(self, kind: str) -> tuple[OutlookPeriod, ...]:
        """Return the consolidated weeks or months in order, none where a rate is missing."""
        return tuple(row for row in self.consolidated or () if row.kind == kind)


def cash_outlook(
    company: Company, *, as_of: date, scope: str = CashPeriod.Scope.KNOWN
) -> CashOutlook | None:
    """Return the outlook last kept on or before a day; None before the first. Two queries.

    `scope` is `known` or, with new business at its run rate, `all`.
    """
    basis = (
        CashBasis.objects.filter(company=company, as_of__lte=as_of)
        .order_by("-as_of")
        .values_list("as_of", "missing_rates")
        .first()
    )
    if basis is None:
        return None
    kept_on, missing = basis
    rows = CashPeriod.objects.filter(company=company, as_of=kept_on, scope=scope).order_by(
        "is_consolidated", "currency", "-kind", "number"
    )
    own: list[OutlookPeriod] = []
    together: list[OutlookPeriod] = []
    for row in rows:
        (together if row.is_consolidated else own).append(outlook_period(row))
    return CashOutlook(
        as_of=kept_on,
        home_currency=company.currency,
        periods=tuple(own),
        consolidated=None if missing else tuple(together),
        missing_rates=tuple(missing),
    )


def outlook_period(row: CashPeriod) -> OutlookPeriod:
    """Return a kept row as others read it."""
    return OutlookPeriod(
        kind=row.kind,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        currency=row.currency,
        expected_minor=row.expected_minor,
        p5_minor=row.p5_minor,
        p10_minor=row.p10_minor,
        p50_minor=row.p50_minor,
        p90_minor=row.p90_minor,
        p95_minor=row.p95_minor,
        components=dict(row.components),
    )
