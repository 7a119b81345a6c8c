"""When each open item will probably be paid, by the customer's habits.

A rule of thumb with every step visible; `ml` gives the distribution.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import OPEN_ITEMS
from dunwell.engine.schema import Column, Frame

SHORTEST_WAIT_DAYS, LONGEST_WAIT_DAYS = 3, 60
"""Bounds of the further wait for an item that is later than its customer's habit."""

EXPECTED_PAYMENTS: Frame = {
    **OPEN_ITEMS,
    "habit": Column(nw.String, "label of the customer, `new` when nothing is known"),
    "expected_days_late": Column(nw.Int32, "days late the customer is expected to be"),
    "expected_pay_day": Column(nw.Int32, "day the money is expected, after as_of"),
}


def expected_payments(
    open_items: nw.LazyFrame, habits: nw.LazyFrame, calendar: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the open debit items with the day they are expected to be paid, as EXPECTED_PAYMENTS.

    Due day plus expected days late. A month-end payer is expected on the last
    business day of the month the item is due in, a weekday payer on its weekday.
    An item already later than that is expected to stay open for as long again, at
    least 3 and at most 60 days. The day is moved to the next business day;
    `calendar` (columns CALENDAR) should reach some months beyond `as_of`.
    """
    day = day_number(as_of)
    is_month_end = nw.col("habit") == "month_end"
    known = habits.select("customer_id", "habit", "expected_days_late", "pay_weekday")
    started = (
        open_items.filter(nw.col("open_minor") > 0)
        .join(known, on="customer_id", how="left")
        .with_columns(
            habit=nw.col("habit").fill_null("new"),
            expected_days_late=nw.col("expected_days_late").fill_null(0),
        )
        .with_columns(
            hoped_day=nw.when(is_month_end)
            .then(nw.col("due_day"))
            .otherwise(nw.col("due_day") + nw.col("expected_days_late"))
        )
    )
    waited = started.with_columns(overrun=nw.lit(day) - nw.col("hoped_day"))
    again = nw.col("overrun").clip(SHORTEST_WAIT_DAYS, LONGEST_WAIT_DAYS)
    moved = waited.with_columns(
        hoped_day=nw.when(nw.col("overrun") >= 0)
        .then(nw.lit(day) + again)
        .otherwise(nw.col("hoped_day"))
        .cast(nw.Int32)
    )
    return (
        _on_business_day(_on_pay_run(moved, calendar), calendar)
        .with_columns(expected_pay_day=nw.col("hoped_day"))
        .select(*EXPECTED_PAYMENTS)
    )


def _on_pay_run(items: nw.LazyFrame, calendar: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the hoped day moved on to the customer's month end or weekday."""
    facts = calendar.select("weekday", "last_business_day", hoped_day=nw.col("day"))
    ends_later = nw.col("last_business_day") >= nw.col("hoped_day")
    is_month_end = (nw.col("habit") == "month_end") & ends_later
    has_weekday = ~nw.col("pay_weekday").is_null() & ~nw.col("weekday").is_null()
    wait = (nw.col("pay_weekday") - nw.col("weekday") + 7) % 7
    run_day = (
        nw.when(is_month_end)
        .then(nw.col("last_business_day"))
        .otherwise(
            nw.when(has_weekday).then(nw.col("hoped_day") + wait).otherwise(nw.col("hoped_day"))
        )
    )
    return (
        items.join(facts, on="hoped_day", how="left")
        .with_columns(hoped_day=run_day.cast(nw.Int32))
        .drop("weekday", "last_business_day")
    )


def _on_business_day(items: nw.LazyFrame, calendar: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the hoped day moved on to a business day, if the calendar knows it."""
    facts = calendar.select("next_business_day", hoped_day=nw.col("day"))
    return items.join(facts, on="hoped_day", how="left").with_columns(
        hoped_day=nw.coalesce("next_business_day", "hoped_day")
    )
