"""What amount is usual for a party: median and spread of its amounts on a logarithmic scale.

A party is judged by its own rows; how far amounts may stray is drawn towards the
portfolio's spread while there are few of them. Medians, so that the row in question and
its like cannot hide themselves. Logarithms are whole thousandths, so the order of rows
changes nothing.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame

OWN_ROWS = 5
"""Fewer own rows say nothing about the size of the next."""

PRIOR_ROWS = 20
"""Weight of the portfolio's spread, in rows."""

TO_DEVIATION = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""

LEAST_DEVIATION = 100.0
"""Amounts that never differ may still differ by a tenth, in thousandths of log_size."""

MEDIAN_COST = 1.57
"""Variance of a median of n, in variances of one row over n (pi / 2)."""

THOUSAND = 1000

USUAL: Frame = {
    "log_size": Column(nw.Int64, "natural logarithm of the amount, thousandths", nullable=True),
    "own_rows": Column(nw.Int64, "rows of the party in the currency"),
    "own_middle": Column(nw.Float64, "median of log_size of the party", nullable=True),
    "deviation": Column(
        nw.Float64, "standard deviation expected of the party's log_size", nullable=True
    ),
    "far": Column(nw.Float64, "deviations above the party's median; 0 with few rows"),
    "usual_minor": Column(nw.Int64, "median amount of the party, minor units"),
}


def with_usual(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the rows (customer_id, currency, amount_minor) with the columns USUAL.

    Amounts below zero have no size and are not counted: `far` is 0 for them.
    """
    own = ("customer_id", "currency")
    amount, one = nw.col("amount_minor"), nw.lit(1, nw.Int64)
    size = nw.when(amount > 0).then((amount.abs().log() * THOUSAND).cast(nw.Int64))
    has_size = nw.when(amount > 0).then(one).otherwise(nw.lit(0, nw.Int64))
    counted = nw.col("own_rows") >= OWN_ROWS
    return (
        rows.with_columns(log_size=size, one=has_size, amount=nw.when(amount > 0).then(amount))
        .with_columns(
            own_rows=nw.col("one").sum().over(*own),
            own_middle=nw.col("log_size").median().over(*own),
        )
        .with_columns(strayed=(nw.col("log_size") - nw.col("own_middle")).abs())
        .with_columns(told=nw.when(counted).then(nw.col("strayed")))
        .with_columns(
            own_stray=nw.col("strayed").median().over(*own),
            all_stray=nw.col("told").median().over("currency"),
        )
        .with_columns(deviation=_deviation())
        .with_columns(
            far=nw.when(counted & (amount > 0))
            .then((nw.col("log_size") - nw.col("own_middle")) / nw.col("deviation"))
            .otherwise(0.0),
            usual_minor=nw.col("amount").median().over(*own).fill_null(0).cast(nw.Int64),
        )
    )


def _deviation() -> nw.Expr:
    """Return the deviation expected of a further row of the party, its median being a guess."""
    rows = nw.col("own_rows")
    mine = nw.col("own_stray") * nw.col("own_stray") * rows
    pooled = nw.col("all_stray").fill_null(0) * nw.col("all_stray").fill_null(0) * PRIOR_ROWS
    variance = (mine + pooled) / (rows + PRIOR_ROWS)
    spread = nw.max_horizontal(variance.sqrt() * TO_DEVIATION, nw.lit(LEAST_DEVIATION))
    return spread * (nw.lit(MEDIAN_COST) / rows + 1.0).sqrt()
