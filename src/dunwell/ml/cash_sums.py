"""A currency's cash by period: sums by component, and the moments of each customer's money.

The moments are those of `ml.cash_spread`: per customer the sum of independent items and the sum
of items paid all together. They are kept by customer, so that what changes for one customer
changes the distribution of the whole sum, and nobody adds quantiles.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.cash_claims import COMPONENTS, NEW
from dunwell.ml.cash_periods import CashSpan
from dunwell.ml.cash_spread import LARGE_CUSTOMERS, RUNS, Parts
from dunwell.ml.history import Floats, Ints
from dunwell.ml.run_rate import NewBusiness

NOBODY = 0
"""The key of all customers without a part of their own together."""

MOST_OF_NEW = 6.0
"""New business is at most so many times what is expected of it."""


@dataclass(frozen=True, slots=True)
class CashRows:
    """What may bring money in one currency, plain items and claims alike.

    `customers`, `amounts` and `component` (place in COMPONENTS) have one entry per row, `paid`
    a column per day of `ends`: P(paid by that day).
    """

    currency: str
    ends: tuple[int, ...]
    customers: Ints
    amounts: Ints
    component: npt.NDArray[np.int8]
    paid: npt.NDArray[np.float32]

    def chance(self, period: CashSpan) -> Floats:
        """Return P(paid in the period) of every row."""
        last = self.ends.index(period.last_day)
        by_end = self.paid[:, last].astype(np.float64)
        before = period.first_day - 1
        if before not in self.ends:  # the period begins tomorrow
            return np.clip(by_end, 0, 1)
        begin = self.paid[:, self.ends.index(before)].astype(np.float64)
        return np.clip(by_end - begin, 0, 1)


@dataclass(frozen=True, slots=True)
class Moments:
    """The money of groups of customers per period, minor units.

    `keys` are customers, NOBODY for all others together; `mean`, `alone` and `tied` have a row
    per key and a column per period (`tied` is the variance as if all were paid together),
    `most` is what a key owes.
    """

    keys: Ints
    mean: Floats
    alone: Floats
    tied: Floats
    most: Floats

    @property
    def variance(self) -> Floats:
        """Variance per key and period."""
        return (1 - RUNS) * self.alone + RUNS * self.tied

    def parts(self, new: NewBusiness | None = None) -> Parts:
        """Return the parts whose sum the money is, with new business as one more.

        Only LARGE_CUSTOMERS have a part of their own; who has a row for another reason joins
        the others.
        """
        order = np.lexsort((self.keys, np.where(self.keys == NOBODY, 1.0, -self.most)))
        own, rest = order[:LARGE_CUSTOMERS], order[LARGE_CUSTOMERS:]
        rows = [(self.mean[own], self.variance[own], self.most[own])]
        if len(rest):
            rows.append(
                (
                    self.mean[rest].sum(axis=0)[None, :],
                    self.variance[rest].sum(axis=0)[None, :],
                    self.most[rest].sum()[None],
                )
            )
        if new is not None:
            rows.append(
                (
                    new.mean[None, :],
                    np.square(new.spread)[None, :],
                    np.array([max(MOST_OF_NEW * float(new.mean.max(initial=0)), 1.0)]),
                )
            )
        return Parts(
            mean=np.vstack([row[0] for row in rows]),
            variance=np.vstack([row[1] for row in rows]),
            most=np.concatenate([row[2] for row in rows]),
        )


def components_of(
    rows: CashRows, periods: tuple[CashSpan, ...], new: NewBusiness | None
) -> pl.DataFrame:
    """Return whole minor units per period: a row per period and a column per component.

    Every running sum of a component over weeks, and over months, is rounded half up once.
    """
    exact = np.zeros((len(periods), len(COMPONENTS)))
    for place, period in enumerate(periods):
        money = rows.amounts * rows.chance(period)
        exact[place] = np.bincount(rows.component, weights=money, minlength=len(COMPONENTS))
    if new is not None:
        exact[:, COMPONENTS.index(NEW)] = new.mean
    whole = np.zeros(exact.shape, np.int64)
    kinds = [period.kind for period in periods]
    for kind in dict.fromkeys(kinds):
        own = [place for place, one in enumerate(kinds) if one == kind]
        so_far = np.floor(exact[own].cumsum(axis=0) + 0.5).astype(np.int64)
        whole[own] = np.diff(so_far, axis=0, prepend=np.zeros((1, len(COMPONENTS)), np.int64))
    return pl.DataFrame(whole, schema=dict.fromkeys(COMPONENTS, pl.Int64), orient="row")


def moments(
    rows: CashRows, periods: tuple[CashSpan, ...], *, named: frozenset[int] = frozenset()
) -> Moments:
    """Return the moments of the largest customers, of those `named`, and of all the others."""
    codes, keys = _codes(rows.customers)
    most = np.bincount(codes, weights=rows.amounts, minlength=len(keys)).astype(np.float64)
    order = np.argsort(-most, kind="stable")
    own = np.isin(keys, np.fromiter(named, np.int64, len(named)))
    own[order[:LARGE_CUSTOMERS]] = True
    group = np.where(own, np.cumsum(own) - 1, int(own.sum()))
    size = int(own.sum()) + int((~own).any())
    mean, alone, tied = (np.zeros((size, len(periods))) for _ in range(3))
    amounts = rows.amounts.astype(np.float64)
    for place, period in enumerate(periods):
        chance = rows.chance(period)
        deviation = amounts * np.sqrt(chance * (1 - chance))
        by_customer = np.bincount(codes, weights=deviation, minlength=len(keys))
        squares = np.bincount(codes, weights=deviation**2, minlength=len(keys))
        money = np.bincount(codes, weights=amounts * chance, minlength=len(keys))
        mean[:, place] = np.bincount(group, weights=money, minlength=size)
        alone[:, place] = np.bincount(group, weights=squares, minlength=size)
        tied[:, place] = np.bincount(group, weights=by_customer**2, minlength=size)
    names = keys[own]
    return Moments(
        keys=np.append(names, NOBODY) if size > len(names) else names,
        mean=mean,
        alone=alone,
        tied=tied,
        most=np.asarray(np.bincount(group, weights=most, minlength=size), np.float64),
    )


def _codes(values: Ints) -> tuple[Ints, Ints]:
    keys, codes = np.unique(values, return_inverse=True)
    return codes.astype(np.int64), keys.astype(np.int64)


def merged(parts: list[tuple[Moments, float]]) -> Moments:
    """Return the moments of several currencies as one, each times its rate.

    A customer who owes in two currencies stays two parts: payment runs go by currency.
    """
    keys = np.concatenate([one.keys for one, _ in parts])
    return Moments(
        keys=keys,
        mean=np.vstack([one.mean * rate for one, rate in parts]),
        alone=np.vstack([one.alone * rate**2 for one, rate in parts]),
        tied=np.vstack([one.tied * rate**2 for one, rate in parts]),
        most=np.concatenate([one.most * rate for one, rate in parts]),
    )


TINY = 1e-200
"""Weights that add up to less are made larger first."""


def whole_shares(weights: Floats, total: int) -> Ints:
    """Return whole minor units in the proportion of the weights that add up to the total.

    Nothing where there is nothing to share out, or nobody to share it.
    """
    summed = float(weights.sum())
    if summed <= 0 or total <= 0:
        return np.zeros(len(weights), np.int64)
    if summed < TINY:
        # a total divided by next to nothing is no number any more
        weights = weights / float(weights.max())
        summed = float(weights.sum())
    exact = weights * (total / summed)
    whole = np.floor(exact).astype(np.int64)
    # the largest remainders take what rounding down has left
    left = total - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:left]] += 1
    return whole
