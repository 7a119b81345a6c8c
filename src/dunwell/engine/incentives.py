"""Rewards for paying on time: who completed a streak, who is left out by chance, what it brought.

A streak is so many items of one customer paid in time one after the other. An item counts on
the day its money reached us, or, when it is late, on the day after its due day, and then the
streak begins anew. Whoever is in the control group is watched and gets nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.schema import Column, Frame

PPM = 1_000_000
NORMAL_95 = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % above it."""

WATCHED_ITEMS: Frame = {
    "item_id": Column(nw.Int64, "an invoice due while the incentive runs"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "amount_minor": Column(nw.Int64, "its amount"),
    "due_day": Column(nw.Int32, "due date"),
    "paid_day": Column(
        nw.Int32, "last value day of the money that settled it, empty until then", nullable=True
    ),
}
GRANTED: Frame = {
    "item_id": Column(nw.Int64, "item that completed a streak granted before"),
    "customer_id": Column(nw.Int64, "who got it"),
    "granted_day": Column(nw.Int32, "day it was granted"),
}
STREAKS: Frame = {
    "item_id": Column(nw.Int64, "item that completed the streak"),
    "customer_id": Column(nw.Int64, "who paid it"),
    "completed_day": Column(nw.Int32, "day its money reached us"),
    "base_minor": Column(nw.Int64, "sum of the items of the streak"),
}
_ORDER = ["day", "place", "item_id"]


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveTerms:
    """What is rewarded and how: so many items in a row, in these segments (none: all).

    A rebate is `reward_ppm` of the streak's items, all rebates together at most `budget_minor`;
    longer terms are `reward_days`. `control_ppm` of the customers are watched without a reward.
    """

    name: str
    kind: str
    streak: int
    currency: str
    budget_minor: int
    from_on: date
    until_on: date
    segments: Sequence[str] = ()
    reward_ppm: int = 0
    reward_days: int = 0
    control_ppm: int = 100_000


def on_time_streaks(
    items: nw.LazyFrame, granted: nw.LazyFrame, *, streak: int, as_of: date
) -> nw.LazyFrame:
    """Return the streaks completed by `as_of` after those granted before, in columns STREAKS.

    `items` in columns WATCHED_ITEMS, `granted` in GRANTED. Of one day lateness counts first. An
    item that was granted for and is no longer paid in time ends its streak on the day of the
    grant: nothing before it is counted again.
    """
    events = _events(items, as_of)
    fresh = _after_granted(events, granted)
    blocks = fresh.with_columns(
        block=nw.col("is_late").cast(nw.Int64).cum_sum().over("customer_id", order_by=_ORDER)
    ).filter(~nw.col("is_late"))
    ranked = blocks.with_columns(one=nw.lit(1, nw.Int64)).with_columns(
        rank=nw.col("one").cum_sum().over("customer_id", "block", order_by=_ORDER)
    )
    turns = ranked.with_columns(turn=(nw.col("rank") - 1) // streak)
    sums = turns.group_by("customer_id", "block", "turn").agg(
        base_minor=nw.col("amount_minor").sum(), last=nw.col("rank").max()
    )
    return (
        turns.join(sums, on=["customer_id", "block", "turn"], how="inner")
        .filter(nw.col("rank") == nw.col("last"), nw.col("rank") % streak == 0)
        .with_columns(completed_day=nw.col("day"))
        .select(*STREAKS)
    )


def _events(items: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return each item that counts by `as_of`: paid in time, or late since a day."""
    today = day_number(as_of)
    is_paid = ~nw.col("paid_day").is_null() & (nw.col("paid_day") <= nw.col("due_day"))
    return (
        items.with_columns(is_late=~is_paid.fill_null(value=False))
        .with_columns(
            day=nw.when(nw.col("is_late")).then(nw.col("due_day") + 1).otherwise("paid_day"),
            place=nw.when(nw.col("is_late")).then(nw.lit(0)).otherwise(nw.lit(1)),
        )
        .filter(nw.col("day") <= today)
    )


def _after_granted(events: nw.LazyFrame, granted: nw.LazyFrame) -> nw.LazyFrame:
    """Return the events that lie behind the last streak a customer was granted."""
    paid = events.filter(~nw.col("is_late")).select("item_id", paid_on="day")
    ended = granted.join(paid, on="item_id", how="left").with_columns(
        since_day=nw.coalesce("paid_on", "granted_day"),
        since_item=nw.when(nw.col("paid_on").is_null())
        .then(nw.lit(2**62, nw.Int64))
        .otherwise(nw.col("item_id")),
    )
    last = ended.group_by("customer_id").agg(last_day=nw.col("since_day").max())
    since = (
        ended.join(last, on="customer_id", how="inner")
        .filter(nw.col("since_day") == nw.col("last_day"))
        .group_by("customer_id", "last_day")
        .agg(since_item=nw.col("since_item").max())
    )
    is_behind = (nw.col("day") > nw.col("last_day")) | (
        (nw.col("day") == nw.col("last_day"))
        & ~nw.col("is_late")
        & (nw.col("item_id") > nw.col("since_item"))
    )
    return events.join(since, on="customer_id", how="left").filter(
        nw.col("last_day").is_null() | is_behind
    )


def is_control(*, incentive_id: int, customer_id: int, control_ppm: int) -> bool:
    """Return whether a customer is only watched: drawn by a hash, the same on every day."""
    digest = hashlib.sha256(f"incentive {incentive_id} customer {customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % PPM < control_ppm


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerShare:
    """How many items of a customer fell due while an incentive ran, and were paid in time."""

    is_control: bool
    items: int
    on_time: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Mean share paid in time of each group, and their difference with its 95 % interval, in ppm.

    Empty where a group has nobody; the interval is empty below two customers in a group.
    """

    treated: int
    control: int
    treated_ppm: int | None
    control_ppm: int | None
    difference_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None


def on_time_effect(customers: Sequence[CustomerShare]) -> Effect:
    """Return what the reward brought: customers, not items, are compared, as they were drawn.

    The interval is Welch's with the normal quantile: difference +- 1.96 * sqrt(s1^2/n1 +
    s2^2/n2), s the standard deviation of the customers' shares.
    """
    groups = [
        [one.on_time / one.items for one in customers if one.is_control == wanted and one.items]
        for wanted in (False, True)
    ]
    means = [sum(group) / len(group) if group else None for group in groups]
    treated, control = means
    difference = None if treated is None or control is None else treated - control
    low = high = None
    if difference is not None and all(len(group) > 1 for group in groups):
        half = NORMAL_95 * sqrt(sum(_variance(group) / len(group) for group in groups))
        low, high = max(difference - half, -1.0), min(difference + half, 1.0)
    return Effect(
        treated=len(groups[0]),
        control=len(groups[1]),
        treated_ppm=_ppm(treated),
        control_ppm=_ppm(control),
        difference_ppm=_ppm(difference),
        low_ppm=_ppm(low),
        high_ppm=_ppm(high),
    )


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _ppm(share: float | None) -> int | None:
    return None if share is None else round(share * PPM)
