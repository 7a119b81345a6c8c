"""Items of the demo as arrays, and its invoices: on business days, growing, seasonal."""

from dataclasses import dataclass

import numpy as np

from dunwell.demo.arrays import FloatArray, IntArray
from dunwell.demo.chance import whole
from dunwell.demo.customers import END_OF_MONTH, TERMS_DAYS, Profiles
from dunwell.demo.days import business_days, month_end
from dunwell.demo.scene import WINDOW_DAYS, Scene

SEASON = (0.90, 0.92, 1.04, 0.99, 1.0, 1.05, 0.92, 0.80, 1.05, 1.07, 1.10, 1.05)
"""Share of a month's sales against the average month, January first."""
YEARLY_GROWTH = 0.07
CLOSING_DAYS = 4
"""Last days of a month, in which more is invoiced."""


@dataclass(frozen=True, slots=True)
class Items:
    """Items of one kind as arrays: position of the customer, days, signed minor units."""

    customer: IntArray
    issued: IntArray
    due: IntArray
    amount: IntArray

    @property
    def count(self) -> int:
        """Return how many items there are."""
        return len(self.customer)


def draw_invoices(
    scene: Scene,
    profiles: Profiles,
    *,
    count: int,
) -> Items:
    """Return `count` invoices in issue order, at least one per customer.

    Sales grow by the year, follow the season and the month's end, and stop
    where the customer's profile says so.
    """
    rng = scene.stream("invoices")
    days = business_days(scene.first_day, scene.as_of_day, scene.calendar)
    reach = np.cumsum(_day_weights(days))
    low = _reached(reach, days, profiles.first_day - 1)
    high = np.maximum(_reached(reach, days, profiles.last_day), low + 1e-9)
    pull = np.power(profiles.weight, 0.7) * (high - low)
    more = rng.choice(profiles.count, count - profiles.count, p=pull / pull.sum())
    customer = np.concatenate([np.arange(profiles.count, dtype=np.int64), more])
    point = low[customer] + rng.random(count) * (high - low)[customer]
    position = np.minimum(np.searchsorted(reach, point, side="right"), len(days) - 1)
    order = np.argsort(position, kind="stable")
    customer, issued = customer[order], days[position[order]]
    return Items(
        customer=customer,
        issued=issued,
        due=due_days(issued, profiles.terms[customer]),
        amount=drawn_amounts(rng, profiles.ticket_minor[customer]),
    )


def due_days(issued: IntArray, terms: IntArray) -> IntArray:
    """Return the due day: issue day plus the days; `30 days end of month` moves on to its end."""
    due = issued + TERMS_DAYS[terms]
    return np.where(terms == END_OF_MONTH, month_end(due), due)


def yearly_sales(profiles: Profiles, *, count: int, days: int = WINDOW_DAYS) -> FloatArray:
    """Return each customer's expected sales of a year in minor units, for its credit limit.

    `count` invoices are written in so many days.
    """
    pull = np.power(profiles.weight, 0.7)
    mean = profiles.ticket_minor * np.exp(0.85**2 / 2)
    return np.asarray(pull / pull.sum() * count * (WINDOW_DAYS / 2 / days) * mean)


def _day_weights(days: IntArray) -> FloatArray:
    """Return how much is invoiced on each business day."""
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    growth = np.exp(YEARLY_GROWTH * (days - days[0]) / 365.0)
    to_month_end = month_end(days) - days
    return np.asarray(
        np.array(SEASON)[month] * growth * np.where(to_month_end < CLOSING_DAYS, 1.8, 1.0)
    )


def _reached(reach: FloatArray, days: IntArray, at: IntArray) -> FloatArray:
    """Return the weight of all days up to and including each day."""
    position = np.searchsorted(days, at, side="right")
    return np.where(position > 0, reach[np.maximum(position - 1, 0)], 0.0)


def drawn_amounts(rng: np.random.Generator, ticket: FloatArray) -> IntArray:
    """Return heavy-tailed amounts around the customer's ticket; one in six is a round sum."""
    amount = ticket * rng.lognormal(0.0, 0.85, len(ticket))
    minor = np.maximum(np.round(amount), 2_500).astype(np.int64)
    rounded = np.maximum(np.round(amount / 5_000), 1).astype(np.int64) * 5_000
    return np.where(whole(rng, 1, 6, len(ticket)) == 1, rounded, minor)
