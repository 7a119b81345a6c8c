"""The classic scorecard: every input cut into stretches, a logistic on their evidence."""

from dataclasses import dataclass, field, replace

import numpy as np

from dunwell.ml.scorecards.additive import AdditiveModel, CategoryTable, Table
from dunwell.ml.scorecards.binning import Cutting, woe_table
from dunwell.ml.scorecards.logistic import fit_logistic
from dunwell.ml.scorecards.samples import Sample


@dataclass(frozen=True, slots=True)
class WoeChoices:
    """How the card is built; `directions` says per input which way risk may go (see Cutting)."""

    cutting: Cutting = field(default_factory=Cutting)
    directions: dict[str, int] = field(default_factory=dict)
    ridge: float = 0.004
    lasso: float = 0.0


def fit_woe(sample: Sample, choices: WoeChoices | None = None) -> AdditiveModel:
    """Return the card's tables; an input whose evidence the others already hold is left out."""
    chosen = choices or WoeChoices()
    tables = {
        name: woe_table(
            sample,
            name,
            replace(chosen.cutting, direction=chosen.directions.get(name, 0)),
        )
        for name in sample.inputs
    }
    raw = AdditiveModel(base=0.0, tables=tables)
    columns = np.column_stack([raw.worth(sample.inputs, name) for name in tables])
    intercept, weights = fit_logistic(
        columns, ~sample.is_bad, sample.weight, ridge=chosen.ridge, lasso=chosen.lasso
    )
    return AdditiveModel(
        base=intercept,
        tables={
            name: _scaled(table, float(weight))
            for (name, table), weight in zip(tables.items(), weights, strict=True)
            if weight > 0
        },
    )


def _scaled(table: Table, by: float) -> Table:
    if isinstance(table, CategoryTable):
        return CategoryTable(
            groups=table.groups,
            worth=table.worth * by,
            other=table.other * by,
            missing=table.missing * by,
        )
    return type(table)(edges=table.edges, worth=table.worth * by, missing=table.missing * by)
