"""New business: cash from invoices nobody has written yet, by the run rate of billing.

What is billed per week lately, moved by the same season a year ago where there is one, paid
after the waits seen so far. It is an extrapolation and labelled as one everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.cash_periods import CashSpan
from dunwell.ml.history import Floats, History

RECENT_WEEKS = 13
YEAR_WEEKS = 52
SEASON_WEEKS = 5
"""The same week a year ago counts with its neighbours: so many weeks."""

SEASON_BOUNDS = (0.5, 2.0)
SEASON_WEIGHT = 0.7
"""One year is one observation of a season: it moves the rate by this share of what it shows."""

MOST_WAIT = 365
LEAST_WEEKS = 4
"""With fewer weeks of billing there is no rate."""


@dataclass(frozen=True, slots=True)
class NewBusiness:
    """Cash per period of one currency in minor units, with what it may differ by.

    `alone` is the standard deviation of a period by itself, `rate` that of the rate of billing,
    which all periods share; `spread` is both together.
    """

    currency: str
    mean: Floats
    alone: Floats
    rate: Floats

    @property
    def spread(self) -> Floats:
        """Return the standard deviation of each period."""
        return np.asarray(np.hypot(self.alone, self.rate), np.float64)

    def with_spans(self, weeks: int) -> "NewBusiness":
        """Return the same with the first 2, 3 ... of the first `weeks` periods together added."""
        mean, alone, rate = (one[:weeks] for one in (self.mean, self.alone, self.rate))
        return NewBusiness(
            self.currency,
            np.append(self.mean, mean.cumsum()[1:]),
            np.append(self.alone, np.sqrt(np.square(alone).cumsum()[1:])),
            np.append(self.rate, rate.cumsum()[1:]),
        )


def together(parts: Sequence[tuple[NewBusiness, float]], currency: str) -> NewBusiness | None:
    """Return the new business of several currencies in one, each times its rate of exchange."""
    if not parts:
        return None
    return NewBusiness(
        currency,
        np.sum([one.mean * rate for one, rate in parts], axis=0),
        np.sqrt(np.sum([np.square(one.alone * rate) for one, rate in parts], axis=0)),
        np.sqrt(np.sum([np.square(one.rate * rate) for one, rate in parts], axis=0)),
    )


def new_business(history: History, periods: tuple[CashSpan, ...]) -> tuple[NewBusiness, ...]:
    """Return what new invoices bring per period, a row per currency with billing lately."""
    found = []
    waits = _waits(history)
    last = max(period.last_day for period in periods)
    for currency in history.items["currency"].unique().sort():
        billed = _billed(history, currency)
        if len(billed) < LEAST_WEEKS:
            continue
        weekly = _rates(billed, weeks=(last - history.as_of) // 7 + 1)
        daily = np.repeat(weekly / 7, 7)
        paid = np.convolve(daily, np.diff(waits, prepend=0.0))[: last - history.as_of]
        so_far = np.concatenate([[0.0], paid.cumsum()])
        mean = np.array(
            [
                so_far[one.last_day - history.as_of] - so_far[one.first_day - 1 - history.as_of]
                for one in periods
            ]
        )
        recent = billed[-RECENT_WEEKS:]
        swing = float(recent.std() / max(recent.mean(), 1.0))
        # weeks of billing vary on their own: a longer period averages over more of them
        days = np.array([one.last_day - one.first_day + 1 for one in periods])
        alone = mean * swing / np.sqrt(np.maximum(days / 7, 1.0))
        # the rate is itself a mean of few weeks, and wanders: a mean over n weeks is the best
        # one where each week moves the rate by swing / n
        ahead = np.array([(one.first_day + one.last_day) / 2 for one in periods]) - history.as_of
        rate = mean * swing * np.sqrt(1 / RECENT_WEEKS + ahead / 7 / RECENT_WEEKS**2)
        found.append(
            NewBusiness(
                str(currency), mean, np.asarray(alone, np.float64), np.asarray(rate, np.float64)
            )
        )
    return tuple(found)


def _billed(history: History, currency: str) -> Floats:
    """Return what was billed per week, the oldest first, weeks ending on the history's day."""
    own = history.items.filter(pl.col("currency") == currency)
    ago = (history.as_of - own["issued_day"].to_numpy().astype(np.int64)) // 7
    within = ago < 2 * YEAR_WEEKS + RECENT_WEEKS
    if not within.any():
        return np.zeros(0)
    amounts = own["amount_minor"].to_numpy().astype(np.float64)[within]
    weeks = np.bincount(ago[within], weights=amounts)[::-1]
    # the first week may have begun before the books did
    return np.asarray(weeks[1:] if len(weeks) > 1 else weeks, np.float64)


def _rates(billed: Floats, *, weeks: int) -> Floats:
    """Return the rate of billing of each week to come."""
    base = billed[-RECENT_WEEKS:].mean()
    factors = np.ones(weeks)
    if len(billed) >= YEAR_WEEKS + RECENT_WEEKS:
        before = billed[-YEAR_WEEKS - RECENT_WEEKS : -YEAR_WEEKS].mean()
        half = SEASON_WEEKS // 2
        for week in range(weeks):
            place = len(billed) - YEAR_WEEKS + week % YEAR_WEEKS
            near = billed[max(place - half, 0) : min(place + half + 1, len(billed))]
            seen = float(near.mean() / before) if len(near) and before > 0 else 1.0
            factors[week] = 1 + SEASON_WEIGHT * (float(np.clip(seen, *SEASON_BOUNDS)) - 1)
    return np.asarray(base * factors, np.float64)


def _waits(history: History) -> Floats:
    """Return the share of an invoice's amount paid by so many days after its issue.

    By the hazard of each day among what was still unpaid and old enough to tell (Kaplan and
    Meier 1958, weighted by amount): an invoice of yesterday is no evidence of slow payment.
    """
    items = history.items.filter(pl.col("issued_day") > history.as_of - 2 * MOST_WAIT)
    amounts = items["amount_minor"].to_numpy().astype(np.float64)
    is_paid = items["paid_day"].is_not_null().to_numpy()
    # what ended without money stays unpaid however old it gets
    is_dead = (items["ended_day"].is_not_null() & items["paid_day"].is_null()).to_numpy()
    age = (history.as_of - items["issued_day"]).to_numpy().astype(np.int64)
    wait = (items["paid_day"] - items["issued_day"]).fill_null(0).to_numpy().astype(np.int64)
    seen = np.clip(np.where(is_paid, wait, np.where(is_dead, MOST_WAIT, age)), 0, MOST_WAIT)
    size = MOST_WAIT + 1
    paid = np.bincount(seen[is_paid], weights=amounts[is_paid], minlength=size)
    left = np.bincount(seen, weights=amounts, minlength=size)
    at_risk = left[::-1].cumsum()[::-1]
    hazard = np.where(at_risk > 0, paid / np.maximum(at_risk, 1.0), 0.0)
    hazard[MOST_WAIT] = 0.0
    return np.asarray(1 - np.cumprod(1 - hazard), np.float64)
