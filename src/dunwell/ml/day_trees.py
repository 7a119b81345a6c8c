"""Trees over every fact of an item and a day together: slower than tables, and finer.

They see what tables cannot: that a customer who pays on the last Friday of a month leaves
every other Friday out. Asked once per item and day, so only for books where that is cheap.
"""

from typing import TYPE_CHECKING

import numpy as np

from dunwell.ml.closed_days import ClosedDays
from dunwell.ml.dates import month_place, weekday_of
from dunwell.ml.day_facts import pay_shares
from dunwell.ml.features import FACTS, Views
from dunwell.ml.history import NEVER, Ints
from dunwell.ml.own_days import own_odds
from dunwell.ml.past import Portfolio
from dunwell.ml.tables import Size, settled

if TYPE_CHECKING:
    import lightgbm as lgb

DAY_FACTS = (
    "after_due",
    "after_start",
    "weekday",
    "day_of_month",
    "days_to_month_end",
    "state",
    "share",
    "share_ahead",
    "after_median",
    "after_last",
    "after_mean",
    "after_high",
    "after_low",
    "after_fading",
    "after_run",
    "after_promised",
    "own_odds",
)
INPUTS = (*FACTS, *DAY_FACTS)


def day_table(
    views: Views,
    closed: ClosedDays,
    row: Ints,
    day: Ints,
    *,
    masked: Ints,
    assumed: Portfolio,
) -> np.ndarray:
    """Return what the trees see of items on days, in columns INPUTS."""
    table = np.empty((len(row), len(INPUTS)), np.float32)
    table[:, : len(FACTS)] = views.facts[row]
    table[:, masked] = 0
    day_of_month, left, _ = month_place(day)
    state, share, ahead = pay_shares(views, closed, row, views.calendar[row], day)
    late = day - views.due[row]
    fact = {name: table[:, FACTS.index(name)] for name in FACTS}
    since_run = day - views.day[row] + fact["recency"]
    apart = np.maximum(fact["run_days"], 1)
    turn = np.maximum(np.floor(since_run / apart + 0.5), 1)
    promised = views.promised[row]
    found = (
        late,
        day - views.start[row],
        weekday_of(day),
        day_of_month,
        left,
        state,
        share,
        ahead,
        late - fact["median"],
        late - fact["last"],
        late - fact["mean"],
        late - fact["high"],
        late - fact["low"],
        late - fact["fading"],
        since_run - turn * apart,
        np.where(promised < NEVER, day - promised, np.nan),
        own_odds(views, row, late, assumed=assumed),
    )
    for place, values in enumerate(found):
        table[:, len(FACTS) + place] = values
    return table


def fit_day_trees(
    table: np.ndarray, paid: np.ndarray, weight: np.ndarray, *, size: Size, seed: int
) -> "lgb.Booster":
    """Return trees giving the log-odds of payment on a day for a row of `table`."""
    import lightgbm as lgb  # noqa: PLC0415  slow to load

    return lgb.train(
        {
            "objective": "binary",
            "learning_rate": 0.05,
            "num_leaves": size.day_leaves,
            "min_data_in_leaf": 100,
            "feature_fraction": 0.6,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "lambda_l2": 5.0,
            **settled(seed),
        },
        lgb.Dataset(table, label=paid, weight=weight, free_raw_data=True),
        num_boost_round=size.day_trees,
    )
