"""The learned pay-date model: a daily hazard of tables, tilted phase by phase.

log-odds(paid on day d | unpaid before) = sum of tables over facts of the day + tilt of the
item in the phase d lies in. Items unpaid at the end of what is known are censored, never
dropped. Beside it, where the book is small enough, trees over item and day together.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dunwell.ml.closed_days import ClosedDays, calendars
from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS, Curves
from dunwell.ml.day_facts import day_bins
from dunwell.ml.day_trees import day_table
from dunwell.ml.features import Lookups, Views
from dunwell.ml.history import NEVER, History, Ints
from dunwell.ml.late_trees import drawn, late_odds, late_table
from dunwell.ml.naive import CustomerMedian
from dunwell.ml.past import Past, Portfolio
from dunwell.ml.quick import QuickTables, is_quick
from dunwell.ml.tables import Tables, offsets
from dunwell.ml.tilt import COARSE, FINE, Phases, tilts_by_day

if TYPE_CHECKING:
    import lightgbm as lgb

TAIL_DAYS = 28
"""The daily hazard beyond the grid is that of its last days."""
LEAST_HAZARD, MOST_HAZARD = 0.005, 0.2

MIX = 0.35
"""Weight of the tables beside the day trees."""
OWN = 1 / 6
"""Weight of the customer's own past days late beside both: it knows no calendar, and is steady."""
DAY_CHUNK = 2_000
MOST_THREADS = 4
CHUNK = 4_000
"""Items scored at a time; what is worked out of them stays near the processor."""
SEEN = 4 * CHUNK
"""Items looked at together, by one thread; bounds memory."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Tables and trees of one seed."""

    tables: Tables
    base: float
    trees: "lgb.Booster"
    day_trees: "lgb.Booster | None"
    late_trees: "lgb.Booster | None"


@dataclass(frozen=True, slots=True)
class HazardModel:
    """One fit, or several of different seeds; `curves` reads them for any day.

    What the fits say is averaged as chances: few items leave much to the seed.
    """

    fits: tuple[Fit, ...]
    late_weight: float
    own: CustomerMedian | None
    masked: Ints
    portfolio: Portfolio
    currencies: dict[str, float]
    name: str = "hazard"

    def curves(self, history: History, requests: pl.DataFrame) -> Curves:
        """Return the pay-date curve of every request (ITEM_COLUMNS) as of the history's day."""
        paid = np.empty((requests.height, GRID_DAYS), np.float32)
        tail = np.empty(requests.height, np.float32)
        # items of one customer together: what depends on the customer is worked out once
        order = np.argsort(requests["customer_id"].to_numpy(), kind="stable")
        lookups = self.lookups(history)
        asked = _with_amounts(requests[order], history)
        own = self.own.curves(history, asked) if self.own is not None else None

        def read(begin: int) -> None:
            seen, closed = self.seen(lookups, history, asked[begin : begin + SEEN])
            for start in range(0, len(seen.day), CHUNK):
                views = seen.take(slice(start, start + CHUNK))
                part = slice(begin + start, begin + start + len(views.day))
                said = (own.paid[part], own.tail[part]) if own is not None else None
                paid[order[part]], tail[order[part]] = self.paid(
                    views, closed, is_whole=True, own=said
                )

        with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, MOST_THREADS)) as threads:
            list(threads.map(read, range(0, requests.height, SEEN)))
        return Curves(
            as_of=history.as_of,
            items=requests.select(*ITEM_COLUMNS),
            paid=paid,
            tail=tail,
            model=self.name,
        )

    def lookups(self, history: History) -> Lookups:
        """Return the history ready to be asked about, with what the model took for usual."""
        return Lookups(history, Past(history, self.portfolio), self.currencies)

    def seen(
        self, lookups: Lookups, history: History, requests: pl.DataFrame
    ) -> tuple[Views, ClosedDays]:
        """Return the requests as the model sees them on the history's day."""
        asked = _with_amounts(requests, history)
        first, last = history.as_of, history.as_of + 2 * GRID_DAYS
        closed, calendar = calendars(asked, history, first=first, last=last)
        day = np.full(asked.height, history.as_of, np.int32)
        return lookups.views(asked, day, calendar), closed

    def paid(
        self,
        views: Views,
        closed: ClosedDays,
        *,
        is_whole: bool,
        own: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return P(paid by day) for GRID_DAYS days after the views' day, and the hazard beyond.

        All views are of one day. Without `is_whole` the trees of days and of P(late) are left
        out: quicker. `own` is what the customers' own past says of the same.
        """
        first = _next_day(views)
        days = np.broadcast_to(first + np.arange(GRID_DAYS), (len(views.day), GRID_DAYS))
        others = self._day_odds(views, closed, days) if is_whole else [None] * len(self.fits)
        said = []
        # the tables of all fits are of the same facts: told once for all
        tables = self.fits[0].tables
        bins = None if is_quick(tables) else day_bins(views, closed, days, tables)
        for fit, day_odds in zip(self.fits, others, strict=True):
            odds = (
                QuickTables(fit.tables, fit.base).odds(views, closed, first)
                if bins is None
                else offsets(fit.tables, fit.base, bins)
            )
            unpaid, tail = self._unpaid(fit, views, odds, days, day_odds)
            if is_whole:
                unpaid, tail = self._corrected(fit, views, unpaid, tail, own)
            said.append((1 - unpaid, tail))
        if len(said) == 1:
            return said[0]
        paid, tails = zip(*said, strict=True)
        return np.mean(paid, axis=0), np.mean(tails, axis=0)

    def _unpaid(
        self,
        fit: Fit,
        views: Views,
        odds: np.ndarray,
        days: np.ndarray,
        day_odds: np.ndarray | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return P(unpaid after each day) by one fit and the hazard beyond.

        `odds` are what its tables say, `day_odds` what its day trees say, if they were asked.
        """
        first = _next_day(views)
        odds += tilts_by_day(
            fit.trees, views, days, phases=phases_of(fit.tables), masked=self.masked
        )
        unpaid, tail = _survival(odds, views, first)
        if day_odds is None:
            return unpaid, tail
        other, other_tail = _survival(day_odds, views, first)
        # two opinions of one item are averaged as chances: where one of them is far off,
        # the median stays with the other
        return MIX * unpaid + (1 - MIX) * other, MIX * tail + (1 - MIX) * other_tail

    def _corrected(
        self,
        fit: Fit,
        views: Views,
        unpaid: np.ndarray,
        tail: np.ndarray,
        own: tuple[np.ndarray, np.ndarray] | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the same in line with the trees of P(late) and the customers' own past."""
        if fit.late_trees is None and own is None:
            return unpaid, tail
        first = _next_day(views)
        late = late_odds(unpaid, views, first)
        if fit.late_trees is not None:
            table = late_table(views, masked=self.masked)
            direct = np.asarray(fit.late_trees.predict(table, raw_score=True))
            late += self.late_weight * (direct - late)
        if own is not None:
            # of a dispute or a promise the customer's past knows nothing
            is_plain = (views.promised >= NEVER) & ~(views.column("disputed") > 0)
            weight = np.where(is_plain, OWN, 0).astype(np.float32)
            unpaid = (1 - weight)[:, None] * unpaid + weight[:, None] * (1 - own[0])
            tail = (1 - weight) * tail + weight * own[1]
        return drawn(unpaid, views, first, late), tail

    def _day_odds(
        self, views: Views, closed: ClosedDays, days: np.ndarray
    ) -> list[np.ndarray | None]:
        """Return what the day trees of each fit say of every item and day, None without any."""
        asked = [(place, fit.day_trees) for place, fit in enumerate(self.fits) if fit.day_trees]
        found: list[np.ndarray | None] = [None] * len(self.fits)
        said = {place: np.empty(days.shape, np.float32) for place, _ in asked}
        for begin in range(0, len(days) if asked else 0, DAY_CHUNK):
            part = days[begin : begin + DAY_CHUNK]
            row = np.repeat(np.arange(begin, begin + len(part)), part.shape[1])
            table = day_table(
                views, closed, row, part.ravel(), masked=self.masked, assumed=self.portfolio
            )
            for place, trees in asked:
                odds = np.asarray(trees.predict(table, raw_score=True), np.float32)
                said[place][begin : begin + len(part)] = odds.reshape(part.shape)
        for place, odds in said.items():
            found[place] = odds
        return found


def _next_day(views: Views) -> int:
    """Return the day after that of the views, which are all of one day; 0 where there are none."""
    return int(views.day[0]) + 1 if len(views.day) else 0


def phases_of(tables: Tables) -> Phases:
    """Return the phases a model with these tables has."""
    return COARSE if is_quick(tables) else FINE


def _survival(odds: np.ndarray, views: Views, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Return P(unpaid after each day from `first` on) and the daily hazard beyond the grid."""
    # 1 - hazard = 1 / (1 + e^odds)
    survived = np.asarray(odds, np.float32)
    np.exp(survived, out=survived)
    survived += 1
    np.reciprocal(survived, out=survived)
    later = np.flatnonzero(views.start > first)
    days = first + np.arange(GRID_DAYS)
    survived[later] = np.where(days < views.start[later, None], 1, survived[later])
    ends = 1 - survived[:, -TAIL_DAYS:].mean(axis=1)
    tail = np.clip(ends, LEAST_HAZARD, MOST_HAZARD)
    # day by day for all items at once: the same products as `cumprod`, in half its time
    for place in range(1, survived.shape[1]):
        survived[:, place] *= survived[:, place - 1]
    return survived, tail


def _with_amounts(requests: pl.DataFrame, history: History) -> pl.DataFrame:
    """Return the requests with their whole amount, which for an item not issued yet is open."""
    if "amount_minor" in requests.columns:
        return requests
    return requests.join(
        history.items.select("item_id", "amount_minor"),
        on="item_id",
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("amount_minor").fill_null(pl.col("open_minor")))
