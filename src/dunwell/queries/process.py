"""Invoice to cash as it went: the map, bottlenecks, variants, rework, and who left the path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine.calendars import months_after
from dunwell.engine.process import graph
from dunwell.engine.process.conformance import DEVIATES, FITS
from dunwell.engine.process.graph import Activity, Follow
from dunwell.engine.process.marks import (
    AGAIN,
    DEVIATION,
    FIT,
    HANDOVER,
    LOOP,
    STAGE,
    STILL_WAITING,
    VARIANT,
)
from dunwell.engine.process.path import LOOPS, STAGES
from dunwell.engine.process.sums import MEDIAN_MILLI, OTHER, P90_MILLI, Sum, added, quantile
from dunwell.models import Company, ProcessMonth

PPM = 1_000_000
SHOWN_MONTHS = 12
"""Months of issue a page shows at first."""
FEWEST_HANDOVERS = 5
"""Hand-overs seen less often are summed up without saying between whom: they point at a person."""
MAP_FOLLOWS = 24
"""Ways drawn on the map; the list beside it has all of them."""

Sums = Mapping[tuple[str, str], Sum]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessChoice:
    """Which invoices: issued from the month `first` to the month `last`, one currency.

    `segment` None for all segments; an empty one means customers without.
    """

    first: date
    last: date
    currency: str
    segment: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessBook:
    """What was made: for which days, what can be chosen, and the sums by month of issue."""

    oldest_as_of: date
    newest_as_of: date
    months: tuple[date, ...]
    currencies: tuple[str, ...]
    segments: tuple[str, ...]
    documents: Mapping[date, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessRow:
    """One stage, loop, repeated activity, deviation, variant or hand-over, with its sums.

    Times in calendar days and whole business hours, None where nothing has come to an end.
    `share_ppm` of all invoices chosen; `money_days` in minor units times days.
    """

    kind: str
    name: str
    times: int
    cases: int
    share_ppm: int
    amount_minor: int
    money_days: int
    waiting: int
    median_days: int | None
    p90_days: int | None
    median_hours: int | None
    p90_hours: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessPage:
    """The whole course of the invoices chosen, in one currency.

    `median_days` and `p90_days` are the time to cash of those that are settled. `fit_ppm` is the
    share of invoices that kept to the path; `deviating_minor` the amount of the others.
    """

    choice: ProcessChoice
    invoices: int
    events: int
    amount_minor: int
    waiting: int
    money_days: int
    median_days: int | None
    p90_days: int | None
    fit_ppm: int | None
    deviating: int
    deviating_minor: int
    activities: tuple[Activity, ...]
    follows: tuple[Follow, ...]
    stages: tuple[ProcessRow, ...]
    variants: tuple[ProcessRow, ...]
    variants_cut: int
    loops: tuple[ProcessRow, ...]
    repeats: tuple[ProcessRow, ...]
    deviations: tuple[ProcessRow, ...]
    handovers: tuple[ProcessRow, ...]
    rare_handovers: int

    @property
    def bottlenecks(self) -> tuple[Follow, ...]:
        """Return where money waited beyond the terms, the most money days first."""
        return graph.bottlenecks(self.follows)

    @property
    def agreed_money_days(self) -> int:
        """Return what waited for its due day as agreed."""
        return sum(row.money_days for row in self.follows if row.is_agreed)


def process_book(company: Company) -> ProcessBook | None:
    """Return what of the map is made, None before the first time; one query."""
    rows = list(
        ProcessMonth.objects.filter(company=company)
        .order_by("month")
        .values_list("month", "as_of", "figures")
    )
    if not rows:
        return None
    slices = {
        (one["currency"], one["segment"]) for _month, _as_of, figures in rows for one in figures
    }
    return ProcessBook(
        oldest_as_of=min(row[1] for row in rows),
        newest_as_of=max(row[1] for row in rows),
        months=tuple(row[0] for row in rows),
        currencies=tuple(sorted({code for code, _segment in slices})),
        segments=tuple(sorted({segment for _code, segment in slices})),
        documents={month: figures for month, _as_of, figures in rows},
    )


def usual_choice(company: Company, book: ProcessBook) -> ProcessChoice:
    """Return what is shown at first: the newest months, all segments, the company's currency."""
    last = book.months[-1]
    code = company.currency
    return ProcessChoice(
        first=max(months_after(last, 1 - SHOWN_MONTHS), book.months[0]),
        last=last,
        currency=code if code in book.currencies else book.currencies[0],
    )


def process_page(book: ProcessBook, choice: ProcessChoice) -> ProcessPage:
    """Return the course of the invoices chosen, however large the book is."""
    chosen = (
        one
        for month, documents in book.documents.items()
        if choice.first <= month <= choice.last
        for one in documents
    )
    sums = added(chosen, currency=choice.currency, segment=choice.segment)
    follows = graph.follows(sums)
    fits, astray = (sums.get((FIT, name), Sum(FIT, name)) for name in (FITS, DEVIATES))
    invoices = fits.cases + astray.cases
    cash = Sum(VARIANT, "")
    for (kind, _name), one in sums.items():
        if kind == VARIANT:
            cash.days.update(one.days)
    variants = _rows(sums, VARIANT, invoices)
    handovers = _rows(sums, HANDOVER, invoices)
    return ProcessPage(
        choice=choice,
        invoices=invoices,
        events=sum(row.times for row in follows),
        amount_minor=fits.amount_minor + astray.amount_minor,
        waiting=fits.waiting + astray.waiting,
        money_days=fits.money_days + astray.money_days,
        median_days=quantile(cash.days, MEDIAN_MILLI),
        p90_days=quantile(cash.days, P90_MILLI),
        fit_ppm=fits.cases * PPM // invoices if invoices else None,
        deviating=astray.cases,
        deviating_minor=astray.amount_minor,
        activities=graph.activities(follows),
        follows=follows,
        stages=_named(sums, STAGE, [one.name for one in STAGES], invoices),
        variants=tuple(row for row in variants if row.name != OTHER),
        variants_cut=sum(row.cases for row in variants if row.name == OTHER),
        loops=_named(sums, LOOP, [one.name for one in LOOPS], invoices),
        repeats=_rows(sums, AGAIN, invoices),
        deviations=_rows(sums, DEVIATION, invoices),
        handovers=tuple(row for row in handovers if row.times >= FEWEST_HANDOVERS),
        rare_handovers=sum(row.times for row in handovers if row.times < FEWEST_HANDOVERS),
    )


def drawn_follows(page: ProcessPage) -> tuple[Follow, ...]:
    """Return the ways that are drawn on the map."""
    return graph.main_follows(page.follows, most=MAP_FOLLOWS)


def waits_now(page: ProcessPage) -> tuple[Follow, ...]:
    """Return where money waits now, the most money days first."""
    return tuple(row for row in page.follows if row.next == STILL_WAITING)


def _rows(sums: Sums, kind: str, invoices: int) -> tuple[ProcessRow, ...]:
    """Return the rows of a kind, those of the most cases first; of deviations the most money."""
    rows = [_row(one, invoices) for (of, _name), one in sums.items() if of == kind]
    if kind == DEVIATION:
        return tuple(sorted(rows, key=lambda row: (-row.amount_minor, row.name)))
    return tuple(sorted(rows, key=lambda row: (-row.cases, row.name)))


def _named(sums: Sums, kind: str, names: list[str], invoices: int) -> tuple[ProcessRow, ...]:
    """Return the rows of a kind in the order of names; those that never happened are left out."""
    return tuple(_row(sums[kind, name], invoices) for name in names if (kind, name) in sums)


def _row(one: Sum, invoices: int) -> ProcessRow:
    return ProcessRow(
        kind=one.kind,
        name=one.name,
        times=one.rows,
        cases=one.cases,
        share_ppm=one.cases * PPM // invoices if invoices else 0,
        amount_minor=one.amount_minor,
        money_days=one.money_days,
        waiting=one.waiting,
        median_days=quantile(one.days, MEDIAN_MILLI),
        p90_days=quantile(one.days, P90_MILLI),
        median_hours=quantile(one.hours, MEDIAN_MILLI),
        p90_hours=quantile(one.hours, P90_MILLI),
    )
