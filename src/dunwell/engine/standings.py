"""How every item stood on several days, from one pass over what was booked on it."""

from collections.abc import Sequence
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, total
from dunwell.engine.schema import ITEMS, Column, Frame

ITEM_COLUMNS = (
    *("item_id", "customer_id", "currency", "kind"),
    *("amount_minor", "issued_day", "due_day"),
)
"""What of an item is carried along, which is what figures ask for."""
OPEN_THEN: Frame = {
    **{name: ITEMS[name] for name in ITEM_COLUMNS},
    "open_minor": Column(nw.Int64, "what was left that day, signed like the amount; never 0"),
    "days_past_due": Column(nw.Int32, "days from the due date to that day; <= 0 is not due"),
}
SETTLED_THEN: Frame = {
    **{name: ITEMS[name] for name in ITEM_COLUMNS},
    "settled_day": Column(nw.Int32, "day the last allocation was booked; the item is 0 since"),
    "paid_minor": Column(nw.Int64, "part settled with money; the rest is credit or adjustment"),
    "paid_day": Column(nw.Int32, "value day of the last money"),
    "days_to_pay": Column(nw.Int32, "paid_day - issued_day"),
    "days_late": Column(nw.Int32, "paid_day - due_day, early < 0"),
}


def standings(
    items: nw.LazyFrame, allocations: nw.LazyFrame, *, days: Sequence[date], since: int
) -> nw.LazyFrame:
    """Return the items open on one of the days, or last booked on from day number `since` on.

    Columns ITEM_COLUMNS, `open_0` and so on by the place of the day, and of the last of them
    `money_minor`, `money_day` and `last_applied_day`, empty where nothing was booked. `opened`
    and `paid` read it. Raises ValueError unless the first of the days is the last one.
    """
    last = day_number(days[0])
    if last != max(map(day_number, days)):
        raise ValueError("the first of the days is the one the others lie before")
    issued = items.filter(nw.col("issued_day") <= last).select(*ITEM_COLUMNS)
    booked = allocations.filter(nw.col("applied_day") <= last)
    # Amounts and what was booked are added up at once: few items are left to be looked up.
    sums = (
        nw.concat([_owed(issued, days), _taken(booked, days)], how="vertical")
        .group_by("item_id")
        .agg(
            *[total(name).alias(name) for name in map(_column, range(len(days)))],
            money_minor=total("money_minor"),
            money_day=nw.col("money_day").max(),
            last_applied_day=nw.col("applied_day").max(),
        )
    )
    is_open = nw.any_horizontal(
        *[nw.col(_column(place)) != 0 for place in range(len(days))], ignore_nulls=True
    )
    is_recent = nw.col("last_applied_day").fill_null(since - 1) >= since
    return issued.join(sums.filter(is_open | is_recent), on="item_id", how="inner")


def _owed(issued: nw.LazyFrame, days: Sequence[date]) -> nw.LazyFrame:
    nothing = nw.lit(None, nw.Int32)
    return issued.select(
        "item_id",
        **_by("issued_day", nw.col("amount_minor"), days),
        money_minor=nw.lit(0, nw.Int64),
        money_day=nothing,
        applied_day=nothing,
    )


def _taken(booked: nw.LazyFrame, days: Sequence[date]) -> nw.LazyFrame:
    amount, is_money = nw.col("amount_minor"), nw.col("source") == "payment"
    return booked.select(
        "item_id",
        **_by("applied_day", -amount, days),
        money_minor=nw.when(is_money).then(amount).otherwise(0),
        money_day=nw.when(is_money & (amount > 0)).then(nw.col("value_day")),
        applied_day=nw.col("applied_day"),
    )


def _by(day: str, amount: nw.Expr, days: Sequence[date]) -> dict[str, nw.Expr]:
    """Return the amount as it counts by each of the days."""
    return {
        _column(place): nw.when(nw.col(day) <= day_number(on)).then(amount).otherwise(0)
        for place, on in enumerate(days)
    }


def opened(standing: nw.LazyFrame, *, days: Sequence[date], on: date) -> nw.LazyFrame:
    """Return what was open on one of the days, in columns OPEN_THEN: as `items.open_items` has it.

    Raises ValueError for a day that is none of them.
    """
    day, left = day_number(on), nw.col(_column(list(days).index(on)))
    return (
        # what was booked before an item was issued leaves nothing open of it yet
        standing.filter(nw.col("issued_day") <= day, left != 0)
        .with_columns(
            open_minor=left,
            days_past_due=(nw.lit(day) - nw.col("due_day")).cast(nw.Int32),
        )
        .select(*OPEN_THEN)
    )


def paid(standing: nw.LazyFrame, *, first: int, last: int) -> nw.LazyFrame:
    """Return the claims settled with money between two day numbers, in columns SETTLED_THEN.

    What `items.settled_items` has of them on the last of the days; `standings` must reach back
    to the first.
    """
    paid_day = nw.col("money_day")
    return (
        standing.filter(
            nw.col("last_applied_day").is_between(first, last),
            nw.col(_column(0)) == 0,
            nw.col("amount_minor") > 0,
            nw.col("money_minor") > 0,
            nw.col("kind") != REFUND,
            ~paid_day.is_null(),
        )
        .with_columns(
            settled_day=nw.col("last_applied_day"),
            paid_minor=nw.col("money_minor"),
            paid_day=paid_day,
            days_to_pay=paid_day - nw.col("issued_day"),
            days_late=paid_day - nw.col("due_day"),
        )
        .select(*SETTLED_THEN)
    )


def _column(place: int) -> str:
    return f"open_{place}"
