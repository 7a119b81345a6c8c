"""One suggestion per customer for the day, and what fits into each collector's minutes."""

from collections.abc import Mapping

import polars as pl

from dunwell.ml.action_plan import planned

CAPACITY_MINUTES = 240
"""Minutes a collector has for customers in a day: half of it, the rest goes to answers."""


def suggested(
    ranked: pl.DataFrame,
    people: pl.DataFrame,
    *,
    capacity_minutes: int = CAPACITY_MINUTES,
    own_minutes: Mapping[int, int] | None = None,
) -> pl.DataFrame:
    """Return one row of `next_action.rank` per customer, with `is_planned`.

    `people`: customer_id, collector_id, is_awake (not put aside) and is_automatic (its
    action goes out by itself). `own_minutes` holds the minutes of collectors that have others
    than `capacity_minutes`. A collector's plan is packed by `action_plan.planned` from the
    awake customers that need a person; beyond the plan, for customers of nobody and for
    automatic actions it is the action with the most value per minute.
    """
    needing = people.filter(
        pl.col("collector_id").is_not_null(), pl.col("is_awake"), ~pl.col("is_automatic")
    )
    own = own_minutes or {}
    packed = [
        planned(
            ranked.join(part, on="customer_id", how="semi"),
            capacity_minutes=own.get(collector_id, capacity_minutes),
        ).select("customer_id", planned="action")
        for (collector_id,), part in needing.group_by("collector_id", maintain_order=True)
    ]
    nobody = pl.DataFrame(schema={"customer_id": pl.Int64, "planned": pl.String})
    plan = pl.concat([nobody, *packed])
    return (
        ranked.join(plan, on="customer_id", how="left", maintain_order="left")
        .with_columns(is_planned=(pl.col("planned") == pl.col("action")).fill_null(value=False))
        .filter(pl.col("is_planned") | pl.col("planned").is_null())
        .unique("customer_id", keep="first", maintain_order=True)
        .drop("planned")
    )
