"""Logistic regression whose coefficients never turn the sign of the evidence (they are >= 0)."""

import numpy as np

from dunwell.ml.history import Floats
from dunwell.ml.metrics import Flags

ROUNDS, CLOSE = 100, 1e-8


def fit_logistic(
    columns: Floats, is_good: Flags, weight: Floats, *, ridge: float, lasso: float = 0.0
) -> tuple[float, Floats]:
    """Return intercept and coefficients >= 0 of P(good), drawn towards 0 by `ridge`, `lasso`.

    Newton steps on the working response, each solved by cyclic coordinate descent
    (Friedman, Hastie and Tibshirani 2010); penalties are per unit of total weight.
    """
    total = float(weight.sum())
    share = float(weight[is_good].sum()) / total
    intercept, found = float(np.log(share / (1 - share))), np.zeros(columns.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-(intercept + columns @ found)))
        steep = np.maximum(chance * (1 - chance), 1e-6) * weight
        response = intercept + columns @ found + (is_good - chance) * weight / steep
        before = np.append(found, intercept)
        intercept, found = _solved(
            columns, response, steep, found, ridge=ridge * total, lasso=lasso * total
        )
        if float(np.abs(np.append(found, intercept) - before).max()) < CLOSE:
            break
    return intercept, found


def _solved(
    columns: Floats,
    response: Floats,
    weight: Floats,
    start: Floats,
    *,
    ridge: float,
    lasso: float,
) -> tuple[float, Floats]:
    """Return intercept and coefficients of the penalised least squares of one step."""
    total = weight.sum()
    middle = weight @ columns / total
    centred = columns - middle
    mean = float(weight @ response / total)
    gram = (centred * weight[:, None]).T @ centred
    target = (centred * weight[:, None]).T @ (response - mean)
    found = start.copy()
    for _ in range(ROUNDS * 10):
        largest = 0.0
        for place in range(len(found)):
            if gram[place, place] <= 0:
                continue
            pull = target[place] - gram[place] @ found + gram[place, place] * found[place]
            value = max(0.0, (pull - lasso) / (gram[place, place] + ridge))
            largest = max(largest, abs(value - found[place]))
            found[place] = value
        if largest < CLOSE:
            break
    return float(mean - middle @ found), found
