"""What is open, what is settled and what is unapplied, as it was on a given day.

Open = amount - sum(allocations), for every item and every day. Rows dated after
`as_of` do not exist yet. To ask what was *known* on a day, pass frames through
`ledger.known` first.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.schema import ITEMS, PAYMENTS, Column, Frame

REFUND = "refund"
"""Kind of an item that gives money or credit back: no claim, and nothing a customer pays."""

OPEN_ITEMS: Frame = {
    **ITEMS,
    "open_minor": Column(nw.Int64, "what is left, signed like the amount; never 0"),
    "days_past_due": Column(nw.Int32, "days from the due date to as_of; <= 0 is not due"),
    "last_applied_day": Column(
        nw.Int32, "day of the last allocation, empty if none", nullable=True
    ),
}
SETTLED_ITEMS: Frame = {
    **ITEMS,
    "settled_day": Column(nw.Int32, "day the last allocation was booked; the item is 0 since"),
    "paid_minor": Column(nw.Int64, "part settled with money; the rest is credit or adjustment"),
    "paid_day": Column(
        nw.Int32,
        "value day of the last money, empty when no money settled it and for a refund",
        nullable=True,
    ),
    "days_to_pay": Column(nw.Int32, "paid_day - issued_day, empty without money", nullable=True),
    "days_late": Column(
        nw.Int32, "paid_day - due_day, early < 0, empty without money", nullable=True
    ),
}
UNAPPLIED: Frame = {
    **PAYMENTS,
    "unapplied_minor": Column(nw.Int64, "part of the payment not put on an item; never 0"),
}
BALANCES: Frame = {
    "customer_id": Column(nw.Int64, "who owes, empty for a payer not yet known", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "open_minor": Column(nw.Int64, "sum of all open items, credit notes included"),
    "overdue_minor": Column(nw.Int64, "sum of the open items past due, credit notes included"),
    "credit_minor": Column(nw.Int64, "sum of the open credit items, <= 0"),
    "unapplied_minor": Column(nw.Int64, "unapplied cash"),
    "owed_minor": Column(nw.Int64, "open less unapplied cash"),
    "items": Column(nw.Int64, "number of open items"),
}


def total(column: str) -> nw.Expr:
    """Return the sum of a money column, held at 64 bits on every engine."""
    return nw.col(column).sum().cast(nw.Int64)


def open_items(items: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the items not fully settled on `as_of`, in columns OPEN_ITEMS."""
    return (
        _with_allocated(items, allocations, as_of=as_of)
        .with_columns(
            open_minor=nw.col("amount_minor") - nw.col("allocated_minor"),
            days_past_due=(nw.lit(day_number(as_of)) - nw.col("due_day")).cast(nw.Int32),
        )
        .filter(nw.col("open_minor") != 0)
        .select(*OPEN_ITEMS)
    )


def settled_items(items: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the items fully settled by `as_of`, in columns SETTLED_ITEMS.

    Lateness is judged by the day the last money reached us, not by the day it
    was booked. An item settled by credit or adjustment alone has no lateness, and a
    refund has none: the money that settles it was there before.
    """
    has_money = (nw.col("paid_minor") > 0) & (nw.col("kind") != REFUND)
    paid_day = nw.when(has_money).then(nw.col("money_day"))
    return (
        _with_allocated(items, allocations, as_of=as_of)
        .filter(
            nw.col("amount_minor") == nw.col("allocated_minor"),
            ~nw.col("last_applied_day").is_null(),
        )
        .with_columns(settled_day=nw.col("last_applied_day"), paid_day=paid_day)
        .with_columns(
            days_to_pay=nw.col("paid_day") - nw.col("issued_day"),
            days_late=nw.col("paid_day") - nw.col("due_day"),
        )
        .select(*SETTLED_ITEMS)
    )


def unapplied(payments: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the payments with unapplied cash on `as_of`, in columns UNAPPLIED."""
    day = day_number(as_of)
    there = payments.filter(nw.col("value_day") <= day)
    applied = allocations.filter(nw.col("applied_day") <= day, ~nw.col("payment_id").is_null())
    # both sides are added up at once: few payments are left to be looked up
    left = (
        nw.concat(
            [
                there.select("payment_id", unapplied_minor=nw.col("amount_minor")),
                applied.select("payment_id", unapplied_minor=-nw.col("paid_minor")),
            ],
            how="vertical",
        )
        .group_by("payment_id")
        .agg(unapplied_minor=total("unapplied_minor"))
        .filter(nw.col("unapplied_minor") != 0)
    )
    return there.join(left, on="payment_id", how="inner").select(*UNAPPLIED)


def balances(open_items: nw.LazyFrame, unapplied: nw.LazyFrame) -> nw.LazyFrame:
    """Return one row per customer and currency with something open or unapplied, as BALANCES."""
    nothing = nw.lit(0, nw.Int64)
    owed = open_items.select(
        "customer_id",
        "currency",
        "open_minor",
        overdue_minor=nw.when(nw.col("days_past_due") > 0).then(nw.col("open_minor")).otherwise(0),
        credit_minor=nw.when(nw.col("open_minor") < 0).then(nw.col("open_minor")).otherwise(0),
        unapplied_minor=nothing,
        items=nw.lit(1, nw.Int64),
    )
    cash = unapplied.select(
        "customer_id",
        "currency",
        open_minor=nothing,
        overdue_minor=nothing,
        credit_minor=nothing,
        unapplied_minor=nw.col("unapplied_minor"),
        items=nothing,
    )
    sums = ("open_minor", "overdue_minor", "credit_minor", "unapplied_minor", "items")
    return (
        nw.concat([owed, cash], how="vertical")
        .group_by("customer_id", "currency")
        .agg(*[total(name).alias(name) for name in sums])
        .with_columns(owed_minor=nw.col("open_minor") - nw.col("unapplied_minor"))
        .select(*BALANCES)
    )


def _with_allocated(
    items: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the items issued by `as_of` with what was booked on them by then."""
    day = day_number(as_of)
    is_money = nw.col("source") == "payment"
    booked = (
        allocations.filter(nw.col("applied_day") <= day)
        .with_columns(
            money_minor=nw.when(is_money).then(nw.col("amount_minor")).otherwise(0),
            money_in_day=nw.when(is_money & (nw.col("amount_minor") > 0)).then(
                nw.col("value_day")
            ),
        )
        .group_by("item_id")
        .agg(
            allocated_minor=total("amount_minor"),
            paid_minor=total("money_minor"),
            money_day=nw.col("money_in_day").max(),
            last_applied_day=nw.col("applied_day").max(),
        )
    )
    return (
        items.filter(nw.col("issued_day") <= day)
        .join(booked, on="item_id", how="left")
        .with_columns(nw.col("allocated_minor", "paid_minor").fill_null(0))
    )
