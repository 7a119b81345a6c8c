"""What a policy would have brought, judged from decisions another policy made by chance.

Three estimates of the mean outcome per decision: inverse propensity (IPS), the same
normalised by its weights (SNIPS), and doubly robust (DR: an outcome model, corrected by
the weighted part it got wrong; Dudik, Langford and Li 2011). Nothing is said where the log
has no support for the policy: "we cannot know" is an answer.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dunwell.ml.curves import Floats
from dunwell.ml.estimates import (
    LEVEL,
    Estimate,
    cluster_codes,
    clustered_error,
    effective_size,
    estimate,
)
from dunwell.ml.history import Ints
from dunwell.ml.outcome_models import Fit, crossed_by_action, ridge_model

LEAST_PROPENSITY = 0.01
LARGEST_WEIGHT = 20.0
LEAST_SIZE = 200
"""Effective customers below which no verdict is given."""

MOST_CLIPPED = 0.01
"""Share of the weight that may be cut off; beyond it the estimate would be of another policy."""

WEIGHT_ALARM = 4.0
"""Standard errors by which the mean weight may miss 1 before the propensities are not believed."""

Verdict = Literal[
    "better",
    "worse",
    "no_difference_shown",
    "no_support",
    "too_little_overlap",
    "propensities_wrong",
]


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """The mean outcome per decision as logged and under the policy, with intervals.

    `lift` is doubly robust value less what was logged, on the same rows. `size` is the
    effective number of customers, `clipped` the share of weight cut off. A verdict
    other than better, worse or no_difference_shown says why none is given; the
    numbers are then shown for inspection only.
    """

    verdict: Verdict
    logged: Estimate
    ips: Estimate
    snips: Estimate
    robust: Estimate
    lift: Estimate
    size: float
    mean_weight: Estimate
    largest_weight: float
    clipped: float
    without_support: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Decisions:
    """Logged decisions, one row each.

    `action` is 0..K-1; `outcome` any amount; `propensity` the logged chance of the action
    taken (0 or not a number where unknown); `clusters` the customer; `features` what was known.
    `has_chance` (rows x K), when given, says which actions the log could have drawn.
    """

    action: Ints
    outcome: Floats
    propensity: Floats
    clusters: Ints
    features: Floats
    has_chance: Floats | None = None


def policy_value(
    log: Decisions,
    policy: Floats,
    *,
    expected: Floats | None = None,
    fit: Fit = ridge_model,
    level: float = LEVEL,
    seed: int = 0,
) -> PolicyValue:
    """Return what the policy (rows x K, chances that sum to 1 in a row) would have brought.

    `expected` (rows x K) are outcomes predicted by a model that did not see the row; without
    them they are fitted here, cross-fitted by customer with `fit`. Intervals are analytic,
    customers as clusters. Raises ValueError when the chances do not sum to 1.
    """
    if not np.allclose(policy.sum(axis=1), 1) or (policy < 0).any():
        raise ValueError("the chances of the policy must not be negative and must sum to 1")
    rows = np.arange(len(log.action))
    codes = cluster_codes(log.clusters, len(rows))
    known = np.nan_to_num(log.propensity) >= LEAST_PROPENSITY
    wanted = policy[rows, log.action]
    weight = np.where(known, wanted / np.where(known, log.propensity, 1), 0.0)
    cut = np.minimum(weight, LARGEST_WEIGHT)
    if expected is None:
        expected = crossed_by_action(
            log.features,
            log.outcome,
            log.action,
            codes,
            actions=policy.shape[1],
            fit=fit,
            seed=seed,
        )
    gap = log.outcome - expected[rows, log.action]
    columns = np.column_stack(
        [
            log.outcome,
            cut * log.outcome,
            cut,
            (policy * expected).sum(axis=1) + cut * gap,
            weight,
        ]
    )
    size = effective_size(weight, codes)
    lost = float((weight - cut).sum() / max(float(weight.sum()), 1e-12))
    without = int((~known).sum())
    if log.has_chance is not None:
        without = int((~known | ((policy > 0) & (log.has_chance <= 0)).any(axis=1)).sum())
    logged, ips, snips, robust, lift, mean_weight = _analytic(columns, codes, level)
    return PolicyValue(
        verdict=_verdict(lift, mean_weight, size=size, lost=lost, without=without),
        logged=logged,
        ips=ips,
        snips=snips,
        robust=robust,
        lift=lift,
        size=size,
        mean_weight=mean_weight,
        largest_weight=float(weight.max(initial=0.0)),
        clipped=lost,
        without_support=without,
    )


def _verdict(
    lift: Estimate, mean_weight: Estimate, *, size: float, lost: float, without: int
) -> Verdict:
    """Return better or worse when the interval leaves out 0, and a refusal where none can be."""
    if without:
        return "no_support"
    if abs(mean_weight.value - 1) > WEIGHT_ALARM * mean_weight.error + 1e-9:
        return "propensities_wrong"
    if size < LEAST_SIZE or lost > MOST_CLIPPED:
        return "too_little_overlap"
    if lift.low > 0:
        return "better"
    return "worse" if lift.high < 0 else "no_difference_shown"


def _values(means: Floats) -> Floats:
    """Return logged, ips, snips, robust, lift and mean weight from the column means."""
    logged, weighted, cut, robust, weight = means.T
    snips = weighted / np.maximum(cut, 1e-12)
    return np.column_stack([logged, weighted, snips, robust, robust - logged, weight])


def _analytic(columns: Floats, codes: Ints, level: float) -> list[Estimate]:
    """Return the estimates with clustered errors; SNIPS by the delta method for a ratio."""
    logged, weighted, cut, robust, weight = columns.T
    (values,) = _values(columns.mean(axis=0)[None, :])
    share = max(float(cut.mean()), 1e-12)
    parts = (
        logged,
        weighted,
        (weighted - values[2] * cut) / share,
        robust,
        robust - logged,
        weight,
    )
    freedom = float(max(int(codes.max(initial=0)), 1))
    return [
        estimate(float(value), clustered_error(part, codes), level=level, freedom=freedom)
        for value, part in zip(values, parts, strict=True)
    ]
