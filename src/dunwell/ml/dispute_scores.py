"""How good dispute probabilities are, on items the model could not know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.dispute_days import HORIZON_DAYS, first_disputes
from dunwell.ml.dispute_risk import PPM, PRIOR_ITEMS, PRIOR_SHARE, fitted, predicted
from dunwell.ml.history import History, as_known

Floats = npt.NDArray[np.float64]

BINS = 10


@dataclass(frozen=True, slots=True)
class DisputeScores:
    """Measures over all items of a back-test; `auc` is 0.5 and others 0 without both outcomes.

    `base_brier`: that of the portfolio's own rate as known at each cut, the naive answer.
    """

    items: int
    disputed: int
    auc: float
    brier: float
    base_brier: float
    ece: float
    mean_probability: float


def dispute_backtest(
    history: History,
    *,
    cuts: Sequence[int],
    new_days: int = 28,
    segments: pl.DataFrame | None = None,
) -> DisputeScores:
    """Return the scores of the model refitted at each cut, asked about the items issued next.

    `cuts` are day numbers; items issued in the `new_days` after a cut are judged when all
    their HORIZON_DAYS lie in the history, so no outcome is half known.
    """
    first = first_disputes(history)["item_id"].implode()
    chances, rates, outcomes = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    for cut in sorted(cuts):
        past = as_known(history, as_of=cut)
        asked = history.items.filter(
            pl.col("issued_day") > cut,
            pl.col("issued_day") <= min(cut + new_days, history.as_of - HORIZON_DAYS),
        ).with_columns(open_minor="amount_minor")
        if asked.is_empty():
            continue
        told = predicted(fitted(past, segments=segments), past, asked)
        chances.append(told["p_dispute_ppm"].to_numpy() / PPM)
        rates.append(np.full(asked.height, _rate(past)))
        outcomes.append(asked["item_id"].is_in(first).to_numpy().astype(np.float64))
    return scored(np.concatenate(chances), np.concatenate(rates), np.concatenate(outcomes))


def scored(chance: Floats, rate: Floats, outcome: Floats) -> DisputeScores:
    """Return the scores of probabilities and of a naive rate against outcomes of 0 and 1."""
    count = len(outcome)
    if not count:
        return DisputeScores(0, 0, 0.5, 0.0, 0.0, 0.0, 0.0)
    return DisputeScores(
        items=count,
        disputed=int(outcome.sum()),
        auc=_auc(chance, outcome),
        brier=float(((chance - outcome) ** 2).mean()),
        base_brier=float(((rate - outcome) ** 2).mean()),
        ece=_ece(chance, outcome),
        mean_probability=float(chance.mean()),
    )


def _rate(past: History) -> float:
    """Return the portfolio's share of disputed items among those old enough to tell."""
    old = past.items.filter(pl.col("issued_day") <= past.as_of - HORIZON_DAYS)["item_id"]
    disputed = float(old.is_in(first_disputes(past)["item_id"].implode()).sum())
    return (disputed + PRIOR_ITEMS * PRIOR_SHARE) / (len(old) + PRIOR_ITEMS)


def _auc(chance: Floats, outcome: Floats) -> float:
    """Return the probability that a disputed item ranks above another, ties counted half."""
    order = np.sort(chance)
    below = np.searchsorted(order, chance, side="left")
    upto = np.searchsorted(order, chance, side="right")
    rank = (below + upto + 1) / 2
    ones = float(outcome.sum())
    zeros = len(outcome) - ones
    if not ones or not zeros:
        return 0.5
    return float((rank[outcome > 0].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def _ece(chance: Floats, outcome: Floats) -> float:
    """Return the mean gap between probability and share, over bins of equal size."""
    order = np.argsort(chance, kind="stable")
    parts = zip(
        np.array_split(chance[order], BINS), np.array_split(outcome[order], BINS), strict=True
    )
    gaps = np.array([abs(float(p.sum() - y.sum())) for p, y in parts])
    return float(gaps.sum() / len(outcome))
