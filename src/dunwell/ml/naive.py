"""Three models without learning, for comparison and for books too short to learn from.

Each is a distribution of days late, cut off where the item is known to be unpaid. They know
the customer at most by its past lateness; open items count as long as they stayed open.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS, Curves
from dunwell.ml.history import Floats, History, Ints, day_array
from dunwell.ml.lateness import (
    DAYS_LATE,
    EARLIEST,
    LATEST,
    PRIOR_ITEMS,
    Lateness,
    lateness,
    prior,
)
from dunwell.ml.model import Maker

OWN_ITEMS = 50
"""A customer is known by its last paid items, at most this many."""

NEW_ITEMS = 3
"""A customer counts as new for its first items, this many."""

OLD_CUSTOMER_DAYS = 90
"""Who has an item in the first days of the ledger may be an old customer, not a new one."""

NEW_WEIGHT = 20.0
"""The portfolio counts as this many items in the distribution of new customers."""

TAIL_DAYS = 120
"""The hazard beyond the grid is the mean one of so many days after it."""

CHUNK = 2048
"""Requests worked on at a time: bounds memory, changes nothing."""

Unpaid = Callable[[Ints], Floats]
"""Customers' rows in, P(not paid by d days late) out: one row per customer, columns DAYS_LATE."""


@dataclass(frozen=True, slots=True)
class DueDate:
    """Everyone pays about the due day: one distribution of days late for all."""

    portfolio: Lateness
    name: str = "due_date"

    def curves(self, history: History, requests: pl.DataFrame) -> Curves:
        """Return the curves of the requests."""

        def unpaid(customers: Ints) -> Floats:
            return np.tile(self.portfolio.unpaid, (len(customers), 1))

        return _curves(self.name, history, requests, unpaid=unpaid, tail=self.portfolio.tail)


@dataclass(frozen=True, slots=True)
class CustomerMedian:
    """Each customer pays as it did on its last OWN_ITEMS paid items, shrunk to the portfolio.

    With n such items the own distribution weighs n / (n + PRIOR_ITEMS). A customer without a
    paid item is taken for a new one.
    """

    portfolio: Lateness
    newcomers: Lateness
    name: str = "customer_median"

    def curves(self, history: History, requests: pl.DataFrame) -> Curves:
        """Return the curves of the requests."""
        own = _own_lateness(history)

        def unpaid(customers: Ints) -> Floats:
            keys, rows = np.unique(customers, return_inverse=True)
            counts = _own_counts(own, keys)
            number = counts.sum(axis=1)
            paid = counts.cumsum(axis=1)
            weight = (number / (number + PRIOR_ITEMS))[:, None]
            share = 1 - paid / np.maximum(number, 1)[:, None]
            mixed = weight * share + (1 - weight) * self.portfolio.unpaid
            mixed[number == 0] = self.newcomers.unpaid
            return np.asarray(mixed[rows], np.float64)

        return _curves(self.name, history, requests, unpaid=unpaid, tail=self.portfolio.tail)


@dataclass(frozen=True, slots=True)
class CustomerRate:
    """Each customer is late as often as it was; how early or late is the portfolio's.

    P(late) = (late items + PRIOR_ITEMS x portfolio rate) / (items + PRIOR_ITEMS) over the
    items due by then. A customer without one is taken for a new one.
    """

    portfolio: Lateness
    newcomers: Lateness
    name: str = "customer_rate"

    def curves(self, history: History, requests: pl.DataFrame) -> Curves:
        """Return the curves of the requests."""
        keys, late, number = _own_late(history)
        shape, rate = self.portfolio.unpaid, self.portfolio.late
        on_time, after = (1 - shape) / (1 - rate), shape / rate

        def unpaid(customers: Ints) -> Floats:
            place = _places(keys, customers)
            items = number[place]
            late_rate = ((late[place] + PRIOR_ITEMS * rate) / (items + PRIOR_ITEMS))[:, None]
            curve = np.where(DAYS_LATE < 0, 1 - (1 - late_rate) * on_time, late_rate * after)
            curve[items == 0] = self.newcomers.unpaid
            return np.asarray(curve, np.float64)

        return _curves(self.name, history, requests, unpaid=unpaid, tail=self.portfolio.tail)


def due_date(history: History) -> DueDate:
    """Return the model of one distribution for all."""
    return DueDate(portfolio=portfolio_lateness(history))


def customer_median(history: History) -> CustomerMedian:
    """Return the model of each customer's own past days late."""
    portfolio = portfolio_lateness(history)
    return CustomerMedian(portfolio=portfolio, newcomers=new_lateness(history, portfolio))


def customer_rate(history: History) -> CustomerRate:
    """Return the model of each customer's own share of late items."""
    portfolio = portfolio_lateness(history)
    return CustomerRate(portfolio=portfolio, newcomers=new_lateness(history, portfolio))


NAIVE: Mapping[str, Maker] = {
    "due_date": due_date,
    "customer_median": customer_median,
    "customer_rate": customer_rate,
}
"""The models that never learn, by name."""


def portfolio_lateness(history: History) -> Lateness:
    """Return the days late of all items; without any the documented prior."""
    return _lateness(history.items, as_of=history.as_of, before=prior(), weight=PRIOR_ITEMS)


def new_lateness(history: History, portfolio: Lateness) -> Lateness:
    """Return the days late of new customers' first NEW_ITEMS items, shrunk to the portfolio."""
    items = history.items
    if not items.height:
        return portfolio
    first = pl.col("issued_day").min().over("customer_id")
    order = pl.struct("issued_day", "item_id").rank("ordinal").over("customer_id")
    is_new = first >= pl.col("issued_day").min() + OLD_CUSTOMER_DAYS
    chosen = items.filter(is_new & (order <= NEW_ITEMS))
    return _lateness(chosen, as_of=history.as_of, before=portfolio, weight=NEW_WEIGHT)


def _lateness(items: pl.DataFrame, *, as_of: int, before: Lateness, weight: float) -> Lateness:
    """Return the lateness of items; what was not settled with money counts as still unpaid."""
    last = pl.coalesce("paid_day", "ended_day", pl.lit(as_of))
    days = items.select(last - pl.col("due_day")).to_series().to_numpy().astype(np.int64)
    is_paid = items["paid_day"].is_not_null().to_numpy()
    return lateness(days, is_paid=is_paid, before=before, weight=weight)


@dataclass(frozen=True, slots=True)
class _Own:
    """The last paid items of each customer: one row per item, sorted by customer."""

    customers: Ints
    columns: Ints


def _own_lateness(history: History) -> _Own:
    newest = pl.struct("paid_day", "item_id").rank("ordinal", descending=True)
    paid = (
        history.items.filter(pl.col("paid_day").is_not_null())
        .filter(newest.over("customer_id") <= OWN_ITEMS)
        .sort("customer_id", "item_id")
    )
    late = (paid["paid_day"] - paid["due_day"]).to_numpy().astype(np.int64)
    return _Own(
        customers=paid["customer_id"].to_numpy().astype(np.int64),
        columns=np.clip(late, EARLIEST, LATEST) - EARLIEST,
    )


def _own_counts(own: _Own, keys: Ints) -> Floats:
    """Return how many of each customer's items were how late, columns DAYS_LATE."""
    begin = np.searchsorted(own.customers, keys, side="left")
    number = np.searchsorted(own.customers, keys, side="right") - begin
    row = np.repeat(np.arange(len(keys)), number)
    within = np.arange(number.sum()) - np.repeat(number.cumsum() - number, number)
    cells = row * len(DAYS_LATE) + own.columns[np.repeat(begin, number) + within]
    counts = np.bincount(cells, minlength=len(keys) * len(DAYS_LATE))
    return counts.reshape(len(keys), len(DAYS_LATE)).astype(np.float64)


def _own_late(history: History) -> tuple[Ints, Floats, Floats]:
    """Return customers in order, their late items and all their items due by the day.

    A last row of zeros stands for customers without one. Whether an item is late is known on
    its due day; one settled without money by then is neither.
    """
    last = pl.coalesce("paid_day", "ended_day", pl.lit(history.as_of + 1))
    is_late = last > pl.col("due_day")
    counted = (
        history.items.filter(pl.col("due_day") <= history.as_of)
        .filter(is_late | pl.col("paid_day").is_not_null())
        .group_by("customer_id")
        .agg(late=is_late.sum(), number=pl.len())
        .sort("customer_id")
    )
    return (
        counted["customer_id"].to_numpy().astype(np.int64),
        np.append(counted["late"].to_numpy().astype(np.float64), 0.0),
        np.append(counted["number"].to_numpy().astype(np.float64), 0.0),
    )


def _places(keys: Ints, wanted: Ints) -> Ints:
    """Return where each wanted key stands in the sorted keys; the place after the last if not."""
    place = np.searchsorted(keys, wanted)
    found = np.append(keys, -1)[place] == wanted
    return np.where(found, place, len(keys)).astype(np.int64)


def _curves(
    name: str, history: History, requests: pl.DataFrame, *, unpaid: Unpaid, tail: float
) -> Curves:
    """Return the curves of days late, given that each request is unpaid as far as known."""
    as_of, size = history.as_of, requests.height
    customers = requests["customer_id"].to_numpy().astype(np.int64)
    due = day_array(requests, "due_day").astype(np.int64)
    known = np.maximum(as_of, day_array(requests, "issued_day").astype(np.int64) - 1)
    paid = np.empty((size, GRID_DAYS), np.float32)
    beyond = np.empty(size, np.float32)
    # customers together, so that each is counted in one chunk or two
    order = np.argsort(customers, kind="stable")
    ahead = as_of + 1 + np.arange(GRID_DAYS + TAIL_DAYS)
    for begin in range(0, size, CHUNK):
        rows = order[begin : begin + CHUNK]
        # past the last day told the hazard is constant: only the distance to `known` matters
        shift = np.maximum(known[rows] - due[rows] - LATEST, 0)
        curve = unpaid(customers[rows])
        start = (known - due)[rows] - shift
        days = ahead[None, :] - (due[rows] + shift)[:, None]
        left = _left(curve, days, tail) / _left(curve, start[:, None], tail)
        left = np.minimum.accumulate(np.clip(left, 0.0, 1.0), axis=1)
        left[days <= start[:, None]] = 1.0
        paid[rows] = 1 - left[:, :GRID_DAYS]
        beyond[rows] = 1 - np.power(left[:, -1] / left[:, GRID_DAYS - 1], 1 / TAIL_DAYS)
    return Curves(
        as_of=as_of, items=requests.select(ITEM_COLUMNS), paid=paid, tail=beyond, model=name
    )


def _left(curve: Floats, days: Ints, tail: float) -> Floats:
    """Return P(not paid by so many days late), one row of days per curve."""
    column = np.clip(days, EARLIEST, LATEST) - EARLIEST
    inside = np.take_along_axis(curve, column, axis=1)
    inside = np.where(days < EARLIEST, 1.0, inside)
    return np.asarray(inside * np.power(1 - tail, np.maximum(days - LATEST, 0)), np.float64)
