"""What happened in each month, for the company and for slices of it: what budgets are read by.

A slice is the same movements over fewer items, never another formula.
"""

from collections.abc import Sequence
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import movements
from dunwell.engine.schema import Column, Frame
from dunwell.engine.trends import trend

MONTH_ACTUALS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "key": Column(nw.String, "the slice, empty for the company"),
    "day": Column(nw.Int32, "last day of the month, or the day asked for"),
    "figure": Column(nw.String, "sales, cash_in, write_offs, overdue or dso"),
    "value": Column(nw.Int64, "minor units; of dso hundredths of a day"),
}
MARK = "\x1f"
"""Stands between currency and slice while movements are summed by both at once."""


def month_actuals(
    ledger: Ledger, *, ends: Sequence[date], slices: nw.LazyFrame | None = None
) -> nw.LazyFrame:
    """Return figures of the months that end with `ends` (ascending), in columns MONTH_ACTUALS.

    The first month begins after the first of `ends`, which itself has levels alone. `slices`
    says the `key` of each `customer_id`; without it there is one slice, the company. A DSO looks
    back 90 days and is left out where nothing was sold in them.
    """
    items = ledger.items
    if slices is None:
        items = items.with_columns(currency=nw.concat_str("currency", nw.lit(MARK)))
    else:
        items = items.join(slices, on="customer_id", how="inner").with_columns(
            currency=nw.concat_str("currency", nw.lit(MARK), "key")
        )
    sliced = Ledger(items, ledger.allocations, ledger.payments, ledger.disputes, ledger.promises)
    found = nw.concat([_flows(sliced, ends), _levels(sliced, ends)], how="vertical")
    cut = nw.col("currency").str.split(MARK)
    return found.with_columns(currency=cut.list.get(0), key=cut.list.get(1)).select(*MONTH_ACTUALS)


def _flows(ledger: Ledger, ends: Sequence[date]) -> nw.LazyFrame:
    numbers = [day_number(end) for end in ends]
    moved = movements(ledger.items, ledger.allocations, as_of=ends[-1])
    month = nw.lit(None, nw.Int32)
    # the first end that is not before the day is that of its month
    for number in reversed(numbers):
        month = nw.when(nw.col("day") <= number).then(nw.lit(number, nw.Int32)).otherwise(month)
    sums = {
        "sales": "sales_minor",
        "cash_in": "collected_minor",
        "write_offs": "written_off_minor",
    }
    by_month = (
        moved.filter(nw.col("day") > numbers[0])
        .with_columns(month=month)
        .group_by("currency", "month")
        .agg(*[nw.col(name).sum().alias(name) for name in sums.values()])
    )
    return nw.concat(
        [
            by_month.select(
                "currency",
                day=nw.col("month"),
                figure=nw.lit(figure),
                value=nw.col(name).cast(nw.Int64),
            )
            for figure, name in sums.items()
        ],
        how="vertical",
    )


def _levels(ledger: Ledger, ends: Sequence[date]) -> nw.LazyFrame:
    shown = trend(ledger, days=ends)
    overdue = shown.select(
        "currency", "day", figure=nw.lit("overdue"), value=nw.col("overdue_minor")
    )
    # rounded half up: no receivable is negative enough to matter, and sales are above zero
    hundredths = (nw.col("dso_days") * 100 + 0.5).floor()
    dso = shown.filter(~nw.col("dso_days").is_null()).select(
        "currency", "day", figure=nw.lit("dso"), value=hundredths.cast(nw.Int64)
    )
    return nw.concat([overdue, dso], how="vertical")
