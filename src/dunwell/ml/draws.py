"""Scores under drawn customers: each figure of a back-test as often as customers are drawn.

Items of one customer are not independent (one customer can be a quarter of a book), so whole
customers are drawn with replacement. A sum over drawn customers is a weighted sum of their
sums, which makes a draw one matrix row; only what ranks rows is worked out draw by draw.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.history import codes
from dunwell.ml.metrics import (
    BINS,
    CLASSES,
    NAN,
    SURE,
    Ranking,
    bin_shares,
    calibration_line,
    late_class,
)

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIDES = (0.025, 0.975)
DRAWS = 200

Figures = dict[str, Floats]
"""Figures by name: the first value is that of all customers, the others those of the draws."""

LEAST_DRAWN = 2

FLAT = 1e-9
"""A curvature below this tells no slope."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the range that holds it with 95 % certainty; nan where it cannot be told."""

    value: float
    low: float
    high: float


def interval(values: Floats) -> Interval:
    """Return the figure, which comes first, and the range of the drawn ones."""
    drawn = values[1:][~np.isnan(values[1:])]
    low, high = np.quantile(drawn, SIDES) if len(drawn) else (np.nan, np.nan)
    return Interval(value=float(values[0]), low=float(low), high=float(high))


def drawn_weights(number: int, *, draws: int, seed: int) -> Floats:
    """Return how often each draw takes each of `number` customers; the first takes each once.

    Of fewer than LEAST_DRAWN nothing is drawn: one customer says nothing of another.
    """
    if number < LEAST_DRAWN:
        return np.concatenate([np.ones((1, number)), np.zeros((draws, number))])
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(number, np.full(number, 1 / number), size=draws)
    return np.concatenate([np.ones((1, number)), drawn])


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rows with the customer of each as a number from 0, and the draws (draw, customer)."""

    customers: Ints
    weights: Floats

    def take(self, rows: Flags) -> "Drawn":
        """Return some rows under the same draws."""
        return Drawn(self.customers[rows], self.weights)

    def sums(self, values: npt.NDArray[np.generic]) -> Floats:
        """Return the sum of a value per row under each draw."""
        number = self.weights.shape[1]
        return self.weights @ np.bincount(self.customers, weights=values, minlength=number)

    def means(self, values: npt.NDArray[np.generic]) -> Floats:
        """Return the mean of a value per row under each draw, nan where no row was drawn."""
        return ratio(self.sums(values), self.sums(np.ones(len(self.customers))))


def drawn_customers(customers: pl.Series, *, draws: int = DRAWS, seed: int = 0) -> Drawn:
    """Return rows with these customers under draws of whole customers."""
    numbers, names = codes(customers)
    return Drawn(numbers, drawn_weights(len(names), draws=draws, seed=seed))


def late_figures(drawn: Drawn, is_late: Flags, chance: Floats) -> Figures:
    """Return all figures of `scores.LateScores`."""
    inside = np.clip(chance, SURE, 1 - SURE)
    rate, brier = drawn.means(is_late), drawn.means((chance - is_late) ** 2)
    auc, precision = _ranked(drawn, is_late, chance)
    return {
        "rate": rate,
        "auc": auc,
        "average_precision": precision,
        "brier": brier,
        "brier_skill": 1 - brier / np.maximum(rate * (1 - rate), FLAT),
        "log_loss": -drawn.means(np.where(is_late, np.log(inside), np.log1p(-inside))),
        "calibration_error": calibration_errors(drawn, is_late, chance),
        "calibration_slope": calibration_slopes(drawn, is_late, chance),
        "accuracy": drawn.means((chance >= 0.5) == is_late),  # noqa: PLR2004  (more likely)
    }


def unpaid_figures(drawn: Drawn, is_unpaid: Flags, chance: Floats) -> Figures:
    """Return all figures of `scores.UnpaidScores`."""
    return {
        "rate": drawn.means(is_unpaid),
        "auc": _ranked(drawn, is_unpaid, chance)[0],
        "brier": drawn.means((chance - is_unpaid) ** 2),
        "calibration_error": calibration_errors(drawn, is_unpaid, chance),
    }


def day_figures(
    drawn: Drawn, actual: Floats, told: tuple[Floats, Floats, Floats], loss: Floats
) -> Figures:
    """Return the figures of `scores.DayScores` but `money_mae`.

    `told` are the 10, 50 and 90 % quantiles, `loss` the CRPS of each row.
    """
    low, point, high = told
    error = point - actual
    off = np.abs(error)
    crps = drawn.means(loss)
    real, said = late_class(actual), late_class(point)
    f1, kappa = _class_figures(drawn, real, said)
    return {
        "mae": drawn.means(off),
        "rmse": np.sqrt(drawn.means(error**2)),
        "median_error": _medians(drawn, off),
        "bias": drawn.means(error),
        "within_3": drawn.means(off <= 3),  # noqa: PLR2004  (the name says it)
        "within_7": drawn.means(off <= 7),  # noqa: PLR2004
        "pinball": crps / 2,
        "crps": crps,
        "cover_80": drawn.means((actual >= low) & (actual <= high)),
        "width_80": drawn.means(high - low),
        "class_accuracy": drawn.means(real == said),
        "class_f1": f1,
        "class_kappa": kappa,
    }


def money_errors(drawn: Drawn, off: Floats, amounts: Ints, currencies: Ints) -> Floats:
    """Return the mean error by amount within a currency, currencies by their number of rows.

    Currencies without an amount tell nothing; the weights are those of `equal_weights`.
    """
    total, rows = np.zeros(len(drawn.weights)), np.zeros(len(drawn.weights))
    for currency in np.unique(currencies):
        own = currencies == currency
        part, size = drawn.take(own), np.abs(amounts[own]).astype(np.float64)
        money, number = part.sums(size), part.sums(np.ones(len(size)))
        told = money > 0
        total += np.where(told, number * part.sums(size * off[own]) / np.where(told, money, 1), 0)
        rows += np.where(told, number, 0)
    return ratio(total, rows)


def calibration_errors(drawn: Drawn, is_true: Flags, chance: Floats) -> Floats:
    """Return the calibration error under each draw, its bins and its bias those of all rows.

    A gap is never below 0, so noise makes a drawn error larger than the one it is drawn from;
    the draws are moved back by how much larger they are on average.
    """
    if not len(chance):
        return np.full(len(drawn.weights), NAN)
    shares = bin_shares(chance)
    gaps = [drawn.sums(shares[:, column] * (chance - is_true)) for column in range(BINS)]
    errors = ratio(np.abs(gaps).sum(axis=0), drawn.sums(np.ones(len(chance))))
    known = errors[1:][~np.isnan(errors[1:])]
    if len(known):
        errors[1:] = np.maximum(errors[1:] + errors[0] - known.mean(), 0)
    return errors


def _ranked(drawn: Drawn, is_true: Flags, score: Floats) -> tuple[Floats, Floats]:
    """Return the AUC and the average precision under each draw."""
    ranking = Ranking(score)
    customers, truth = drawn.customers[ranking.order], is_true[ranking.order]
    found = [ranking.both(truth, weight[customers]) for weight in drawn.weights]
    figures = np.array(found, np.float64)
    return figures[:, 0], figures[:, 1]


def calibration_slopes(drawn: Drawn, is_true: Flags, chance: Floats) -> Floats:
    """Return the calibration slope of all rows, and one Newton step from it for each draw."""
    slopes = np.full(len(drawn.weights), NAN)
    fit = calibration_line(is_true, chance)
    if fit is None:
        return slopes
    inside = np.clip(chance, SURE, 1 - SURE)
    odds = np.log(inside / (1 - inside))
    told = 1 / (1 + np.exp(-fit[0] - fit[1] * odds))
    weight, gap = told * (1 - told), is_true - told
    up, across = drawn.sums(gap), drawn.sums(gap * odds)
    one, two, three = (drawn.sums(weight * odds**power) for power in range(3))
    bend = one * three - two * two
    slopes = fit[1] + np.where(
        bend > FLAT, (one * across - two * up) / np.maximum(bend, FLAT), NAN
    )
    slopes[0] = fit[1]
    return slopes


def _class_figures(drawn: Drawn, real: Ints, said: Ints) -> tuple[Floats, Floats]:
    """Return macro F1 and quadratic kappa under each draw."""
    cells = np.stack(
        [drawn.sums(real * CLASSES + said == cell) for cell in range(CLASSES**2)], axis=1
    )
    seen = cells.reshape(-1, CLASSES, CLASSES)
    of_real, of_said = seen.sum(axis=2), seen.sum(axis=1)
    hits = np.diagonal(seen, axis1=1, axis2=2)
    f1 = 2 * hits / np.maximum(of_real + of_said, 1)
    occurs = of_real > 0
    place = np.arange(CLASSES)
    distance = (place[:, None] - place) ** 2
    total = seen.sum(axis=(1, 2))
    chance = (of_real[:, :, None] * of_said[:, None, :] * distance).sum(axis=(1, 2))
    off = (seen * distance).sum(axis=(1, 2))
    kappa = 1 - ratio(off * total, chance)
    return ratio(np.where(occurs, f1, 0).sum(axis=1), occurs.sum(axis=1)), kappa


def _medians(drawn: Drawn, values: Floats) -> Floats:
    """Return the median under each draw, the mean of the middle two where they differ."""
    distinct, place = np.unique(values, return_inverse=True)
    if not len(distinct):
        return np.full(len(drawn.weights), NAN)
    number = drawn.weights.shape[1]
    cells = np.zeros((number, len(distinct)))
    np.add.at(cells, (drawn.customers, place), 1)
    below = (drawn.weights @ cells).cumsum(axis=1)
    total = below[:, -1:]
    last = len(distinct) - 1
    low = (below <= np.floor((total - 1) / 2)).sum(axis=1)
    high = (below <= np.floor(total / 2)).sum(axis=1)
    middle = (distinct[np.minimum(low, last)] + distinct[np.minimum(high, last)]) / 2
    return np.where(total[:, 0] > 0, middle, NAN)


def ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below, nan where below is not more than 0."""
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1), NAN))
