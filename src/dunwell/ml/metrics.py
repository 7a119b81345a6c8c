"""How good a prediction was, on arrays: probabilities, dates, classes and rankings.

Equal scores are never ranked by where their row stands: ties share a rank, a threshold or a
bin, and a cut through a tie takes the mean over all orders. A metric that cannot be told
(one class only, no row) is nan.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dunwell.ml.curves import LEVELS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CLASS_EDGES = (0, 30, 60, 90)
"""On time, 1-30, 31-60, 61-90, over 90 days late (Zeng et al. 2008)."""

SAME = 1e-9
"""Log-odds nearer to each other than this are the same."""

CLASSES = len(CLASS_EDGES) + 1

LEAST_MASS = 1e-12
"""Keeps a share of nothing from being asked for."""

SURE = 1e-4
"""Log-loss and slope take no probability nearer to 0 or 1 than this."""

TOP_SHARE = 0.2
"""A collector works through this share of the rows."""

BINS = 10
"""Calibration error looks at so many bins of equal size."""

NAN = float("nan")


def auc(is_true: Flags, score: Floats, weight: Floats | None = None) -> float:
    """Return P(a true row scores above a false one), ties counting half (Mann and Whitney)."""
    return Ranking(score).auc(is_true, np.ones(len(score)) if weight is None else weight)


class Ranking:
    """The rows of a score in order with their ties: asked for the AUC under many weights."""

    def __init__(self, score: Floats) -> None:
        self.order = np.argsort(score, kind="stable")
        ranked = score[self.order]
        is_start = np.ones(len(ranked), np.bool_)
        is_start[1:] = ranked[1:] != ranked[:-1]
        self.starts = np.flatnonzero(is_start)

    def auc(self, is_true: Flags, weight: Floats) -> float:
        """Return the weighted AUC."""
        return self.both(is_true[self.order], weight[self.order])[0]

    def both(self, truth: Flags, mass: Floats) -> tuple[float, float]:
        """Return the weighted AUC and average precision of rows given in the ranking's order."""
        if not len(self.starts):
            return NAN, NAN
        true = np.add.reduceat(mass * truth, self.starts)
        false = np.add.reduceat(mass * ~truth, self.starts)
        all_true, all_false = true.sum(), false.sum()
        if not all_true > 0:
            return NAN, NAN
        # true and false rows at or above each threshold, seen from below
        found = all_true - true.cumsum() + true
        taken = found + all_false - false.cumsum() + false
        precision = (true * found / np.maximum(taken, LEAST_MASS)).sum() / all_true
        if not all_false > 0:
            return NAN, float(precision)
        below = false.cumsum() - false / 2
        return float((true * below).sum() / (all_true * all_false)), float(precision)


def average_precision(is_true: Flags, score: Floats) -> float:
    """Return the mean precision over all recalls; equal scores share one threshold."""
    ranking = Ranking(score)
    return ranking.both(is_true[ranking.order], np.ones(len(score)))[1]


def brier(is_true: Flags, chance: Floats) -> float:
    """Return the mean squared error of a probability."""
    return _mean((chance - is_true) ** 2)


def brier_skill(is_true: Flags, chance: Floats) -> float:
    """Return the share by which the Brier score beats always saying the base rate."""
    base = _mean(is_true)
    return 1 - brier(is_true, chance) / max(base * (1 - base), 1e-9)


def log_loss(is_true: Flags, chance: Floats) -> float:
    """Return the mean of -log of the probability given to what happened."""
    chance = np.clip(chance, SURE, 1 - SURE)
    return -_mean(np.where(is_true, np.log(chance), np.log1p(-chance)))


def calibration_error(is_true: Flags, chance: Floats) -> float:
    """Return the mean gap between probability and frequency over ten bins of equal size (ECE)."""
    if not len(chance):
        return NAN
    return float(np.abs((chance - is_true) @ bin_shares(chance)).sum() / len(chance))


def bin_shares(chance: Floats) -> Floats:
    """Return how much of each row lies in each bin: bins of equal size in order of chance.

    Rows with the same chance lie in the same bins, each with the same share.
    """
    _, place = np.unique(chance, return_inverse=True)
    number = np.bincount(place)
    parts = np.array_split(np.sort(place), BINS)
    inside = np.stack([np.bincount(rows, minlength=len(number)) for rows in parts], axis=1)
    return np.asarray((inside / number[:, None])[place], np.float64)


def calibration_slope(is_true: Flags, chance: Floats) -> float:
    """Return the slope of the outcome's log-odds on the predicted ones: 1 ideal, < 1 too sure."""
    line = calibration_line(is_true, chance)
    return NAN if line is None else line[1]


def calibration_line(is_true: Flags, chance: Floats) -> tuple[float, float] | None:
    """Return intercept and slope of the outcome's log-odds on the predicted ones.

    None where only one outcome or one chance occurs.
    """
    if not is_true.any() or is_true.all():
        return None
    chance = np.clip(chance, SURE, 1 - SURE)
    inputs = np.stack([np.ones_like(chance), np.log(chance / (1 - chance))], axis=1)
    if np.ptp(inputs[:, 1]) < SAME:
        return None
    fit = np.array([0.0, 1.0])
    for _ in range(25):
        told = 1 / (1 + np.exp(-inputs @ fit))
        weight = np.maximum(told * (1 - told), 1e-6)
        step = np.linalg.solve(
            inputs.T @ (inputs * weight[:, None]) + 1e-6 * np.eye(2), inputs.T @ (is_true - told)
        )
        fit = fit + np.clip(step, -2, 2)
    return float(fit[0]), float(fit[1])


def pinball(actual: Floats, quantiles: Floats, levels: Sequence[float] = LEVELS) -> Floats:
    """Return the pinball loss of each row and level."""
    over = actual[:, None] - quantiles
    share = np.asarray(levels)
    return np.maximum(share * over, (share - 1) * over)


def crps(actual: Floats, quantiles: Floats) -> Floats:
    """Return twice the mean pinball loss of each row: the CRPS, told by 19 quantiles, in days.

    A forecast that is one point loses its absolute error.
    """
    return np.asarray(2 * pinball(actual, quantiles).mean(axis=1), np.float64)


def late_class(days: Floats) -> Ints:
    """Return the class of days late, 0 (on time) to CLASSES - 1."""
    return np.digitize(days, np.asarray(CLASS_EDGES) + 0.5).astype(np.int64)


def macro_f1(actual: Ints, predicted: Ints) -> float:
    """Return the mean F1 over the classes that occur."""
    hits = np.bincount(actual[actual == predicted], minlength=CLASSES)
    real, told = np.bincount(actual, minlength=CLASSES), np.bincount(predicted, minlength=CLASSES)
    occurs = real > 0
    return _mean(2 * hits[occurs] / np.maximum(real + told, 1)[occurs])


def quadratic_kappa(actual: Ints, predicted: Ints) -> float:
    """Return agreement of ordered classes beyond chance, errors weighing by distance squared."""
    if not len(actual):
        return NAN
    seen = np.bincount(actual * CLASSES + predicted, minlength=CLASSES**2)
    seen = seen.reshape(CLASSES, CLASSES)
    place = np.arange(CLASSES)
    distance = (place[:, None] - place) ** 2
    chance = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / len(actual)
    below = float((distance * chance).sum())
    return 1 - float((distance * seen).sum()) / below if below else NAN


def capture(value: Floats, score: Floats, share: float = TOP_SHARE) -> float:
    """Return the share of all `value` in the top `share` of rows ranked by `score`."""
    total = float(value.sum())
    if total <= 0:
        return NAN
    taken = max(1, int(np.ceil(share * len(value))))
    border = np.partition(score, len(score) - taken)[len(score) - taken]
    above, tied = score > border, score == border
    left = (taken - int(above.sum())) / int(tied.sum())
    return float((value[above].sum() + left * value[tied].sum()) / total)


def equal_weights(amounts: Ints, currencies: Ints) -> Floats:
    """Return weights that follow amounts within a currency and number of rows across them.

    So no rate is needed and yen never outweigh euros. They sum to the number of rows.
    """
    money = np.bincount(currencies, weights=np.abs(amounts))
    number = np.bincount(currencies)
    per_unit = number / np.where(money > 0, money, 1)
    return np.asarray(np.abs(amounts) * per_unit[currencies], np.float64)


def _mean(values: Floats | Flags) -> float:
    return float(np.mean(values)) if len(values) else NAN
