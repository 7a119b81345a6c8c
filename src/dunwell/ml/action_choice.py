"""Plan or chance: what is done with each customer today, and how likely that was.

A share of the customers is decided about by chance, so that the log can tell what actions
bring. Who they are changes every period: nobody is left to chance for ever.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import PPM
from dunwell.ml.action_log import NONE
from dunwell.ml.holdout import Arm, Split, assigned, positions

HOLDOUT = "holdout"

CHOSEN = {
    "customer_id": pl.Int64,
    "action": pl.String,
    "propensity_ppm": pl.Int64,
    "permitted": pl.String,
    "is_holdout": pl.Boolean,
}
"""Columns of the action log that the choice fills, in their meaning there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChancePolicy:
    """How much is left to chance: `holdout_ppm` of the customers in every `period_days`.

    Raises ValueError for a share of nothing or of everything and for an empty period.
    """

    experiment: str
    salt: str
    holdout_ppm: int = 100_000
    period_days: int = 91

    def __post_init__(self) -> None:
        """Refuse a share from which nothing could be learned, or with no plan left."""
        if not 0 < self.holdout_ppm < PPM or self.period_days < 1:
            raise ValueError("the holdout is a share between 0 and 1,000,000 ppm of each period")


def chosen(
    planned: pl.DataFrame, options: pl.DataFrame, *, policy: ChancePolicy, as_of: date
) -> pl.DataFrame:
    """Return the decision about every customer with a permitted action, in columns CHOSEN.

    `planned`: customer_id, action, at most one row each, `none` where there is none.
    `options`: customer_id, action, the permitted ones; `none` always is one. A customer of the
    holdout gets any of them with equal chance, the others what is planned; a planned
    action that is not permitted becomes `none`. With h in the holdout and k options the
    propensity is h / k, and 1 - h more for the plan: it counts who was drawn into the
    holdout as chance too. Random contacts come on top of the capacity planned. Sorted by
    customer_id; the same inputs give the same decisions.
    """
    day = day_number(as_of)
    ids = options["customer_id"].unique().sort()
    split = Split(
        f"{policy.experiment}/{day // policy.period_days}",
        policy.salt,
        (Arm(HOLDOUT, policy.holdout_ppm),),
    )
    drawn = pl.DataFrame(
        {
            "customer_id": ids,
            "is_holdout": assigned(ids, split)["arm"] == HOLDOUT,
            "place": positions(ids, key=f"{policy.experiment}/day/{day}", salt=policy.salt),
        }
    )
    permitted, plan, count = pl.col("permitted"), pl.col("plan"), pl.col("permitted").list.len()
    by_chance = permitted.list.get(pl.col("place") * count // PPM)
    spared = pl.when(pl.col("action") == plan).then(PPM - policy.holdout_ppm).otherwise(0)
    return (
        options.lazy()
        .group_by("customer_id")
        .agg(pl.col("action").unique())
        .select(
            "customer_id",
            permitted=pl.concat_list("action", pl.lit(NONE)).list.unique().list.sort(),
        )
        .join(planned.lazy().select("customer_id", plan="action"), on="customer_id", how="left")
        .join(drawn.lazy(), on="customer_id", how="inner")
        .with_columns(
            plan=pl.when(permitted.list.contains(plan)).then(plan).otherwise(pl.lit(NONE))
        )
        .with_columns(action=pl.when("is_holdout").then(by_chance).otherwise(plan))
        .with_columns(
            propensity_ppm=(policy.holdout_ppm / count + spared).round().cast(pl.Int64),
            permitted=permitted.list.join(","),
        )
        .select(*CHOSEN)
        .sort("customer_id")
        .collect()
    )
