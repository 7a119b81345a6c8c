"""What became of items: on which day each was more than so many days late and still open.

The outcome that an application score learns to foresee. Rows dated later than the frames go do
not exist, so an outcome counts only where the books reach its day.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import Column, Frame

FAR_LATE_DAYS = 90
"""Basel's and IFRS 9's mark of default (5.5.37): more than 90 days past due."""

LATE_OUTCOMES: Frame = {
    "customer_id": Column(nw.Int64, "who owed it"),
    "item_id": Column(nw.Int64, "key of the item"),
    "late_day": Column(nw.Int32, "first day it was later than asked, open all the while"),
}


def late_outcomes(ledger: Ledger, *, late_days: int = FAR_LATE_DAYS) -> nw.LazyFrame:
    """Return the items that were ever more than `late_days` late while open, as LATE_OUTCOMES.

    Open is what money or credit booked until that day left over; written off counts as open.
    """
    owed = ledger.items.filter(nw.col("amount_minor") > 0).with_columns(
        late_day=(nw.col("due_day") + (late_days + 1)).cast(nw.Int32)
    )
    settled = (
        ledger.allocations.filter(nw.col("source") != "write_off")
        .join(owed.select("item_id", "late_day"), on="item_id", how="inner")
        .filter(nw.col("applied_day") < nw.col("late_day"))
        .group_by("item_id")
        .agg(settled_minor=nw.col("amount_minor").sum().cast(nw.Int64))
    )
    return (
        owed.join(settled, on="item_id", how="left")
        .with_columns(left_minor=nw.col("amount_minor") - nw.col("settled_minor").fill_null(0))
        .filter(nw.col("left_minor") > 0)
        .select(*LATE_OUTCOMES)
    )
