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
    items: nw.LazyFrame, allocations: nw.LazyFrame, *, days: Sequence[date]
) -> nw.LazyFrame:
    """Return the items issued by the last of the days with what was booked on them by each.

    Columns ITEM_COLUMNS, `allocated_0` and so on by the place of the day, and of the last of
    them `money_minor`, `money_day` and `last_applied_day`, empty where nothing was booked.
    `opened` and `paid` read it. Raises ValueError unless the first of the days is the last one.
    """
    last = day_number(days[0])
    if last != max(map(day_number, days)):
        raise ValueError("the first of the days is the one the others lie before")
    is_money = nw.col("source") == "payment"
    amount, applied = nw.col("amount_minor"), nw.col("applied_day")
    earlier = {
        _column(place): nw.when(applied <= day_number(day)).then(amount).otherwise(0)
        for place, day in enumerate(days[1:], start=1)
    }
    booked = (
        allocations.filter(applied <= last)
        .with_columns(
            **earlier,
            money_minor=nw.when(is_money).then(amount).otherwise(0),
            money_in_day=nw.when(is_money & (amount > 0)).then(nw.col("value_day")),
        )
        .group_by("item_id")
        .agg(
            total("amount_minor").alias(_column(0)),
            *[total(name).alias(name) for name in earlier],
            money_minor=total("money_minor"),
            money_day=nw.col("money_in_day").max(),
            last_applied_day=applied.max(),
        )
    )
    return (
        items.filter(nw.col("issued_day") <= last)
        .select(*ITEM_COLUMNS)
        .join(booked, on="item_id", how="left")
    )


def opened(standing: nw.LazyFrame, *, days: Sequence[date], on: date) -> nw.LazyFrame:
    """Return what was open on one of the days, in columns OPEN_THEN: as `items.open_items` has it.

    Raises ValueError for a day that is none of them.
    """
    day, allocated = day_number(on), nw.col(_column(list(days).index(on)))
    return (
        standing.filter(nw.col("issued_day") <= day)
        .with_columns(
            open_minor=nw.col("amount_minor") - allocated.fill_null(0),
            days_past_due=(nw.lit(day) - nw.col("due_day")).cast(nw.Int32),
        )
        .filter(nw.col("open_minor") != 0)
        .select(*OPEN_THEN)
    )


def paid(standing: nw.LazyFrame, *, first: int, last: int) -> nw.LazyFrame:
    """Return the claims settled with money between two day numbers, in columns SETTLED_THEN.

    What `items.settled_items` has of them on the last of the days.
    """
    paid_day = nw.col("money_day")
    return (
        standing.filter(
            nw.col("last_applied_day").is_between(first, last),
            nw.col("amount_minor") == nw.col(_column(0)),
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
    return f"allocated_{place}"
