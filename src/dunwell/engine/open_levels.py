"""How much is open now against how much used to be open, per customer."""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import Column, Frame

MARKS, MARK_DAYS, LAST_MARK_DAYS = 12, 30, 90
"""The usual level is read on twelve days, 30 days apart, the last one 90 days before as_of:
what grew since then is new, also under long terms."""

KNOWN_DAYS = 180
"""A customer whose first item is younger has no usual level."""

PPM = 1_000_000
MOST_PPM = 100 * PPM

OPEN_LEVELS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "known_items": Column(nw.Int64, "debit items issued since the first mark, all currencies"),
    "open_items": Column(nw.Int64, "debit items open now"),
    "usual_ppm": Column(nw.Int64, "open now / mean of the marks since the first item"),
    "peak_ppm": Column(nw.Int64, "open now / highest of the marks"),
}


def open_levels(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the customers with a usual level of their own, in columns OPEN_LEVELS.

    Only debit items count, with all that was booked on them. Ratios are taken within a
    currency, at most 100 times, and weighted over currencies by items.
    """
    day = day_number(as_of)
    levels = _levels(ledger, day)
    marks = [f"level_{mark}" for mark in range(1, MARKS + 1)]
    since_first = nw.lit(day - LAST_MARK_DAYS) - nw.col("first_day")
    known_marks = (since_first // MARK_DAYS + 1).cast(nw.Int64)
    stated = (
        levels.filter(nw.col("first_day") <= day - KNOWN_DAYS)
        .with_columns(
            known_marks=known_marks.clip(1, MARKS),
            marks_minor=nw.sum_horizontal(*marks),
            peak_minor=nw.max_horizontal(*marks),
        )
        .filter(nw.col("marks_minor") > 0, nw.col("known_items") > 0)
        .with_columns(
            usual=_ratio("marks_minor", times=nw.col("known_marks")),
            peak=_ratio("peak_minor", times=nw.lit(1, nw.Int64)),
        )
    )
    sums = stated.group_by("customer_id").agg(
        *[total(name).alias(name) for name in ("known_items", "open_items", "usual", "peak")]
    )
    return sums.with_columns(
        usual_ppm=nw.col("usual") // nw.col("known_items"),
        peak_ppm=nw.col("peak") // nw.col("known_items"),
    ).select(*OPEN_LEVELS)


def _ratio(level: str, *, times: nw.Expr) -> nw.Expr:
    """Return open now * times / level in ppm, times the weight of the currency."""
    above = nw.col("open_minor").cast(nw.Int128) * times.cast(nw.Int128) * PPM
    ratio = above // nw.col(level).cast(nw.Int128)
    return ratio.clip(0, MOST_PPM).cast(nw.Int64) * nw.col("known_items")


def _levels(ledger: Ledger, day: int) -> nw.LazyFrame:
    """Return per customer and currency what is open now and was on every mark.

    Each item adds its amount from its issue day on, each allocation takes its part from
    the day it was booked on; an item that they bring to nothing is not open.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    debit = ledger.items.filter(
        nw.col("amount_minor") > 0, nw.col("kind") != REFUND, nw.col("issued_day") <= day
    )
    is_known = nw.col("issued_day") > day - LAST_MARK_DAYS - MARKS * MARK_DAYS
    issued = debit.select(
        "item_id",
        "customer_id",
        "currency",
        "issued_day",
        "amount_minor",
        from_day=nw.col("issued_day"),
        known_items=nw.when(is_known).then(one).otherwise(zero),
    )
    booked = (
        ledger.allocations.filter(nw.col("applied_day") <= day)
        .select("item_id", "applied_day", allocated=nw.col("amount_minor"))
        .join(
            debit.select("item_id", "customer_id", "currency", "issued_day"),
            on="item_id",
            how="inner",
        )
        .select(
            "item_id",
            "customer_id",
            "currency",
            "issued_day",
            amount_minor=zero - nw.col("allocated"),
            from_day=nw.max_horizontal("applied_day", "issued_day"),
            known_items=zero,
        )
    )
    stood = {
        f"level_{mark}": nw.when(
            nw.col("from_day") <= day - LAST_MARK_DAYS - (mark - 1) * MARK_DAYS
        )
        .then(nw.col("amount_minor"))
        .otherwise(zero)
        for mark in range(1, MARKS + 1)
    }
    sums = (*stood, "amount_minor", "known_items")
    is_open = nw.when(nw.col("amount_minor") > 0).then(one).otherwise(zero)
    return (
        nw.concat([issued, booked], how="vertical")
        .with_columns(**stood)
        .group_by("item_id", "customer_id", "currency")
        .agg(*[total(name).alias(name) for name in sums], nw.col("issued_day").min())
        .with_columns(open_items=is_open, open_minor=nw.col("amount_minor").clip(0))
        .group_by("customer_id", "currency")
        .agg(
            *[total(name).alias(name) for name in (*stood, "known_items", "open_items")],
            open_minor=total("open_minor"),
            first_day=nw.col("issued_day").min(),
        )
    )
