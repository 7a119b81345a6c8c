"""P(late) asked directly, and curves brought in line with it.

Trees that answer only "late or not?" are a little surer of it than the curve. Each item's P(late)
is drawn towards theirs in log-odds, and the days before and after the due day each keep their
shares: it stays one distribution, and its days are as good as before. (Scaling the daily odds
by one factor instead moves every day of the curve, and cost 0.02 days of CRPS.)
"""

from typing import TYPE_CHECKING

import numpy as np

from dunwell.ml.dates import WEEK
from dunwell.ml.features import FACTS, Views
from dunwell.ml.history import Floats, Ints
from dunwell.ml.tables import Size, settled

if TYPE_CHECKING:
    import lightgbm as lgb

LEAST = 1e-6
"""A chance nearer to 0 or 1 is not moved further."""


def late_table(views: Views, *, masked: Ints) -> np.ndarray:
    """Return what the trees see: the facts of the item and the customer's weekdays."""
    table = np.empty((len(views.due), len(FACTS) + WEEK), np.float32)
    table[:, : len(FACTS)] = views.facts
    table[:, masked] = 0
    table[:, len(FACTS) :] = views.weekdays
    return table


def fit_late_trees(
    table: np.ndarray, is_late: np.ndarray, *, size: Size, seed: int
) -> "lgb.Booster":
    """Return trees giving the log-odds of being paid late for a row of `table`."""
    import lightgbm as lgb  # noqa: PLC0415  slow to load

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
        num_boost_round=size.late_trees,
    )


def late_odds(unpaid: np.ndarray, views: Views, first: int) -> Floats:
    """Return the log-odds of P(late) of curves that begin on day `first`.

    nan for items past due, due beyond the grid, or due before they can be paid.
    """
    place = views.due.astype(np.int64) - first
    is_asked = (place >= 0) & (place < unpaid.shape[1]) & (views.due >= views.start)
    asked = np.flatnonzero(is_asked)
    late = _inside(unpaid[asked, place[asked]])
    found = np.full(len(place), np.nan)
    found[asked] = np.log(late / (1 - late))
    return found


def drawn(unpaid: np.ndarray, views: Views, first: int, odds: Floats) -> np.ndarray:
    """Return P(unpaid after each day from `first` on) with P(late) as given, in log-odds.

    The days until the due day keep their shares of what is paid by it, the later ones their
    shares of what is not. Items whose odds are nan stay as they are.
    """
    asked = np.flatnonzero(~np.isnan(odds))
    place = views.due[asked].astype(np.int64) - first
    before = unpaid[asked].astype(np.float64)
    late, wanted = _inside(unpaid[asked, place]), 1 / (1 + np.exp(-odds[asked]))
    until = np.arange(unpaid.shape[1]) <= place[:, None]
    on_time = 1 - (1 - before) * ((1 - wanted) / (1 - late))[:, None]
    whole = np.where(until, on_time, before * (wanted / late)[:, None])
    found = unpaid.copy()
    found[asked] = np.minimum.accumulate(np.clip(whole, 0, 1), axis=1)
    return found


def _inside(chance: np.ndarray) -> Floats:
    return np.asarray(np.clip(chance.astype(np.float64), LEAST, 1 - LEAST))
