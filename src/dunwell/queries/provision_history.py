"""Loss rates from a company's own history: what became of items that fell due."""

from collections.abc import Mapping
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.loss_rates import EVERYONE, RateRow, flow_rates
from dunwell.engine.provisions_policy import ProvisionsPolicy

MONTH_DAYS = 30
"""Days a month of history counts; the window is a span of days, not of calendar months."""
LOST = ("write_off", "recovery")
"""Adjustments that say a debt was lost or found again: not a way of paying."""
REFUND = "refund"


def own_rates(
    policy: ProvisionsPolicy,
    *,
    items: pl.DataFrame,
    allocations: pl.DataFrame,
    pools: pl.DataFrame,
    rates: Mapping[str, int],
    as_of: date,
) -> dict[str, RateRow]:
    """Return the loss rates of every pool with enough history, and of all together under '*'.

    Amounts are brought into the company's currency at today's rates, so that pools with several
    currencies have one rate. What lacks a rate, or the items, is left out: the typed rates stand.
    """
    until = day_number(as_of) - policy.lost_days
    since = until - policy.months * MONTH_DAYS
    due = items.filter(
        (pl.col("amount_minor") > 0)
        & (pl.col("kind") != REFUND)
        & (pl.col("due_day") > since)
        & (pl.col("due_day") <= until)
        & pl.col("currency").is_in(list(rates))
    )
    if due.is_empty():
        return {}
    left = _left(due, allocations, policy, as_of=as_of).join(pools, on="customer_id")
    factor = pl.col("currency").replace_strict(rates, return_dtype=pl.Float64) / 1_000_000
    names = [f"left_{place}" for place in range(len(policy.edges) + 1)] + ["lost"]
    # shares of money, not money: history weighs rates and is not booked
    sums = left.with_columns((pl.col(names) * factor).round(0).cast(pl.Int64)).select(
        "pool", *names
    )
    source = f"Own history: items due from {_day(since + 1)} to {_day(until)}"
    found = {}
    by_pool = sums.group_by("pool").agg(pl.col(names).sum(), items=pl.len())
    everyone = sums.select(pl.col(names).sum(), items=pl.len(), pool=pl.lit(EVERYONE))
    for row in pl.concat([by_pool, everyone.select(by_pool.columns)]).iter_rows(named=True):
        if row["items"] < policy.least_items or row["left_0"] <= 0:
            continue
        reached = tuple(row[name] for name in names[:-1])
        found[row["pool"]] = RateRow(
            segment=row["pool"],
            rates=flow_rates(reached, row["lost"]),
            source=f"{source} ({row['items']} items)",
            left=reached,
            lost=row["lost"],
        )
    return found


def merged(typed: Mapping[str, RateRow], own: Mapping[str, RateRow]) -> dict[str, RateRow]:
    """Return the table that counts: own history first, a pool's typed rates, those of everyone."""
    return {**typed, **own}


def _left(
    due: pl.DataFrame, allocations: pl.DataFrame, policy: ProvisionsPolicy, *, as_of: date
) -> pl.DataFrame:
    """Return each item with what was unpaid as each bucket began, and what was lost."""
    paid = allocations.filter(
        (pl.col("applied_day") <= day_number(as_of)) & ~pl.col("source").is_in(LOST)
    ).join(due.select("item_id", "due_day"), on="item_id")
    late = pl.col("value_day") - pl.col("due_day")
    ends = [*policy.edges, policy.lost_days]
    sums = paid.group_by("item_id").agg(
        *(
            pl.col("amount_minor").filter(late <= end).sum().alias(f"paid_{place}")
            for place, end in enumerate(ends, 1)
        )
    )
    unpaid = [
        (pl.col("amount_minor") - pl.col(f"paid_{place}").fill_null(0)).clip(lower_bound=0)
        for place in range(1, len(ends) + 1)
    ]
    return due.join(sums, on="item_id", how="left").with_columns(
        pl.col("amount_minor").alias("left_0"),
        *(one.alias(f"left_{place}") for place, one in enumerate(unpaid[:-1], 1)),
        unpaid[-1].alias("lost"),
    )


def native(frame: nw.LazyFrame) -> pl.DataFrame:
    """Return an engine frame as it is held here."""
    found = frame.collect().to_native()
    return found if isinstance(found, pl.DataFrame) else pl.DataFrame(found)


def _day(number: int) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + number).isoformat()
