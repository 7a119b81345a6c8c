"""Where what was owed at the end of a month stood at the end of the next: the roll matrix.

Every amount that was open at the start is somewhere at the end: in a bucket, paid, credited,
written off or settled in another way. A claim issued in between starts as `new`. So each row sums
to what was there, and each bucket's column to what the ageing of the end shows of claims.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import narwhals.stable.v2 as nw

from dunwell.engine.aging import BUCKETS, bucketed
from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, open_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import WRITE_OFF_SOURCES
from dunwell.engine.schema import Column, Frame

NEW = "new"
SETTLED = ("paid", "credited", "written_off", "otherwise")
"""Ways out: money, credit notes, claims given up, and discounts, rebates, exchange differences."""

FROM_STATES = (*BUCKETS, NEW)
TO_STATES = (*BUCKETS, *SETTLED)

ROLLS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "customer_id": Column(nw.Int64, "who owes"),
    "item_id": Column(nw.Int64, "key of the claim"),
    "month_day": Column(nw.Int32, "day at whose end the amounts are there"),
    "from_no": Column(nw.Int32, "place in FROM_STATES: where it was"),
    "to_no": Column(nw.Int32, "place in TO_STATES: where it is"),
    "amount_minor": Column(nw.Int64, "minor units; a claim partly settled has several rows"),
}


def rolls(ledger: Ledger, *, days: Sequence[date]) -> nw.LazyFrame:
    """Return the roll matrices between each day and the next, by claim, in columns ROLLS.

    `days` ascend; the first is a start alone. Claims only: credit notes and refunds are left
    out, what is set off against a claim shows as credited. Raises ValueError below two days.
    """
    if len(days) < 2:  # noqa: PLR2004  a roll needs a start and an end
        raise ValueError("give at least two days, each later than the one before")
    claims = ledger.items.filter(nw.col("amount_minor") > 0, nw.col("kind") != REFUND)
    parts = [_rolled(claims, ledger.allocations, a, b) for a, b in pairwise(days)]
    return nw.concat(parts, how="vertical")


def _rolled(
    claims: nw.LazyFrame, allocations: nw.LazyFrame, start: date, end: date
) -> nw.LazyFrame:
    first, last = day_number(start), day_number(end)
    new_no = nw.lit(FROM_STATES.index(NEW), nw.Int32)
    origin = bucketed(open_items(claims, allocations, as_of=start)).select(
        "item_id", from_no=nw.col("bucket_no").cast(nw.Int32)
    )
    whose = claims.filter(nw.col("issued_day") <= last).select(
        "item_id", "currency", "customer_id", "issued_day"
    )
    # what is booked before the claim exists counts from its issue day on
    booked_day = nw.max_horizontal("applied_day", "issued_day")
    settled = (
        allocations.filter(nw.col("applied_day") <= last)
        .join(whose, on="item_id", how="inner")
        .filter(booked_day.is_between(first + 1, last))
        .select("item_id", to_no=_way(), amount="amount_minor")
    )
    there = bucketed(open_items(claims, allocations, as_of=end)).select(
        "item_id", to_no=nw.col("bucket_no").cast(nw.Int32), amount=nw.col("open_minor")
    )
    return (
        nw.concat([settled, there], how="vertical")
        # issued since the start, or nil then and reopened: new
        .join(origin, on="item_id", how="left")
        .with_columns(from_no=nw.coalesce("from_no", new_no))
        .join(whose, on="item_id", how="inner")
        .group_by("currency", "customer_id", "item_id", "from_no", "to_no")
        .agg(amount_minor=total("amount"))
        .with_columns(month_day=nw.lit(last, nw.Int32))
        .select(*ROLLS)
    )


def _way() -> nw.Expr:
    """Return the place in TO_STATES of the way an allocation settles."""
    source = nw.col("source")
    way = nw.lit(TO_STATES.index("otherwise"), nw.Int32)
    for names, state in (
        (WRITE_OFF_SOURCES, "written_off"),
        (("credit",), "credited"),
        (("payment",), "paid"),
    ):
        number = nw.lit(TO_STATES.index(state), nw.Int32)
        way = nw.when(source.is_in(names)).then(number).otherwise(way)
    return way
