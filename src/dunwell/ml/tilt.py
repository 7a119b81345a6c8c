"""The tilt: how much sooner or later than its tables an item is paid, phase by phase.

A phase is a stretch of days around the customer's usual day. Trees over the facts of the
item and the place of the phase are boosted by the exact likelihood of unpaid and paid days
(survival with censoring), on top of what the tables say. One question per phase instead of
one per day is what makes a curve cheap.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dunwell.ml.features import FACTS, Views
from dunwell.ml.history import Ints
from dunwell.ml.tables import Size, settled

if TYPE_CHECKING:
    import lightgbm as lgb

LARGEST = 5.0
"""A tilt is kept within e^-5 to e^5 times the odds."""


@dataclass(frozen=True, slots=True)
class Phases:
    """First days of the phases after the first, and the day that stands for each phase.

    Both are counted from the customer's usual day.
    """

    edges: tuple[int, ...]
    days: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return the number of phases."""
        return len(self.days)

    def of(self, views: Views, day: np.ndarray) -> Ints:
        """Return the phase of each day, shaped like `day`: (rows,) or (rows, days)."""
        usual = views.due + np.rint(views.column("median")).astype(np.int64)
        gap = day - (usual if day.ndim == 1 else usual[:, None])
        first, last = self.edges[0] - 1, self.edges[-1]
        by_gap = np.searchsorted(self.edges, np.arange(first, last + 1), side="right")
        return np.asarray(by_gap[np.clip(gap, first, last) - first], np.int64)

    def days_in(self, views: Views, day: np.ndarray) -> Ints:
        """Return how many days of each row (rows, days), which follow each other, a phase has."""
        usual = views.due + np.rint(views.column("median")).astype(np.int64)
        begins = np.array(self.edges) - (day[:, 0] - usual)[:, None]
        width = day.shape[1]
        ends = np.empty((len(day), self.count + 1), np.int64)
        ends[:, 0], ends[:, -1] = 0, width
        np.clip(begins, 0, width, out=ends[:, 1:-1])
        return np.diff(ends, axis=1)


FINE = Phases(
    edges=(-30, -15, -8, -4, -2, 0, 2, 4, 7, 12, 20, 35, 60),
    days=(-40, -22, -11, -6, -3, -1, 1, 3, 5, 9, 16, 27, 47, 90),
)
COARSE = Phases(edges=(-8, 0, 5, 20, 50), days=(-15, -4, 2, 11, 33, 75))
"""For books so large that every phase asked for counts."""

PLACES = (
    "after_due",
    "after_start",
    "after_median",
    "after_last",
    "after_mean",
    "after_high",
    "after_low",
    "after_fading",
    "after_mean5",
    "after_run",
)
"""Where a phase lies: days from the due day, the first day, and the customer's usual days."""

INPUTS = (*FACTS, *PLACES)


def inputs(views: Views, row: Ints, phase: Ints, *, phases: Phases, masked: Ints) -> np.ndarray:
    """Return what the trees see of phases of items, in columns INPUTS.

    `masked` columns are left out: facts that only tell the time of a short history.
    """
    table = np.empty((len(row), len(INPUTS)), np.float32)
    table[:, : len(FACTS)] = views.facts[row]
    fact = {name: table[:, place] for place, name in enumerate(FACTS)}
    due, start = views.due[row].astype(np.float64), views.start[row]
    usual = np.rint(fact["median"])
    day = np.maximum(due + usual + np.array(phases.days)[phase], start)
    late = day - due
    places = (
        late,
        day - start,
        late - usual,
        *(late - fact[name] for name in ("last", "mean", "high", "low", "fading", "mean5")),
        day - views.day[row] + fact["recency"] - fact["run_days"],
    )
    for place, values in enumerate(places):
        table[:, len(FACTS) + place] = values
    table[:, masked] = 0
    return table


def fit_tilt(
    table: np.ndarray,
    cells: np.ndarray,
    unit: Ints,
    paid: np.ndarray,
    *,
    size: Size,
    seed: int,
) -> "lgb.Booster":
    """Return trees that give the tilt of a row of `table` (columns INPUTS).

    `cells` are the log-odds of days, `unit` names the row of `table` each day belongs to,
    `paid` counts the payments in each row. The gradient of the log-likelihood in the tilt
    is sum(p) - paid, its curvature sum(p (1 - p)).
    """
    import lightgbm as lgb  # noqa: PLC0415  slow to load

    rows, against = len(table), np.exp(-cells)

    def slope(tilt: np.ndarray, _: "lgb.Dataset") -> tuple[np.ndarray, np.ndarray]:
        # asked once per tree for millions of days: one exponential per unit, not per day
        chance = np.exp(-np.clip(tilt, -LARGEST, LARGEST)).astype(np.float32)[unit]
        chance *= against
        chance += 1
        np.reciprocal(chance, out=chance)
        total = np.bincount(unit, weights=chance, minlength=rows)
        chance *= chance
        bend = total - np.bincount(unit, weights=chance, minlength=rows)
        return total - paid, np.maximum(bend, 1e-3)

    return lgb.train(
        {
            "objective": slope,
            "learning_rate": size.tilt_rate,
            "num_leaves": size.tilt_leaves,
            "min_data_in_leaf": 100,
            "lambda_l2": 5.0,
            "feature_fraction": 0.6,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            **settled(seed),
        },
        lgb.Dataset(table, label=paid, free_raw_data=True),
        num_boost_round=size.tilt_trees,
    )


def tilts_by_day(
    trees: "lgb.Booster", views: Views, day: np.ndarray, *, phases: Phases, masked: Ints
) -> np.ndarray:
    """Return the tilt on each day (rows, days), in log-odds.

    The days of a row follow each other, so only the phases between its first and its last day
    are asked for, and each answer is told for all days of its phase.
    """
    days = phases.days_in(views, day)
    row, phase = np.nonzero(days)
    table = inputs(views, row, phase, phases=phases, masked=masked)
    found = np.asarray(trees.predict(table, raw_score=True, num_threads=1), np.float32)
    np.clip(found, -LARGEST, LARGEST, out=found)
    return np.repeat(found, days[row, phase]).reshape(day.shape)
