"""The events of every case in their order, told by one column: what came before, next, so far.

A window over each case costs a group and a sort per case and column. Cases that lie one after
another in one order are asked for their neighbour instead, which costs a look at the next row.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

ORDER = ("day", "place", "moment", "event_id")
"""The order of a case's events; columns EVENTS and `day`."""


def in_order(events: nw.LazyFrame, *, order: Sequence[str] = ORDER) -> nw.LazyFrame:
    """Add `at`, the place of each event among all, case by case in order; and `first_at`.

    `first_at` is the place of the first event of the case.
    """
    return events.with_row_index("at", order_by=["case_id", *order]).with_columns(
        nw.col("at").cast(nw.Int64), first_at=nw.col("at").cast(nw.Int64).min().over("case_id")
    )


def with_sum_so_far(events: nw.LazyFrame, column: str, name: str) -> nw.LazyFrame:
    """Add the sum of a column over the events of the case up to each; rows as of `in_order`."""
    added = events.with_columns(whole=nw.col(column).cum_sum().over(order_by="at"))
    is_first = nw.col("at") == nw.col("first_at")
    added = added.with_columns(before=nw.when(is_first).then(nw.col("whole") - nw.col(column)))
    return (
        added.with_columns(before=nw.col("before").max().over("case_id"))
        .with_columns((nw.col("whole") - nw.col("before")).alias(name))
        .drop("whole", "before")
    )


def with_next(events: nw.LazyFrame, **columns: str) -> nw.LazyFrame:
    """Add what the next event of the case has, empty at its last; rows as of `in_order`.

    Each new column by the name of the one it is of.
    """
    following = {name: nw.col(of).shift(-1).over(order_by="at") for name, of in columns.items()}
    added = events.with_columns(
        next_case=nw.col("case_id").shift(-1).over(order_by="at"), **following
    )
    goes_on = nw.col("next_case") == nw.col("case_id")
    return added.with_columns(
        nw.when(goes_on).then(nw.col(name)).alias(name) for name in columns
    ).drop("next_case")
