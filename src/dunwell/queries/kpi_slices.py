"""Figures by company, customer, segment, collector, strategy or currency, as of any day.

One pass over the ledger gives the sums of all parts; a slice adds up the sums of its parts and
puts them into the same formulas. What the cycle kept of a day is read instead of worked out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
from django.db.models import QuerySet

from dunwell.engine.kpi_catalogue import FORMULAS, KPIS
from dunwell.engine.kpi_facts import kpi_facts, monthly
from dunwell.engine.kpi_parts import NOBODY, part_of, parted
from dunwell.engine.kpi_sums import LARGEST, Facts
from dunwell.engine.kpi_tables import KPI_INPUTS, WINDOW_DAYS, KpiValue, figures_of
from dunwell.engine.ledger import known_ledger
from dunwell.formats.frames import kept
from dunwell.models import Company, KeptSlice
from dunwell.queries.kept_sums import of_large
from dunwell.queries.kpi_labels import slice_labels
from dunwell.queries.kpi_parts import DIMENSIONS, WHOLE_BOOK, BookParts, book_parts
from dunwell.queries.kpi_records import record_rows
from dunwell.queries.ledgers import Books

DESK_ONLY = frozenset({"forecast_minor", "actual_minor"})
"""Inputs that are of the company as a whole: nobody forecasts a part."""

WHOLE = ("company", "currency")
"""Dimensions in which nothing is cut apart but the currencies."""


_PLACES = dict.fromkeys(("name", "currency", "dimension", "slice"), pl.String)


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiSlice:
    """One figure of one part of the book; `value` None is not applicable, never 0.

    `key` is empty for what belongs to no part (no collector, a payer not known), `rest` for the
    customers that are not among the largest. `currency` is empty for figures without money.
    """

    dimension: str
    key: str
    label: str
    currency: str
    kpi: str
    value: Decimal | None
    unit: str
    inputs: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SliceFigures:
    """Every figure of one part of the book in one currency, with all inputs by name."""

    dimension: str
    key: str
    currency: str
    values: Mapping[str, str]
    inputs: Mapping[str, int]


def kpi_slices(
    company: Company,
    *,
    as_of: date,
    dimension: str = "company",
    window_days: int = WINDOW_DAYS,
    known_at: date | None = None,
) -> list[KpiSlice]:
    """Return every figure of every part of a dimension (one of DIMENSIONS), by key and currency.

    Read where the cycle kept the day, else worked out from the ledger, with `known_at` from what
    was recorded by the end of that day. Raises ValueError for another dimension or no window.
    """
    found = slice_figures(
        company, as_of=as_of, dimension=dimension, window_days=window_days, known_at=known_at
    )
    labels = slice_labels(company, dimension, {one.key for one in found})
    return [
        KpiSlice(
            dimension=one.dimension,
            key=one.key,
            label=labels.get(one.key, one.key),
            currency=one.currency,
            kpi=kpi,
            value=Decimal(text) if text else None,
            unit=KPIS[kpi].unit,
            inputs={name: one.inputs[name] for name in KPI_INPUTS[kpi]},
        )
        for one in found
        for kpi, text in one.values.items()
    ]


@of_large
def slice_figures(
    company: Company,
    *,
    as_of: date,
    dimension: str,
    window_days: int = WINDOW_DAYS,
    known_at: date | None = None,
) -> list[SliceFigures]:
    """Return the parts of a dimension with all figures each, kept or worked out, by key."""
    if dimension not in DIMENSIONS:
        raise ValueError(f"no figures by {dimension}; choose one of {', '.join(DIMENSIONS)}")
    if window_days == WINDOW_DAYS and known_at is None:
        kept = kept_figures(company, as_of=as_of, dimension=dimension)
        if kept:
            return kept
    return derived_figures(
        Books(company),
        as_of=as_of,
        dimensions=(dimension,),
        window_days=window_days,
        known_at=known_at,
    )


def part_figures(
    company: Company,
    *,
    as_of: date,
    dimension: str,
    key: str,
    window_days: int = WINDOW_DAYS,
    known_at: date | None = None,
) -> list[SliceFigures]:
    """Return the figures of one part of the book, one row per currency and one without."""
    name = str(company.pk) if dimension in WHOLE else key
    found = slice_figures(
        company,
        as_of=as_of,
        dimension="company" if dimension in WHOLE else dimension,
        window_days=window_days,
        known_at=known_at,
    )
    return [one for one in found if one.key == name]


def kept_figures(company: Company, *, as_of: date, dimension: str) -> list[SliceFigures]:
    """Return what the cycle kept of a day by the formulas of today; nothing where it did not."""
    rows: QuerySet[KeptSlice] = KeptSlice.objects.filter(
        company=company,
        as_of=as_of,
        window_days=WINDOW_DAYS,
        dimension=_held_as(dimension),
        formulas=FORMULAS,
    ).order_by("key", "currency")
    return [
        SliceFigures(
            dimension=dimension,
            key=row.currency if dimension == "currency" else row.key,
            currency=row.currency,
            values=row.values,
            inputs=row.inputs,
        )
        for row in rows
    ]


def derived_figures(
    books: Books,
    *,
    as_of: date,
    dimensions: Sequence[str] = DIMENSIONS,
    window_days: int = WINDOW_DAYS,
    known_at: date | None = None,
) -> list[SliceFigures]:
    """Return the figures of all parts of some dimensions, from one pass over the ledger."""
    if window_days < 1:
        raise ValueError(f"a window of {window_days} days: give at least 1")
    company, ledger = books.company, books.whole()
    if known_at is not None:
        ledger = known_ledger(ledger, on=known_at)
    is_whole = set(dimensions) <= set(WHOLE)
    parts = WHOLE_BOOK if is_whole else book_parts(company, ledger, as_of=as_of)
    if is_whole and known_at is None and window_days == WINDOW_DAYS:
        sums_of = books.facts(as_of=as_of)
    else:
        cut = ledger if is_whole else parted(ledger, parts.parts, keep=kept)
        sums_of = kpi_facts(cut, as_of=as_of, window_days=window_days, keep=kept)
    facts = monthly(sums_of, as_of=as_of, window_days=window_days)
    sums = _Sums(company, parts, as_of, window_days, dimensions)
    for row in _by_slice(facts.collect().to_native(), sums, is_whole=is_whole).iter_rows():
        sums.add((row[0], row[1]), row[2], row[3], row[4], row[5])
    _add_records(sums, known_at)
    return sums.figures()


def _by_slice(facts: pl.DataFrame, sums: "_Sums", *, is_whole: bool) -> pl.DataFrame:
    """Return the facts of parts added up per slice: dimension, key, currency, measure, key, value.

    A part is in one slice of each dimension; all are added up at once, not part by part.
    """
    names = facts["currency"].unique()
    told = [(NOBODY, name) if is_whole else part_of(name) for name in names]
    placed = [
        (name, currency, dimension, key)
        for name, (part, currency) in zip(names, told, strict=True)
        for dimension, key in sums.keys(part)
    ]
    slices = pl.DataFrame(placed, schema=_PLACES, orient="row")
    value = pl.col("value")
    is_largest = pl.col("measure").is_in(LARGEST)
    return (
        facts.rename({"currency": "name"})
        .join(slices, on="name")
        .group_by("dimension", "slice", "currency", "measure", "key")
        .agg(pl.when(is_largest.first()).then(value.max()).otherwise(value.sum()))
    )


class _Sums:
    """The sums of every slice while they are put together."""

    def __init__(
        self,
        company: Company,
        parts: BookParts,
        as_of: date,
        window_days: int,
        dimensions: Sequence[str],
    ) -> None:
        self.company, self.parts, self.dimensions = company, parts, dimensions
        self.as_of, self.window_days = as_of, window_days
        self._facts: dict[tuple[str, str, str], Facts] = {}

    def keys(self, part: int, collector: str = "") -> Iterable[tuple[str, str]]:
        """Yield dimension and key of every slice a part is in; a collector's own goes to it."""
        for dimension in self.dimensions:
            if dimension == "company":
                yield dimension, str(self.company.pk)
            elif dimension == "currency":
                yield dimension, ""
            elif dimension == "collector" and collector:
                yield dimension, collector
            else:
                yield dimension, self.parts.key(part, dimension)

    def add(
        self, slice_: tuple[str, str], currency: str, measure: str, key: int | None, value: int
    ) -> None:
        """Add one sum to a slice."""
        dimension, name = slice_
        place = (dimension, currency if dimension == "currency" else name, currency)
        if place not in self._facts:
            self._facts[place] = Facts(self.as_of, self.window_days)
        self._facts[place].add(measure, key, value)

    def figures(self) -> list[SliceFigures]:
        """Return the figures of every slice by dimension, key and currency."""
        return [
            _figures(place, figures_of(place[2], self._facts[place], wanted=KPIS))
            for place in sorted(self._facts)
        ]


def _add_records(sums: _Sums, known_at: date | None) -> None:
    """Add what other records say."""
    rows = record_rows(
        sums.company, as_of=sums.as_of, window_days=sums.window_days, known_at=known_at
    )
    by = ["input", "key", "currency", "customer_id", "collector_id"]
    grouped = rows.group_by(by).agg(pl.col("amount").sum())
    for name, key, currency, customer_id, collector_id, amount in grouped.iter_rows():
        part = sums.parts.part_of.get(customer_id, NOBODY)
        collector = "" if collector_id is None else str(collector_id)
        for slice_ in sums.keys(part, collector):
            if name not in DESK_ONLY or slice_[0] in WHOLE:
                sums.add(slice_, currency, name, key, amount)


def _figures(place: tuple[str, str, str], found: Sequence[KpiValue]) -> SliceFigures:
    inputs: dict[str, int] = {}
    for one in found:
        inputs.update(one.inputs)
    return SliceFigures(
        dimension=place[0],
        key=place[1],
        currency=place[2],
        values={one.kpi: "" if one.value is None else str(one.value) for one in found},
        inputs=inputs,
    )


def _held_as(dimension: str) -> str:
    """Return the dimension a kept slice is stored under: the company's rows are by currency."""
    return "company" if dimension == "currency" else dimension
