"""Receivables over time, and what changed between two days."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number, month_end, month_number
from dunwell.engine.items import REFUND, open_items, settled_items, total
from dunwell.engine.ledger import Ledger, happened
from dunwell.engine.movements import movements
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame

TREND: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "day": Column(nw.Int32, "day at whose end the row holds"),
    "open_minor": Column(nw.Int64, "receivables"),
    "overdue_minor": Column(nw.Int64, "receivables past due"),
    "begin_minor": Column(nw.Int64, "receivables one window earlier"),
    "sales_minor": Column(nw.Int64, "credit sales of the window"),
    "collected_minor": Column(nw.Int64, "money booked in the window"),
    "dso_days": Column(nw.Float64, "DSO over the window, empty without sales", nullable=True),
    "add_days": Column(nw.Float64, "average days delinquent, same window", nullable=True),
    "cei_percent": Column(
        nw.Float64,
        "collection effectiveness of the window, empty if nothing was due",
        nullable=True,
    ),
}
CHANGED: Frame = {
    "change": Column(nw.String, "one of CHANGES"),
    "subject_id": Column(nw.Int64, "key of the item, payment, dispute or promise"),
    "customer_id": Column(nw.Int64, "whose it is, empty for an unknown payer", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "what it is about"),
}
CHANGES = (
    "new_item",
    "payment_received",
    "newly_overdue",
    "settled",
    "newly_disputed",
    "promise_broken",
)
CHANGE_TOTALS: Frame = {
    "change": Column(nw.String, "one of CHANGES"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "sum"),
    "count": Column(nw.Int64, "how many"),
}


def month_ends(*, as_of: date, months: int) -> list[date]:
    """Return `months` month ends, oldest first; the month of `as_of` ends with `as_of`."""
    newest = month_number(as_of)
    return [min(month_end(number), as_of) for number in range(newest - months + 1, newest + 1)]


def week_ends(*, as_of: date, weeks: int) -> list[date]:
    """Return `as_of` and the days one, two ... weeks before it, oldest first."""
    return [as_of - timedelta(weeks=number) for number in range(weeks - 1, -1, -1)]


def trend(ledger: Ledger, *, days: Sequence[date], window_days: int = 90) -> nw.LazyFrame:
    """Return one row per currency and day of `days`, in columns TREND.

    `days` ascend, see `month_ends` and `week_ends`; each figure looks back over
    the `window_days` before its day. Every row equals what the figure says on that
    day. Raises ValueError when `days` is empty or does not ascend.
    """
    numbers = [day_number(day) for day in days]
    if not numbers or any(b <= a for a, b in pairwise(numbers)):
        raise ValueError("give at least one day, each later than the one before")
    moved = movements(ledger.items, ledger.allocations, as_of=days[-1])
    currencies = moved.select("currency").unique()
    grid = nw.concat(
        [currencies.with_columns(at_day=nw.lit(number, nw.Int32)) for number in numbers],
        how="vertical",
    )
    at, begin = nw.col("at_day"), nw.col("at_day") - window_days
    is_past, is_before = nw.col("day") <= at, nw.col("day") <= begin
    receivables = nw.col("billed_minor") - nw.col("settled_minor")
    overdue = nw.col("fell_due_minor") - nw.col("settled_late_minor")
    sums = {
        "open_minor": (is_past, receivables),
        "overdue_minor": (is_past, overdue),
        "begin_minor": (is_before, receivables),
        "sales_minor": (is_past & ~is_before, nw.col("sales_minor")),
        "collected_minor": (is_past & ~is_before, nw.col("collected_minor")),
    }
    return (
        grid.join(moved, on="currency", how="inner")
        .with_columns(
            **{
                name: nw.when(rows).then(value).otherwise(0)
                for name, (rows, value) in sums.items()
            }
        )
        .group_by("currency", "at_day")
        .agg(*[total(name).alias(name) for name in sums])
        .with_columns(day=nw.col("at_day"), **_figures(window_days))
        .select(*TREND)
    )


def _figures(window_days: int) -> dict[str, nw.Expr]:
    """Return DSO, ADD and CEI of a trend row, as `kpis` defines them."""
    opened, overdue, sales = nw.col("open_minor"), nw.col("overdue_minor"), nw.col("sales_minor")
    collectable = nw.col("begin_minor") + sales
    below = collectable - (opened - overdue)
    return {
        "dso_days": nw.when(sales > 0).then(opened * window_days / sales),
        "add_days": nw.when(sales > 0).then(overdue * window_days / sales),
        "cei_percent": nw.when(below > 0).then((collectable - opened) * 100 / below),
    }


def changes(ledger: Ledger, *, as_of: date, previous: date) -> nw.LazyFrame:
    """Return what happened after `previous` and by `as_of`, one row each, in columns CHANGED.

    Refunds are neither new items nor settled ones.
    The amount of a new item or payment is its amount, of a newly overdue item what
    is open, of a settled item its amount, of a dispute the disputed part, of a
    broken promise what was promised and neither paid nor credited in time.
    """
    first, last = day_number(previous) + 1, day_number(as_of)
    opened = open_items(ledger.items, ledger.allocations, as_of=as_of)
    settled = settled_items(ledger.items, ledger.allocations, as_of=as_of)
    disputes = happened(ledger.disputes, "opened_day", ends="closed_day", as_of=as_of)
    assessed = assess_promises(ledger.promises, ledger.allocations, ledger.items, as_of=as_of)
    late_from = nw.max_horizontal(nw.col("due_day") + 1, "issued_day")
    missed = nw.col("promised_minor") - nw.col("paid_minor") - nw.col("credited_minor")
    is_debit = nw.col("amount_minor") > 0
    is_claim = nw.col("kind") != REFUND
    parts = [
        _change(
            ledger.items.filter(nw.col("issued_day").is_between(first, last), is_claim),
            "new_item",
            "item_id",
        ),
        _change(
            ledger.payments.filter(nw.col("value_day").is_between(first, last)),
            "payment_received",
            "payment_id",
        ),
        _change(
            opened.filter(
                late_from.is_between(first, last), nw.col("open_minor") > 0
            ).with_columns(amount_minor=nw.col("open_minor")),
            "newly_overdue",
            "item_id",
        ),
        _change(
            settled.filter(nw.col("settled_day").is_between(first, last), is_debit, is_claim),
            "settled",
            "item_id",
        ),
        _change(
            disputes.filter(nw.col("opened_day") >= first).join(
                ledger.items.select("item_id", "currency"), on="item_id", how="inner"
            ),
            "newly_disputed",
            "dispute_id",
        ),
        _change(
            # A promise is broken from the day after the last day that could keep it.
            assessed.filter(
                (nw.col("judged_day") + 1).is_between(first, last),
                nw.col("outcome").is_in(["broken", "partially_kept"]),
            ).with_columns(amount_minor=missed),
            "promise_broken",
            "promise_id",
        ),
    ]
    return nw.concat(parts, how="vertical")


def what_changed(ledger: Ledger, *, as_of: date, previous: date) -> nw.LazyFrame:
    """Return `changes` summed per kind of change and currency, in columns CHANGE_TOTALS."""
    return (
        changes(ledger, as_of=as_of, previous=previous)
        .group_by("change", "currency")
        .agg(amount_minor=total("amount_minor"), count=nw.len().cast(nw.Int64))
        .select(*CHANGE_TOTALS)
    )


def _change(frame: nw.LazyFrame, change: str, key: str) -> nw.LazyFrame:
    return frame.select(
        "customer_id",
        "currency",
        "amount_minor",
        change=nw.lit(change),
        subject_id=nw.col(key),
    ).select(*CHANGED)
