"""Models of an outcome given what was known, always predicted for rows they did not see."""

from collections.abc import Callable

import numpy as np

from dunwell.ml.curves import Floats
from dunwell.ml.history import Ints

Predict = Callable[[Floats], Floats]
Fit = Callable[[Floats, Floats], Predict]
"""Takes features (rows x columns) and outcomes; returns what predicts for new features."""

FOLDS = 5
RIDGE = 1.0
"""Penalty in rows: the model is drawn towards the mean as if one row had said so."""


def fold_numbers(clusters: Ints, *, folds: int = FOLDS, seed: int = 0) -> Ints:
    """Return the fold of each row; rows of a cluster share it, folds have even numbers of them."""
    order = np.random.default_rng(seed).permutation(int(clusters.max(initial=-1)) + 1)
    return (order % folds)[clusters].astype(np.int64)


def mean_model(features: Floats, outcome: Floats) -> Predict:
    """Fit the mean: features are not looked at."""
    del features
    level = float(outcome.mean()) if len(outcome) else 0.0
    return lambda rows: np.full(len(rows), level)


def ridge_model(features: Floats, outcome: Floats) -> Predict:
    """Fit a line by ridge regression on standardised features; without rows it predicts 0."""
    if not len(outcome):
        return mean_model(features, outcome)
    centre, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    scaled, level = (features - centre) / scale, float(outcome.mean())
    weights = np.linalg.solve(
        scaled.T @ scaled + RIDGE * np.eye(features.shape[1]), scaled.T @ (outcome - level)
    )
    return lambda rows: level + (rows - centre) / scale @ weights


def crossed_by_action(
    features: Floats,
    outcome: Floats,
    action: Ints,
    clusters: Ints,
    *,
    actions: int,
    fit: Fit = ridge_model,
    folds: int = FOLDS,
    seed: int = 0,
) -> Floats:
    """Return the outcome expected of every row under every action (rows x actions).

    Each is predicted by a model of that action fitted on the customers of the other folds.
    """
    fold = fold_numbers(clusters, folds=folds, seed=seed)
    expected = np.zeros((len(outcome), actions))
    for part in range(folds):
        away, here = fold != part, fold == part
        for number in range(actions):
            rows = away & (action == number)
            expected[here, number] = fit(features[rows], outcome[rows])(features[here])
    return expected
