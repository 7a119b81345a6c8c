"""The sums behind every figure: one small frame, so that a million items are read once."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.aging import BUCKETS, bucketed
from dunwell.engine.calendars import day_number
from dunwell.engine.items import open_items, settled_items, total, unapplied
from dunwell.engine.ledger import Ledger, happened
from dunwell.engine.movements import MEASURES, SALES_KINDS, movements
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame

ROLL_DAYS = 30
"""Width of a bucket: an unpaid item moves on by exactly one bucket in this time."""

Window = tuple[int, int]
"""First and last day number of a window."""

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


def kpi_facts(ledger: Ledger, *, as_of: date, window_days: int) -> nw.LazyFrame:
    """Return the sums every figure of `kpi_tables` is made of, in columns KPI_FACTS.

    The window is the `window_days` days that end with `as_of`. Collect it once
    and hand the rows to `kpi_tables.kpi_values`.
    """
    opened = open_items(ledger.items, ledger.allocations, as_of=as_of)
    settled = settled_items(ledger.items, ledger.allocations, as_of=as_of)
    earlier = as_of - timedelta(days=ROLL_DAYS)
    before = open_items(ledger.items, ledger.allocations, as_of=earlier)
    last = day_number(as_of)
    window = (last - window_days + 1, last)
    parts = [
        _moved(movements(ledger.items, ledger.allocations, as_of=as_of)),
        _open_sales(opened),
        _owed(opened),
        _paid(settled.filter(nw.col("settled_day").is_between(*window))),
        _rolled(before, opened),
        _promised(
            assess_promises(ledger.promises, ledger.allocations, ledger.items, as_of=as_of), window
        ),
        _disputed(ledger, opened, as_of=as_of, window=window),
        _sums(
            unapplied(ledger.payments, ledger.allocations, as_of=as_of)
            .group_by("currency")
            .agg(unapplied_minor=total("unapplied_minor")),
            ("unapplied_minor",),
        ),
    ]
    return nw.concat(parts, how="vertical")


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


def _owed(opened: nw.LazyFrame) -> nw.LazyFrame:
    """Return what customers owe, squared too: the ingredients of concentration."""
    owed = nw.col("owed_minor")
    by_customer = opened.group_by("currency", "customer_id").agg(owed_minor=total("open_minor"))
    by_currency = (
        by_customer.filter(owed > 0)
        .with_columns(square=owed.cast(nw.Int128) * owed.cast(nw.Int128), one=nw.lit(1, nw.Int64))
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


def _paid(settled: nw.LazyFrame) -> nw.LazyFrame:
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
        settled.filter(~nw.col("paid_day").is_null(), nw.col("amount_minor") > 0)
        .with_columns(
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


def _promised(assessed: nw.LazyFrame, window: Window) -> nw.LazyFrame:
    """Return how many promises, and how much, were judged and kept in the window."""
    is_kept = nw.col("outcome") == "kept"
    names = ("promises", "promises_kept", "promised_minor", "promised_kept_minor")
    by_currency = (
        assessed.filter(
            nw.col("judged_day").is_between(*window),
            nw.col("outcome").is_in(["kept", "partially_kept", "broken"]),
        )
        .with_columns(
            promises=nw.lit(1, nw.Int64),
            promises_kept=nw.when(is_kept).then(nw.lit(1, nw.Int64)).otherwise(0),
            promised_kept_minor=nw.when(is_kept).then(nw.col("promised_minor")).otherwise(0),
        )
        .group_by("currency")
        .agg(*[total(name).alias(name) for name in names])
    )
    return _sums(by_currency, names)


def _disputed(
    ledger: Ledger, opened: nw.LazyFrame, *, as_of: date, window: Window
) -> nw.LazyFrame:
    """Return how long disputes closed in the window took, and what is disputed now."""
    disputes = happened(ledger.disputes, "opened_day", ends="closed_day", as_of=as_of)
    currencies = ledger.items.select("item_id", "currency")
    closed = (
        disputes.filter(nw.col("closed_day").is_between(*window))
        .join(currencies, on="item_id", how="inner")
        .with_columns(cycle_days=nw.col("closed_day") - nw.col("opened_day"))
        .group_by("currency", "cycle_days")
        .agg(disputes_closed=nw.len().cast(nw.Int64))
    )
    still = nw.col("closed_day").is_null()
    disputed = (
        disputes.filter(still)
        .group_by("item_id")
        .agg(disputed_minor=total("amount_minor"))
        .join(opened.select("item_id", "currency", "open_minor"), on="item_id", how="inner")
        .with_columns(
            disputed_minor=nw.when(nw.col("disputed_minor") > nw.col("open_minor"))
            .then(nw.col("open_minor"))
            .otherwise(nw.col("disputed_minor"))
        )
        .group_by("currency")
        .agg(disputed_minor=total("disputed_minor"))
    )
    return nw.concat(
        [
            _sums(closed, ("disputes_closed",), key="cycle_days"),
            _sums(disputed, ("disputed_minor",)),
        ],
        how="vertical",
    )
