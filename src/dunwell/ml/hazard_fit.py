"""Fitting the hazard: which days of which items are looked at, and what is learned first."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dunwell.ml.closed_days import ClosedDays, calendars
from dunwell.ml.curves import GRID_DAYS
from dunwell.ml.day_facts import GROUPS, day_bins
from dunwell.ml.day_trees import day_table, fit_day_trees
from dunwell.ml.features import FACTS, Lookups, Views, usual_amounts
from dunwell.ml.hazard import Fit, HazardModel, phases_of
from dunwell.ml.history import NEVER, History, Ints, day_array, first_day
from dunwell.ml.late_trees import fit_late_trees, late_table
from dunwell.ml.naive import customer_median
from dunwell.ml.past import Past
from dunwell.ml.quick import QUICK_GROUPS
from dunwell.ml.tables import Size, Tables, fit_tables, offsets
from dunwell.ml.tilt import fit_tilt, inputs

if TYPE_CHECKING:
    import lightgbm as lgb

SMALL = Size(
    table_trees=50,
    table_leaves=15,
    tilt_trees=60,
    tilt_leaves=7,
    day_trees=120,
    day_leaves=15,
    late_trees=0,
    late_weight=0.0,
    has_own=False,
    days=400_000,
    fits=4,
)
LARGE = Size(
    table_trees=60,
    table_leaves=31,
    tilt_trees=160,
    tilt_leaves=31,
    day_trees=200,
    day_leaves=31,
    late_trees=200,
    late_weight=0.5,
    has_own=True,
    days=700_000,
)
QUICK_TREES, QUICK_LEAVES = 40, 15
"""Trees of the tilt where a million items wait."""

LARGE_ITEMS = 5_000
"""Paid items from which the large model is worth it."""

SEEDS_APART = 100
"""Between the seeds of the fits of one model."""

TIME_FACTS = ("due_month", "tenure", "portfolio_recent", "portfolio_late")
SEASONS_DAYS = 760
"""The month of the year is a fact only after two years of history."""

UNPAID_KEPT = 0.3
"""Share of days without payment kept for the tables; the kept ones weigh more."""

LOOK_EVERY = 7
"""An item is looked at about once a week while open."""
KEPT_LOOKS = 0.3
LOOK_SPAN = 120


@dataclass(frozen=True, slots=True)
class Cells:
    """Views of training items and their days: `row` names the view of each cell."""

    views: Views
    row: Ints
    day: Ints
    is_paid: np.ndarray
    counts: Ints


def fit_hazard(
    history: History, *, seed: int = 7, size: Size | None = None, is_quick: bool = False
) -> HazardModel:
    """Return a model learned from what a history shows, the same for the same history and seed."""
    chosen = size or (LARGE if history.paid_items >= LARGE_ITEMS else SMALL)
    if is_quick:
        chosen = replace(chosen, tilt_trees=QUICK_TREES, tilt_leaves=QUICK_LEAVES, fits=1)
    past = Past(history)
    currencies = usual_amounts(history)
    lookups = Lookups(history, past, currencies)
    closed, calendar = calendars(
        history.items, history, first=first_day(history), last=history.as_of
    )
    masked, fits = _masked(history), []
    for own_seed in range(seed, seed + chosen.fits * SEEDS_APART, SEEDS_APART):
        chance = np.random.default_rng(own_seed)
        cells = _cells(history, lookups, calendar, chance, chosen.days)
        kept = cells.is_paid | (chance.random(len(cells.row)) < UNPAID_KEPT)
        fits.append(
            _fit(
                history,
                cells,
                kept,
                closed,
                past,
                masked=masked,
                size=chosen,
                seed=own_seed,
                is_quick=is_quick,
            )
        )
    return HazardModel(
        fits=tuple(fits),
        late_weight=chosen.late_weight,
        own=customer_median(history) if chosen.has_own and not is_quick else None,
        masked=masked,
        portfolio=past.portfolio,
        currencies=currencies,
    )


def _fit(
    history: History,
    cells: Cells,
    kept: np.ndarray,
    closed: ClosedDays,
    past: Past,
    *,
    masked: Ints,
    size: Size,
    seed: int,
    is_quick: bool,
) -> Fit:
    """Return tables and trees learned from cells, of which `kept` are shown to the tables."""
    # days without payment are thinned for the tables, the kept ones weigh for the others
    row, day, is_paid = cells.row[kept], cells.day[kept], cells.is_paid[kept]
    weight = np.where(is_paid, 1.0, 1 / UNPAID_KEPT)
    groups = QUICK_GROUPS if is_quick else tuple(GROUPS)
    bins = day_bins(cells.views.take(row), closed, day, groups)
    tables, base = fit_tables(bins, is_paid, weight, size=size, seed=seed)
    trees = _tilt(cells, closed, tables, base, masked=masked, size=size, seed=seed)
    if is_quick:
        return Fit(tables=tables, base=base, trees=trees, day_trees=None, late_trees=None)
    table = day_table(cells.views, closed, row, day, masked=masked, assumed=past.portfolio)
    day_trees = fit_day_trees(table, is_paid, weight, size=size, seed=seed)
    late_trees = None
    if size.late_trees:
        late_trees = _late_trees(history, cells, masked=masked, size=size, seed=seed)
    return Fit(tables=tables, base=base, trees=trees, day_trees=day_trees, late_trees=late_trees)


def _tilt(
    cells: Cells,
    closed: ClosedDays,
    tables: Tables,
    base: float,
    *,
    masked: Ints,
    size: Size,
    seed: int,
) -> "lgb.Booster":
    """Return the trees that tilt what the tables say of an item, phase by phase."""
    every_day = cells.views.take(cells.row)
    odds = offsets(tables, base, day_bins(every_day, closed, cells.day, tuple(tables)))
    phases = phases_of(tables)
    key = cells.row * phases.count + phases.of(every_day, cells.day)
    units, unit = np.unique(key, return_inverse=True)
    return fit_tilt(
        inputs(
            cells.views, units // phases.count, units % phases.count, phases=phases, masked=masked
        ),
        odds.astype(np.float32),
        unit,
        np.bincount(unit, weights=cells.is_paid, minlength=len(units)),
        size=size,
        seed=seed,
    )


def _late_trees(
    history: History, cells: Cells, *, masked: Ints, size: Size, seed: int
) -> "lgb.Booster | None":
    """Return trees for "late or not?" learned from items whose due day has passed.

    An item still open then is late, however long it stays so: nothing waits for the answer.
    None where no item's due day has passed since it was looked at.
    """
    views = cells.views
    last = np.cumsum(cells.counts) - 1
    is_paid, end = cells.is_paid[last], cells.day[last]
    is_asked = (views.start <= views.due) & (views.due < history.as_of)
    used = np.flatnonzero(is_asked & (is_paid | (end >= views.due)))
    is_late = ~(is_paid & (end <= views.due))[used]
    if not len(used):
        return None
    return fit_late_trees(
        late_table(views.take(used), masked=masked), is_late, size=size, seed=seed
    )


def _masked(history: History) -> Ints:
    """Return the columns a short history must not see: there they only tell the time."""
    first = first_day(history)
    names = TIME_FACTS if history.as_of - first < SEASONS_DAYS else TIME_FACTS[1:]
    return np.array([FACTS.index(name) for name in names])


def _looks_at(
    items: pl.DataFrame, events: pl.DataFrame, column: str, stop: np.ndarray
) -> tuple[Ints, Ints]:
    """Return open items and the days something was said of them; weekly looks miss most of it."""
    keys, named = items["item_id"].to_numpy(), events["item_id"].to_numpy()
    place = np.minimum(np.searchsorted(keys, named), max(len(keys) - 1, 0))
    look = day_array(events, column).astype(np.int64)
    seen = (keys[place] == named) & (look < stop[place])
    return place[seen].astype(np.int64), look[seen]


def _cells(
    history: History,
    lookups: Lookups,
    calendar: np.ndarray,
    chance: np.random.Generator,
    most: int,
) -> Cells:
    """Return items as seen before issue and about weekly while open, with their days."""
    items = history.items
    issued, ended = day_array(items, "issued_day"), day_array(items, "ended_day")
    paid = day_array(items, "paid_day")
    stop = np.minimum(ended, history.as_of)
    every = np.arange(items.height)
    rows, looks = [every], [issued - chance.integers(1, 8, items.height)]
    for ahead in range(0, LOOK_SPAN, LOOK_EVERY):
        look = issued + ahead + chance.integers(0, LOOK_EVERY, items.height)
        seen = (look < stop) & (chance.random(items.height) < KEPT_LOOKS)
        rows.append(every[seen])
        looks.append(look[seen])
    for frame, column in ((history.promises, "made_day"), (history.disputes, "opened_day")):
        told, look = _looks_at(items, frame, column, stop)
        rows.append(told)
        looks.append(look)
    item = np.concatenate(rows)
    look = np.concatenate(looks).astype(np.int32)
    begin = np.maximum(issued[item], look + 1)
    counts = np.clip(np.minimum(stop[item], begin + GRID_DAYS - 1) - begin + 1, 0, None)
    used = counts > 0
    if counts.sum() > most / UNPAID_KEPT:
        used &= chance.random(len(counts)) < most / UNPAID_KEPT / counts.sum()
    item, look, begin, counts = item[used], look[used], begin[used], counts[used].astype(np.int64)
    views = lookups.views(items[item], look, calendar[item])
    row = np.repeat(np.arange(len(item)), counts)
    day = begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    is_paid = (day == paid[item][row]) & (paid[item][row] < NEVER)
    return Cells(views=views, row=row, day=day.astype(np.int64), is_paid=is_paid, counts=counts)
