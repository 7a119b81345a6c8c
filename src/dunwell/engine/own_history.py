"""How a customer has paid us, as facts of a credit file.

Nothing is worked out anew: lateness, trend and promises are `behaviour.habits`, what is open
`items.open_items`. Amounts are minor units of our own currency at the day's rates; where a rate
is missing the fact is empty.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.behaviour import habits
from dunwell.engine.calendars import day_number
from dunwell.engine.fx import convert
from dunwell.engine.items import open_items
from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import Column, Frame

BALANCE_DAYS = 365
"""How far back the highest balance is looked for."""

DAYS_IN_MONTHS = 30.4375

OWN_HISTORY: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "own_months_known": Column(nw.Int64, "whole months since the first item"),
    "own_items_paid": Column(nw.Int64, "items settled with money in two years"),
    "own_days_late": Column(nw.Int64, "weighted mean days late, early < 0", nullable=True),
    "own_share_late_ppm": Column(nw.Int64, "share of items paid late", nullable=True),
    "own_trend_days": Column(nw.Int64, "recent mean less the one before", nullable=True),
    "own_broken_promises": Column(nw.Int64, "promises broken in two years"),
    "own_open_minor": Column(nw.Int64, "open, credits taken off", nullable=True),
    "own_overdue_minor": Column(nw.Int64, "of it past due", nullable=True),
    "own_oldest_days": Column(nw.Int64, "days past due of the oldest open item, 0 if none"),
    "own_highest_balance_minor": Column(nw.Int64, "highest balance of a year", nullable=True),
}


def own_history(
    ledger: Ledger, calendar: nw.LazyFrame, rates: nw.LazyFrame, *, home: str, as_of: date
) -> nw.LazyFrame:
    """Return one row per customer with an item issued by `as_of`, in columns OWN_HISTORY.

    `calendar` as `habits` wants it, `rates` in columns FX.
    """
    day = day_number(as_of)
    first = (
        ledger.items.filter(nw.col("issued_day") <= day)
        .group_by("customer_id")
        .agg(first_day=nw.col("issued_day").min())
    )
    judged = habits(ledger, calendar, as_of=as_of)
    joined = first.join(judged, on="customer_id", how="left")
    for other in (
        _open_sums(ledger, rates, home=home, as_of=as_of),
        _highest(ledger, rates, home=home, as_of=as_of),
    ):
        joined = joined.join(other, on="customer_id", how="left")
    is_open = nw.col("rows") > 0
    months = (day - nw.col("first_day")).cast(nw.Float64) / DAYS_IN_MONTHS
    return joined.with_columns(
        own_months_known=months.floor().cast(nw.Int64),
        own_items_paid=nw.col("settled_items"),
        own_days_late=_whole("mean_days_late"),
        own_share_late_ppm=nw.col("late_ppm"),
        own_trend_days=_whole("trend_days"),
        own_broken_promises=nw.col("promises_broken"),
        own_open_minor=nw.when(is_open).then(nw.col("open_home")).otherwise(0),
        own_overdue_minor=nw.when(is_open).then(nw.col("overdue_home")).otherwise(0),
        own_oldest_days=nw.col("oldest_overdue_days").cast(nw.Int64),
        own_highest_balance_minor=nw.col("highest_home"),
    ).select(*OWN_HISTORY)


def _whole(name: str) -> nw.Expr:
    """Return days as whole days, half away from zero."""
    days = nw.col(name)
    half = nw.when(days < 0).then(nw.lit(-0.5)).otherwise(nw.lit(0.5))
    shifted = days + half
    return nw.when(days < 0).then(shifted.ceil()).otherwise(shifted.floor()).cast(nw.Int64)


def _open_sums(ledger: Ledger, rates: nw.LazyFrame, *, home: str, as_of: date) -> nw.LazyFrame:
    """Return what is open and past due per customer at home; empty where a rate is missing."""
    opened = open_items(ledger.items, ledger.allocations, as_of=as_of)
    is_late = nw.col("days_past_due") > 0
    sums = (
        opened.with_columns(late_minor=nw.when(is_late).then(nw.col("open_minor")).otherwise(0))
        .group_by("customer_id", "currency")
        .agg(
            amount_minor=nw.col("open_minor").sum().cast(nw.Int64),
            late_minor=nw.col("late_minor").sum().cast(nw.Int64),
        )
    )
    open_home = convert(sums, rates, to=home, as_of=as_of).select(
        "customer_id", "currency", "is_converted", open_home="converted_minor"
    )
    late_home = convert(sums, rates, to=home, as_of=as_of, amount="late_minor").select(
        "customer_id", "currency", overdue_home="converted_minor"
    )
    both = open_home.join(late_home, on=["customer_id", "currency"], how="inner")
    return _sums(both, "open_home", "overdue_home")


def _highest(ledger: Ledger, rates: nw.LazyFrame, *, home: str, as_of: date) -> nw.LazyFrame:
    """Return the highest balance at the end of a day within BALANCE_DAYS, per customer."""
    day = day_number(as_of)
    billed = ledger.items.filter(nw.col("issued_day") <= day).select(
        "customer_id", "currency", day=nw.col("issued_day"), amount_minor=nw.col("amount_minor")
    )
    owners = ledger.items.select("item_id", "customer_id", "currency")
    settled = (
        ledger.allocations.filter(nw.col("applied_day") <= day)
        .select("item_id", day=nw.col("applied_day"), taken=nw.col("amount_minor"))
        .join(owners, on="item_id", how="inner")
        .select("customer_id", "currency", "day", amount_minor=0 - nw.col("taken"))
    )
    moves = (
        nw.concat([billed, settled], how="vertical")
        .group_by("customer_id", "currency", "day")
        .agg(amount_minor=nw.col("amount_minor").sum().cast(nw.Int64))
    )
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    at_home = (
        convert(moves, rates, to=home, as_of=as_of)
        .with_columns(
            lost=nw.when(nw.col("is_converted")).then(zero).otherwise(one),
            moved=nw.col("converted_minor").fill_null(0),
        )
        .group_by("customer_id", "day")
        .agg(moved=nw.col("moved").sum().cast(nw.Int64), lost=nw.col("lost").sum())
        .with_columns(
            balance=nw.col("moved").cum_sum().over("customer_id", order_by=["day"]),
            next_day=nw.col("day").shift(-1).over("customer_id", order_by=["day"]),
        )
    )
    # what stood when the window opened counts: the balance of a day lasts until the next move
    lasts = nw.col("next_day").fill_null(day + 1) > day - BALANCE_DAYS
    within = at_home.with_columns(seen=nw.when(lasts).then(nw.col("balance")))
    found = within.group_by("customer_id").agg(
        highest=nw.col("seen").max(), lost=nw.col("lost").sum()
    )
    return found.select(
        "customer_id",
        highest_home=nw.when(nw.col("lost") == 0).then(
            nw.max_horizontal(nw.col("highest").cast(nw.Int64), nw.lit(0, nw.Int64))
        ),
    )


def _sums(frame: nw.LazyFrame, *names: str) -> nw.LazyFrame:
    """Return sums per customer, empty where one currency has no rate, and `rows`."""
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    summed = (
        frame.with_columns(one=one, lost=nw.when(nw.col("is_converted")).then(zero).otherwise(one))
        .group_by("customer_id")
        .agg(
            *[nw.col(name).sum().cast(nw.Int64) for name in names],
            rows=nw.col("one").sum().cast(nw.Int64),
            lost=nw.col("lost").sum(),
        )
    )
    told = {name: nw.when(nw.col("lost") == 0).then(nw.col(name)) for name in names}
    return summed.with_columns(**told).select("customer_id", "rows", *names)
