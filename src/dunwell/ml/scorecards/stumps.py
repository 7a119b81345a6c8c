"""Boosted stumps: every tree asks one question of one input, so their sum is a points table.

LightGBM with two leaves, seeded and on one thread: same rows, same tables. A text is read in the
order of its weight of evidence. Risk is held to one direction where asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dunwell.ml.history import Floats
from dunwell.ml.scorecards.additive import (
    AdditiveModel,
    CategoryTable,
    NumberTable,
    Table,
    tallied,
)
from dunwell.ml.scorecards.binning import evidence
from dunwell.ml.scorecards.samples import UNKNOWN, Category, Sample
from dunwell.ml.tables import settled

if TYPE_CHECKING:
    import lightgbm as lgb


@dataclass(frozen=True, slots=True)
class StumpChoices:
    """How many stumps, how bold each is, and what each must rest on.

    `directions` per input: 1 risk may only rise with the value, -1 only fall.
    """

    trees: int = 300
    learning_rate: float = 0.1
    least_rows: int = 20
    ridge: float = 1.0
    row_share: float = 0.8
    input_share: float = 0.6
    directions: Mapping[str, int] = field(default_factory=dict)


Coding = Mapping[str, Floats]
"""Per input of texts, the number each level is read as."""


def fit_stumps(sample: Sample, choices: StumpChoices | None = None, *, seed: int) -> AdditiveModel:
    """Return the sum of the stumps as one table per input that any stump asks about."""
    import lightgbm as lgb  # noqa: PLC0415  slow to load

    chosen = choices or StumpChoices()
    coding = coded_levels(sample)
    table = coded(sample, coding)
    model = lgb.train(
        {
            "objective": "binary",
            "num_leaves": 2,
            "learning_rate": chosen.learning_rate,
            "min_data_in_leaf": chosen.least_rows,
            "lambda_l2": chosen.ridge,
            "bagging_fraction": chosen.row_share,
            "bagging_freq": 1,
            "feature_fraction": chosen.input_share,
            "monotone_constraints": [chosen.directions.get(name, 0) for name in sample.inputs],
            **settled(seed),
        },
        lgb.Dataset(table, label=sample.is_bad.astype(np.float64), weight=sample.weight),
        num_boost_round=chosen.trees,
    )
    return _compiled(model, sample, coding)


def coded_levels(sample: Sample) -> Coding:
    """Return the weight of evidence of every level of every input of texts, sign turned."""
    good = np.where(sample.is_bad, 0.0, sample.weight)
    bad = np.where(sample.is_bad, sample.weight, 0.0)
    found = {}
    for name, column in sample.inputs.items():
        if isinstance(column, Category):
            known = column.codes != UNKNOWN
            size = len(column.levels)
            woe = evidence(
                tallied(column.codes[known], good[known], size),
                tallied(column.codes[known], bad[known], size),
                float(good.sum()),
                float(bad.sum()),
            )
            found[name] = -woe
    return found


def coded(sample: Sample, coding: Coding) -> Floats:
    """Return the inputs as one table of numbers, in the order of the inputs."""
    columns = []
    for name, column in sample.inputs.items():
        if isinstance(column, Category):
            columns.append(np.append(coding[name], np.nan)[column.codes])
        else:
            columns.append(column)
    return np.column_stack(columns)


def _compiled(model: "lgb.Booster", sample: Sample, coding: Coding) -> AdditiveModel:
    """Return the stumps summed up; they speak of bad, the tables of good."""
    names = list(sample.inputs)
    base = 0.0
    splits: dict[str, list[_Split]] = {name: [] for name in names}
    for tree in model.dump_model()["tree_info"]:
        top = tree["tree_structure"]
        if "split_feature" not in top:
            base -= float(top["leaf_value"])
            continue
        is_left = bool(top["default_left"])
        left = -float(top["left_child"]["leaf_value"])
        right = -float(top["right_child"]["leaf_value"])
        sees_missing = top["missing_type"] == "NaN"
        splits[names[top["split_feature"]]].append(
            _Split(
                at=float(top["threshold"]),
                left=left,
                right=right,
                missing=(left if is_left else right) if sees_missing else None,
            )
        )
    tables: dict[str, Table] = {}
    for name, asked in splits.items():
        if asked:
            table = _number_table(asked)
            column = sample.inputs[name]
            tables[name] = (
                _text_table(table, column, coding[name]) if isinstance(column, Category) else table
            )
    return AdditiveModel(base=base, tables=tables)


@dataclass(frozen=True, slots=True)
class _Split:
    """One stump: what it adds up to `at`, beyond it, and where the value is missing."""

    at: float
    left: float
    right: float
    missing: float | None


def _number_table(asked: list[_Split]) -> NumberTable:
    edges = np.unique([split.at for split in asked])
    worth = np.zeros(len(edges) + 1)
    for split in asked:
        until = int(np.searchsorted(edges, split.at)) + 1
        worth[:until] += split.left
        worth[until:] += split.right
    # where no value was missing in training, a missing one stands between the sides
    missing = sum(
        (split.left + split.right) / 2 if split.missing is None else split.missing
        for split in asked
    )
    return NumberTable(edges=edges, worth=worth, missing=missing)


def _text_table(table: NumberTable, column: Category, order: Floats) -> CategoryTable:
    seen = np.bincount(column.codes[column.codes != UNKNOWN], minlength=len(column.levels)) > 0
    worth = table.worth[table.place(order)]
    kept = np.flatnonzero(seen)
    return CategoryTable(
        groups=tuple((column.levels[place],) for place in kept),
        worth=worth[kept],
        other=float(table.worth[table.place(np.zeros(1))][0]),
        missing=table.missing,
    )
