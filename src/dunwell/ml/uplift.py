"""What an action brings, read from a randomised comparison.

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


@dataclass(frozen=True, slots=True)
class Effect:
    """The average effect of acting against leaving alone, in the unit of the outcome."""

    uplift: Estimate
    acted_n: int
    alone_n: int
    acted_mean: float
    alone_mean: float


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
