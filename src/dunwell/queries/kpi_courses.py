"""The course of a figure: its value at each month end, as the cycle kept it."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Max

from dunwell.engine.kpi_catalogue import FORMULAS, KPIS
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.trends import month_ends
from dunwell.models import Company, KeptSlice, KpiValue

MONTHS = 24
"""So many month ends a course has unless more are asked for."""

Course = list[tuple[date, Decimal | None]]


def kpi_course(
    company: Company, *, kpi: str, currency: str, until: date, months: int = MONTHS
) -> Course:
    """Return (month end, value) oldest first, up to the day; None where not applicable.

    The month of `until` ends with the last day kept in it. A month end that was never kept is
    left out: the cycle fills one a day in, the newest first. Raises ValueError for another figure.
    """
    return kpi_courses(company, kpis=(kpi,), currency=currency, until=until, months=months)[kpi]


def kpi_courses(
    company: Company, *, kpis: Sequence[str], currency: str, until: date, months: int = MONTHS
) -> dict[str, Course]:
    """Return the courses of several figures in one currency (empty: without money); one query."""
    unknown = [kpi for kpi in kpis if kpi not in KPIS]
    if unknown:
        raise ValueError(f"no figure {unknown[0]}; there are {', '.join(KPIS)}")
    ends = month_ends(as_of=until, months=months)
    first = ends[-1].replace(day=1)
    kept = (
        KpiValue.objects.filter(company=company, kpi__in=kpis, currency=currency)
        .filter(as_of__in=[*ends[:-1]])
        .values_list("kpi", "as_of", "value")
        .union(
            KpiValue.objects.filter(
                company=company,
                kpi__in=kpis,
                currency=currency,
                as_of__gte=first,
                as_of__lte=until,
            ).values_list("kpi", "as_of", "value")
        )
    )
    found: dict[str, dict[date, str]] = {kpi: {} for kpi in kpis}
    for kpi, as_of, value in kept:
        found[kpi][as_of] = value
    return {kpi: _course(days, first) for kpi, days in found.items()}


def part_courses(
    company: Company,
    *,
    kpis: Sequence[str],
    dimension: str,
    key: str,
    currency: str,
    until: date,
    months: int = MONTHS,
) -> dict[str, Course]:
    """Return the courses of several figures of one part of the book; one query."""
    if dimension in {"company", "currency"}:
        return kpi_courses(company, kpis=kpis, currency=currency, until=until, months=months)
    rows = KeptSlice.objects.filter(
        company=company,
        dimension=dimension,
        key=key,
        currency=currency,
        as_of__in=month_ends(as_of=until, months=months),
        window_days=WINDOW_DAYS,
        formulas=FORMULAS,
    ).order_by("as_of")
    kept = [(row.as_of, row.values) for row in rows]
    return {
        kpi: [
            (as_of, Decimal(values[kpi]) if values[kpi] else None)
            for as_of, values in kept
            if kpi in values
        ]
        for kpi in kpis
    }


def kept_days(
    company: Company, days: Collection[date], *, dimension: str = "company"
) -> set[date]:
    """Return those of the days whose slices are kept by the formulas of today."""
    return set(
        KeptSlice.objects.filter(
            company=company, dimension=dimension, as_of__in=days, formulas=FORMULAS
        )
        .order_by()
        .values_list("as_of", flat=True)
        .distinct()
    )


def latest_kept_day(company: Company, *, until: date, dimension: str = "company") -> date | None:
    """Return the last day by `until` whose slices are kept by the formulas of today."""
    last: date | None = KeptSlice.objects.filter(
        company=company, dimension=dimension, as_of__lte=until, formulas=FORMULAS
    ).aggregate(last=Max("as_of"))["last"]
    return last


def _course(days: dict[date, str], first: date) -> Course:
    """Return the values by day; of the month that is not over, the newest alone."""
    newest = max((day for day in days if day >= first), default=None)
    return [
        (day, Decimal(days[day]) if days[day] else None)
        for day in sorted(days)
        if day < first or day == newest
    ]
