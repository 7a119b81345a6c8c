"""Which branch of its next step an item takes, from the signals heard since its last contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.schema import Column, Frame, table
from dunwell.engine.strategy_branches import SIGNAL_DAYS, Branch

SIGNALS_HEARD: Frame = {
    "customer_id": Column(nw.Int64, "whose signal it is"),
    "item_id": Column(nw.Int64, "item it is about; empty = the whole customer", nullable=True),
    "signal": Column(nw.String, "one of strategy_branches.SIGNALS"),
    "signal_day": Column(nw.Int32, "day it was heard"),
}
BRANCHES: Frame = {
    "segment": Column(nw.String, "group of customers"),
    "level": Column(nw.Int32, "step it belongs to"),
    "branch": Column(nw.Int32, "place in the step, from 1; the first that applies is taken"),
    "needs_signal": Column(nw.Boolean, "one of its `when` must have been heard"),
    "delay": Column(nw.Int32, "days added to the step's day"),
    "days_after": Column(nw.Int32, "days from the signal, instead", nullable=True),
    "branch_channel": Column(nw.String, "its channel"),
    "branch_template": Column(nw.String, "its wording"),
    "branch_fallback": Column(nw.String, "its other channel", nullable=True),
    "branch_approval": Column(nw.Boolean, "a second person must agree"),
}
CONDITIONS: Frame = {
    "segment": Column(nw.String, "group of customers"),
    "level": Column(nw.Int32, "step"),
    "branch": Column(nw.Int32, "branch of the step"),
    "signal": Column(nw.String, "what is asked for"),
    "is_unless": Column(nw.Boolean, "the branch is not taken when it was heard"),
}
TAKEN: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "branch": Column(nw.Int32, "branch taken"),
    "heard_day": Column(nw.Int32, "newest day of its `when` signals", nullable=True),
    **{name: BRANCHES[name] for name in tuple(BRANCHES)[4:]},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Branching:
    """The branches of the strategies in force, and what was heard from customers."""

    branches: nw.LazyFrame
    conditions: nw.LazyFrame
    signals: nw.LazyFrame


def branches_frame(steps: Iterable[tuple[str, int, tuple[Branch, ...]]]) -> nw.LazyFrame:
    """Return the branches of (segment, level, branches) as rows, in columns BRANCHES."""
    rows = [
        {
            "segment": segment,
            "level": level,
            "branch": number,
            "needs_signal": bool(branch.trigger.when),
            "delay": branch.trigger.delay,
            "days_after": branch.trigger.days_after,
            "branch_channel": branch.channel,
            "branch_template": branch.template,
            "branch_fallback": branch.fallback,
            "branch_approval": branch.needs_approval,
        }
        for segment, level, branches in steps
        for number, branch in enumerate(branches, 1)
    ]
    return table(rows, BRANCHES)


def conditions_frame(steps: Iterable[tuple[str, int, tuple[Branch, ...]]]) -> nw.LazyFrame:
    """Return what the branches of (segment, level, branches) ask for, in columns CONDITIONS."""
    rows = [
        {
            "segment": segment,
            "level": level,
            "branch": number,
            "signal": signal,
            "is_unless": is_unless,
        }
        for segment, level, branches in steps
        for number, branch in enumerate(branches, 1)
        for is_unless, signals in ((False, branch.trigger.when), (True, branch.trigger.unless))
        for signal in signals
    ]
    return table(rows, CONDITIONS)


def taken_branches(
    items: nw.LazyFrame,
    branches: nw.LazyFrame,
    conditions: nw.LazyFrame,
    signals: nw.LazyFrame,
    *,
    as_of: date,
) -> nw.LazyFrame:
    """Return the branch of every item whose next step takes one, in columns TAKEN.

    `items` holds item_id, customer_id, segment, level (of the next step) and last_day. A signal
    counts from the item's last contact to `as_of`, before the first contact for SIGNAL_DAYS.
    """
    today = day_number(as_of)
    keys = ["segment", "level", "branch"]
    standing = items.select("item_id", "customer_id", "segment", "level", "last_day").join(
        branches.select(*keys, "needs_signal"), on=["segment", "level"], how="inner"
    )
    asked = standing.join(conditions, on=keys, how="inner")
    heard = asked.join(_heard(asked, signals, today), on=["item_id", "signal"], how="left")
    when = nw.when(~nw.col("is_unless")).then(nw.col("signal_day"))
    is_stopping = nw.col("is_unless") & ~nw.col("signal_day").is_null()
    open_to_it = (
        heard.with_columns(when_day=when, is_stopping=is_stopping)
        .group_by("item_id", *keys, "needs_signal")
        .agg(heard_day=nw.col("when_day").max(), is_stopped=nw.col("is_stopping").any())
        .filter(~nw.col("is_stopped"), ~nw.col("needs_signal") | ~nw.col("heard_day").is_null())
    )
    first = open_to_it.group_by("item_id").agg(branch=nw.col("branch").min())
    return (
        open_to_it.join(first, on=["item_id", "branch"], how="inner")
        .join(branches.drop("needs_signal"), on=keys, how="inner")
        .select(*TAKEN)
    )


def _heard(asked: nw.LazyFrame, signals: nw.LazyFrame, today: int) -> nw.LazyFrame:
    """Return item_id, signal, signal_day: the newest day each signal was heard in its window."""
    since = nw.col("last_day").fill_null(today - SIGNAL_DAYS)
    wanted = asked.select("item_id", "customer_id", "signal", since=since.cast(nw.Int32)).unique()
    of_items = signals.filter(~nw.col("item_id").is_null())
    of_customers = signals.filter(nw.col("item_id").is_null())
    both = nw.concat(
        [
            wanted.drop("customer_id").join(
                of_items.select("item_id", "signal", "signal_day"),
                on=["item_id", "signal"],
                how="inner",
            ),
            wanted.join(
                of_customers.select("customer_id", "signal", "signal_day"),
                on=["customer_id", "signal"],
                how="inner",
            ).drop("customer_id"),
        ],
        how="vertical",
    )
    return (
        both.filter(nw.col("signal_day") >= nw.col("since"), nw.col("signal_day") <= today)
        .group_by("item_id", "signal")
        .agg(signal_day=nw.col("signal_day").max())
    )
