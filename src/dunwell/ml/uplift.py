"""What an action brings, read from a randomised comparison, and how well a score finds whom.

Every function refuses small numbers with `NotEnough` instead of a guess.
"""

from dataclasses import dataclass

import numpy as np

from dunwell.ml.curves import Floats
from dunwell.ml.estimates import (
    LEVEL,
    Estimate,
    NotEnough,
    cluster_codes,
    clustered_error,
    estimate,
)
from dunwell.ml.history import Ints

LEAST_PER_ARM = 50
"""Customers an arm needs before the normal limit can be trusted for paid or not."""

LEAST_RANKED = 200
"""Customers an arm needs before a ranking by uplift is judged."""

PERMUTATIONS = 499


@dataclass(frozen=True, slots=True)
class Effect:
    """The average effect of acting against leaving alone, in the unit of the outcome."""

    uplift: Estimate
    acted_n: int
    alone_n: int
    acted_mean: float
    alone_mean: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well a score puts first those whom the action moves.

    `curve[k]` is the extra outcome per customer when the (k + 1) / 20 highest scored are
    acted on; `qini` is the area between it and the straight line of acting at random;
    `p_value` is the chance of such an area if the effect were the same for all.
    """

    curve: tuple[float, ...]
    auuc: float
    qini: float
    p_value: float
    acted_n: int
    alone_n: int


def difference(
    acted: Ints, outcome: Floats, *, clusters: Ints | None = None, level: float = LEVEL
) -> Effect | NotEnough:
    """Return the difference in means with its interval; `acted` holds 1 and 0.

    Neyman's variance s1^2 / n1 + s0^2 / n0 with Welch's degrees of freedom, which errs to the
    safe side; with `clusters` (one number per customer) rows of a customer move together.
    """
    codes = cluster_codes(clusters, len(outcome))
    if refusal := too_few(acted, codes, needed=LEAST_PER_ARM):
        return refusal
    return _effect(acted, outcome, np.zeros((len(outcome), 0)), codes, clusters is None, level)


def adjusted(
    acted: Ints,
    outcome: Floats,
    before: Floats,
    *,
    clusters: Ints | None = None,
    level: float = LEVEL,
) -> Effect | NotEnough:
    """Return the effect with the part of the outcome that was known before taken out.

    `before` (rows, or rows x columns) is anything fixed before the draw: the same outcome in
    an earlier window (then this is CUPED, Deng et al. 2013), the curve's prediction, the
    amount. One regression per arm on centred columns (Lin 2013): never wider than the
    plain difference in large samples, whatever the shape of the relation.
    """
    codes = cluster_codes(clusters, len(outcome))
    if refusal := too_few(acted, codes, needed=LEAST_PER_ARM):
        return refusal
    columns = before.reshape(len(outcome), -1).astype(np.float64)
    columns = columns[:, columns.std(axis=0) > 0]
    return _effect(acted, outcome, columns - columns.mean(axis=0), codes, clusters is None, level)


def too_few(acted: Ints, codes: Ints, *, needed: int) -> NotEnough | None:
    """Return the refusal when an arm has fewer than `needed` customers."""
    counts = [len(np.unique(codes[acted == arm])) for arm in (1, 0)]
    if min(counts) >= needed:
        return None
    what = "customers acted on" if counts[0] <= counts[1] else "customers left alone"
    return NotEnough(what, min(counts), needed)


def _effect(
    acted: Ints,
    outcome: Floats,
    centred: Floats,
    codes: Ints,
    is_plain: bool,  # noqa: FBT001  set by the two callers above only
    level: float,
) -> Effect:
    """Return the difference of the two intercepts; without columns the difference in means."""
    rows, sizes = len(outcome), []
    levels, variances = [], []
    influence = np.zeros(rows)
    for arm in (1, 0):
        here = acted == arm
        design = np.column_stack([np.ones(int(here.sum())), centred[here]])
        found, *_ = np.linalg.lstsq(design, outcome[here], rcond=None)
        left = outcome[here] - design @ found
        size, columns = design.shape
        sizes.append(size)
        levels.append(float(found[0]))
        variances.append(float(left @ left) / (max(size - columns, 1) * size))
        influence[here] = (1 if arm else -1) * left * rows / size
        influence[here] *= np.sqrt(size / max(size - columns, 1))
    total = sum(variances)
    error = float(np.sqrt(total)) if is_plain else clustered_error(influence, codes)
    spread = sum(v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True))
    freedom = total**2 / spread if is_plain and spread > 0 else float(codes.max())
    return Effect(
        estimate(levels[0] - levels[1], error, level=level, freedom=freedom),
        acted_n=sizes[0],
        alone_n=sizes[1],
        acted_mean=levels[0],
        alone_mean=levels[1],
    )


def ranking(
    score: Floats,
    acted: Ints,
    outcome: Floats,
    *,
    share: float | None = None,
    clusters: Ints | None = None,
    seed: int = 0,
) -> Ranking | NotEnough:
    """Return the uplift curve of a score made without these rows' outcomes, with its area.

    `share` is the chance of acting (the arm's share when not given). The p-value draws the
    arms anew among customers after the average effect is taken out of the outcome, the
    sharp null of one effect for all (Ding, Feller and Miratrix 2016), so a score that knows
    who pays but not who can be moved is not taken for one that does.
    """
    codes = cluster_codes(clusters, len(outcome))
    if refusal := too_few(acted, codes, needed=LEAST_RANKED):
        return refusal
    chance = float(acted.mean()) if share is None else share
    order = np.argsort(-score, kind="stable")
    curve = _uplift_curve(acted[order], outcome[order], chance)
    qini = _area(curve)
    average = float(outcome[acted == 1].mean() - outcome[acted == 0].mean())
    constant = (outcome - average * acted)[order]
    rng = np.random.default_rng(seed)
    first = np.unique(codes, return_index=True)[1]
    drawn, ordered = acted[first], codes[order]
    larger = sum(
        _area(_uplift_curve(rng.permutation(drawn)[ordered], constant, chance)) >= qini
        for _ in range(PERMUTATIONS)
    )
    ends = np.arange(1, 21) * len(score) // 20 - 1
    return Ranking(
        curve=tuple(float(curve[end]) for end in ends),
        auuc=float(curve.mean()),
        qini=qini,
        p_value=(1 + larger) / (1 + PERMUTATIONS),
        acted_n=int(acted.sum()),
        alone_n=int((1 - acted).sum()),
    )


def _uplift_curve(acted: Ints, outcome: Floats, chance: float) -> Floats:
    """Return the extra outcome per customer when the first k are acted on, for every k."""
    # taking the mean out changes no expectation and takes most of the noise away
    gain = (outcome - outcome.mean()) * np.where(acted == 1, 1 / chance, -1 / (1 - chance))
    return np.asarray(np.cumsum(gain) / len(outcome))


def _area(curve: Floats) -> float:
    """Return the mean height of the curve above the line from nothing to its end."""
    rows = len(curve)
    return float(curve.mean() - curve[-1] * (rows + 1) / (2 * rows))
