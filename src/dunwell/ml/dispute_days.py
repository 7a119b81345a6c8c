"""When disputes come: the share that is opened by an age, and what silence until then means.

Items issued lately can only show quick disputes, so delays are estimated in reverse time
(product limit for right-truncated data: Lagakos, Barraj, De Gruttola 1988).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.history import History, Ints, day_array

Floats = npt.NDArray[np.float64]

HORIZON_DAYS = 120
"""Disputes opened later after issue are not predicted."""

PRIOR_DISPUTES, PRIOR_DELAY_DAYS = 5, 25
"""Weight, in disputes, of delays spread exponentially with this mean."""

SUREST = 0.995
"""Silence never proves that no dispute will come."""

LEAST_OPEN = 0.02
"""Share of items still open below which it is not believed."""


@dataclass(frozen=True, slots=True)
class DisputeDays:
    """By age in days from 0 to HORIZON_DAYS: share of disputes opened by then, share of
    undisputed items that are still open."""

    opened: Floats
    still_open: Floats

    def share(self, ages: npt.NDArray[np.integer]) -> Floats:
        """Return the share of disputes that have been opened by each age."""
        return np.asarray(self.opened[np.clip(ages, 0, HORIZON_DAYS)], dtype=np.float64)

    def log_odds_at(self, ages: npt.NDArray[np.integer]) -> Floats:
        """Return what the age of an item that is open and undisputed does to its log-odds.

        Most disputes have come by then, which lowers them; most sound items are paid by
        then, which raises them. 0 for an item not issued yet.
        """
        age = np.clip(ages, 0, HORIZON_DAYS)
        left = 1 - np.minimum(self.opened[age], SUREST)
        effect = np.log(left) - np.log(np.maximum(self.still_open[age], LEAST_OPEN))
        return np.where(np.asarray(ages) <= 0, 0.0, effect)


def first_disputes(history: History) -> pl.DataFrame:
    """Return item_id and delay (days from issue) of items disputed within the horizon."""
    issued = history.items.select("item_id", "issued_day")
    return (
        history.disputes.filter(pl.col("opened_day") <= history.as_of)
        .group_by("item_id")
        .agg(pl.col("opened_day").min())
        .join(issued, on="item_id", how="inner")
        .with_columns(delay=(pl.col("opened_day") - pl.col("issued_day")).clip(0))
        .filter(pl.col("delay") <= HORIZON_DAYS)
        .select("item_id", "delay")
        .sort("item_id")
    )


def dispute_days(history: History, first: pl.DataFrame) -> DisputeDays:
    """Return when disputes come, and how long undisputed items stay open."""
    items = history.items.join(first, on="item_id", how="left", maintain_order="left")
    age = history.as_of - items["issued_day"].to_numpy().astype(np.int64)
    disputed = items["delay"].is_not_null().to_numpy()
    delay = items["delay"].fill_null(0).to_numpy().astype(np.int64)
    ended = day_array(items, "ended_day").astype(np.int64) - items["issued_day"].to_numpy()
    return DisputeDays(
        opened=_opened(delay[disputed], age[disputed]),
        still_open=_still_open(ended[~disputed], age[~disputed]),
    )


def _opened(delay: Ints, age: Ints) -> Floats:
    """Return the share of disputes opened by each age: reverse product limit, with a prior."""
    grid = np.arange(HORIZON_DAYS + 1)
    smooth = 1 - np.exp(-(grid + 1) / PRIOR_DELAY_DAYS)
    prior = np.asarray(smooth / smooth[-1], dtype=np.float64)
    if not len(delay):
        return prior
    came = np.bincount(delay, minlength=HORIZON_DAYS + 1).astype(np.float64)
    limit = np.bincount(np.minimum(age, HORIZON_DAYS), minlength=HORIZON_DAYS + 1)
    # could have come by the day, and did by then: delay <= u <= age
    could = np.cumsum(came) - (np.cumsum(limit) - limit)
    stay = 1 - np.divide(came, could, out=np.zeros_like(came), where=could > 0)
    by_then = np.append(np.cumprod(stay[:0:-1])[::-1], 1.0)
    found = (len(delay) * by_then + PRIOR_DISPUTES * prior) / (len(delay) + PRIOR_DISPUTES)
    return np.asarray(found, dtype=np.float64)


def _still_open(ended: Ints, age: Ints) -> Floats:
    """Return the share of undisputed items open at each age (Kaplan-Meier, open = censored)."""
    size = HORIZON_DAYS + 2
    stop = np.clip(np.minimum(ended, age + 1), 0, size - 1)
    is_end = (ended <= age) & (ended < size - 1)
    ends = np.bincount(stop[is_end], minlength=size)[:-1].astype(np.float64)
    leaves = np.bincount(stop, minlength=size)
    at_risk = leaves.sum() - np.cumsum(leaves)[:-1] + leaves[:-1]
    stay = 1 - np.divide(ends, at_risk, out=np.zeros_like(ends), where=at_risk > 0)
    return np.asarray(np.cumprod(stay), dtype=np.float64)
