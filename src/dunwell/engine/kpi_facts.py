"""The sums behind every figure: one small frame, so that a million items are read once."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.aging import BUCKETS, bucketed
from dunwell.engine.calendars import day_number, month_start
from dunwell.engine.items import total
from dunwell.engine.kpi_book import KpiBook
from dunwell.engine.kpi_rows import STATED
from dunwell.engine.ledger import Keep, Ledger, as_it_is
from dunwell.engine.movements import MEASURES, SALES_KINDS, movements
from dunwell.engine.schema import Column, Frame

MONTHLY = ("sales_minor", "open_sales_minor")
"""Measures that figures need month by month."""

KPI_FACTS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "measure": Column(nw.String, "what is summed"),
    "key": Column(
        nw.Int32,
        "day of a movement or sale, days of a dispute cycle, else empty",
        nullable=True,
    ),
    "value": Column(nw.Int128, "sum in minor units, minor units times days, or a count"),
}


def kpi_facts(
    ledger: Ledger,
    *,
    as_of: date,
    window_days: int,
    keep: Keep = as_it_is,
) -> nw.LazyFrame:
    """Return the sums every figure of `kpi_tables` is made of, in columns KPI_FACTS.

    The window is the `window_days` days that end with `as_of`. Collect it once
    and hand the rows to `kpi_tables.kpi_values`. `keep` as in `KpiBook`.
    """
    book = KpiBook(ledger, as_of, window_days, keep)
    parts = [
        _moved(movements(ledger.items, ledger.allocations, as_of=as_of, keep=keep)),
        _open_sales(book.opened),
        _owed(book.owing),
        _paid(book.paid),
        _rolled(book.opened_earlier, book.opened),
        _promised(book.judged),
        _closed(book.closed_disputes),
        _sums(
            book.unapplied.group_by("currency").agg(unapplied_minor=total("unapplied_minor")),
            ("unapplied_minor",),
        ),
        *(_stated(name, rows(book)) for name, rows in STATED.items()),
    ]
    return nw.concat(parts, how="vertical")


def monthly(facts: nw.LazyFrame, *, as_of: date, window_days: int) -> nw.LazyFrame:
    """Return the facts with the days of movements put together: they give the same figures.

    Sales keep their month, cut in two where the window begins; other movements only whether
    they lie before the window or in it. So a part of the book has dozens of rows, not thousands.
    """
    last = day_number(as_of)
    begin = last - window_days
    key, measure = nw.col("key"), nw.col("measure")
    month = month_start(key).cast(nw.Int32)
    begin_month = day_number((as_of - timedelta(days=window_days)).replace(day=1))
    is_cut = (month == begin_month) & (key > begin)
    of_month = nw.when(is_cut).then(nw.lit(begin + 1, nw.Int32)).otherwise(month)
    in_window = nw.lit(last, nw.Int32)
    of_window = nw.when(key <= begin).then(nw.lit(begin, nw.Int32)).otherwise(in_window)
    others = nw.when(measure.is_in(MEASURES)).then(of_window).otherwise(key)
    put = nw.when(measure.is_in(MONTHLY)).then(of_month).otherwise(others)
    return (
        facts.with_columns(key=put.cast(nw.Int32))
        .group_by("currency", "measure", "key")
        .agg(value=nw.col("value").sum())
        .select(*KPI_FACTS)
    )


def _stated(name: str, rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the sum of an input's rows, per currency."""
    return _sums(rows.group_by("currency").agg(total("amount_minor").alias(name)), (name,))


def _sums(frame: nw.LazyFrame, names: tuple[str, ...], *, key: str | None = None) -> nw.LazyFrame:
    """Return one row per measure for a frame with one column per measure, zeros left out."""
    key_value = nw.lit(None, nw.Int32) if key is None else nw.col(key).cast(nw.Int32)
    return nw.concat(
        [
            frame.select(
                "currency",
                measure=nw.lit(name),
                key=key_value,
                value=nw.col(name).cast(nw.Int128),
            ).filter(nw.col("value") != 0)
            for name in names
        ],
        how="vertical",
    )


def _moved(moved: nw.LazyFrame) -> nw.LazyFrame:
    return _sums(moved, MEASURES, key="day")


def _open_sales(opened: nw.LazyFrame) -> nw.LazyFrame:
    """Return what is open of the credit sales of each day."""
    sales = opened.filter(nw.col("kind").is_in(SALES_KINDS))
    by_day = sales.group_by("currency", "issued_day").agg(open_sales_minor=total("open_minor"))
    return _sums(by_day, ("open_sales_minor",), key="issued_day")


def _owed(owing: nw.LazyFrame) -> nw.LazyFrame:
    """Return what customers owe, squared too: the ingredients of concentration."""
    owed = nw.col("owed_minor")
    by_currency = (
        owing.with_columns(
            square=owed.cast(nw.Int128) * owed.cast(nw.Int128), one=nw.lit(1, nw.Int64)
        )
        .group_by("currency")
        .agg(
            owed_minor=total("owed_minor"),
            owed_squared=nw.col("square").sum(),
            largest_owed_minor=owed.max(),
            owing_customers=total("one"),
        )
    )
    return _sums(
        by_currency, ("owed_minor", "owed_squared", "largest_owed_minor", "owing_customers")
    )


def _paid(paid: nw.LazyFrame) -> nw.LazyFrame:
    """Return the lateness of what was settled with money in the window, weighted and plain."""
    amount = nw.col("amount_minor").cast(nw.Int128)
    late = nw.when(nw.col("days_late") > 0).then(nw.col("days_late")).otherwise(0)
    names = (
        "settled_items",
        "settled_amount_minor",
        "days_to_pay",
        "days_late",
        "amount_days_to_pay",
        "amount_days_late",
        "amount_days_late_floored",
    )
    by_currency = (
        paid.with_columns(
            settled_items=nw.lit(1, nw.Int64),
            settled_amount_minor=nw.col("amount_minor"),
            amount_days_to_pay=amount * nw.col("days_to_pay"),
            amount_days_late=amount * nw.col("days_late"),
            amount_days_late_floored=amount * late,
        )
        .group_by("currency")
        .agg(*[nw.col(name).cast(nw.Int128).sum().alias(name) for name in names])
    )
    return _sums(by_currency, names)


def _rolled(before: nw.LazyFrame, opened: nw.LazyFrame) -> nw.LazyFrame:
    """Return per bucket what was in it and what of that is now in the next one."""
    then = bucketed(before.filter(nw.col("open_minor") > 0)).select(
        "item_id", "currency", before_no=nw.col("bucket_no"), before_minor=nw.col("open_minor")
    )
    now = bucketed(opened).select("item_id", now_no=nw.col("bucket_no"), moved="open_minor")
    has_moved = nw.col("now_no") == nw.col("before_no") + 1
    numbers = range(len(BUCKETS) - 1)
    names = tuple(f"roll_{name}_{n}_minor" for n in numbers for name in ("before", "moved"))
    columns: dict[str, nw.Expr] = {}
    for n in numbers:
        is_here = nw.col("before_no") == n
        columns[f"roll_before_{n}_minor"] = (
            nw.when(is_here).then(nw.col("before_minor")).otherwise(0)
        )
        columns[f"roll_moved_{n}_minor"] = (
            nw.when(is_here & has_moved).then(nw.col("moved")).otherwise(0)
        )
    by_currency = (
        then.join(now, on="item_id", how="left")
        .with_columns(**columns)
        .group_by("currency")
        .agg(*[total(name).alias(name) for name in names])
    )
    return _sums(by_currency, names)


def _promised(judged: nw.LazyFrame) -> nw.LazyFrame:
    """Return how many promises, and how much, were judged and kept in the window."""
    is_kept = nw.col("outcome") == "kept"
    names = ("promises", "promises_kept", "promised_minor", "promised_kept_minor")
    by_currency = (
        judged.with_columns(
            promises=nw.lit(1, nw.Int64),
            promises_kept=nw.when(is_kept).then(nw.lit(1, nw.Int64)).otherwise(0),
            promised_kept_minor=nw.when(is_kept).then(nw.col("promised_minor")).otherwise(0),
        )
        .group_by("currency")
        .agg(*[total(name).alias(name) for name in names])
    )
    return _sums(by_currency, names)


def _closed(disputes: nw.LazyFrame) -> nw.LazyFrame:
    """Return how many disputes closed in the window took how long."""
    by_days = disputes.group_by("currency", "cycle_days").agg(
        disputes_closed=nw.len().cast(nw.Int64)
    )
    return _sums(by_days, ("disputes_closed",), key="cycle_days")
