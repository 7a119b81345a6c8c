"""Past forecasts of cash beside what came: what ranges are set by, and what is to be told."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from django.db.models import Q

from dunwell.engine.calendars import day_number
from dunwell.ml.cash_ranges import PastCash
from dunwell.models import CashPeriod, Company

KEPT_SNAPSHOTS = 30
"""Weekly forecasts looked back on."""

LATE_BOOKINGS_DAYS = 21
"""Money is often put on its item some days after it came: so long what came is told anew."""


def past_cash(
    company: Company, *, as_of: date, told: Mapping[int, int]
) -> Mapping[str, list[PastCash]]:
    """Return per scope the forecasts of one day per week whose periods were over by a day.

    `told` says by key what came where that is not kept yet: what is kept today must not depend
    on whether it is worked out for the first or the second time.
    """
    days = weekly_days(company, as_of=as_of)[-KEPT_SNAPSHOTS:]
    rows = CashPeriod.objects.filter(
        company=company, as_of__in=days, is_consolidated=False, ends_on__lt=as_of
    ).order_by("as_of", "currency", "kind", "number")
    found: dict[str, list[PastCash]] = {scope: [] for scope in CashPeriod.Scope.values}
    for row in rows:
        came = told.get(row.pk, row.came_minor)
        if came is not None:
            found[row.scope].append(
                PastCash(
                    currency=row.currency,
                    kind=row.kind,
                    number=row.number,
                    last_day=day_number(row.ends_on),
                    expected_minor=row.expected_minor,
                    spread_minor=row.spread_minor,
                    came_minor=came,
                )
            )
    return found


def weekly_days(company: Company, *, as_of: date) -> list[date]:
    """Return the last day of each calendar week on which an outlook was kept, the oldest first."""
    days = (
        CashPeriod.objects.filter(company=company, as_of__lte=as_of)
        .order_by("as_of")
        .values_list("as_of", flat=True)
        .distinct()
    )
    last: dict[tuple[int, int], date] = {}
    for day in days:
        year, week, _ = day.isocalendar()
        last[year, week] = day
    return list(last.values())


def periods_to_tell(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return the kept periods that are over and not told, or told lately; no consolidated ones.

    Columns id, scope, currency, as_of_day, first_day, last_day, came_minor.
    """
    rows = (
        CashPeriod.objects.filter(company=company, is_consolidated=False, ends_on__lt=as_of)
        .filter(Q(came_minor=None) | Q(ends_on__gte=as_of - timedelta(days=LATE_BOOKINGS_DAYS)))
        .order_by("pk")
        .values_list("pk", "scope", "currency", "as_of", "starts_on", "ends_on", "came_minor")
    )
    return pl.DataFrame(
        list(rows),
        schema={
            "id": pl.Int64,
            "scope": pl.String,
            "currency": pl.String,
            "as_of_day": pl.Date,
            "first_day": pl.Date,
            "last_day": pl.Date,
            "came_minor": pl.Int64,
        },
        orient="row",
    ).with_columns(pl.col("as_of_day", "first_day", "last_day").cast(pl.Int32))
