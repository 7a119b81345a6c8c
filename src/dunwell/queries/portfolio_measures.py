"""How the book is spread: its parts as the cycle keeps them, and what changed between two days."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from dunwell.engine.concentration import CreditRow, Slice, slices, spread_slices
from dunwell.engine.order_book import SQUARE_UNIT
from dunwell.engine.trends import month_ends
from dunwell.models import Company, PortfolioMeasure
from dunwell.queries.credit_portfolio import Portfolio, portfolio

Dimension = PortfolioMeasure.Dimension

NAMES, GROUPS = 20, 50
"""So many largest customers and groups are kept by name."""

BY: Mapping[str, Callable[[CreditRow], str]] = {
    Dimension.COUNTRY: lambda row: row.country,
    Dimension.SECTOR: lambda row: row.sector,
    Dimension.CLASS: lambda row: row.risk_class,
    Dimension.SEGMENT: lambda row: row.segment,
    Dimension.COLLECTOR: lambda row: str(row.collector_id or ""),
    Dimension.GROUP: lambda row: str(row.group_id or row.customer_id),
    Dimension.NAME: lambda row: str(row.customer_id),
}
"""Dimensions in which a customer lies in one part, and in which."""

SHOWN = (
    Dimension.SECTOR,
    Dimension.COUNTRY,
    Dimension.CURRENCY,
    Dimension.GROUP,
    Dimension.CLASS,
    Dimension.SEGMENT,
    Dimension.COLLECTOR,
)
"""Dimensions of the page, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureDue:
    """One part of the book that is to be kept; amounts in home minor units."""

    dimension: str
    key: str
    customers: int
    exposure_minor: int
    loss_minor: int


def parts_of_book(rows: Iterable[CreditRow], *, dimension: str) -> tuple[Slice, ...]:
    """Return the customers who owe anything in the parts of a dimension, the largest first."""
    owing = [row for row in rows if row.exposure_minor]
    if dimension == Dimension.CURRENCY:
        return spread_slices(owing, by=lambda row: row.currencies)
    return slices(owing, by=BY[dimension])


def members(rows: Iterable[CreditRow], *, dimension: str, key: str) -> dict[int, int]:
    """Return the customers of a part with what counts of each; they add up to the part."""
    if dimension == Dimension.CURRENCY:
        held = ((row.customer_id, dict(row.currencies).get(key, 0)) for row in rows)
    else:
        by = BY[dimension]
        held = ((row.customer_id, row.known_minor) for row in rows if by(row) == key)
    return {customer_id: amount for customer_id, amount in held if amount}


def measures_due(company: Company, *, as_of: date) -> tuple[MeasureDue, ...]:
    """Return every part of the book of a day, as the cycle keeps it."""
    return measures_of(portfolio(company, as_of=as_of, is_whole=True))


def measures_of(book: Portfolio) -> tuple[MeasureDue, ...]:
    """Return every part of a book: the largest names and groups, all of the other dimensions.

    None where there is no customer: nobody can order.
    """
    rows = book.engine_rows
    if not rows:
        return ()
    owing = [row for row in rows if row.exposure_minor]
    whole = [
        (Dimension.TOTAL, owing, sum(row.known_minor for row in owing)),
        (
            Dimension.COVERED,
            [row for row in rows if row.covered_minor],
            sum(row.covered_minor for row in rows if row.exposure_minor is not None),
        ),
        (
            Dimension.NEW,
            [row for row in owing if row.is_new],
            sum(row.known_minor for row in owing if row.is_new),
        ),
        (
            Dimension.SQUARES,
            owing,
            sum((row.known_minor // SQUARE_UNIT) ** 2 for row in owing),
        ),
    ]
    found = [
        MeasureDue(
            dimension=dimension,
            key="",
            customers=len(some),
            exposure_minor=amount,
            loss_minor=sum(row.loss_minor for row in some),
        )
        for dimension, some, amount in whole
    ]
    most: dict[str, int] = {Dimension.NAME: NAMES, Dimension.GROUP: GROUPS}
    for dimension in (*BY, Dimension.CURRENCY):
        found += [
            MeasureDue(
                dimension=dimension,
                key=one.name,
                customers=one.customers,
                exposure_minor=one.exposure_minor,
                loss_minor=one.loss_minor,
            )
            for one in parts_of_book(rows, dimension=dimension)[: most.get(dimension)]
        ]
    return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptDay:
    """What was kept of an earlier day: exposure by dimension and key, home minor units."""

    as_of: date
    parts: Mapping[tuple[str, str], int]


def kept_before(company: Company, *, as_of: date) -> KeptDay | None:
    """Return what was kept last up to the end of the month before a day, else the oldest of
    this month before it; None where nothing is. Three queries.
    """
    rows = PortfolioMeasure.objects.filter(company=company)
    last = month_ends(as_of=as_of, months=2)[0]
    found = rows.filter(as_of__lte=last).aggregate(day=Max("as_of"))["day"]
    if found is None:
        found = (
            rows.filter(as_of__lt=as_of).order_by("as_of").values_list("as_of", flat=True).first()
        )
    if found is None:
        return None
    return KeptDay(
        as_of=found,
        parts={
            (dimension, key): exposure
            for dimension, key, exposure in rows.filter(as_of=found).values_list(
                "dimension", "key", "exposure_minor"
            )
        },
    )
