"""The hazard of a large book read quickly: the same tables, each looked up as whole stretches.

What depends on the gap to one day of the item is a slice of a written-out row; what depends
on the customer and the day alone is worked out once per customer. `tests/ml` checks that the
answer is that of `tables.offsets`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dunwell.ml.closed_days import ClosedDays
from dunwell.ml.curves import GRID_DAYS
from dunwell.ml.dates import weekday_of
from dunwell.ml.day_facts import (
    AHEAD_EDGES,
    COUNT_EDGES,
    FIRST_GAP,
    GAP_BIN,
    GAPS,
    MONTH_END_EDGES,
    OVERDUE_EDGES,
    PEAK_EDGES,
    RATE_EDGES,
    SHARE_EDGES,
    SPREAD_EDGES,
    TERM_EDGES,
    WAIT_EDGES,
    begun,
    is_closed,
    month_bins,
    promise_bin,
    rhythm_bins,
    shares_of_days,
)
from dunwell.ml.features import Views
from dunwell.ml.history import NEVER, Ints
from dunwell.ml.tables import Tables

ITEM_GROUPS = ("usual", "due", "wait", "promise")
CUSTOMER_GROUPS = ("weekday", "month", "monthly", "rhythm")
QUICK_GROUPS = (*ITEM_GROUPS, *CUSTOMER_GROUPS)
"""The tables a quick model has; `band` and `run` would need a look-up per item and day."""

_EDGE = np.arange(-GRID_DAYS, GAPS + GRID_DAYS)
_GAP_ROW = GAP_BIN[np.clip(_EDGE, 0, GAPS - 1)]
_WAIT_ROW = np.searchsorted(
    WAIT_EDGES, np.clip(np.arange(-GRID_DAYS, GRID_DAYS), 0, None), side="right"
)


class QuickTables:
    """Tables written out so that a stretch of days is one slice."""

    def __init__(self, tables: Tables, base: float) -> None:
        self.tables = tables
        self.base = np.float32(base)
        self.usual = _slices(tables["usual"][..., _GAP_ROW])
        self.due = _slices(tables["due"][..., _GAP_ROW])
        self.wait = _slices(tables["wait"][..., _WAIT_ROW])

    def odds(self, views: Views, closed: ClosedDays, first: int) -> np.ndarray:
        """Return the log-odds of payment on the GRID_DAYS days from `first` on, per view.

        Views of one customer lie together; all are of the day before `first`.
        """
        days = first + np.arange(GRID_DAYS)
        total = self._customers(views, closed, days)
        count = _cut(views, "n", COUNT_EDGES)
        spread = np.searchsorted(
            SPREAD_EDGES, views.column("high") - views.column("low"), side="right"
        )
        late = first - views.due.astype(np.int64)
        usual = np.rint(views.column("median")).astype(np.int64)
        total += _stretch(self.usual, spread * (len(COUNT_EDGES) + 1) + count, late - usual)
        rate, term = _cut(views, "share_late", RATE_EDGES), _cut(views, "term", TERM_EDGES)
        total += _stretch(self.due, rate * (len(TERM_EDGES) + 1) + term, late)
        overdue = _cut(views, "n_overdue", OVERDUE_EDGES)
        waited = np.maximum(first - views.start.astype(np.int64), -GRID_DAYS)
        total += self.wait[overdue * 3 + begun(views.start, views.due), waited + GRID_DAYS]
        self._promises(total, views, days)
        return total

    def _customers(self, views: Views, closed: ClosedDays, days: np.ndarray) -> np.ndarray:
        """Return what the tables of customer and day say, one row per view."""
        key = views.customer * len(closed.names) + views.calendar
        _, one, back = np.unique(key, return_index=True, return_inverse=True)
        few = views.take(one)
        kinds = _kinds_of_day(closed, days)
        row = np.arange(len(one))[:, None]
        share, ahead = shares_of_days(
            few, row, kinds.weekday, state=kinds.state, moved=kinds.moved
        )
        share = np.searchsorted(SHARE_EDGES, share, side="right")
        ahead = np.searchsorted(AHEAD_EDGES, ahead, side="right")
        peak = _cut(few, "weekday_share", PEAK_EDGES)[:, None]
        month_end = _cut(few, "month_end_share", MONTH_END_EDGES)
        since = days - (few.day[:, None] - np.nan_to_num(few.column("recency"))[:, None])
        rhythm = rhythm_bins(
            few.column("run_days")[:, None], few.column("run_spread")[:, None], since
        )
        calendar = np.arange(len(closed.names))[:, None]
        shut, place = month_bins(closed, calendar, days)
        # a customer's days are of few kinds: what is of the kind is looked up once for each
        its = kinds.of[few.calendar]
        found = self.tables["weekday"][peak, kinds.state, share, ahead][row, its]
        found += self.tables["month"][:, shut, place][month_end, few.calendar]
        monthly = self.tables["monthly"]
        begin = np.ravel_multi_index(
            (month_end[:, None], is_closed(kinds.state).astype(np.int64), share),
            monthly.shape[:3],
        )
        found += monthly.ravel()[begin[row, its] * monthly.shape[3] + place]
        found += self.tables["rhythm"][rhythm]
        found += self.base
        return np.asarray(found[back])

    def _promises(self, total: np.ndarray, views: Views, days: np.ndarray) -> None:
        """Add the table of promises and disputes; most items have neither."""
        table = self.tables["promise"]
        disputed = (views.column("disputed") > 0).astype(np.int64)
        some = np.flatnonzero((disputed > 0) | (views.promised < NEVER))
        total += table[0, 0]
        total[some] += (
            table[disputed[some][:, None], promise_bin(days, views.promised[some][:, None])]
            - table[0, 0]
        )


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The kinds of day there are: state, weekday, and the weekday whose payments move to it.

    `of` says of which kind each day is, a row for each calendar.
    """

    state: Ints
    moved: Ints
    weekday: Ints
    of: Ints


def _kinds_of_day(closed: ClosedDays, days: np.ndarray) -> _Kinds:
    """Return the kinds of some days in all calendars: about twenty."""
    state, moved = closed.at(np.arange(len(closed.names))[:, None], days)
    told = np.stack([state, moved, np.broadcast_to(weekday_of(days), state.shape)])
    kinds, of = np.unique(told.reshape(3, -1).astype(np.int64), axis=1, return_inverse=True)
    return _Kinds(kinds[0], kinds[1], kinds[2], of=of.reshape(state.shape))


def _slices(rows: np.ndarray) -> np.ndarray:
    """Return every stretch of GRID_DAYS of each row, without copying."""
    flat = np.ascontiguousarray(rows.reshape(-1, rows.shape[-1]), np.float32)
    return np.lib.stride_tricks.sliding_window_view(flat, GRID_DAYS, axis=1)


def _stretch(slices: np.ndarray, row: Ints, gap: Ints) -> np.ndarray:
    """Return the stretches that begin with a gap in days, one per row of `gap`."""
    place = np.clip(gap - FIRST_GAP, -GRID_DAYS, GAPS - 1) + GRID_DAYS
    return np.asarray(slices[row, place])


def _cut(views: Views, name: str, edges: np.ndarray) -> np.ndarray:
    return np.searchsorted(edges, views.column(name), side="right")


def is_quick(tables: Mapping[str, np.ndarray]) -> bool:
    """Return whether the tables are those of a quick model."""
    return set(tables) == set(QUICK_GROUPS)
