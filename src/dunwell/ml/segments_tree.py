"""A shallow tree of whole-number ranges around groups (CART, Breiman et al. 1984, by Gini)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bounds = Mapping[int, tuple[int | None, int | None]]

DEEPEST = 4
SMALLEST_PPM = 10_000
"""A leaf holds at least one in a hundred customers, and two."""
CUTS = 256
"""Places at which a fact is tried to be cut, evenly spread over its customers."""
PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A leaf: ranges by column, both ends included, and the group most of its rows are of."""

    group: int
    bounds: Bounds


def leaves(values: Ints, group: Ints) -> tuple[Box, ...]:
    """Return boxes without overlap that cover every row, neighbours of one group kept apart."""
    smallest = max(2, len(values) * SMALLEST_PPM // PPM)
    number = int(group.max()) + 1
    return tuple(_grown(values, group, {}, number=number, smallest=smallest, deep=0))


def _grown(
    values: Ints, group: Ints, bounds: Bounds, *, number: int, smallest: int, deep: int
) -> list[Box]:
    counts = np.bincount(group, minlength=number)
    cut = None if deep == DEEPEST else _cut(values, group, number=number, smallest=smallest)
    if cut is None:
        return [Box(group=int(counts.argmax()), bounds=dict(bounds))]
    column, at = cut
    low, high = bounds.get(column, (None, None))
    is_left = values[:, column] <= at
    found: list[Box] = []
    for side, range_ in ((is_left, (low, at)), (~is_left, (at + 1, high))):
        found += _grown(
            values[side],
            group[side],
            {**bounds, column: range_},
            number=number,
            smallest=smallest,
            deep=deep + 1,
        )
    if len({box.group for box in found}) == 1:
        return [Box(group=found[0].group, bounds=dict(bounds))]
    return found


def _cut(values: Ints, group: Ints, *, number: int, smallest: int) -> tuple[int, int] | None:
    """Return the column and the value up to which its left side reaches, None without a gain."""
    rows = len(group)
    best_gain, best = 1e-9, None
    one_hot = np.zeros((rows, number), dtype=np.int64)
    one_hot[np.arange(rows), group] = 1
    whole = one_hot.sum(axis=0)
    impurity = _gini(whole, rows)
    for column in range(values.shape[1]):
        order = np.argsort(values[:, column], kind="stable")
        ordered, below = values[order, column], one_hot[order].cumsum(axis=0)
        for place in _places(ordered, smallest):
            left = below[place - 1]
            parts = place * _gini(left, place) + (rows - place) * _gini(whole - left, rows - place)
            gain = impurity - parts / rows
            if gain > best_gain:
                best_gain, best = gain, (column, int(ordered[place - 1]))
    return best


def _places(ordered: Ints, smallest: int) -> list[int]:
    """Return how many rows lie left of each cut to try: where the value changes."""
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    fitting = changes[(changes >= smallest) & (changes <= len(ordered) - smallest)]
    if len(fitting) <= CUTS:
        return [int(place) for place in fitting]
    return [int(fitting[n]) for n in np.linspace(0, len(fitting) - 1, CUTS).astype(np.int64)]


def _gini(counts: Ints, rows: int) -> float:
    return 1.0 - float(((counts / rows) ** 2).sum())
