"""What is made of the records of invoice to cash before they are a log: closings, first proofs."""

import narwhals.stable.v2 as nw

from dunwell.engine.process.log import DAY_MS, OPENS_MS
from dunwell.engine.process.order import in_order, with_sum_so_far
from dunwell.engine.process.path import APPROVED, PAID, PART_PAID, PLACES, RECEIVED

ONCE = (RECEIVED, APPROVED)
"""Proved once: later proofs of the same are no further events."""


def course(events: nw.LazyFrame, cases: nw.LazyFrame) -> nw.LazyFrame:
    """Return the log with its places, each payment that settles its case named PAID.

    `events` in columns EVENTS but `place`, `cases` in CASES; further columns are kept. Proofs of
    receipt and approval count once. What comes first on a day is what PLACES says.
    """
    placed = events.with_columns(
        day=nw.col("moment") // DAY_MS,
        place=nw.col("activity").replace_strict(
            list(PLACES), list(PLACES.values()), return_dtype=nw.Int32
        ),
    ).join(cases.select("case_id", "amount_minor"), on="case_id", how="inner")
    told = with_sum_so_far(in_order(placed), "settled_minor", "settled")
    told = told.with_columns(once_at=nw.col("at").min().over("case_id", "activity")).filter(
        ~nw.col("activity").is_in(list(ONCE)) | (nw.col("once_at") == nw.col("at"))
    )
    is_closing = (nw.col("activity") == PART_PAID) & (nw.col("settled") >= nw.col("amount_minor"))
    return told.with_columns(
        activity=nw.when(is_closing).then(nw.lit(PAID)).otherwise("activity"),
        place=nw.when(is_closing).then(nw.lit(PLACES[PAID], nw.Int32)).otherwise(nw.col("place")),
    ).drop("day", "amount_minor", "at", "first_at", "once_at", "settled")


def at_opening(day: nw.Expr) -> nw.Expr:
    """Return the moment at which something of which only the day is known stands."""
    return day.cast(nw.Int64) * DAY_MS + OPENS_MS
