"""When a bandit must stop an arm or forget what it knew: tests that may be looked at every day."""

import numpy as np
from scipy.special import betaincc, betaln

from dunwell.ml.curves import Floats
from dunwell.ml.history import Ints

SPLITS = 60
"""Days looked at as a possible change, evenly spaced; more would only cost time."""


def harm_evidence(harms: int, tries: int, *, limit: float) -> float:
    """Return how much the log speaks for a harm rate above `limit`: an e-value, 1 = nothing.

    The likelihood of the harms mixed over rates above the limit, divided by that at the
    limit. If the true rate is at or below it, the chance that this ever reaches 1 / a is
    at most a, however often one looks (Ville). The mixture is Beta(1, 1 / (3 limit)) cut at
    the limit, which puts its weight on a few times the limit.
    """
    shape = 1 / (3 * limit)
    kept = tries - harms
    inside = betaln(harms + 1, kept + shape) + np.log(
        max(float(betaincc(harms + 1, kept + shape, limit)), 1e-300)
    )
    whole = shape * np.log1p(-limit) - np.log(shape)
    at_limit = harms * np.log(limit) + kept * np.log1p(-limit)
    return float(np.exp(min(inside - whole - at_limit, 700.0)))


def change_day(days: Ints, tries: Ints, wins: Ints, *, chance: float) -> int | None:
    """Return the first day of a new success rate, None while one rate explains all days.

    Bernoulli likelihood ratio of two rates against one over all splits, with the threshold
    (1 + 1/n) ln(3 n sqrt(n) / chance) of GLR-klUCB (Besson, Kaufmann, Maillard and
    Seznec 2022): over the whole life of the arm a false alarm has at most that chance.
    `days` rise; `tries` and `wins` are sums per day.
    """
    if len(days) < 2:  # noqa: PLR2004  a change needs a before and an after
        return None
    n, k = np.cumsum(tries), np.cumsum(wins)
    ends = np.unique(np.linspace(0, len(days) - 2, min(SPLITS, len(days) - 1)).astype(np.int64))
    after_n, after_k = n[-1] - n[ends], k[-1] - k[ends]
    ratio = (
        _likelihood(k[ends], n[ends]) + _likelihood(after_k, after_n) - _likelihood(k[-1:], n[-1:])
    )
    total = float(n[-1])
    threshold = (1 + 1 / total) * np.log(3 * total * np.sqrt(total) / chance) if total else np.inf
    best = int(ratio.argmax())
    return int(days[ends[best] + 1]) if ratio[best] > threshold else None


def _likelihood(wins: Ints, tries: Ints) -> Floats:
    """Return the log-likelihood of each sum at its own rate."""
    rate = wins / np.maximum(tries, 1)
    sure = (wins == 0) | (wins == tries)
    safe = np.where(sure, 0.5, rate)
    found = wins * np.log(safe) + (tries - wins) * np.log1p(-safe)
    return np.where(sure, 0.0, found)
