"""What an analysis finds: the parts that are kept of one pass over a company's ledger.

Everything a page shows of an analysis comes from parts, kept or worked out on the spot, so that
no page reads the ledger of a large company.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.book_slices import ALL, by_slice
from dunwell.engine.calendars import day_number, month_number
from dunwell.engine.dso_bridge import MEASURES, dso_levels
from dunwell.engine.items import open_items
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import movements
from dunwell.engine.roll_rates import rolls
from dunwell.engine.trends import month_ends, trend
from dunwell.engine.vintages import cohort_sums, cohorts
from dunwell.models import Analysis, Company
from dunwell.queries.book_slices import slices_frame
from dunwell.queries.cause_parts import cause_parts
from dunwell.queries.ledgers import Books
from dunwell.queries.runs import first_item_on

MONTHS = 13
"""Months of roll rates and vintages: a year, and the month a year ago to compare with."""

COURSE_MONTHS = 60
"""Month ends of the ledger's own course: five years, for a season needs two."""

MOST_ITEMS = 20
"""Items kept behind a cell, the largest; the rest is told as a number and a sum."""

MOST_CUSTOMERS = 50
"""Customers kept behind a slice of the bridge, those that moved most; the rest is one level."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One slice of a result, as `models.AnalysisPart` keeps it."""

    section: str
    currency: str
    dimension: str
    key: str
    content: Any


def analysis_parts(
    company: Company, books: Books, *, kind: str, as_of: date, since: date
) -> list[Part]:
    """Return every part of an analysis; reads the whole ledger once, through `books`."""
    work = {
        Analysis.Kind.BOOK: book_parts,
        Analysis.Kind.BRIDGE: bridge_parts,
        Analysis.Kind.CAUSES: cause_parts_of,
    }[Analysis.Kind(kind)]
    return work(company, books, as_of=as_of, since=since)


def book_parts(company: Company, books: Books, *, as_of: date, since: date) -> list[Part]:  # noqa: ARG001  one signature for all kinds
    """Return roll rates, vintages, curves and the course of the book up to a day."""
    ledger, slices = books.whole(), slices_frame(company, as_of=as_of)
    first = first_item_on(company)
    if first is None or first > as_of:
        return []
    return [
        *_rolls(ledger, slices, as_of=as_of, first=first),
        *_cohorts(ledger, slices, as_of=as_of),
        *_unpaid(ledger, as_of=as_of),
        *_course(ledger, as_of=as_of, first=first),
    ]


def bridge_parts(company: Company, books: Books, *, as_of: date, since: date) -> list[Part]:
    """Return what DSO was made of on both days, by slice and for the customers that moved most."""
    ledger, slices = books.whole(), slices_frame(company, as_of=as_of)
    names = [f"{name}_{side}" for side in ("before", "after") for name in MEASURES]
    both = nw.concat(
        [
            dso_levels(ledger, as_of=day, window_days=WINDOW_DAYS).select(
                "currency",
                "customer_id",
                **{
                    f"{name}_{other}": (nw.col(name) if other == side else nw.lit(0)).cast(
                        nw.Int128
                    )
                    for other in ("before", "after")
                    for name in MEASURES
                },
            )
            for side, day in (("before", since), ("after", as_of))
        ],
        how="vertical",
    )
    by_customer = (
        both.group_by("currency", "customer_id")
        .agg(*[nw.col(name).sum().alias(name) for name in names])
        .collect()
        .lazy()
    )
    keys = ["currency", "customer_id"]
    sliced = by_slice(by_customer, slices, keys=["currency"], sums=names).collect()
    single = by_slice(by_customer, slices, keys=keys, sums=names).collect().to_native()
    levels: dict[tuple[str, str], dict[str, list[list[int]]]] = {}
    for row in sliced.sort("dimension", "currency", "key").iter_rows(named=True):
        levels.setdefault((row["currency"], row["dimension"]), {})[row["key"]] = _sides(row)
    return [
        *(
            Part(section="levels", currency=c, dimension=d, key="", content=content)
            for (c, d), content in levels.items()
        ),
        *_movers(single),
    ]


def cause_parts_of(company: Company, books: Books, *, as_of: date, since: date) -> list[Part]:
    """Return the cause trees of overdue claims and of their change, with their items."""
    return [
        Part(section=section, currency=currency, dimension=ALL, key="", content=content)
        for section, currency, content in cause_parts(company, books, as_of=as_of, since=since)
    ]


def _sides(row: Mapping[str, Any]) -> list[list[int]]:
    return [[int(row[f"{name}_{side}"]) for name in MEASURES] for side in ("before", "after")]


def _movers(single: pl.DataFrame) -> Iterator[Part]:
    """Return the customers of each slice whose level changed most; the slice has the rest.

    What moved is the change of what is open and of daily sales, in the window's measure.
    """
    moved = sum(
        (
            (pl.col(f"{name}_after") - pl.col(f"{name}_before")).abs()
            for name in MEASURES
            if name != "agreed_minor_days"
        ),
        pl.lit(0, pl.Int128),
    )
    groups = ["currency", "dimension", "key"]
    top = (
        single.with_columns(moved=moved)
        .sort("moved", "customer_id", descending=[True, False])
        .group_by(groups, maintain_order=True)
        .head(MOST_CUSTOMERS)
        .sort(groups, maintain_order=True)
    )
    counts = {
        (row["currency"], row["dimension"], row["key"]): row["len"]
        for row in single.group_by(groups).len().iter_rows(named=True)
    }
    for told, rows in groupby(
        top.iter_rows(named=True), key=lambda row: (row["currency"], row["dimension"], row["key"])
    ):
        currency, dimension, key = told
        yield Part(
            section="movers",
            currency=currency,
            dimension=dimension,
            key=key,
            content={
                "customers": counts[told],
                "rows": [[row["customer_id"], *_sides(row)] for row in rows],
            },
        )


def _rolls(ledger: Ledger, slices: nw.LazyFrame, *, as_of: date, first: date) -> Iterator[Part]:
    days = [
        day
        for day in month_ends(as_of=as_of, months=MONTHS + 1)
        if month_number(day) >= month_number(first) - 1
    ]
    if len(days) < 2:  # noqa: PLR2004  a roll needs a start and an end
        days = [first - timedelta(days=1), as_of]
    found = rolls(ledger, days=days).collect()
    keys = ["currency", "month_day", "from_no", "to_no"]
    sliced = by_slice(found.lazy(), slices, keys=keys, sums=["amount_minor"]).collect()
    yield from _grouped(
        sliced,
        section="rolls",
        order=["month_day", "from_no", "to_no"],
        content=lambda rows: [
            [row["month_day"], row["from_no"], row["to_no"], row["amount_minor"]] for row in rows
        ],
    )
    yield from _behind(found.to_native(), keys=keys, section="roll_items", key="month_day")


def _cohorts(ledger: Ledger, slices: nw.LazyFrame, *, as_of: date) -> Iterator[Part]:
    found = cohorts(ledger, as_of=as_of, months=MONTHS).collect()
    sliced = by_slice(
        found.lazy(),
        slices,
        keys=["currency", "month", "basis", "seen", "point", "source"],
        sums=["amount_minor", "items", "squared"],
    ).collect()
    yield from _grouped(
        sliced,
        section="cohorts",
        order=["basis", "month", "seen", "point", "source"],
        content=_cohort_content,
    )


def _cohort_content(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return basis, month, billed, invoices, lost, and four lists of `runs`, of each month."""
    content = []
    for (basis, month), some in groupby(rows, key=lambda row: (row["basis"], row["month"])):
        sums = cohort_sums(
            [
                (
                    row["seen"],
                    row["point"],
                    row["source"],
                    row["amount_minor"],
                    row["items"],
                    row["squared"],
                )
                for row in some
            ],
            basis=basis,
            month=month,
        )
        content.append(
            [
                basis,
                month,
                sums.billed_minor,
                sums.invoices,
                sums.lost_minor,
                runs(sums.observed),
                runs(sums.items),
                runs([round(square) for square in sums.squares]),
                runs(sums.settled),
            ]
        )
    return content


def runs(values: Sequence[int]) -> list[list[int]]:
    """Return values as [value, how often in a row]: a grown month changes at few points."""
    return [[value, len(list(some))] for value, some in groupby(values)]


def _unpaid(ledger: Ledger, *, as_of: date) -> Iterator[Part]:
    """Return the invoices of each month that are open on the day, the largest first."""
    last_months = month_ends(as_of=as_of, months=MONTHS + 1)
    oldest = day_number(last_months[0]) if len(last_months) > 1 else 0
    opened = open_items(
        ledger.items.filter(nw.col("kind") == "invoice", nw.col("amount_minor") > 0),
        ledger.allocations,
        as_of=as_of,
    ).filter(nw.col("issued_day") > oldest)
    frame: pl.DataFrame = opened.collect().to_native()
    issued = pl.from_epoch(pl.col("issued_day"), time_unit="d")
    # as calendars.month_number counts
    month = (issued.dt.year() - 1970) * 12 + issued.dt.month().cast(pl.Int32) - 1
    rows = frame.with_columns(
        month=month, from_no=pl.lit(0), to_no=pl.lit(0), amount_minor=pl.col("open_minor")
    )
    yield from _behind(
        rows, keys=["currency", "month", "from_no", "to_no"], section="unpaid_items", key="month"
    )


def _course(ledger: Ledger, *, as_of: date, first: date) -> Iterator[Part]:
    """Return the main figures of month ends from the ledger itself, each month once per currency.

    A row: last day (number), receivables, overdue, DSO, ADD, CEI, and what was sold, collected
    and written off within the month. DSO, ADD and CEI are None while the window they look back
    over begins before the first item: with part of the sales they would stand far too high.
    """
    days = [
        day
        for day in month_ends(as_of=as_of, months=COURSE_MONTHS)
        if month_number(day) >= month_number(first)
    ]
    stocks: pl.DataFrame = trend(ledger, days=days, window_days=WINDOW_DAYS).collect().to_native()
    moved: pl.DataFrame = (
        movements(ledger.items, ledger.allocations, as_of=as_of).collect().to_native()
    )
    day = pl.from_epoch(pl.col("day"), time_unit="d")
    flows = ("sales_minor", "collected_minor", "written_off_minor")
    month_day = pl.min_horizontal(
        day.dt.month_end().cast(pl.Int32), pl.lit(day_number(as_of), pl.Int32)
    )
    by_month = (
        moved.with_columns(day=month_day)
        .group_by("currency", "day")
        .agg(pl.col(name).sum() for name in flows)
    )
    columns = ("day", "open_minor", "overdue_minor", "dso_days", "add_days", "cei_percent")
    rows = (
        stocks.select("currency", *columns)
        .join(by_month, on=["currency", "day"], how="left")
        .with_columns(pl.col(name).fill_null(0) for name in flows)
        .with_columns(
            pl.when(pl.col("day") >= day_number(first) + WINDOW_DAYS - 1).then(name)
            for name in ("dso_days", "add_days", "cei_percent")
        )
        .sort("currency", "day")
    )
    for currency, some in groupby(rows.iter_rows(), key=lambda row: row[0]):
        yield Part(
            section="course",
            currency=currency,
            dimension=ALL,
            key="",
            content=[list(row[1:]) for row in some],
        )


def _grouped(
    sliced: nw.DataFrame[Any],
    *,
    section: str,
    order: Sequence[str],
    content: Callable[[Sequence[Mapping[str, Any]]], Any],
) -> Iterator[Part]:
    """Return one part per currency, dimension and key."""
    groups = ["currency", "dimension", "key"]
    rows = sliced.sort(*groups, *order).iter_rows(named=True)
    for told, some in groupby(rows, key=lambda row: tuple(row[name] for name in groups)):
        currency, dimension, key = told
        yield Part(
            section=section,
            currency=currency,
            dimension=dimension,
            key=key,
            content=content(list(some)),
        )


def _behind(rows: pl.DataFrame, *, keys: Sequence[str], section: str, key: str) -> Iterator[Part]:
    """Return the largest items of each cell and how much is behind the rest, a part per `key`."""
    size = pl.col("amount_minor").abs()
    cells = (
        rows.sort(size, pl.col("item_id"), descending=[True, False])
        .group_by(keys, maintain_order=True)
        .agg(
            items=pl.len(),
            total=pl.col("amount_minor").sum(),
            ids=pl.col("item_id").head(MOST_ITEMS),
            amounts=pl.col("amount_minor").head(MOST_ITEMS),
        )
        .sort(keys)
    )
    for (currency, value), some in groupby(
        cells.iter_rows(named=True), key=lambda row: (row["currency"], row[key])
    ):
        yield Part(
            section=section,
            currency=currency,
            dimension=ALL,
            key=str(value),
            content=[
                [
                    row["from_no"],
                    row["to_no"],
                    row["items"],
                    row["total"],
                    [list(pair) for pair in zip(row["ids"], row["amounts"], strict=True)],
                ]
                for row in some
            ],
        )
