"""Facts of an item on a coming day, in whole bins: where the tables of the hazard are read."""

from collections.abc import Iterable, Mapping

import numpy as np

from dunwell.ml.closed_days import HOLIDAY, STATES, WEEKEND, ClosedDays
from dunwell.ml.dates import WEEK, month_place, weekday_of
from dunwell.ml.features import Views
from dunwell.ml.history import NEVER

FIRST_GAP, GAPS = -64, 256
"""A gap in days is told apart from -64 to 191."""

_EDGES = np.concatenate(
    [
        [-64, -50, -40, -33, -27, -22, -18, -15],
        np.arange(-13, 14),
        [15, 17, 19, 21, 24, 27, 30, 33, 37, 42, 48, 55, 62, 72, 85, 105, 130, 160],
    ]
)
GAP_BIN = (np.searchsorted(_EDGES, np.arange(GAPS) + FIRST_GAP, side="right") - 1).astype(np.int16)
"""Bin of each gap: day by day near 0, wider further out."""
GAP_BINS = len(_EDGES)

_WIDE_EDGES = np.array(
    (
        *(-64, -40, -25, -16, -11, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17),
        *(22, 30, 40, 60, 90, 130),
    )
)
WIDE_BIN = (np.searchsorted(_WIDE_EDGES, np.arange(GAPS) + FIRST_GAP, side="right") - 1).astype(
    np.int16
)
WIDE_BINS = len(_WIDE_EDGES)
_COARSE_EDGES = np.array([-64, -25, -11, -5, -2, 0, 3, 7, 15, 30, 60])
COARSE_BIN = (
    np.searchsorted(_COARSE_EDGES, np.arange(GAPS) + FIRST_GAP, side="right") - 1
).astype(np.int16)
COARSE_BINS = len(_COARSE_EDGES)
"""The same gaps in fewer bins, for tables over two gaps or over gap and weekday."""

WAIT_EDGES = np.array([1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 18, 22, 28, 35, 45, 60, 80, 100])
WAIT_BINS = len(WAIT_EDGES) + 1
SPREAD_EDGES = np.array([1.5, 3.5, 6.5, 11.5, 21.5, 41.5])
COUNT_EDGES = np.array([1, 4, 11])
RATE_EDGES = np.array([0.1, 0.25, 0.45, 0.65, 0.85])
TERM_EDGES = np.array([8, 16, 31, 50])
SHARE_EDGES = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.27, 0.37, 0.5, 0.7])
AHEAD_EDGES = np.array([0.1, 0.25, 0.4, 0.6, 0.8])
PEAK_EDGES = np.array([0.3, 0.45, 0.65])
MONTH_END_EDGES = np.array([0.15, 0.35, 0.6])
OVERDUE_EDGES = np.array([1, 3, 8])
RUN_EDGES = np.array([2.5, 5.5, 9.5, 18.5, 26.5])
"""Days between two payments: daily, twice a week, weekly, fortnightly, three weeks, monthly."""
RUN_SPREAD_EDGES = np.array([1.5, 4.5, 8.5])
TURNS = 3
"""The next expected payment of a customer, the one after it, and all later ones."""
BEGUN_EDGES = np.array([1, 30])
PROMISE_SPAN = 10
PROMISE_BINS = 2 * PROMISE_SPAN + 2
MONTH_DAYS, MONTH_LAST = 24, 7
MONTH_BINS = MONTH_DAYS + MONTH_LAST
"""Days 1 to 24 of a month counted from its start, the last seven from its end."""

_SHARES = len(SHARE_EDGES) + 1
_AHEADS = len(AHEAD_EDGES) + 1
_MONTH_ENDS = len(MONTH_END_EDGES) + 1

GROUPS: Mapping[str, tuple[int, ...]] = {
    "usual": (len(SPREAD_EDGES) + 1, len(COUNT_EDGES) + 1, GAP_BINS),
    "due": (len(RATE_EDGES) + 1, len(TERM_EDGES) + 1, GAP_BINS),
    "band": (WIDE_BINS, WIDE_BINS),
    "wait": (len(OVERDUE_EDGES) + 1, 3, WAIT_BINS),
    "weekday": (len(PEAK_EDGES) + 1, STATES, _SHARES, _AHEADS),
    "run": (COARSE_BINS, STATES, _SHARES, _AHEADS),
    "month": (_MONTH_ENDS, 2, MONTH_BINS),
    "monthly": (_MONTH_ENDS, 2, _SHARES, MONTH_BINS),
    "rhythm": (len(RUN_EDGES) + 2, len(RUN_SPREAD_EDGES) + 1, TURNS, WIDE_BINS),
    "promise": (2, PROMISE_BINS),
}
"""Each table of the hazard and the number of bins of its facts.

`usual`: spread, items paid, days since the customer's usual day. `due`: share late, terms,
days since the due day. `band`: days since the early and since the late end of the customer's
usual span. `wait`: overdue items, how late it is looked at, days since. `weekday`: how much
one weekday rules, state of the day, the customer's share of it and of the two after. `run`:
the same around the usual day. `month`, `monthly`: month-end habit, closed, weekday share,
place in the month. `rhythm`: days between payments, their spread, which payment from now, days
since the day it is expected. `promise`: disputed, days since the promised day.
"""

Bins = dict[str, tuple[np.ndarray, ...]]


def day_bins(
    views: Views, closed: ClosedDays, day: np.ndarray, groups: Iterable[str] = GROUPS
) -> Bins:
    """Return the bins of groups for `day`, shaped (rows,) or (rows, days).

    Facts of the item are shaped to broadcast against the days.
    """

    def shaped(values: np.ndarray) -> np.ndarray:
        return values if day.ndim == 1 else values[:, None]

    def fact(name: str) -> np.ndarray:
        return shaped(views.column(name))

    def cut(name: str, edges: np.ndarray) -> np.ndarray:
        return np.searchsorted(edges, fact(name), side="right")

    due, start = shaped(views.due), shaped(views.start)
    count = cut("n", COUNT_EDGES)
    spread = np.searchsorted(SPREAD_EDGES, fact("high") - fact("low"), side="right")
    overdue = cut("n_overdue", OVERDUE_EDGES)
    late = day - due
    weekday = weekday_bins(views, closed, day)
    month = month_bins(closed, shaped(views.calendar), day)
    month_end = cut("month_end_share", MONTH_END_EDGES)
    found: Bins = {
        "usual": (spread, count, gap_bin(GAP_BIN, late, fact("median"))),
        "due": (
            cut("share_late", RATE_EDGES),
            cut("term", TERM_EDGES),
            gap_bin(GAP_BIN, late, np.zeros_like(due)),
        ),
        "band": (
            gap_bin(WIDE_BIN, late, fact("low")),
            gap_bin(WIDE_BIN, late, fact("high")),
        ),
        "wait": (
            overdue,
            begun(start, due),
            np.searchsorted(WAIT_EDGES, day - start, side="right"),
        ),
        "weekday": weekday,
        "run": (gap_bin(COARSE_BIN, late, fact("median")), *weekday[1:]),
        "month": (month_end, *month),
        "monthly": (month_end, month[0], weekday[2], month[1]),
        "rhythm": rhythm_bins(
            fact("run_days"),
            fact("run_spread"),
            day - (shaped(views.day) - np.nan_to_num(fact("recency"))),
        ),
        "promise": (
            (fact("disputed") > 0).astype(np.int64),
            promise_bin(day, shaped(views.promised)),
        ),
    }
    return {name: found[name] for name in groups}


def begun(start: np.ndarray, due: np.ndarray) -> np.ndarray:
    """Return whether an item was looked at before, soon after or long after its due day."""
    return np.asarray(np.searchsorted(BEGUN_EDGES, start - due, side="right"))


def rhythm_bins(
    run_days: np.ndarray, run_spread: np.ndarray, since: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return the bins of a customer's rhythm `since` days after its last payment."""
    is_known = ~np.isnan(run_days)
    apart = np.rint(np.maximum(np.nan_to_num(run_days, nan=1.0), 1.0))
    # the expected payment nearest to the day, the first one at the earliest
    turn = np.maximum(np.floor(since / apart + 0.5), 1)
    gap = since - turn * apart
    kind = np.where(is_known, np.searchsorted(RUN_EDGES, apart, side="right") + 1, 0)
    spread = np.searchsorted(RUN_SPREAD_EDGES, np.nan_to_num(run_spread, nan=99.0), side="right")
    return (
        kind,
        spread,
        np.minimum(turn, TURNS).astype(np.int64) - 1,
        WIDE_BIN[np.clip(gap.astype(np.int64) - FIRST_GAP, 0, GAPS - 1)],
    )


def gap_bin(bins: np.ndarray, gap: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return the bin of the days since a usual day, read from a list of bins by gap."""
    place = gap - np.rint(usual).astype(np.int64) - FIRST_GAP
    return np.asarray(bins[np.clip(place, 0, GAPS - 1)])


def promise_bin(day: np.ndarray, promised: np.ndarray) -> np.ndarray:
    """Return the bin of the days since the promised day; 0 without a running promise."""
    gap = np.clip(day - promised, -PROMISE_SPAN, PROMISE_SPAN) + PROMISE_SPAN + 1
    return np.where(promised < NEVER, gap, 0)


def pay_shares(
    views: Views, closed: ClosedDays, row: np.ndarray, calendar: np.ndarray, day: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the state of days, and the customer's share of that weekday and of the two after it.

    `row` names the view of each day. After a holiday the share of the closed weekday counts as
    well, on the holiday itself none does.
    """
    state, moved = closed.at(calendar, day)
    return state, *shares_of_days(views, row, weekday_of(day), state=state, moved=moved)


def shares_of_days(
    views: Views, row: np.ndarray, weekday: np.ndarray, *, state: np.ndarray, moved: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `pay_shares` says of days of which weekday and state are known."""
    shares = views.weekdays
    more = np.where(moved >= 0, shares[row, np.maximum(moved, 0)], 0.0)
    share = np.where(state == HOLIDAY, 0.0, shares[row, weekday] + more)
    ahead = shares[row, (weekday + 1) % WEEK] + shares[row, (weekday + 2) % WEEK]
    return share, ahead


def weekday_bins(views: Views, closed: ClosedDays, day: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the bins of how much one weekday rules, and of what `pay_shares` returns."""
    row = np.arange(len(views.due))
    if day.ndim > 1:
        row = row[:, None]
    calendar = views.calendar if day.ndim == 1 else views.calendar[:, None]
    state, share, ahead = pay_shares(views, closed, row, calendar, day)
    peak = views.column("weekday_share")
    peak = peak if day.ndim == 1 else peak[:, None]
    return (
        np.searchsorted(PEAK_EDGES, peak, side="right"),
        state.astype(np.int64),
        np.searchsorted(SHARE_EDGES, share, side="right"),
        np.searchsorted(AHEAD_EDGES, ahead, side="right"),
    )


def month_bins(
    closed: ClosedDays, calendar: np.ndarray, day: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return whether the day is closed, and its place in the month."""
    state, _ = closed.at(calendar, day)
    day_of_month, left, _ = month_place(day)
    place = np.where(
        left <= MONTH_LAST, MONTH_BINS - left, np.minimum(day_of_month, MONTH_DAYS) - 1
    )
    return is_closed(state).astype(np.int64), place


def is_closed(state: np.ndarray) -> np.ndarray:
    """Return whether banks move no money on days of these states."""
    return np.asarray((state == WEEKEND) | (state == HOLIDAY))
