"""How sure a score is: 95 % intervals from drawing customers, not items.

Items of one customer are not independent (one customer can be a quarter of a book), so whole
customers are drawn with replacement. A mean over drawn customers is a weighted sum of their
sums, which makes a draw one matrix row; the AUC is asked under the draw's weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunwell.ml.backtest import Backtest
from dunwell.ml.metrics import Ranking, crps
from dunwell.ml.scores import HIGH, LOW, MIDDLE, Outcomes, outcomes

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 200
SIDES = (0.025, 0.975)

MEANS = ("brier", "mae", "crps", "cover_80", "within_3")
"""Scores that are means over rows; `auc` is the other one told with an interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the range that holds it with 95 % certainty; nan where it cannot be told."""

    value: float
    low: float
    high: float


def intervals(
    backtest: Backtest, model: str, rows: Flags, *, draws: int = DRAWS, seed: int = 0
) -> Mapping[str, Interval]:
    """Return MEANS and `auc` of a model over the chosen rows, with intervals."""
    known = _known(backtest, rows)
    weights = _weights(known, draws=draws, seed=seed)
    figures = _means(known, _losses(backtest, model, known), weights)
    figures["auc"] = _aucs(known, backtest.predictions[model].late[rows], weights)
    return {name: _interval(values) for name, values in figures.items()}


def compare(
    backtest: Backtest,
    challenger: str,
    champion: str,
    rows: Flags,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Mapping[str, Interval]:
    """Return challenger less champion on the same requests, for MEANS and `auc`.

    Below 0 is better for brier, mae and crps, above 0 for auc and within_3.
    """
    known = _known(backtest, rows)
    weights = _weights(known, draws=draws, seed=seed)
    first, second = (_losses(backtest, model, known) for model in (challenger, champion))
    figures = _means(known, first - second, weights)
    one, other = (backtest.predictions[model].late[rows] for model in (challenger, champion))
    figures["auc"] = _aucs(known, one, weights) - _aucs(known, other, weights)
    return {name: _interval(values) for name, values in figures.items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """The chosen rows, what came of them, and each row's customer as a number from 0."""

    rows: Flags
    came: Outcomes
    customers: Ints
    number: int


def _known(backtest: Backtest, rows: Flags) -> _Known:
    keys, customers = np.unique(
        backtest.requests["customer_id"].to_numpy()[rows], return_inverse=True
    )
    came = outcomes(backtest.requests, as_of=backtest.as_of).take(rows)
    return _Known(rows=rows, came=came, customers=customers.astype(np.int64), number=len(keys))


def _weights(known: _Known, *, draws: int, seed: int) -> Floats:
    """Return how often each draw takes each customer; the first row takes each once."""
    if not known.number:
        return np.ones((draws + 1, 0))
    random = np.random.default_rng(seed)
    drawn = random.multinomial(known.number, np.full(known.number, 1 / known.number), size=draws)
    return np.concatenate([np.ones((1, known.number)), drawn])


def _losses(backtest: Backtest, model: str, known: _Known) -> Floats:
    """Return each row's part in MEANS, one column each; 0 where the row has no part."""
    told, came = backtest.predictions[model], known.came
    days = told.days[known.rows].astype(np.float64)
    actual = np.where(came.is_paid, came.days_late, 0.0)
    off = np.abs(actual - days[:, MIDDLE])
    columns = [
        (told.late[known.rows] - came.is_late) ** 2,
        off,
        crps(actual, days),
        (actual >= days[:, LOW]) & (actual <= days[:, HIGH]),
        off <= 3,  # noqa: PLR2004  (within_3)
    ]
    return np.asarray(np.stack(columns, axis=1) * _has_part(known), np.float64)


def _has_part(known: _Known) -> Floats:
    """Return 1 where a row has a part in the mean, one column per name of MEANS."""
    by_name = [known.came.is_late_known] + [known.came.is_paid] * (len(MEANS) - 1)
    return np.stack(by_name, axis=1).astype(np.float64)


def _means(known: _Known, losses: Floats, weights: Floats) -> dict[str, Floats]:
    """Return each mean of MEANS for every row of weights."""
    means = {}
    for n, name in enumerate(MEANS):
        sums, parts = (
            np.bincount(known.customers, weights=values[:, n], minlength=known.number)
            for values in (losses, _has_part(known))
        )
        mass = weights @ parts
        means[name] = np.where(mass > 0, weights @ sums / np.maximum(mass, 1), np.nan)
    return means


def _aucs(known: _Known, chance: Floats, weights: Floats) -> Floats:
    """Return the AUC of P(late) for every row of weights."""
    asked = known.came.is_late_known
    ranking, is_late = Ranking(chance[asked]), known.came.is_late[asked]
    customers = known.customers[asked]
    return np.array([ranking.auc(is_late, weight[customers]) for weight in weights])


def _interval(values: Floats) -> Interval:
    """Return the first value and the range of the drawn ones."""
    drawn = values[1:][~np.isnan(values[1:])]
    low, high = np.quantile(drawn, SIDES) if len(drawn) else (np.nan, np.nan)
    return Interval(value=float(values[0]), low=float(low), high=float(high))
