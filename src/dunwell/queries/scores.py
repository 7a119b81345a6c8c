"""Behavioural scores as pages and the API show them: the number, its points, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from dunwell.models import Company, CustomerScore
from dunwell.queries.customers import customers_searched
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRow:
    """One customer's score; `base` and `points` add up to it, `warnings` are what changed.

    Points are rows of `engine.scoring.SCORE_REASONS`, warnings rows of the engine's
    `early_warnings`, both as the cycle stored them.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    as_of: date
    score: int
    base: int
    is_thin: bool
    band: str
    band_label: str
    score_before: int | None
    band_before: str
    change: int | None
    is_alarm: bool
    points: tuple[Mapping[str, object], ...]
    warnings: tuple[Mapping[str, object], ...]


def customer_score(company: Company, customer_id: int) -> ScoreRow | None:
    """Return a customer's score, None before the first cycle that gave one."""
    return next((_row(score) for score in _of(company.pk, customer_id)), None)


@prepared
def _of(company_id: int, customer_id: int) -> QuerySet[CustomerScore]:
    found = CustomerScore.objects.filter(company=company_id, customer=customer_id)
    return found.select_related("customer")


def score_rows(
    company: Company,
    *,
    band: str = "",
    band_before: str = "",
    only_alarms: bool = False,
    only_warned: bool = False,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ScoreRow]:
    """Return one page of scores, the lowest first."""
    found = CustomerScore.objects.filter(company=company).filter(
        customers_searched(company, search, path="customer__")
    )
    if band:
        found = found.filter(band=band)
    if band_before:
        found = found.filter(band_before=band_before)
    if only_alarms:
        found = found.filter(is_alarm=True)
    if only_warned:
        found = found.exclude(warnings=[])
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("score", "customer_id"), (int, int)))
        .select_related("customer")
        .order_by("score", "customer_id")[: limit + 1]
    )
    return page_of(
        [_row(score) for score in rows],
        limit=limit,
        key=lambda row: (row.score, row.customer_id),
    )


@of_large
def band_counts(company: Company) -> dict[str, int]:
    """Return how many customers each band holds, in the order of the bands."""
    counts = dict(
        CustomerScore.objects.filter(company=company)
        .order_by("band")
        .values_list("band")
        .annotate(customers=Count("customer"))
    )
    return {band.value: counts.get(band.value, 0) for band in CustomerScore.Band}


def _row(score: CustomerScore) -> ScoreRow:
    before = score.score_before
    return ScoreRow(
        customer_id=score.customer_id,
        customer_number=score.customer.number,
        customer_name=score.customer.name,
        as_of=score.as_of,
        score=score.score,
        base=score.base,
        is_thin=score.is_thin,
        band=score.band,
        band_label=str(CustomerScore.Band(score.band).label),
        score_before=before,
        band_before=score.band_before,
        change=None if before is None else score.score - before,
        is_alarm=score.is_alarm,
        points=tuple(score.points),
        warnings=tuple(score.warnings),
    )
