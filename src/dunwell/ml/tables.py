"""The hazard's tables: trees that may only use one group of day facts each, written out.

LightGBM's interaction constraints keep every tree within one group, so the sum of the
trees is a sum of one function per group, and each function is a small table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dunwell.ml.day_facts import GROUPS, Bins

if TYPE_CHECKING:
    import lightgbm as lgb

LEAST_RATE = 1e-6

Tables = Mapping[str, np.ndarray]
"""One array per group, with the shape GROUPS gives, in log-odds of payment on a day."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a model the history bears.

    `late_weight`: how far P(late) is drawn towards that of the late trees, of which there may be
    none; `has_own`: whether the customers' own past has a say beside the tables and the trees;
    `fits`: how many fits of different seeds are averaged.
    """

    table_trees: int
    table_leaves: int
    tilt_trees: int
    tilt_leaves: int
    day_trees: int
    day_leaves: int
    late_trees: int
    late_weight: float
    has_own: bool
    days: int
    table_rate: float = 0.08
    tilt_rate: float = 0.06
    fits: int = 1


def offsets(tables: Tables, base: float, bins: Bins) -> np.ndarray:
    """Return the log-odds of payment for every cell of `bins`."""
    total: np.ndarray | None = None
    for name, table in tables.items():
        part = table[bins[name]]
        total = part + np.float32(base) if total is None else total + part
    if total is None:
        raise ValueError("a hazard needs at least one table")
    return np.asarray(total)


def fit_tables(
    bins: Bins,
    paid: np.ndarray,
    weight: np.ndarray,
    *,
    size: Size,
    seed: int,
) -> tuple[dict[str, np.ndarray], float]:
    """Return tables (log-odds) and a constant fitted to cells: was the item paid on that day?"""
    import lightgbm as lgb  # noqa: PLC0415  slow to load

    columns, groups = _columns(bins)
    data = np.empty((len(paid), len(columns)), np.float32)
    for place, (name, axis) in enumerate(columns):
        data[:, place] = bins[name][axis]
    # a book without a single paid, or unpaid, day must not have infinite odds
    rate = float(np.clip(np.average(paid, weights=weight), LEAST_RATE, 1 - LEAST_RATE))
    base = float(np.log(rate / (1 - rate)))
    start = np.full(len(paid), base)
    model = lgb.train(
        {
            "objective": "binary",
            "learning_rate": size.table_rate,
            "num_leaves": size.table_leaves,
            "min_data_in_leaf": 60,
            "lambda_l2": 5.0,
            "boost_from_average": False,
            "interaction_constraints": groups,
            "feature_fraction": 0.7,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "max_bin": 63,
            **settled(seed),
        },
        lgb.Dataset(data, label=paid, weight=weight, init_score=start, free_raw_data=True),
        num_boost_round=size.table_trees,
    )
    return _written_out(model, columns), base


def settled(seed: int) -> dict[str, object]:
    """Return the settings that make training repeatable to the byte."""
    return {
        "seed": seed,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


def _columns(bins: Bins) -> tuple[list[tuple[str, int]], list[list[int]]]:
    """Return (group, axis) of every column and the columns of each group."""
    columns = [(name, axis) for name in bins for axis in range(len(GROUPS[name]))]
    groups = [
        [place for place, (name, _) in enumerate(columns) if name == group] for group in bins
    ]
    return columns, groups


def _written_out(model: "lgb.Booster", columns: list[tuple[str, int]]) -> dict[str, np.ndarray]:
    """Return the model as one table per group; the constant part goes into the first."""
    origin = np.zeros((1, len(columns)), np.float32)
    constant = float(np.asarray(model.predict(origin, raw_score=True))[0])
    tables = {}
    for group in dict.fromkeys(name for name, _ in columns):
        shape = GROUPS[group]
        cells = np.stack([axis.ravel() for axis in np.indices(shape)], axis=1)
        rows = np.zeros((len(cells), len(columns)), np.float32)
        places = [place for place, (name, _) in enumerate(columns) if name == group]
        rows[:, places] = cells
        values = np.asarray(model.predict(rows, raw_score=True)) - constant
        tables[group] = values.reshape(shape).astype(np.float32)
    first = columns[0][0]
    tables[first] = tables[first] + np.float32(constant)
    return tables
