"""What comes in by week when everybody pays as late as usual: a forecast every engine can make.

The pay-date model says more (`ml.cash_outlook`), on one machine; this is the plain rule for a
book that is worked on by a cluster, and a figure to hold the model against.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

WEEKS = 13
"""So many weeks are told one by one; what comes later is told together."""

DAYS = 7

EXPECTED_CASH: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "week": Column(nw.Int32, "1 = the seven days after as_of; 14 = all that comes later"),
    "expected_minor": Column(nw.Int64, "what is expected, minor units"),
    "items": Column(nw.Int64, "number of open debit items"),
}


def expected_cash(
    open_items: nw.LazyFrame, habits: nw.LazyFrame, calendar: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return what comes by currency and week, in columns EXPECTED_CASH; empty weeks are left out.

    Each open debit item is paid so many days after its due day as its customer usually is late
    (`behaviour.HABITS`), tomorrow at the earliest, on a business day of the `calendar`; a day
    outside of it is taken as it is. Credits and disputes lower nothing.
    """
    tomorrow = day_number(as_of) + 1
    told = habits.select("customer_id", "expected_days_late")
    business = calendar.select(pay_day=nw.col("day"), open_day=nw.col("next_business_day"))
    usual = nw.col("due_day") + nw.col("expected_days_late").fill_null(0)
    ahead = (nw.coalesce(nw.col("open_day"), nw.col("pay_day")) - tomorrow) // DAYS + 1
    return (
        open_items.filter(nw.col("open_minor") > 0)
        .join(told, on="customer_id", how="left")
        .with_columns(pay_day=nw.max_horizontal(usual, nw.lit(tomorrow)).cast(nw.Int32))
        .join(business, on="pay_day", how="left")
        .with_columns(ahead=ahead)
        .with_columns(
            week=nw.when(nw.col("ahead") > WEEKS)
            .then(nw.lit(WEEKS + 1))
            .otherwise(nw.col("ahead"))
            .cast(nw.Int32)
        )
        .group_by("currency", "week")
        .agg(expected_minor=total("open_minor"), items=nw.len().cast(nw.Int64))
        .select(*EXPECTED_CASH)
    )
