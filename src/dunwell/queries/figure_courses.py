"""The course of a figure by month: trend, season and rest, and what stands out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dunwell.engine.break_points import Piece, outliers, pieces
from dunwell.engine.calendars import day_date, month_end, month_number
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.seasonality import FEWEST_FOR_SEASON, decomposition
from dunwell.engine.trends import month_ends
from dunwell.models import Company, KpiValue
from dunwell.queries.analyses import ShownAnalysis
from dunwell.queries.analysis_parts import COURSE_MONTHS

PPM = 1_000_000

LEDGER_COURSES = {
    "receivables": (1, "minor"),
    "overdue": (2, "minor"),
    "dso": (3, "days"),
    "average_days_delinquent": (4, "days"),
    "cei_period": (5, "percent"),
    "sales": (6, "minor"),
    "collected": (7, "minor"),
    "written_off": (8, "minor"),
}
"""Figures whose course the ledger itself tells, however long the desk has run: the column of the
`course` part, and the unit."""

FLOWS = ("sales", "collected", "written_off")
"""Sums of a month: the running month is not over and is left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseMonth:
    """One month of a figure in its unit: value = trend + season + rest."""

    month_end: date
    value: float
    trend: float
    season: float
    rest: float
    is_break: bool
    is_outlier: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CoursePiece:
    """Months the figure went along one line, the season taken out, in the figure's unit."""

    first_on: date
    last_on: date
    starts_at: float
    ends_at: float
    per_month: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseOutlier:
    """A month that stands out, and by how much, in the unit."""

    month_end: date
    by: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureCourse:
    """A figure's months and what is to be said of them.

    `unit` is minor (of `currency`) or the catalogue's. `high_month` and `low_month` are calendar
    months of the season's ends; `season_swing` lies between them. `months_short` says how many
    months a season still needs.
    """

    kpi: str
    currency: str
    unit: str
    is_from_ledger: bool
    months: tuple[CourseMonth, ...]
    has_season: bool
    strength_ppm: int
    high_month: int | None
    low_month: int | None
    season_swing: float
    months_short: int
    pieces: tuple[CoursePiece, ...]
    outliers: tuple[CourseOutlier, ...]


def figure_course(
    company: Company, shown: ShownAnalysis, *, kpi: str, currency: str
) -> FigureCourse | None:
    """Return a figure's course to the analysis's day, None where fewer than four months are known.

    From the ledger for LEDGER_COURSES, else from what the cycle kept at month ends; two queries.
    """
    if kpi in LEDGER_COURSES:
        place, unit = LEDGER_COURSES[kpi]
        parts = shown.parts("course", currency=currency)
        points = [(day_date(row[0]), row[place]) for row in (parts[0].content if parts else ())]
        if kpi in FLOWS and points and points[-1][0] != month_end(month_number(points[-1][0])):
            points = points[:-1]
    else:
        unit = KPIS[kpi].unit if kpi in KPIS else "minor"
        points = kept_months(company, kpi=kpi, currency=currency, until=shown.as_of)
    return _course(_latest_run(points), kpi=kpi, currency=currency, unit=unit)


def kept_months(
    company: Company, *, kpi: str, currency: str, until: date, months: int = COURSE_MONTHS
) -> list[tuple[date, float | None]]:
    """Return what was kept of a figure at month ends and on `until`, oldest first; one query."""
    return [
        (on, None if value is None else float(value))
        for on, value in kept_values(
            company, kpi=kpi, currency=currency, until=until, months=months
        )
    ]


def kept_values(
    company: Company, *, kpi: str, currency: str, until: date, months: int
) -> list[tuple[date, Decimal | None]]:
    """Return the kept values of month ends and of `until`, None where not applicable."""
    days = month_ends(as_of=until, months=months)
    found = KpiValue.objects.filter(
        company=company, as_of__in=days, currency=currency, kpi=kpi
    ).order_by("as_of")
    return [
        (on, Decimal(value) if value else None)
        for on, value in found.values_list("as_of", "value")
    ]


def course_kpis(company: Company, *, until: date) -> list[str]:
    """Return the figures a course can be asked of: the ledger's own, then what is kept."""
    latest = (
        KpiValue.objects.filter(company=company, as_of__lte=until)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .first()
    )
    if latest is None:
        return [*LEDGER_COURSES]
    kept = KpiValue.objects.filter(company=company, as_of=latest, kpi__in=list(KPIS))
    names = sorted(set(kept.values_list("kpi", flat=True)) - set(LEDGER_COURSES))
    return [*LEDGER_COURSES, *names]


def _latest_run(
    points: Sequence[tuple[date, float | None]],
) -> list[tuple[date, float]]:
    """Return the months at the end that run on without a gap."""
    run: list[tuple[date, float]] = []
    for on, value in reversed(points):
        if value is None or (run and month_number(on) != month_number(run[-1][0]) - 1):
            break
        run.append((on, float(value)))
    return run[::-1]


def _course(
    run: Sequence[tuple[date, float]], *, kpi: str, currency: str, unit: str
) -> FigureCourse | None:
    values = [value for _, value in run]
    found = decomposition(values, first_month=run[0][0].month) if run else None
    if found is None:
        return None
    straight = pieces(found.adjusted)
    far = outliers(found.adjusted, straight)
    starts = {piece.first for piece in straight[1:]}
    apart = {one.place for one in far}
    days = [on for on, _ in run]
    latest = found.season[-12:]
    return FigureCourse(
        kpi=kpi,
        currency=currency,
        unit=unit,
        is_from_ledger=kpi in LEDGER_COURSES,
        months=tuple(
            CourseMonth(
                month_end=on,
                value=value,
                trend=found.trend[place],
                season=found.season[place],
                rest=found.rest[place],
                is_break=place in starts,
                is_outlier=place in apart,
            )
            for place, (on, value) in enumerate(run)
        ),
        has_season=found.has_season,
        strength_ppm=round(found.strength * PPM),
        high_month=found.high,
        low_month=found.low,
        season_swing=max(latest) - min(latest),
        months_short=max(0, FEWEST_FOR_SEASON - len(run)),
        pieces=tuple(_told(piece, days) for piece in straight),
        outliers=tuple(CourseOutlier(month_end=days[one.place], by=one.by) for one in far),
    )


def _told(piece: Piece, days: Sequence[date]) -> CoursePiece:
    return CoursePiece(
        first_on=days[piece.first],
        last_on=days[piece.last],
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        per_month=piece.per_month,
    )
