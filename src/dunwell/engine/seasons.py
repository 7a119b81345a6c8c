"""Customers who pay late in the same two months of the year, and on time otherwise.

A season is two months running, by due date, in which at least three in four of
two or more items are far late, in two years, while at most one in five of six or
more other items is. Everything is counted beside the other habits in one pass.
"""

import narwhals.stable.v2 as nw

FAR_LATE_DAYS = 10
"""An item is far late when it is this many days later than the customer's median."""

SEASON_ITEMS = 2
REST_ITEMS = 6
SEASON_PERCENT = 75
REST_PERCENT = 20
MONTHS = range(1, 13)

YEAR_APART_DAYS = 270
"""Far-late items this far apart lie in two seasons: within one they are 62 days apart at most."""

SCORE = 16
"""More than twelve, so that a score holds a count and a month."""


def season_counts() -> dict[str, nw.Expr]:
    """Return one column per month for the items due in it and for the far-late ones.

    Needs due_month, due_day, days_late and median_days_late in each row; to be summed by customer.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    is_far = nw.col("days_late") > nw.col("median_days_late") + FAR_LATE_DAYS
    counts = {}
    for month in MONTHS:
        is_month = nw.col("due_month") == month
        counts[f"due_{month}"] = nw.when(is_month).then(one).otherwise(zero)
        counts[f"far_{month}"] = nw.when(is_month & is_far).then(one).otherwise(zero)
    return counts


def season_days() -> dict[str, nw.Expr]:
    """Return one column per month with the due day of far-late items due in it, else empty."""
    is_far = nw.col("days_late") > nw.col("median_days_late") + FAR_LATE_DAYS
    return {
        f"far_day_{month}": nw.when(is_far & (nw.col("due_month") == month)).then(
            nw.col("due_day")
        )
        for month in MONTHS
    }


def season_spans() -> list[nw.Expr]:
    """Return the aggregates of `season_days` by customer: first and last day per month."""
    firsts = [nw.col(f"far_day_{month}").min().alias(f"first_{month}") for month in MONTHS]
    lasts = [nw.col(f"far_day_{month}").max().alias(f"last_{month}") for month in MONTHS]
    return [*firsts, *lasts]


def season_month() -> nw.Expr:
    """Return the first month of the customer's season, empty if there is none.

    Works on the sums of `season_counts` and on `season_spans`. Of several seasons the
    one with most
    far-late items counts, then the earlier month.
    """
    best = nw.max_horizontal(*[_score(month) for month in MONTHS])
    return (nw.lit(12, nw.Int64) - best % SCORE).cast(nw.Int32)


def _score(month: int) -> nw.Expr:
    """Return far-late items of the month and the next with the month packed in, or empty."""
    following = month % 12 + 1
    items = nw.col(f"due_{month}") + nw.col(f"due_{following}")
    far = nw.col(f"far_{month}") + nw.col(f"far_{following}")
    all_items = nw.sum_horizontal(*[nw.col(f"due_{number}") for number in MONTHS])
    all_far = nw.sum_horizontal(*[nw.col(f"far_{number}") for number in MONTHS])
    first = nw.min_horizontal(f"first_{month}", f"first_{following}")
    last = nw.max_horizontal(f"last_{month}", f"last_{following}")
    fits = (
        (last - first >= YEAR_APART_DAYS)
        & (items >= SEASON_ITEMS)
        & (far * 100 >= items * SEASON_PERCENT)
        & (all_items - items >= REST_ITEMS)
        & ((all_far - far) * 100 <= (all_items - items) * REST_PERCENT)
    )
    return nw.when(fits).then(far * SCORE + (12 - month))
