"""The day a step comes: counted from the due date, or from what the customer did."""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.branches import Branching, taken_branches
from dunwell.engine.calendars import day_number


def with_branch(items: nw.LazyFrame, branching: Branching | None, as_of: date) -> nw.LazyFrame:
    """Return the items with `from_day` and `step_day`: the step comes so many days after it."""
    by_itself = {
        "from_day": nw.col("due_day"),
        "step_day": nw.col("day"),
    }
    if branching is None:
        return items.with_columns(branch=nw.lit(None, nw.Int32), **by_itself)
    taken = taken_branches(
        items, branching.branches, branching.conditions, branching.signals, as_of=as_of
    )
    is_taken, after = ~nw.col("branch").is_null(), nw.col("days_after")
    counts_anew = is_taken & ~after.is_null()
    delayed = nw.col("day") + nw.col("delay").fill_null(0)
    return items.join(taken, on="item_id", how="left").with_columns(
        from_day=nw.when(counts_anew).then(nw.col("heard_day")).otherwise(nw.col("due_day")),
        step_day=nw.when(counts_anew).then(after).otherwise(delayed),
        channel=nw.when(is_taken).then(nw.col("branch_channel")).otherwise(nw.col("channel")),
        template=nw.when(is_taken).then(nw.col("branch_template")).otherwise(nw.col("template")),
        fallback=nw.when(is_taken).then(nw.col("branch_fallback")).otherwise(nw.col("fallback")),
        needs_approval=nw.when(is_taken)
        .then(nw.col("branch_approval"))
        .otherwise(nw.col("needs_approval")),
    )


def with_position(items: nw.LazyFrame, calendar: nw.LazyFrame | None, as_of: date) -> nw.LazyFrame:
    """Return the items with `position`, days from `from_day` to today as the step counts them.

    Empty where a step counts business days that the calendar does not hold. A calendar with a
    column `country` is that of each customer's country, which `items` then names.
    """
    today = day_number(as_of)
    by_calendar = nw.lit(today, nw.Int32) - nw.col("from_day")
    if calendar is None:
        is_plain = ~nw.col("is_business").fill_null(value=False)
        return items.with_columns(position=nw.when(is_plain).then(by_calendar))
    keys = [name for name in ("country",) if name in calendar.collect_schema()]
    numbers = calendar.select(*keys, "day", "business_day_no").with_columns(
        today=nw.lit(today, nw.Int32)
    )
    now = numbers.filter(nw.col("day") == nw.col("today")).select(
        *keys, "today", today_no="business_day_no"
    )
    # how far away each day is is found out once, not for each item
    by_business = numbers.join(now, on=[*keys, "today"], how="left").select(
        *keys, from_day="day", by_business=nw.col("today_no") - nw.col("business_day_no")
    )
    return (
        items.join(by_business, on=[*keys, "from_day"], how="left")
        .with_columns(
            position=nw.when(nw.col("is_business"))
            .then(nw.col("by_business"))
            .otherwise(by_calendar)
        )
        .drop("by_business")
    )
