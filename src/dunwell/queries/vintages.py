"""Vintages and collection curves as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine.book_slices import ALL
from dunwell.engine.calendars import month_end
from dunwell.engine.vintages import Cohort, CohortSums, Point, cohort
from dunwell.models import Company
from dunwell.queries.analyses import ShownAnalysis
from dunwell.queries.analysis_items import Behind, behind

PPM = 1_000_000
FEWEST_INVOICES = 20
"""A slice with fewer invoices has no curve of its own: single invoices would draw it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vintage:
    """The invoices of one month: unpaid at each age, written off, at risk, and open now."""

    month_end: date
    billed_minor: int
    items: int
    points: tuple[Point, ...]
    lost_minor: int
    risk: Point
    open_minor: int

    @property
    def lost_ppm(self) -> int | None:
        """Return what of the month was written off."""
        return round(self.lost_minor * PPM / self.billed_minor) if self.billed_minor else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """One line of the chart: a month, or a slice over all months; `is_few` has no points."""

    label: str
    month_end: date | None
    cohort: Cohort
    is_few: bool


def vintage_rows(
    shown: ShownAnalysis, *, currency: str, dimension: str, key: str
) -> tuple[Vintage, ...]:
    """Return the vintages of a slice, the newest first; two queries.

    `open_minor` is known for the whole book only, else 0.
    """
    sums = _sums(shown, currency=currency, dimension=dimension, key=key)
    by_month = _by_month(sums, "vintage")
    risk = _by_month(sums, "risk")
    still_open = {
        int(part.key): sum(row[3] for row in part.content)
        for part in (shown.parts("unpaid_items", currency=currency) if dimension == ALL else ())
    }
    rows = []
    for month in sorted(by_month, reverse=True):
        one = cohort(by_month[month], month=month)
        rows.append(
            Vintage(
                month_end=month_end(month),
                billed_minor=one.billed_minor,
                items=one.items,
                points=one.points,
                lost_minor=one.lost_minor,
                risk=cohort(risk[month], month=month).points[0],
                open_minor=still_open.get(month, 0),
            )
        )
    return tuple(rows)


def month_curves(
    shown: ShownAnalysis, *, currency: str, dimension: str, key: str, basis: str
) -> tuple[Curve, ...]:
    """Return the curve of each month of a slice, newest first, and of all months; one query."""
    sums = _sums(shown, currency=currency, dimension=dimension, key=key)
    by_month = _by_month(sums, basis)
    if not by_month:
        return ()
    whole = cohort([one for some in by_month.values() for one in some])
    return (
        _curve("", None, whole),
        *(
            _curve("", month_end(month), cohort(by_month[month], month=month))
            for month in sorted(by_month, reverse=True)
        ),
    )


def slice_curves(
    shown: ShownAnalysis, *, currency: str, dimension: str, basis: str
) -> tuple[Curve, ...]:
    """Return the curve over all months of each slice of a dimension, most billed first."""
    lines = []
    for part in shown.parts("cohorts", currency=currency, dimension=dimension):
        sums = [one for one in _read(part.content) if one.basis == basis]
        if sums:
            lines.append(_curve(part.key, None, cohort(sums)))
    return tuple(sorted(lines, key=lambda line: (-line.cohort.billed_minor, line.label)))


def unpaid_items(
    company: Company, shown: ShownAnalysis, *, currency: str, month: int
) -> Behind | None:
    """Return the open invoices of a month, None where there is none; two queries."""
    parts = shown.parts("unpaid_items", currency=currency, key=str(month))
    for _, _, items, total, pairs in parts[0].content if parts else ():
        return behind(company, pairs, currency=currency, items=items, total_minor=total)
    return None


def _curve(label: str, on: date | None, one: Cohort) -> Curve:
    is_few = on is None and bool(label) and one.items < FEWEST_INVOICES
    return Curve(label=label, month_end=on, cohort=one, is_few=is_few)


def _sums(shown: ShownAnalysis, *, currency: str, dimension: str, key: str) -> list[CohortSums]:
    parts = shown.parts("cohorts", currency=currency, dimension=dimension, key=key)
    return _read(parts[0].content) if parts else []


def _read(content: Sequence[Sequence[Any]]) -> list[CohortSums]:
    return [
        CohortSums(
            basis=basis,
            month=month,
            billed_minor=billed,
            invoices=invoices,
            lost_minor=lost,
            observed=_points(observed),
            items=_points(items),
            squares=_points(squares),
            settled=_points(settled),
        )
        for basis, month, billed, invoices, lost, observed, items, squares, settled in content
    ]


def _points(told: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the values of `analysis_parts.runs`."""
    return tuple(value for value, times in told for _ in range(times))


def _by_month(sums: Sequence[CohortSums], basis: str) -> dict[int, list[CohortSums]]:
    found: dict[int, list[CohortSums]] = {}
    for one in sums:
        if one.basis == basis:
            found.setdefault(one.month, []).append(one)
    return found
