"""One pay-date distribution per item: the object every prediction is read from.

Lateness, expected date, quantiles, cash by week, priority and expected loss are all
questions to the same curve, so they cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

Days = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Probabilities = npt.NDArray[np.float32]

GRID_DAYS = 120
"""Days ahead told one by one; beyond them the daily hazard of the item stays as it was."""

LONGEST_DAYS = 730
"""No quantile or expected date lies further ahead than this."""

LEVELS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""The 19 quantiles by which a distribution is scored (CRPS)."""

PIECE = 4_096
"""Rows worked on at a time."""

ITEM_COLUMNS = ("item_id", "customer_id", "currency", "open_minor", "issued_day", "due_day")


@dataclass(frozen=True, slots=True)
class Curves:
    """The pay-date distributions of many items as of one day, one row per item.

    `items` has ITEM_COLUMNS (days Int32, money Int64 minor units); `paid[i, j]` is
    P(item i is paid by as_of + 1 + j), never falling in j; `tail[i]` is the daily
    hazard beyond the grid; `model` names what made them.
    """

    as_of: int
    items: pl.DataFrame
    paid: Probabilities
    tail: Probabilities
    model: str

    def __len__(self) -> int:
        return self.items.height

    @property
    def due(self) -> Days:
        """Due day of every item."""
        return self.items["due_day"].to_numpy().astype(np.int32)

    def paid_by(self, days: Days) -> Floats:
        """Return P(paid by the day), one day number per item; 0 up to and including as_of."""
        ahead = days.astype(np.int64) - self.as_of
        column = np.clip(ahead, 1, GRID_DAYS) - 1
        within = self.paid[np.arange(len(self)), column].astype(np.float64)
        beyond = np.maximum(ahead - GRID_DAYS, 0)
        left = (1 - within) * np.power(1 - self.tail.astype(np.float64), beyond)
        return np.where(ahead < 1, 0.0, 1 - left)

    def late(self, days: int) -> Floats:
        """Return P(paid more than `days` days after the due day); 1 when that day has passed."""
        return 1 - self.paid_by(self.due + np.int32(days))

    def unpaid_after(self, days: int) -> Floats:
        """Return P(still unpaid `days` days after as_of)."""
        return 1 - self.paid_by(np.full(len(self), self.as_of + days, np.int32))

    def quantile(self, level: float) -> Days:
        """Return the first day by which an item is paid with the probability `level`.

        At most LONGEST_DAYS after as_of.
        """
        inside = np.empty(len(self), np.int64)
        for some in self._pieces():
            # the grid has fewer days than a byte counts; adding bytes is several times quicker
            below = (self.paid[some] < np.float32(level)).view(np.uint8)
            inside[some] = np.add.reduce(below, axis=1, dtype=np.uint8)
        ahead = inside + 1
        is_beyond = inside >= GRID_DAYS
        if is_beyond.any():
            left = np.maximum(1 - self.paid[is_beyond, -1].astype(np.float64), 1e-9)
            hazard = np.clip(self.tail[is_beyond].astype(np.float64), 1e-9, 0.999)
            more = np.ceil(np.log((1 - level) / left) / np.log1p(-hazard))
            ahead[is_beyond] = GRID_DAYS + np.clip(more, 1, LONGEST_DAYS)
        return np.asarray(self.as_of + np.minimum(ahead, LONGEST_DAYS), np.int32)

    def expected(self) -> Floats:
        """Return the expected pay day as a day number with fraction; waits are cut at LONGEST."""
        waits = np.empty(len(self), np.float64)
        for some in self._pieces():
            waits[some] = (1 - self.paid[some]).sum(axis=1, dtype=np.float64)
        hazard = np.clip(self.tail.astype(np.float64), 1e-9, 0.999)
        # E(wait) is the sum of P(wait > j) over j = 0, 1, ...; beyond the grid a geometric row
        terms = LONGEST_DAYS - GRID_DAYS - 1
        left = (1 - self.paid[:, -1]).astype(np.float64)
        beyond = left * (1 - hazard) * (1 - np.power(1 - hazard, terms)) / hazard
        return np.asarray(self.as_of + 1 + waits + beyond, np.float64)

    def by_week(self, weeks: int) -> Floats:
        """Return P(paid in week w) for w = 1..weeks, weeks of seven days from as_of + 1 on."""
        ends = [
            self.paid_by(np.full(len(self), self.as_of + 7 * week, np.int32))
            for week in range(weeks + 1)
        ]
        return np.diff(np.stack(ends, axis=1), axis=1)

    def _pieces(self) -> Iterator[slice]:
        """Yield slices of rows: half a gigabyte on the way costs a second before it is used."""
        return (slice(at, at + PIECE) for at in range(0, len(self), PIECE))

    def take(self, rows: npt.NDArray[np.int64]) -> "Curves":
        """Return the curves of some rows, in that order."""
        return replace(self, items=self.items[rows], paid=self.paid[rows], tail=self.tail[rows])


def joined(parts: list[Curves]) -> Curves:
    """Return the rows of several curves of the same day and model as one."""
    first = parts[0]
    return Curves(
        as_of=first.as_of,
        items=pl.concat([part.items for part in parts]),
        paid=np.concatenate([part.paid for part in parts]),
        tail=np.concatenate([part.tail for part in parts]),
        model=first.model,
    )
