"""What champion and challenger brought: paid in time, days of money, and harm, per customer.

Customers count in the arm they fell into, whatever happened then (intention to treat).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.estimates import Estimate
from dunwell.ml.experiments import always_valid
from dunwell.ml.history import Floats, Ints

DUEL_DAYS = 28
"""Days after a customer came in which its money and its complaints count."""

LEAST_PER_ARM = 20
"""Customers of an arm below which days are not told."""

MEASURES = ("complaints", "disputes", "opt_outs", "unhappy")
"""What must not get worse: a complaint, a dispute, an opt-out, an unhappy answer in the days."""

NUMBERS = {"customer_id": pl.Int64, "enrolled_day": pl.Int32, "collect_minor": pl.Int64}


@dataclass(frozen=True, slots=True)
class DaysSaved:
    """Days that a unit of money came earlier with the challenger, with the always-valid interval.

    Out of the DUEL_DAYS; above 0 is earlier.
    """

    value: float
    low: float
    high: float


def duel_outcomes(enrolled: pl.DataFrame, money: pl.DataFrame, *, today: int) -> pl.DataFrame:
    """Return the enrolled with `outcome` (part paid within DUEL_DAYS) and `days` (unpaid of them).

    `enrolled`: customer_id, enrolled_day, collect_minor and anything else; `money`: customer_id,
    day, home_minor. Both are empty while the days are not over. `days` is the restricted mean:
    what came on day t of n counts t days, what did not come counts n.
    """
    counted = (
        enrolled.lazy()
        .select("customer_id", "enrolled_day", "collect_minor")
        .join(money.lazy(), on="customer_id", how="inner")
        .with_columns(after=pl.col("day") - pl.col("enrolled_day"))
        .filter(pl.col("after") > 0, pl.col("after") <= DUEL_DAYS)
        .sort("customer_id", "after")
        .with_columns(
            so_far=pl.col("home_minor").cum_sum().over("customer_id").clip(0, "collect_minor")
        )
        .with_columns(
            part=(pl.col("so_far") - pl.col("so_far").shift(1).over("customer_id").fill_null(0))
            / pl.col("collect_minor")
        )
        .group_by("customer_id")
        .agg(
            outcome=pl.col("part").sum(),
            saved=(pl.col("part") * (DUEL_DAYS - pl.col("after"))).sum(),
        )
    )
    is_over = pl.col("enrolled_day") + DUEL_DAYS <= today
    return (
        enrolled.lazy()
        .join(counted, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            outcome=pl.when(is_over).then(pl.col("outcome").fill_null(0.0)),
            days=pl.when(is_over).then(DUEL_DAYS - pl.col("saved").fill_null(0.0)),
        )
        .drop("saved")
        .collect()
    )


def days_saved(
    readings: pl.DataFrame, *, challenger: str, share: float, tuned_at: int
) -> DaysSaved | None:
    """Return how many days earlier money came with the challenger, None for too few."""
    over = readings.drop_nulls("days").sort("enrolled_day", "customer_id")
    acted: Ints = (over["arm"] == challenger).to_numpy().astype(np.int64)
    if min(int(acted.sum()), len(acted) - int(acted.sum())) < LEAST_PER_ARM:
        return None
    earlier: Floats = -over["days"].to_numpy().astype(np.float64)
    told: Estimate = always_valid(acted, earlier, share=share, tuned_at=tuned_at)
    return DaysSaved(told.value, told.low, told.high)
