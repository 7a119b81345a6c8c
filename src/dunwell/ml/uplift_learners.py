"""Who is moved by an action: T- and X-learner on boosted trees, cross-fitted by customer.

One thread, seeded, deterministic: the same rows give the same bytes.
"""

from dataclasses import dataclass
from typing import Literal

import lightgbm as lgb
import numpy as np

from dunwell.ml.curves import Floats
from dunwell.ml.estimates import NotEnough
from dunwell.ml.history import Ints
from dunwell.ml.outcome_models import FOLDS, Predict, fold_numbers
from dunwell.ml.uplift import too_few

LEAST_LEARNED = 500
"""Customers an arm needs before effects are told apart by customer."""

ROUNDS = 60
PARAMETERS = {
    "objective": "regression",
    "num_leaves": 8,
    "learning_rate": 0.08,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 7,
    "verbosity": -1,
}

Kind = Literal["t", "x"]


@dataclass(frozen=True, slots=True)
class Learner:
    """Effects by customer, in the unit of the outcome.

    `effects` are those of the rows learned from, each by models that never saw its
    customer; `models` is the text of the boosters by fold, enough to predict again.
    """

    kind: Kind
    effects: Floats
    models: tuple[tuple[str, ...], ...]
    share: float

    def predict(self, features: Floats) -> Floats:
        """Return the expected effect for new rows, the mean over the folds."""
        effects = [
            _combined(self.kind, [_reader(text) for text in texts], features, share=self.share)
            for texts in self.models
        ]
        return np.asarray(np.mean(effects, axis=0), np.float64)


def learned(
    features: Floats,
    acted: Ints,
    outcome: Floats,
    *,
    clusters: Ints,
    share: float,
    kind: Kind = "x",
    seed: int = 0,
) -> Learner | NotEnough:
    """Return the effects learned from a randomised comparison; `share` is the chance of acting.

    T: two outcome models, their difference. X (Kuenzel et al. 2019): what each arm's rows
    show against the other arm's model is learned again and weighted by the share, which
    is better where one arm is much smaller or the effect simpler than the outcome.
    `clusters` are 0..G-1 (`cluster_codes`). Nothing below LEAST_LEARNED customers an arm.
    """
    if refusal := too_few(acted, clusters, needed=LEAST_LEARNED):
        return refusal
    fold = fold_numbers(clusters, folds=FOLDS, seed=seed)
    effects = np.zeros(len(outcome))
    models = []
    for part in range(FOLDS):
        away = fold != part
        boosters = _fitted(kind, features[away], acted[away], outcome[away])
        effects[~away] = _combined(
            kind, [_predictor(one) for one in boosters], features[~away], share=share
        )
        models.append(tuple(one.model_to_string() for one in boosters))
    return Learner(kind, effects, tuple(models), share)


def tree_model(features: Floats, outcome: Floats) -> Predict:
    """Fit boosted trees to an outcome, for `outcome_models.crossed_by_action`."""
    return _predictor(_boosted(features, outcome))


def _fitted(kind: Kind, features: Floats, acted: Ints, outcome: Floats) -> list[lgb.Booster]:
    """Return the models whose predictions `_combined` turns into effects."""
    on, off = acted == 1, acted == 0
    outcomes = [_boosted(features[arm], outcome[arm]) for arm in (on, off)]
    if kind == "t":
        return outcomes
    paid_if_acted, paid_if_alone = (_predictor(one) for one in outcomes)
    return [
        _boosted(features[on], outcome[on] - paid_if_alone(features[on])),
        _boosted(features[off], paid_if_acted(features[off]) - outcome[off]),
    ]


def _combined(kind: Kind, models: list[Predict], features: Floats, *, share: float) -> Floats:
    """Return the effects by two models: outcomes of the arms (T), or effects seen in them (X)."""
    first, second = (model(features) for model in models)
    return first - second if kind == "t" else (1 - share) * first + share * second


def _boosted(features: Floats, outcome: Floats) -> lgb.Booster:
    return lgb.train(PARAMETERS, lgb.Dataset(features, outcome), num_boost_round=ROUNDS)


def _predictor(booster: lgb.Booster) -> Predict:
    return lambda rows: np.asarray(booster.predict(rows, num_threads=1), np.float64)


def _reader(text: str) -> Predict:
    return _predictor(lgb.Booster(model_str=text))
