"""A company beside its own past, its own segments, and published figures of industries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count

from dunwell.engine.benchmarks import (
    FEWEST_CUSTOMERS,
    History,
    own_history,
    verdict,
)
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.trends import month_ends
from dunwell.models import Company, Customer, IndustryFigure, KpiValue
from dunwell.queries.kpi_slices import kept_figures

MONTHS = 13
COMPARED = (
    "dso",
    "best_possible_dso",
    "average_days_delinquent",
    "cei_period",
    "overdue_share",
    "at_risk",
    "average_days_to_pay",
    "average_days_late",
    "write_off_rate",
    "promises_kept_by_amount",
    "dispute_days_mean",
)
"""Figures that are compared, where they are kept."""

SEGMENT_KPIS = (
    "dso",
    "average_days_delinquent",
    "cei_period",
    "overdue_share",
    "average_days_late",
    "at_risk",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryRow:
    """One figure of one currency beside the months before; `unit` of the catalogue."""

    kpi: str
    name: str
    unit: str
    digits: int
    currency: str
    as_of: date
    history: History


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentCell:
    """One figure of one segment; `verdict` beside the whole company's."""

    kpi: str
    value: Decimal | None
    verdict: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentBenchmarkRow:
    """A segment beside the company; `is_few` has no figures: too few customers to compare."""

    segment: str
    customers: int
    is_few: bool
    cells: tuple[SegmentCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentTable:
    """The company's segments against each other on the last kept day, best to worst by DSO."""

    as_of: date
    currency: str
    kpis: tuple[str, ...]
    whole: tuple[Decimal | None, ...]
    rows: tuple[SegmentBenchmarkRow, ...]
    fewest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class IndustryRow:
    """A published figure beside ours; `own` None where ours is not kept, `gap` is ours less it."""

    id: int
    kpi: str
    name: str
    unit: str
    digits: int
    value: Decimal
    own: Decimal | None
    own_on: date | None
    currency: str
    gap: Decimal | None
    verdict: str
    industry: str
    region: str
    period: str
    source: str
    published_on: date
    by: str
    recorded_at: datetime
    withdrawn_at: datetime | None


def benchmark_currencies(company: Company, *, until: date) -> list[str]:
    """Return the currencies figures are kept of, on the last kept day; two queries."""
    day = last_kept_day(company, until=until)
    if day is None:
        return []
    kept = KpiValue.objects.filter(company=company, as_of=day, kpi="dso")
    return list(kept.order_by("currency").values_list("currency", flat=True))


def last_kept_day(company: Company, *, until: date) -> date | None:
    """Return the last day by `until` of which figures are kept."""
    return (
        KpiValue.objects.filter(company=company, as_of__lte=until)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .first()
    )


def history_rows(company: Company, *, currency: str, until: date) -> tuple[HistoryRow, ...]:
    """Return the compared figures beside their last twelve month ends; two queries."""
    day = last_kept_day(company, until=until)
    if day is None:
        return ()
    ends = month_ends(as_of=day, months=MONTHS)
    values: dict[str, dict[date, Decimal | None]] = {}
    kept = KpiValue.objects.filter(
        company=company, currency=currency, kpi__in=COMPARED, as_of__in=ends
    ).order_by("as_of", "kpi")
    for kpi, on, text in kept.values_list("kpi", "as_of", "value"):
        values.setdefault(kpi, {})[on] = Decimal(text) if text else None
    rows = []
    for kpi in COMPARED:
        history = own_history(kpi, [values.get(kpi, {}).get(on) for on in ends])
        if history is not None:
            rows.append(
                HistoryRow(
                    kpi=kpi,
                    name=KPIS[kpi].name,
                    unit=KPIS[kpi].unit,
                    digits=KPIS[kpi].digits,
                    currency=currency,
                    as_of=day,
                    history=history,
                )
            )
    return tuple(rows)


def segment_table(company: Company, *, currency: str, until: date) -> SegmentTable | None:
    """Return the segments against each other as the cycle kept them; None where it did not."""
    day = last_kept_day(company, until=until)
    if day is None:
        return None
    found = {
        one.key: one.values
        for one in kept_figures(company, as_of=day, dimension="segment")
        if one.currency == currency
    }
    if not found:
        return None
    whole = {
        kpi: Decimal(text) if text else None
        for kpi, text in KpiValue.objects.filter(
            company=company, as_of=day, currency=currency, kpi__in=SEGMENT_KPIS
        ).values_list("kpi", "value")
    }
    counts = dict(
        Customer.objects.filter(company=company)
        .order_by("segment")
        .values_list("segment")
        .annotate(n=Count("id"))
    )
    rows = [
        _segment(segment, values, whole, counts.get(segment, 0))
        for segment, values in found.items()
    ]
    rows.sort(key=_place)
    return SegmentTable(
        as_of=day,
        currency=currency,
        kpis=SEGMENT_KPIS,
        whole=tuple(whole.get(kpi) for kpi in SEGMENT_KPIS),
        rows=tuple(rows),
        fewest=FEWEST_CUSTOMERS,
    )


def _place(row: SegmentBenchmarkRow) -> tuple[bool, Decimal, str]:
    value = row.cells[0].value if row.cells else None
    return value is None, value or Decimal(0), row.segment


def _segment(
    segment: str,
    values: Mapping[str, str],
    whole: Mapping[str, Decimal | None],
    customers: int,
) -> SegmentBenchmarkRow:
    is_few = customers < FEWEST_CUSTOMERS
    cells = []
    for kpi in () if is_few else SEGMENT_KPIS:
        text = values.get(kpi, "")
        value = Decimal(text) if text else None
        cells.append(
            SegmentCell(kpi=kpi, value=value, verdict=verdict(kpi, value, whole.get(kpi)))
        )
    return SegmentBenchmarkRow(
        segment=segment, customers=customers, is_few=is_few, cells=tuple(cells)
    )


def industry_rows(
    company: Company, *, currency: str, until: date, with_withdrawn: bool = False
) -> tuple[IndustryRow, ...]:
    """Return the published figures beside ours of the last kept day, newest source first."""
    day = last_kept_day(company, until=until)
    figures = IndustryFigure.objects.filter(company=company)
    if not with_withdrawn:
        figures = figures.filter(withdrawn_at__isnull=True)
    found = list(figures.order_by("kpi", "-published_on", "-id"))
    ours = KpiValue.objects.filter(
        company=company, currency=currency, kpi__in={one.kpi for one in found}
    )
    own = {
        kpi: Decimal(text) if text else None
        for kpi, text in ours.filter(as_of=day or until).values_list("kpi", "value")
    }
    return tuple(_industry(one, own.get(one.kpi), day, currency) for one in found)


def _industry(
    one: IndustryFigure, own: Decimal | None, day: date | None, currency: str
) -> IndustryRow:
    value = Decimal(one.value)
    kpi = KPIS.get(one.kpi)
    return IndustryRow(
        id=one.pk,
        kpi=one.kpi,
        name=one.kpi if kpi is None else kpi.name,
        unit=one.unit,
        digits=2 if kpi is None else kpi.digits,
        value=value,
        own=own,
        own_on=None if own is None else day,
        currency=currency,
        gap=None if own is None else own - value,
        verdict=verdict(one.kpi, own, value),
        industry=one.industry,
        region=one.region,
        period=one.period,
        source=one.source,
        published_on=one.published_on,
        by=one.by,
        recorded_at=one.recorded_at,
        withdrawn_at=one.withdrawn_at,
    )
