"""How the invoices of a month were paid as they grew older: vintages and collection curves.

An invoice month is complete at an age when its last invoice has reached it. Before, only the
invoices that have reached the age are counted, as a risk set (Kaplan and Meier 1958, weighted by
amount), and the page says how much of the month that is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number, month_end, month_number
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import WRITE_OFF_SOURCES
from dunwell.engine.proportions import wilson
from dunwell.engine.schema import Column, Frame

AGES = (30, 60, 90, 120, 180)
"""Days since issue at which a vintage is looked at."""

AT_RISK_DAYS = 90
"""At risk is what is unpaid so many days after the end of the month of billing."""

STEP_DAYS = 5
ISSUE_GRID = tuple(range(0, 181, STEP_DAYS))
DUE_GRID = tuple(range(-60, 181, STEP_DAYS))
"""Days since issue, and since the due date, at which a curve has a point."""

GRIDS: Mapping[str, Sequence[int]] = {
    "issue": ISSUE_GRID,
    "due": DUE_GRID,
    "vintage": AGES,
    "risk": (AT_RISK_DAYS,),
}
STARTS = {
    "issue": "issued_day",
    "due": "due_day",
    "vintage": "issued_day",
    "risk": "month_last_day",
}
"""What age counts from; `risk` counts from the end of the month of issue."""

CURVES = ("issue", "due")
"""Bases that follow money by its value day; the others follow balances."""

Z_95 = 1.959964
PPM = 1_000_000
SOURCES = ("money", "credit", "lost", "other")

COHORTS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "customer_id": Column(nw.Int64, "who owes"),
    "month": Column(nw.Int32, "month number of issue, see calendars.month_number"),
    "basis": Column(nw.String, "one of GRIDS: what age counts from, and its points"),
    "seen": Column(nw.Int32, "points of the grid the invoices have reached"),
    "point": Column(
        nw.Int32, "first point of the grid by which it was booked; -1: what was billed"
    ),
    "source": Column(nw.String, "billed, or one of SOURCES"),
    "amount_minor": Column(nw.Int64, "billed, or settled"),
    "items": Column(nw.Int64, "invoices billed, else 0"),
    "squared": Column(nw.Float64, "sum of squared amounts billed, else 0"),
}


def cohorts(ledger: Ledger, *, as_of: date, months: int) -> nw.LazyFrame:
    """Return what became of the invoices of the last `months` months, in columns COHORTS.

    Curves (issue, due) go by the day money reached us, vintages by the day an allocation was
    booked, as balances do. Nothing dated later than `as_of` counts.
    """
    last, newest = day_number(as_of), month_number(as_of)
    first = day_number(month_end(newest - months)) + 1
    invoices = ledger.items.filter(
        nw.col("kind") == "invoice",
        nw.col("amount_minor") > 0,
        nw.col("issued_day").is_between(first, last),
    ).select("item_id", "currency", "customer_id", "amount_minor", "issued_day", "due_day")
    dated = _with_month(invoices, first=first, newest=newest, months=months)
    source = nw.col("source")
    kind = (
        nw.when(source == "payment")
        .then(nw.lit("money"))
        .otherwise(
            nw.when(source == "credit")
            .then(nw.lit("credit"))
            .otherwise(
                nw.when(source.is_in(WRITE_OFF_SOURCES))
                .then(nw.lit("lost"))
                .otherwise(nw.lit("other"))
            )
        )
    )
    booked = (
        ledger.allocations.filter(nw.col("applied_day") <= last)
        .select("item_id", "value_day", "applied_day", kind=kind, settled=nw.col("amount_minor"))
        .join(dated, on="item_id", how="inner")
    )
    parts = []
    for basis in GRIDS:
        parts.append(_billed(dated, basis, last))
        parts.append(_settled(booked, basis, last))
    return nw.concat(parts, how="vertical")


def _with_month(invoices: nw.LazyFrame, *, first: int, newest: int, months: int) -> nw.LazyFrame:
    """Return the invoices with the number and the last day of the month they were issued in."""
    oldest = newest - months + 1
    month = nw.lit(oldest, nw.Int32)
    ends = nw.lit(day_number(month_end(oldest)), nw.Int32)
    for number in range(oldest, newest):
        is_later = nw.col("issued_day") > day_number(month_end(number))
        month = nw.when(is_later).then(nw.lit(number + 1, nw.Int32)).otherwise(month)
        end = nw.lit(day_number(month_end(number + 1)), nw.Int32)
        ends = nw.when(is_later).then(end).otherwise(ends)
    return invoices.filter(nw.col("issued_day") >= first).with_columns(
        month=month, month_last_day=ends
    )


def _billed(dated: nw.LazyFrame, basis: str, last: int) -> nw.LazyFrame:
    amount = nw.col("amount_minor").cast(nw.Float64)
    return _grouped(
        dated.with_columns(
            seen=_reached(nw.lit(last) - nw.col(STARTS[basis]), GRIDS[basis]),
            point=nw.lit(-1, nw.Int32),
            source=nw.lit("billed"),
            one=nw.lit(1, nw.Int64),
            squared=amount * amount,
        ),
        basis,
    )


def _settled(booked: nw.LazyFrame, basis: str, last: int) -> nw.LazyFrame:
    is_curve, start, grid = basis in CURVES, STARTS[basis], GRIDS[basis]
    moved = booked.filter(nw.col("kind") == "money") if is_curve else booked
    day = nw.max_horizontal("value_day" if is_curve else "applied_day", "issued_day")
    return _grouped(
        moved.with_columns(
            seen=_reached(nw.lit(last) - nw.col(start), grid),
            point=_point(day - nw.col(start), grid),
            source=nw.col("kind"),
            amount_minor=nw.col("settled"),
            one=nw.lit(0, nw.Int64),
            squared=nw.lit(0.0),
        ),
        basis,
    )


def _grouped(frame: nw.LazyFrame, basis: str) -> nw.LazyFrame:
    return (
        frame.group_by("currency", "customer_id", "month", "seen", "point", "source")
        .agg(
            amount_minor=nw.col("amount_minor").sum().cast(nw.Int64),
            items=nw.col("one").sum().cast(nw.Int64),
            squared=nw.col("squared").sum(),
        )
        .with_columns(basis=nw.lit(basis))
        .select(*COHORTS)
    )


def _reached(age: nw.Expr, grid: Sequence[int]) -> nw.Expr:
    """Return how many points of the grid lie at or below the age."""
    if grid not in (ISSUE_GRID, DUE_GRID):
        return _steps(age, [point - 1 for point in grid])
    step: nw.Expr = (age - grid[0]) // STEP_DAYS + 1
    return step.clip(0, len(grid)).cast(nw.Int32)


def _point(age: nw.Expr, grid: Sequence[int]) -> nw.Expr:
    """Return the first point of the grid at or after the age; len(grid) for later."""
    if grid not in (ISSUE_GRID, DUE_GRID):
        return _steps(age, grid)
    step: nw.Expr = (age - grid[0] + STEP_DAYS - 1) // STEP_DAYS
    return step.clip(0, len(grid)).cast(nw.Int32)


def _steps(age: nw.Expr, bounds: Sequence[int]) -> nw.Expr:
    found = nw.lit(0, nw.Int32)
    for number, bound in enumerate(bounds, 1):
        found = nw.when(age > bound).then(nw.lit(number, nw.Int32)).otherwise(found)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One month, or several, at one age; shares in ppm of what has reached it.

    `observed_minor` is what of the billed amount has reached the age; the share says nothing of
    the rest. `low_ppm` and `high_ppm` bound the share with 95 % confidence: Wilson's interval
    for as many equal invoices as the unequal ones are worth (Kish 1965).
    """

    age: int
    observed_minor: int
    amount_minor: int
    share_ppm: int | None
    low_ppm: int
    high_ppm: int
    is_complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """The invoices of one month (`month` None: of several) and what became of them by age."""

    month: int | None
    billed_minor: int
    items: int
    points: tuple[Point, ...]
    lost_minor: int

    @property
    def month_end(self) -> date | None:
        """Return the last day of the month of issue."""
        return None if self.month is None else month_end(self.month)


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortSums:
    """What the shares of one slice, basis and month are made of, point by point of the grid.

    `observed`, `items` and `squares` are of the invoices that have reached the point, `settled`
    of those what was settled by it; amounts in minor units. Sums of months, or of slices, are
    sums of the fields.
    """

    basis: str
    month: int
    billed_minor: int
    invoices: int
    lost_minor: int
    observed: tuple[int, ...]
    items: tuple[int, ...]
    squares: tuple[float, ...]
    settled: tuple[int, ...]


Row = tuple[int, int, str, int, int, float]
"""seen, point, source, amount, items, squared of COHORTS."""


def cohort_sums(rows: Iterable[Row], *, basis: str, month: int) -> CohortSums:
    """Return the rows of COHORTS of one slice, basis and month, point by point."""
    count = len(GRIDS[basis])
    observed, items, squares = [0] * count, [0] * count, [0.0] * count
    settled = [0] * count
    billed = number = lost = 0
    for seen, point, source, amount, n, squared in rows:
        if source == "billed":
            billed, number = billed + amount, number + n
            for place in range(min(seen, count)):
                observed[place] += amount
                items[place] += n
                squares[place] += squared
        elif source == "lost":
            lost += amount
        else:
            for place in range(max(point, 0), min(seen, count)):
                settled[place] += amount
    return CohortSums(
        basis=basis,
        month=month,
        billed_minor=billed,
        invoices=number,
        lost_minor=lost,
        observed=tuple(observed),
        items=tuple(items),
        squares=tuple(squares),
        settled=tuple(settled),
    )


def cohort(sums: Sequence[CohortSums], *, month: int | None = None) -> Cohort:
    """Return the share settled by age of one month, or of several together, of one basis.

    By money for `issue` and `due`. For `vintage` and `risk` the share is of the unpaid: what is
    neither paid, credited nor settled otherwise, so that a write-off stays unpaid. Raises
    ValueError without sums.
    """
    if not sums:
        raise ValueError("a cohort needs the sums of at least one month")
    basis = sums[0].basis
    billed = sum(one.billed_minor for one in sums)
    points = []
    for place, age in enumerate(GRIDS[basis]):
        base = sum(one.observed[place] for one in sums)
        settled = sum(one.settled[place] for one in sums)
        squared = sum(one.squares[place] for one in sums)
        amount = settled if basis in CURVES else base - settled
        share = None if base <= 0 else round(amount * PPM / base)
        low, high = _interval(share, base * base / squared if squared else 0.0)
        points.append(
            Point(
                age=age,
                observed_minor=base,
                amount_minor=amount,
                share_ppm=share,
                low_ppm=low,
                high_ppm=high,
                is_complete=base == billed and billed > 0,
            )
        )
    return Cohort(
        month=month,
        billed_minor=billed,
        items=sum(one.invoices for one in sums),
        points=tuple(points),
        lost_minor=sum(one.lost_minor for one in sums),
    )


def _interval(share_ppm: int | None, worth: float) -> tuple[int, int]:
    """Return the 95 % interval of a share of `worth` equal invoices, 0 to PPM where none is."""
    count = max(1, round(worth))
    if share_ppm is None or worth <= 0:
        return 0, PPM
    hits = min(count, max(0, round(share_ppm * count / PPM)))
    low, high = wilson(hits, count, z=Z_95)
    return min(round(low * PPM), share_ppm), max(round(high * PPM), share_ppm)
