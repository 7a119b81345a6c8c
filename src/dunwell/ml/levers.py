"""What can be done to have more cash in a week for sure: actions, their effect, the best few.

The effect of an action is a change of the moments of its customer's money, so a set of actions
is judged by the distribution of the whole sum with all of them in it: two actions on one
customer, or one that only moves money of an earlier week, are never counted twice. Quantiles
are not added.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dunwell.ml.cash_spread import RUNS
from dunwell.ml.cash_sums import NOBODY, Moments
from dunwell.ml.history import Floats

MOST_ACTIONS = 20


@dataclass(frozen=True, slots=True)
class Lever:
    """One action: on which items of which customer, what it costs, and what it changes.

    `before` and `after` are (mean, variance, deviation) of its items per period, columns as of
    the moments. Two levers that share an item exclude each other.
    """

    key: str
    customer: int
    items: frozenset[int]
    cost_minor: int
    before: Floats
    after: Floats


@dataclass(frozen=True, slots=True)
class Target:
    """A period as it stands: its column, what is expected, its P10 and the common shock."""

    column: int
    expected: float
    p10: float
    shock: float


@dataclass(frozen=True, slots=True)
class Step:
    """One chosen action: what it adds to the P10 with those before it, and where that is then."""

    lever: Lever
    gain_minor: int
    p10_minor: int


class Standing:
    """The sum of one period while actions are taken."""

    def __init__(self, moments: Moments, target: Target, extra_variance: float = 0.0) -> None:
        """Begin with nothing done; `extra_variance` is that of money no action changes."""
        column = target.column
        self._shock, self._column = target.shock, column
        self._mean = target.expected
        self._alone = float(moments.alone[:, column].sum())
        own = moments.keys != NOBODY
        self._deviation = {
            int(key): float(np.sqrt(tied))
            for key, tied in zip(moments.keys[own], moments.tied[own, column], strict=True)
        }
        self._rest = float(moments.tied[~own, column].sum()) + extra_variance / RUNS
        self._tied = self._rest + sum(value**2 for value in self._deviation.values())
        size = self._size(self._mean, self._alone, self._tied)
        # the calibrated P10 in standard deviations: the shape stays, mean and width move
        self._reach = (target.expected - target.p10) / size if size > 0 else 0.0

    def _size(self, mean: float, alone: float, tied: float) -> float:
        variance = max((1 - RUNS) * alone + RUNS * tied, 0.0)
        return float(np.sqrt(variance + (self._shock * mean) ** 2))

    @property
    def p10(self) -> float:
        """The P10 with what is done so far."""
        return max(self._mean - self._reach * self._size(self._mean, self._alone, self._tied), 0.0)

    def with_lever(self, lever: Lever) -> float:
        """Return the P10 with one more action."""
        mean, alone, tied, _ = self._moved(lever)
        return max(mean - self._reach * self._size(mean, alone, tied), 0.0)

    def take(self, lever: Lever) -> None:
        """Count an action as done."""
        self._mean, self._alone, self._tied, deviation = self._moved(lever)
        self._deviation[lever.customer] = deviation

    def _moved(self, lever: Lever) -> tuple[float, float, float, float]:
        change = lever.after[:, self._column] - lever.before[:, self._column]
        own = self._deviation.get(lever.customer, 0.0)
        deviation = max(own + float(change[2]), 0.0)
        return (
            self._mean + float(change[0]),
            max(self._alone + float(change[1]), 0.0),
            max(self._tied - own**2 + deviation**2, 0.0),
            deviation,
        )


def best_levers(
    moments: Moments,
    levers: Sequence[Lever],
    target: Target,
    *,
    needed: float,
    most: int = MOST_ACTIONS,
    extra_variance: float = 0.0,
) -> tuple[Step, ...]:
    """Return the actions that lift the P10 of a period to `needed`, at most `most` of them.

    Greedy by what the P10 gains beyond the cost, with everything before it counted; it stops as
    soon as the P10 is there or nothing helps any more. What turns out not to be needed is then
    left out again, the dearest first.
    """
    chosen = _greedy(moments, levers, target, needed, most, extra_variance)
    for lever in sorted(chosen, key=lambda one: -one.cost_minor):
        rest = [one for one in chosen if one is not lever]
        if p10_with(moments, rest, target, extra_variance) >= needed:
            chosen = rest
    standing, steps = Standing(moments, target, extra_variance), []
    for lever in chosen:
        before = standing.p10
        standing.take(lever)
        steps.append(Step(lever, round(standing.p10 - before), round(standing.p10)))
    return tuple(steps)


def p10_with(
    moments: Moments, levers: Sequence[Lever], target: Target, extra_variance: float = 0.0
) -> float:
    """Return the P10 of a period with all of some actions done."""
    standing = Standing(moments, target, extra_variance)
    for lever in levers:
        standing.take(lever)
    return standing.p10


def _greedy(
    moments: Moments,
    levers: Sequence[Lever],
    target: Target,
    needed: float,
    most: int,
    extra_variance: float,
) -> list[Lever]:
    standing = Standing(moments, target, extra_variance)
    chosen: list[Lever] = []
    left = sorted(levers, key=lambda one: one.key)
    while left and len(chosen) < most and standing.p10 < needed:
        now = standing.p10
        worth = [standing.with_lever(one) - now - one.cost_minor for one in left]
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            break
        lever = left[best]
        standing.take(lever)
        chosen.append(lever)
        left = [one for one in left if not one.items & lever.items]
    return chosen
