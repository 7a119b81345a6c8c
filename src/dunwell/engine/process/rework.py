"""Work done again: the same activity once more, and loops that a smooth course does not have."""

from collections.abc import Iterable

import narwhals.stable.v2 as nw

from dunwell.engine.process.log import HOUR_MS, MONEY_DAYS
from dunwell.engine.process.path import Loop

NEVER = -1
"""Below every step: it has not happened yet."""


def repeats(steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return every step that repeats an activity of its case, with the time since the last one.

    `steps` in columns STEPS; the answer's name is the activity.
    """

    def earlier(column: str) -> nw.Expr:
        return nw.col(column).shift(1).over("case_id", "activity", order_by="step")

    # most activities come once in a case: a window over those alone that came again
    often = steps.group_by("case_id", "activity").agg(times=nw.len()).filter(nw.col("times") > 1)
    done = steps.join(often.drop("times"), on=["case_id", "activity"], how="inner")
    again = done.with_columns(since_day=earlier("day"), since_ms=earlier("worked_ms"))
    return _timed(again.filter(~nw.col("since_day").is_null()).with_columns(name="activity"))


def loops(steps: nw.LazyFrame, wanted: Iterable[Loop]) -> nw.LazyFrame:
    """Return every step that closes one of some loops, with the time since the loop began."""
    return nw.concat([_loop(steps, loop) for loop in wanted])


def last_seen(activity: str) -> nw.Expr:
    """Return the step at which an activity last happened up to this one, NEVER for not yet."""
    seen = nw.when(nw.col("activity") == activity).then(nw.col("step"))
    return seen.otherwise(nw.lit(NEVER)).cum_max().over("case_id", order_by="step")


def with_both(steps: nw.LazyFrame, first: str, then: str, *others: str) -> nw.LazyFrame:
    """Return the steps of some activities, of cases that have the first two of them alone.

    Twice where these are the same. Few cases are left, which is what windows over cases cost by.
    """
    some = steps.filter(nw.col("activity").is_in([first, then, *others]))
    is_first, is_then = nw.col("activity") == first, nw.col("activity") == then
    both = (
        some.filter(is_first | is_then)
        .with_columns(first=is_first.cast(nw.Int64), then=is_then.cast(nw.Int64))
        .group_by("case_id")
        .agg(nw.col("first").sum(), nw.col("then").sum(), times=nw.len())
        .filter(nw.col("first") > 0, nw.col("then") > 0, nw.col("times") > 1)
        .select("case_id")
    )
    return some.join(both, on="case_id", how="inner")


def _loop(steps: nw.LazyFrame, loop: Loop) -> nw.LazyFrame:
    is_first = nw.col("activity") == loop.first

    def begun(column: str) -> nw.Expr:
        kept = nw.when(is_first).then(nw.col(column)).otherwise(nw.lit(NEVER))
        return kept.cum_max().over("case_id", order_by="step")

    def before(column: str) -> nw.Expr:
        # the loop began with the latest first step before this one: a step is not its own start
        return nw.col(column).shift(1).over("case_id", order_by="step")

    return _timed(
        with_both(steps, loop.first, loop.again)
        .with_columns(since_day=begun("day"), since_ms=begun("worked_ms"))
        .with_columns(since_day=before("since_day"), since_ms=before("since_ms"))
        .filter(nw.col("activity") == loop.again, nw.col("since_day") > NEVER)
        .with_columns(name=nw.lit(loop.name))
    )


def _timed(found: nw.LazyFrame) -> nw.LazyFrame:
    spent = (nw.col("worked_ms") - nw.col("since_ms")).clip(0) // HOUR_MS
    return (
        found.with_columns(
            days=(nw.col("day") - nw.col("since_day")).cast(nw.Int32),
            hours=spent.cast(nw.Int32),
            is_waiting=nw.lit(value=False),
        )
        .with_columns(money_days=MONEY_DAYS)
        .select("case_id", "name", "days", "hours", "is_waiting", "money_days")
    )
