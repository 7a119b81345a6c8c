"""The distribution of a week's money: a sum over customers who pay their items in runs.

Every large customer's week is a Beta distribution between nothing and all it owes, with the
mean and variance of its curves; one item alone is then paid or not, as it should be. All
other customers together are one more such part. The parts are added exactly on a lattice
(fast Fourier transform), so there is no seed and no sampling error.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from dunwell.ml.curves import LEVELS
from dunwell.ml.history import Floats, Ints

RUNS = 0.3
"""Share of the variance taken as if all items of a customer were paid together."""

LARGE_CUSTOMERS = 24
"""Customers of a currency that have a part of their own, largest open amount first."""

POINTS = 512
"""Lattice points over the range of the sum."""

REACH = 8.0
"""Standard deviations on both sides of the mean that the lattice covers."""

LUMP = 0.05
"""A lattice point with more probability is a lump: a quantile in it is the point itself."""

LEAST_SPREAD, MOST_SPREAD = 1e-4, 1e9
"""Bounds of a + b of a Beta: from paid all or nothing to certain."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Independent parts of one currency: `mean` and `variance` per part and week, `most` it owes.

    Amounts in minor units.
    """

    mean: Floats
    variance: Floats
    most: Floats


def customer_parts(chances: Floats, amounts: Floats, customers: Ints) -> Parts:
    """Return the parts of the items of one currency.

    `chances` has a row per item and a column per week, `customers` are codes from 0. The
    variance of a customer is (1 - RUNS) x that of independent items + RUNS x that of items
    paid all together.
    """
    number = int(customers.max()) + 1 if len(customers) else 0
    weeks = chances.shape[1]
    mean, alone, tied = (np.empty((number, weeks)) for _ in range(3))
    for week in range(weeks):
        chance = chances[:, week]
        paid = amounts * chance
        deviation = amounts * np.sqrt(chance * (1 - chance))
        mean[:, week] = np.bincount(customers, weights=paid, minlength=number)
        alone[:, week] = np.bincount(customers, weights=deviation**2, minlength=number)
        tied[:, week] = np.bincount(customers, weights=deviation, minlength=number)
    variance = (1 - RUNS) * alone + RUNS * tied**2
    most = np.bincount(customers, weights=amounts, minlength=number).astype(np.float64)
    return _largest(Parts(mean=mean, variance=variance, most=most))


def _largest(parts: Parts) -> Parts:
    """Return the largest customers one by one and all others as one part."""
    if len(parts.most) <= LARGE_CUSTOMERS:
        return parts
    order = np.argsort(-parts.most, kind="stable")
    own, rest = order[:LARGE_CUSTOMERS], order[LARGE_CUSTOMERS:]
    return Parts(
        mean=np.vstack([parts.mean[own], parts.mean[rest].sum(axis=0)]),
        variance=np.vstack([parts.variance[own], parts.variance[rest].sum(axis=0)]),
        most=np.append(parts.most[own], parts.most[rest].sum()),
    )


def sum_quantiles(parts: Parts, week: int) -> Floats:
    """Return the quantiles (LEVELS) of the sum of the parts in a week, in minor units."""
    is_used = parts.variance[:, week] > 0
    mean, variance = parts.mean[is_used, week], parts.variance[is_used, week]
    most = parts.most[is_used]
    certain = float(parts.mean[~is_used, week].sum())
    if not is_used.any():
        return np.full(len(LEVELS), certain)
    middle, spread, top = float(mean.sum()), float(np.sqrt(variance.sum())), float(most.sum())
    low, high = max(middle - REACH * spread, 0.0), min(middle + REACH * spread, top)
    step = (high - low) / (POINTS - 1)
    starts = np.maximum(mean - REACH * spread, 0.0)
    chances = _beta_lattice(mean, variance, most, starts=starts, step=step)
    # a circle twice as long as the range: what wraps around is beyond any deviation that counts
    circle = 2 * POINTS
    mass = np.fft.irfft(np.fft.rfft(chances, circle, axis=1).prod(axis=0), circle)
    first = int(np.floor((middle - starts.sum()) / step)) - POINTS
    places = first + np.arange(circle)
    mass = np.clip(mass[places % circle], 0, None)
    values = starts.sum() + places * step
    return certain + np.clip(_lattice_quantiles(values, mass / mass.sum(), step), 0.0, top)


def _beta_lattice(
    mean: Floats, variance: Floats, most: Floats, *, starts: Floats, step: float
) -> Floats:
    """Return per part the probability of each lattice point starts + k x step.

    What lies between two points is split so that the mean stays (local moment matching, Gerber
    1982): second differences of the integrated distribution function.
    """
    share = np.clip(mean / most, 1e-12, 1 - 1e-12)[:, None]
    both = mean * (most - mean) / variance - 1
    both = np.clip(both, LEAST_SPREAD, MOST_SPREAD)[:, None]
    points = (starts[:, None] + step * np.arange(-1, POINTS + 1)) / most[:, None]
    inside = np.clip(points, 0, 1)
    above, below = share * both, (1 - share) * both
    so_far = inside * betainc(above, below, inside) - share * betainc(above + 1, below, inside)
    so_far += np.maximum(points - 1, 0)
    mass = np.diff(so_far, n=2, axis=1) * most[:, None] / step
    return np.asarray(np.maximum(mass, 0), np.float64)


def _lattice_quantiles(values: Floats, mass: Floats, step: float) -> Floats:
    """Return the quantiles of a distribution on a lattice, spread within points but not lumps."""
    paid = mass.cumsum()
    levels = np.asarray(LEVELS)
    point = np.minimum(np.searchsorted(paid, levels - 1e-9), len(mass) - 1)
    before = paid[point] - mass[point]
    inside = np.clip((levels - before) / np.maximum(mass[point], 1e-300), 0, 1) - 0.5
    return np.asarray(values[point] + np.where(mass[point] < LUMP, inside * step, 0.0))
