"""What was done to whom, by which chance, and what came of it: the data every effect is read from.

One row per customer and day on which the policy decided. `none` is a decision like any
other; without rows of `none` nothing can be learned about what a contact brings.
"""

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import PPM
from dunwell.engine.money import share
from dunwell.engine.schema import Column, Frame

NONE = "none"
"""The decision to leave a customer alone today."""

OUTCOME_DAYS = 14
"""Money counts as the outcome of a decision when it comes within so many days after it."""

ACTION_LOG: Frame = {
    "customer_id": Column(nw.Int64, "whom it was decided about"),
    "as_of_day": Column(nw.Int32, "day of the decision; one per customer and day"),
    "action": Column(nw.String, "a channel of the strategies, or NONE"),
    "channel": Column(nw.String, "way it really went (a fallback differs), empty", nullable=True),
    "hour": Column(nw.Int32, "hour of the contact in the customer's zone, empty", nullable=True),
    "propensity_ppm": Column(nw.Int64, "chance of this action among the permitted ones, > 0"),
    "permitted": Column(nw.String, "actions that had a chance, sorted, joined by a comma"),
    "policy": Column(nw.String, "version of the policy that decided"),
    "is_holdout": Column(nw.Boolean, "decided by the random holdout, not by rank"),
    "segment": Column(nw.String, "segment of the customer on that day"),
    "days_past_due": Column(nw.Int32, "oldest item to be collected; <= 0 is not due"),
    "collect_minor": Column(nw.Int64, "money to be collected, home minor units, > 0"),
    "p_unpaid_ppm": Column(nw.Int64, "chance, said that day, that it stays unpaid for 14 days"),
    "minutes": Column(nw.Int32, "time the action took or takes"),
    "cost_minor": Column(nw.Int64, "what it cost, home minor units"),
}
OUTCOMES: Frame = {
    "received_minor": Column(
        nw.Int64,
        "money within 14 days, home minor units; empty until they are over",
        nullable=True,
    ),
    "paid_ppm": Column(nw.Int64, "received part of what was to be collected", nullable=True),
    "is_paid": Column(nw.Boolean, "all of it was received", nullable=True),
}
"""Columns joined from the ledger. The outcome of a decision includes what later actions
brought within its 14 days: it is the worth of this step with everything else as ever."""

MONEY = {"customer_id": pl.Int64, "day": pl.Int32, "home_minor": pl.Int64}
"""Money received: value day and home minor units, reversals negative."""


def with_outcomes(log: pl.DataFrame, money: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Return the log with the columns OUTCOMES, in its own order.

    `money` has columns MONEY; only what reached us by `as_of` is seen, and rows whose 14
    days are not over stay empty: half a window would look like people who do not pay.
    """
    today = day_number(as_of)
    ends = pl.col("as_of_day") + OUTCOME_DAYS
    received = (
        log.lazy()
        .select("customer_id", "as_of_day")
        .join(money.lazy(), on="customer_id", how="inner")
        .filter(pl.col("day") > pl.col("as_of_day"), pl.col("day") <= ends, pl.col("day") <= today)
        .group_by("customer_id", "as_of_day")
        .agg(pl.col("home_minor").sum().alias("received_minor"))
    )
    joined = (
        log.lazy()
        .drop(OUTCOMES, strict=False)
        .join(received, on=["customer_id", "as_of_day"], how="left", maintain_order="left")
        .with_columns(pl.when(ends <= today).then(pl.col("received_minor").fill_null(0)))
        .with_columns(
            counted=pl.col("received_minor").clip(0, pl.col("collect_minor")),
            is_paid=pl.col("received_minor") >= pl.col("collect_minor"),
        )
    )
    part = share(nw.col("counted"), nw.lit(PPM), nw.col("collect_minor"))
    told = nw.from_native(joined).with_columns(paid_ppm=part)
    kept = [column for column in log.columns if column not in OUTCOMES]
    return told.select(*kept, *OUTCOMES).to_native().collect()
