"""Whether a score treats groups of natural persons alike, and whether an input stands in for one.

Adverse impact ratio: approval rate of a group / the highest rate; 0.80 is the four-fifths rule (29
CFR 1607.4(D)). Equal opportunity: approval rate among those who turned out good (Hardt, Price and
Srebro 2016), at most 5 percentage points apart. The standardised mean difference is of points.
The groups are told beside the sample and are never an input.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dunwell.ml.history import Floats, Ints
from dunwell.ml.metrics import Flags
from dunwell.ml.scorecards.additive import AdditiveModel, placed
from dunwell.ml.scorecards.binning import first_edges
from dunwell.ml.scorecards.samples import UNKNOWN, Category, Inputs

PPM = 1_000_000
LEAST_RATIO_PPM, MOST_GAP_PPM = 800_000, 50_000
FEW_ROWS = 30
"""A smaller group proves nothing, neither good nor bad."""

STANDS_IN = 0.5
"""From this association on (Cramér's V) an input is called a stand-in."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: how many, how many approved, how it compares; rates ppm, None for too few."""

    group: str
    rows: int
    approved_ppm: int
    impact_ratio_ppm: int | None
    good_approved_ppm: int | None
    opportunity_gap_ppm: int | None
    smd_milli: int | None


def fairness(groups: Category, *, is_bad: Flags, points: Floats, cut_off: int) -> list[GroupRow]:
    """Return how every group fares when whoever has `cut_off` points or more is approved."""
    is_approved = points >= cut_off
    known = [
        (level, groups.codes == code)
        for code, level in enumerate(groups.levels)
        if bool((groups.codes == code).any())
    ]
    judged = [rows for _, rows in known if int(rows.sum()) >= FEW_ROWS]
    best = max((float(is_approved[rows].mean()) for rows in judged), default=0.0)
    fair = [rows & ~is_bad for rows in judged if int((rows & ~is_bad).sum()) >= FEW_ROWS]
    most = max((float(is_approved[rows].mean()) for rows in fair), default=0.0)
    found = []
    for level, rows in known:
        rate = float(is_approved[rows].mean())
        good = rows & ~is_bad
        few, few_good = int(rows.sum()) < FEW_ROWS, int(good.sum()) < FEW_ROWS
        chance = 0.0 if few_good else float(is_approved[good].mean())
        found.append(
            GroupRow(
                group=level,
                rows=int(rows.sum()),
                approved_ppm=round(rate * PPM),
                impact_ratio_ppm=None if few or best == 0 else round(rate / best * PPM),
                good_approved_ppm=None if few_good else round(chance * PPM),
                opportunity_gap_ppm=None if few_good else round((most - chance) * PPM),
                smd_milli=None if few else _smd(points, rows),
            )
        )
    return found


def groups_of(column: Floats | Category) -> Category:
    """Return a protected column as groups; a number is cut into fifths of about equal size."""
    if isinstance(column, Category):
        return column
    known = ~np.isnan(column)
    edges = first_edges(column[known], 5)
    names = [f"{edge:g} or less" for edge in edges]
    last = f"more than {edges[-1]:g}" if len(edges) else "any"
    levels = tuple(
        name if at == 0 else f"more than {edges[at - 1]:g}, up to {edges[at]:g}"
        for at, name in enumerate(names)
    )
    return Category(levels=(*levels, last), codes=_fifths(column))


def is_fair(rows: list[GroupRow]) -> bool:
    """Return whether no group that is large enough to judge falls short of either bound."""
    return all(
        (row.impact_ratio_ppm is None or row.impact_ratio_ppm >= LEAST_RATIO_PPM)
        and (row.opportunity_gap_ppm is None or row.opportunity_gap_ppm <= MOST_GAP_PPM)
        for row in rows
    )


def stand_ins(
    model: AdditiveModel, inputs: Inputs, protected: Mapping[str, Floats | Category]
) -> list[dict[str, Any]]:
    """Return how much each input of a model tells about each protected column, most first.

    The measure is Cramér's V with Bergsma's correction (2013) of the bins against the groups; a
    protected number is cut into five groups.
    """
    found = []
    for ground, column in protected.items():
        groups = column.codes if isinstance(column, Category) else _fifths(column)
        for name, table in model.tables.items():
            value = cramers_v(placed(table, inputs[name]), groups)
            found.append(
                {
                    "input": name,
                    "protected": ground,
                    "v_milli": round(value * 1_000),
                    "stands_in": value >= STANDS_IN,
                }
            )
    return sorted(found, key=lambda row: (-row["v_milli"], row["input"], row["protected"]))


def cramers_v(one: Ints, two: Ints) -> float:
    """Return the corrected association of two groupings, 0 to 1; code -1 is left out."""
    known = (one != UNKNOWN) & (two != UNKNOWN)
    rows, columns = (np.unique(part[known], return_inverse=True)[1] for part in (one, two))
    total = int(known.sum())
    high, wide = (int(part.max(initial=0)) + 1 for part in (rows, columns))
    if total < FEW_ROWS or min(high, wide) < 2:  # noqa: PLR2004  (one group tells nothing)
        return 0.0
    table = np.bincount(rows * wide + columns, minlength=high * wide).reshape(high, wide)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    phi = float(((table - expected) ** 2 / expected).sum()) / total
    phi = max(0.0, phi - (high - 1) * (wide - 1) / (total - 1))
    least = min(high - (high - 1) ** 2 / (total - 1), wide - (wide - 1) ** 2 / (total - 1)) - 1
    return float(np.sqrt(phi / least)) if least > 0 else 0.0


def _fifths(values: Floats) -> Ints:
    known = ~np.isnan(values)
    found = np.full(len(values), UNKNOWN, np.int64)
    found[known] = np.searchsorted(first_edges(values[known], 5), values[known], side="left")
    return found


def _smd(points: Floats, rows: Flags) -> int | None:
    """Return the group's mean less the others', in thousandths of their pooled spread."""
    inside, outside = points[rows], points[~rows]
    if len(outside) < FEW_ROWS:
        return None
    spread = float(np.sqrt((inside.var(ddof=1) + outside.var(ddof=1)) / 2))
    return round((inside.mean() - outside.mean()) / spread * 1_000) if spread > 0 else 0
