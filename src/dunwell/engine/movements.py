"""What moved receivables each day: the one frame behind every balance over time.

Receivables and overdue receivables at the end of any day are running sums of
these rows, so a series of month ends costs no more than one.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, total
from dunwell.engine.ledger import Keep, as_it_is
from dunwell.engine.schema import Column, Frame

SALES_KINDS = ("invoice", "credit_note")
"""Kinds of item that are credit sales; fees, interest and opening balances are not."""

WRITE_OFF_SOURCES = ("adjustment", "write_off", "small_balance", "concession")
"""Sources of an allocation that give a claim up; discounts, rebates and exchange differences do
not, and what is recovered of a write-off leaves the write-off as it was."""

MEASURES = (
    "billed_minor",
    "sales_minor",
    "settled_minor",
    "collected_minor",
    "written_off_minor",
    "fell_due_minor",
    "settled_late_minor",
)
MOVEMENTS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "day": Column(nw.Int32, "day of the movement"),
    "billed_minor": Column(nw.Int64, "items issued, all kinds"),
    "sales_minor": Column(nw.Int64, "items issued that are credit sales"),
    "settled_minor": Column(nw.Int64, "allocations booked on items, all sources"),
    "collected_minor": Column(nw.Int64, "allocations of money, refunds left out"),
    "written_off_minor": Column(nw.Int64, "allocations that give a claim up"),
    "fell_due_minor": Column(nw.Int64, "amounts of items on their first day past due"),
    "settled_late_minor": Column(
        nw.Int64,
        "what allocations take off overdue items, on the later of booking and falling due",
    ),
}


def movements(
    items: nw.LazyFrame,
    allocations: nw.LazyFrame,
    *,
    as_of: date,
    keep: Keep = as_it_is,
) -> nw.LazyFrame:
    """Return one row per currency and day with something moved by `as_of`, in columns MOVEMENTS.

    Running sums by currency: billed - settled = receivables, fell due - settled
    late = overdue. Both equal the sums of `items.open_items` on the same day. `keep` computes a
    frame that is used twice.
    """
    day = day_number(as_of)
    # An item is overdue from the day after its due date, but not before it exists.
    owed = items.filter(nw.col("issued_day") <= day).select(
        "item_id",
        "currency",
        "kind",
        "amount_minor",
        "issued_day",
        late_day=nw.max_horizontal(nw.col("due_day") + 1, "issued_day").cast(nw.Int32),
    )
    issued, booked = keep(_issued(owed)), keep(_booked(owed, allocations, day))
    parts = [
        _billed(issued),
        _fell_due(issued.filter(nw.col("late_day") <= day)),
        _settled(booked),
        _settled_late(booked.filter(nw.col("late_booked_day") <= day)),
    ]
    return (
        nw.concat(parts, how="vertical")
        .group_by("currency", "day")
        .agg(*[total(name).alias(name) for name in MEASURES])
        .select(*MOVEMENTS)
    )


def _issued(owed: nw.LazyFrame) -> nw.LazyFrame:
    """Return what was issued, put together by all that its movements tell apart: few rows."""
    return (
        owed.with_columns(is_sale=nw.col("kind").is_in(SALES_KINDS))
        .group_by("currency", "is_sale", "issued_day", "late_day")
        .agg(amount_minor=total("amount_minor"))
    )


def _booked(owed: nw.LazyFrame, allocations: nw.LazyFrame, day: int) -> nw.LazyFrame:
    """Return what was booked on items, put together in the same way."""
    theirs = owed.select(
        *("item_id", "currency", "issued_day", "late_day"),
        is_refund=nw.col("kind") == REFUND,
    )
    return (
        allocations.filter(nw.col("applied_day") <= day)
        .select(
            *("item_id", "applied_day", "amount_minor"),
            is_money=nw.col("source") == "payment",
            is_given_up=nw.col("source").is_in(WRITE_OFF_SOURCES),
        )
        .join(theirs, on="item_id", how="inner")
        .with_columns(
            booked_day=nw.max_horizontal("applied_day", "issued_day"),
            late_booked_day=nw.max_horizontal("applied_day", "late_day"),
            is_collected=nw.col("is_money") & ~nw.col("is_refund"),
        )
        .group_by("currency", "is_collected", "is_given_up", "booked_day", "late_booked_day")
        .agg(allocated=total("amount_minor"))
    )


def _billed(issued: nw.LazyFrame) -> nw.LazyFrame:
    sales = nw.when(nw.col("is_sale")).then(nw.col("amount_minor")).otherwise(0)
    return _row(
        issued.with_columns(sales=sales)
        .group_by("currency", "issued_day")
        .agg(billed_minor=total("amount_minor"), sales_minor=total("sales")),
        day="issued_day",
        filled=("billed_minor", "sales_minor"),
    )


def _fell_due(issued: nw.LazyFrame) -> nw.LazyFrame:
    return _row(
        issued.group_by("currency", "late_day").agg(fell_due_minor=total("amount_minor")),
        day="late_day",
        filled=("fell_due_minor",),
    )


def _settled(booked: nw.LazyFrame) -> nw.LazyFrame:
    allocated = nw.col("allocated")
    return _row(
        booked.with_columns(
            money=nw.when(nw.col("is_collected")).then(allocated).otherwise(0),
            given_up=nw.when(nw.col("is_given_up")).then(allocated).otherwise(0),
        )
        .group_by("currency", "booked_day")
        .agg(
            settled_minor=total("allocated"),
            collected_minor=total("money"),
            written_off_minor=total("given_up"),
        ),
        day="booked_day",
        filled=("settled_minor", "collected_minor", "written_off_minor"),
    )


def _settled_late(booked: nw.LazyFrame) -> nw.LazyFrame:
    return _row(
        booked.group_by("currency", "late_booked_day").agg(settled_late_minor=total("allocated")),
        day="late_booked_day",
        filled=("settled_late_minor",),
    )


def _row(frame: nw.LazyFrame, *, day: str, filled: tuple[str, ...]) -> nw.LazyFrame:
    """Return the frame in columns MOVEMENTS, with 0 for the measures it does not fill."""
    empty = {name: nw.lit(0, nw.Int64) for name in MEASURES if name not in filled}
    return frame.with_columns(day=nw.col(day).cast(nw.Int32), **empty).select(*MOVEMENTS)
