"""P(late) asked directly, and curves brought in line with it.

Trees that answer only "late or not?" are a little surer of it than the curve. Each item's daily
odds are scaled by one factor so that the curve's P(late) lies half way (in log-odds) between the
two; it stays one distribution. On small books this only adds noise.
"""

import lightgbm as lgb
import numpy as np

from dunwell.ml.dates import WEEK
from dunwell.ml.features import FACTS, Views
from dunwell.ml.history import Floats, Ints
from dunwell.ml.tables import Size, settled

STEPS = 16
WIDEST = 4.0
"""The factor is sought between e^-4 and e^4 in so many halvings."""
LEAST = 1e-3
NO_HAZARD = 1e-7


def late_table(views: Views, *, masked: Ints) -> np.ndarray:
    """Return what the trees see: the facts of the item and the customer's weekdays."""
    table = np.empty((len(views.due), len(FACTS) + WEEK), np.float32)
    table[:, : len(FACTS)] = views.facts
    table[:, masked] = 0
    table[:, len(FACTS) :] = views.weekdays
    return table


def fit_late_trees(
    table: np.ndarray, is_late: np.ndarray, *, size: Size, seed: int
) -> lgb.Booster:
    """Return trees giving the log-odds of being paid late for a row of `table`."""
    return lgb.train(
        {
            "objective": "binary",
            "learning_rate": 0.05,
            "num_leaves": size.day_leaves,
            "min_data_in_leaf": 60,
            "feature_fraction": 0.7,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            **settled(seed),
        },
        lgb.Dataset(table, label=is_late.astype(np.float64), free_raw_data=True),
        num_boost_round=size.day_trees,
    )


def drawn(unpaid: np.ndarray, views: Views, first: int, direct: Floats) -> np.ndarray:
    """Return P(unpaid after each day from `first` on), drawn half way to P(late) asked directly.

    `direct` are log-odds. Items already past due stay as they are.
    """
    before = np.concatenate([np.ones((len(unpaid), 1), np.float32), unpaid[:, :-1]], axis=1)
    hazard = np.clip(1 - unpaid / np.maximum(before, 1e-12), NO_HAZARD, 1 - NO_HAZARD)
    odds = np.log(hazard / (1 - hazard))
    # a day before the item is issued stays without a hazard
    odds[hazard <= NO_HAZARD] = -np.inf
    place = views.due.astype(np.int64) - first
    asked = np.flatnonzero((place >= 0) & (place < unpaid.shape[1]))
    place = place[asked]
    mine = _log_odds(unpaid[asked, place])
    wanted = 1 / (1 + np.exp(-(mine + direct[asked]) / 2))
    until = np.arange(unpaid.shape[1]) <= place[:, None]
    known = np.where(until, odds[asked], -np.inf)
    low, high = np.full(len(asked), -WIDEST), np.full(len(asked), WIDEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        left = np.exp(-np.logaddexp(0, known + middle[:, None]).sum(axis=1))
        is_above = left > wanted
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    scaled = odds[asked] + ((low + high) / 2)[:, None]
    found = unpaid.copy()
    found[asked] = np.exp(-np.cumsum(np.logaddexp(0, scaled), axis=1))
    return found


def _log_odds(chance: np.ndarray) -> Floats:
    inside = np.clip(chance.astype(np.float64), LEAST, 1 - LEAST)
    return np.asarray(np.log(inside / (1 - inside)))
