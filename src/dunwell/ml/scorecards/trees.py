"""Trees over all inputs together: how much a points table leaves on the table.

For comparison only: nobody is decided on by them, since their points do not add up per input.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dunwell.ml.history import Floats
from dunwell.ml.scorecards.additive import AdditiveModel
from dunwell.ml.scorecards.samples import Sample
from dunwell.ml.scorecards.stumps import Coding, coded, coded_levels
from dunwell.ml.scorecards.woe import fit_woe
from dunwell.ml.tables import settled

if TYPE_CHECKING:
    import lightgbm as lgb

FEW_ROWS = 2_000
"""Below this, boosted trees learn noise: a forest beside the weight of evidence does better."""

FOREST, BOOSTED = 400, 200
SURE = 1e-6


@dataclass(frozen=True, slots=True)
class TreeModel:
    """A booster, how it reads texts, and an additive model whose log-odds are averaged with it."""

    booster: "lgb.Booster"
    coding: Coding
    beside: AdditiveModel | None

    def log_odds(self, sample: Sample) -> Floats:
        """Return the log-odds of staying good, row by row."""
        told = np.asarray(self.booster.predict(coded(sample, self.coding)), np.float64)
        chance = np.clip(told, SURE, 1 - SURE)
        found = np.log((1 - chance) / chance)
        if self.beside is None:
            return found
        return (found + self.beside.log_odds(sample.inputs)) / 2


def fit_trees(sample: Sample, *, seed: int) -> TreeModel:
    """Return boosted trees; on few rows a random forest averaged with the weight of evidence."""
    import lightgbm as lgb  # noqa: PLC0415  slow to load

    coding = coded_levels(sample)
    is_small = len(sample) < FEW_ROWS
    booster = lgb.train(
        {**_shape(len(sample)), "objective": "binary", "bagging_freq": 1, **settled(seed)},
        lgb.Dataset(
            coded(sample, coding), label=sample.is_bad.astype(np.float64), weight=sample.weight
        ),
        num_boost_round=FOREST if is_small else BOOSTED,
    )
    return TreeModel(booster=booster, coding=coding, beside=fit_woe(sample) if is_small else None)


def _shape(rows: int) -> dict[str, Any]:
    if rows < FEW_ROWS:
        return {
            "boosting": "rf",
            "num_leaves": 64,
            "min_data_in_leaf": 3,
            "bagging_fraction": 0.63,
            "feature_fraction_bynode": 0.25,
        }
    return {
        "num_leaves": 15,
        "learning_rate": 0.05,
        "min_data_in_leaf": max(20, rows // 600),
        "bagging_fraction": 0.8,
        "feature_fraction": 0.4,
        "lambda_l2": 5.0,
    }
