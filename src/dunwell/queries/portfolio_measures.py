"""How the book is spread: its parts as the cycle keeps them, and what changed between two days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
from django.db.models import Max

from dunwell.engine.concentration import Place, Slice, currency_slices, slices
from dunwell.engine.credit_book import CreditBook
from dunwell.engine.order_book import SQUARE_UNIT
from dunwell.engine.trends import month_ends
from dunwell.models import Company, PortfolioMeasure
from dunwell.queries.credit_portfolio import portfolio

Dimension = PortfolioMeasure.Dimension

NAMES, GROUPS = 20, 50
"""So many largest customers and groups are kept by name."""

_CUSTOMER, _ROOT, _COLLECTOR = (
    nw.col(name) for name in ("customer_id", "group_id", "collector_id")
)
BY: Mapping[str, nw.Expr] = {
    Dimension.COUNTRY: nw.col("country"),
    Dimension.SECTOR: nw.col("sector"),
    Dimension.CLASS: nw.col("risk_class"),
    Dimension.SEGMENT: nw.col("segment"),
    Dimension.COLLECTOR: nw.when(_COLLECTOR == 0)
    .then(nw.lit(""))
    .otherwise(_COLLECTOR.cast(nw.String)),
    Dimension.GROUP: nw.when(_ROOT == 0).then(_CUSTOMER).otherwise(_ROOT).cast(nw.String),
    Dimension.NAME: _CUSTOMER.cast(nw.String),
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


def parts_of_book(
    book: CreditBook, *, dimension: str, most: int | None = None, after: Place | None = None
) -> tuple[Slice, ...]:
    """Return the customers who owe anything in the parts of a dimension, the largest first.

    `most`: so many parts at most, `after`: those that come after a place.
    """
    owing = book.owing()
    if dimension == Dimension.CURRENCY:
        return currency_slices(owing, most=most, after=after)
    return slices(owing, by=BY[dimension], most=most, after=after)


def part_count(book: CreditBook, *, dimension: str) -> int:
    """Return how many parts of a dimension there are."""
    owing = book.owing()
    if dimension == Dimension.CURRENCY:
        return int(book.held["currency"].n_unique()) if len(book.held) else 0
    return len(owing.rows.select(key=BY[dimension]).unique())


def members(book: CreditBook, *, dimension: str, key: str) -> nw.DataFrame[Any]:
    """Return the rows of a part with what counts of each in `counted`, the largest first.

    They add up to the part.
    """
    rows = book.owing().rows
    if dimension == Dimension.CURRENCY:
        held = book.held.filter((nw.col("currency") == key) & (nw.col("amount_minor") > 0))
        rows = rows.join(held.rename({"amount_minor": "counted"}), on="customer_id")
    else:
        rows = rows.filter(BY[dimension] == key).with_columns(counted=nw.col("known_minor"))
    return rows.sort("counted", "customer_id", descending=[True, False])


def measures_due(company: Company, *, as_of: date) -> tuple[MeasureDue, ...]:
    """Return every part of the book of a day, as the cycle keeps it."""
    return measures_of(portfolio(company, as_of=as_of, is_whole=True).book)


def measures_of(book: CreditBook) -> tuple[MeasureDue, ...]:
    """Return every part of a book: the largest names and groups, all of the other dimensions.

    None where there is no customer: nobody can order.
    """
    rows, owing = book.rows, book.owing().rows
    if not len(rows):
        return ()
    covered, fresh = rows.filter(nw.col("covered_minor") != 0), owing.filter(nw.col("is_new"))
    known = covered.filter(~nw.col("exposure_minor").is_null())
    amounts = owing["known_minor"].to_list()
    whole = [
        (Dimension.TOTAL, owing, sum(amounts)),
        (Dimension.COVERED, covered, int(known["covered_minor"].sum())),
        (Dimension.NEW, fresh, int(fresh["known_minor"].sum())),
        (Dimension.SQUARES, owing, sum((amount // SQUARE_UNIT) ** 2 for amount in amounts)),
    ]
    found = [
        MeasureDue(
            dimension=dimension,
            key="",
            customers=len(some),
            exposure_minor=amount,
            loss_minor=int(some["loss_minor"].sum()),
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
            for one in parts_of_book(book, dimension=dimension, most=most.get(dimension))
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
