"""The home page's figures: ageing per currency, KPIs with their course, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, Max, Sum

from dunwell.engine.aging import BUCKETS
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.trends import CHANGES
from dunwell.models import Company, Customer, Event, Feed, KpiValue, OpenItem, Run
from dunwell.queries.items import bucket_between, bucket_of
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept
from dunwell.queries.runs import CYCLE

HOME_KPIS = ("dso", "average_days_delinquent", "cei_period")
"""The figures whose course the home page shows: DSO, ADD and CEI."""

CHANGED_KPI = "changed_"
"""What the names of the day's changes begin with among the kept figures."""

SUMS = ("receivables", "overdue")
"""Sums in minor units that the cycle keeps beside the KPIs."""

TREND_DAYS = 400
"""How far back a course goes: the month ends of a year, and the days since the desk runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketFigure:
    """Open amount and items of one bucket; the items list under the same filter sums to it."""

    bucket: str
    open_minor: int
    items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyFigures:
    """The ageing of one currency, all buckets in order, and its sums in minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    items: int
    customers: int
    buckets: tuple[BucketFigure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiFigure:
    """One KPI of one currency: its last value as text (empty: not applicable) and its course."""

    kpi: str
    name: str
    currency: str
    as_of: date
    value: str
    unit: str
    formula: str
    inputs: Mapping[str, object]
    trend: tuple[tuple[date, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedFigure:
    """One feed and how many days behind the day asked about it is."""

    kind: str
    name: str
    covers_until_on: date
    days_behind: int
    is_stale: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A sum of one currency at the last cycle and at the one before, in minor units."""

    kpi: str
    currency: str
    before_on: date
    before_minor: int
    on: date
    now_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DayChange:
    """What happened on the cycle's day: how often, and about how much, in minor units."""

    change: str
    currency: str
    amount_minor: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeFigures:
    """Everything the home page shows.

    `movements` compare the last two cycles; `changes` are what happened since the day
    before the last cycle's; `steps` are what the last cycle
    changed, `happened` how often each kind of event was recorded since.
    """

    as_of: date
    customers: int
    currencies: tuple[CurrencyFigures, ...]
    kpis: tuple[KpiFigure, ...]
    feeds: tuple[FeedFigure, ...]
    cycle_on: date | None
    movements: tuple[Movement, ...]
    changes: tuple[DayChange, ...]
    steps: tuple[tuple[str, int], ...]
    happened: tuple[tuple[str, int], ...]


def home_figures(company: Company, *, as_of: date, since: datetime) -> HomeFigures:
    """Return the figures as of a day; `since` is the moment from which events are counted."""
    runs = Run.objects.filter(company=company, kind=CYCLE, as_of__lte=as_of)
    last = runs.aggregate(last=Max("as_of"))["last"]
    steps = runs.filter(as_of=last).order_by("id").values_list("step", "changed")
    events = Event.objects.filter(company=company, at__gte=since).order_by("verb")
    return HomeFigures(
        as_of=as_of,
        customers=Customer.objects.filter(company=company).count(),
        currencies=aging_figures(company, as_of=as_of),
        kpis=kpi_figures(company, as_of=as_of),
        feeds=_feeds(company, as_of),
        cycle_on=last,
        movements=_movements(company, as_of),
        changes=_day_changes(company, last),
        steps=tuple((step, changed) for step, changed in steps),
        happened=tuple(events.values_list("verb").annotate(n=Count("id"))),
    )


def aging_figures(company: Company, *, as_of: date) -> tuple[CurrencyFigures, ...]:
    """Return the ageing of what is open now per currency, lateness counted to a day.

    The database sums each due date, straight from the ageing index; a million items fall
    due on a few hundred days, which are put into buckets here. Kept where they are many.
    """
    return kept(
        company,
        ("aging_figures", as_of),
        lambda: _aging_figures(company, as_of),
        is_worth=lambda found: sum(one.customers for one in found) >= MANY_CUSTOMERS,
    )


def _aging_figures(company: Company, as_of: date) -> tuple[CurrencyFigures, ...]:
    days = (
        OpenItem.objects.filter(company=company)
        .order_by("currency", "due_on")
        .values_list("currency", "due_on")
        .annotate(total=Sum("open_minor"), n=Count("due_on"))
    )
    found: dict[str, dict[str, BucketFigure]] = {}
    for currency, due_on, total, n in days:
        buckets = found.setdefault(currency, {})
        bucket = bucket_of((as_of - due_on).days)
        before = buckets.get(bucket, BucketFigure(bucket=bucket, open_minor=0, items=0))
        buckets[bucket] = replace(
            before, open_minor=before.open_minor + int(total), items=before.items + n
        )
    customers = _owing_customers(company) if found else {}
    return tuple(
        _currency(
            currency,
            tuple(
                buckets.get(bucket, BucketFigure(bucket=bucket, open_minor=0, items=0))
                for bucket in BUCKETS
            ),
            customers.get(currency, 0),
        )
        for currency, buckets in found.items()
    )


def _owing_customers(company: Company) -> dict[str, int]:
    """Return how many customers have an open item in each currency.

    Written out because COUNT(DISTINCT) sorts every item. The customer comes first: items lie in
    the order they were recorded, and by currency SQLite would jump about in them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, COUNT(*) FROM (SELECT DISTINCT customer_id, currency "
            "FROM dunwell_openitem WHERE company_id = %s) owing GROUP BY currency",
            [company.pk],
        )
        return dict(cursor.fetchall())


def bucket_sums(days: Sequence[date]) -> dict[str, Aggregate]:
    """Return the annotations that `bucket_figures` reads: sum and number per bucket.

    `days` are the `bucket_days` of the ageing's day.
    """
    sums: dict[str, Aggregate] = {}
    for number in range(len(BUCKETS)):
        condition = bucket_between(number, days)
        sums[f"sum_{number}"] = Sum("open_minor", filter=condition)
        sums[f"n_{number}"] = Count("due_on", filter=condition)
    return sums


def bucket_figures(row: Mapping[str, Any]) -> tuple[BucketFigure, ...]:
    """Return every bucket in order from a row annotated with `bucket_sums`, empty ones as 0."""
    return tuple(
        BucketFigure(
            bucket=bucket,
            open_minor=int(row.get(f"sum_{number}") or 0),
            items=int(row.get(f"n_{number}") or 0),
        )
        for number, bucket in enumerate(BUCKETS)
    )


def kpi_figures(
    company: Company, *, as_of: date, kpis: Sequence[str] = HOME_KPIS
) -> tuple[KpiFigure, ...]:
    """Return the last value of each KPI and currency within TREND_DAYS, with the course to it."""
    values = KpiValue.objects.filter(
        company=company,
        kpi__in=kpis,
        as_of__lte=as_of,
        as_of__gt=as_of - timedelta(days=TREND_DAYS),
    ).order_by("currency", "as_of")
    series: dict[tuple[str, str], list[KpiValue]] = {}
    for value in values:
        series.setdefault((value.currency, value.kpi), []).append(value)
    return tuple(
        KpiFigure(
            kpi=kpi,
            name=KPIS[kpi].name if kpi in KPIS else kpi,
            currency=currency,
            as_of=found[-1].as_of,
            value=found[-1].value,
            unit=found[-1].unit,
            formula=found[-1].formula,
            inputs=found[-1].inputs,
            trend=tuple((value.as_of, value.value) for value in found),
        )
        for (currency, kpi), found in sorted(
            series.items(), key=lambda entry: (entry[0][0], kpis.index(entry[0][1]))
        )
    )


def _movements(company: Company, as_of: date) -> tuple[Movement, ...]:
    """Return how the sums moved between the last two days that hold them."""
    held = KpiValue.objects.filter(company=company, kpi__in=SUMS, as_of__lte=as_of)
    days = list(held.order_by("-as_of").values_list("as_of", flat=True).distinct()[:2])
    if not days:
        return ()
    now_on, before_on = days[0], days[-1]
    values = {
        (value.currency, value.kpi, value.as_of): int(value.value or 0)
        for value in held.filter(as_of__in=days)
    }
    return tuple(
        Movement(
            kpi=kpi,
            currency=currency,
            before_on=before_on,
            before_minor=values.get((currency, kpi, before_on), 0),
            on=now_on,
            now_minor=values.get((currency, kpi, now_on), 0),
        )
        for currency in sorted({currency for currency, _, _ in values})
        for kpi in SUMS
    )


def _day_changes(company: Company, on: date | None) -> tuple[DayChange, ...]:
    """Return what the cycle of a day kept under CHANGED_KPI, in the order of `trends.CHANGES`."""
    if on is None:
        return ()
    held = KpiValue.objects.filter(company=company, as_of=on, kpi__startswith=CHANGED_KPI)
    found = [
        DayChange(
            change=value.kpi.removeprefix(CHANGED_KPI),
            currency=value.currency,
            amount_minor=int(value.value),
            count=int(value.inputs["count"]),
        )
        for value in held
    ]
    return tuple(sorted(found, key=lambda one: (CHANGES.index(one.change), one.currency)))


def _currency(currency: str, buckets: tuple[BucketFigure, ...], customers: int) -> CurrencyFigures:
    return CurrencyFigures(
        currency=currency,
        open_minor=sum(figure.open_minor for figure in buckets),
        overdue_minor=sum(figure.open_minor for figure in buckets[1:]),
        items=sum(figure.items for figure in buckets),
        customers=customers,
        buckets=buckets,
    )


def _feeds(company: Company, as_of: date) -> tuple[FeedFigure, ...]:
    return tuple(
        FeedFigure(
            kind=feed.kind,
            name=feed.name,
            covers_until_on=feed.covers_until_on,
            days_behind=(as_of - feed.covers_until_on).days,
            is_stale=(as_of - feed.covers_until_on).days > company.feed_max_age_days,
        )
        for feed in Feed.objects.filter(company=company).order_by("kind", "name", "id")
    )
