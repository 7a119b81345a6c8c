"""Where a graph's boxes and ways are drawn: layers from left to right, ways between them.

The usual steps of layered drawing (Sugiyama, Tagawa, Toda 1981): leave out what makes circles,
rarest first; put each box one layer after the furthest that leads to it; let long ways pass
other layers in lanes of their own; order each layer by the middle of its neighbours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dunwell.engine.process.graph import Follow

BOX_WIDTH, BOX_HEIGHT, COLUMN_GAP, ROW_GAP, LANE_HEIGHT, EDGE = 132, 46, 74, 20, 22, 10
SWEEPS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """The box of an activity, by its upper left corner."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One activity after another as points from the one box to the other; back goes leftwards."""

    follow: Follow
    points: tuple[tuple[int, int], ...]
    is_back: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A drawing in units of a pixel."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]


@dataclass(slots=True)
class _Place:
    """A box, or the lane of a long way, in a layer."""

    name: str
    lane: int
    """Its layer, 0 for a box: a lane never lies in the first layer."""
    y: int = 0

    @property
    def height(self) -> int:
        return LANE_HEIGHT if self.lane else BOX_HEIGHT + ROW_GAP


def layout(rows: Iterable[Follow]) -> Layout:
    """Return where the activities of some rows and the ways between them stand.

    Repeats of one activity are no way; nothing of them is drawn.
    """
    ways = sorted(
        (row for row in rows if row.activity != row.next), key=lambda row: (-row.times, row.name)
    )
    forward = _without_circles(ways)
    layer = _layers(ways, forward)
    chains = {row.name: _chain(row, layer) for row in ways}
    columns = _columns(layer, chains)
    _order(columns, chains)
    height = _spread(columns)
    at = {(place.name, place.lane): place for column in columns for place in column}
    step = BOX_WIDTH + COLUMN_GAP
    return Layout(
        width=len(columns) * step - COLUMN_GAP + 2 * EDGE if columns else 0,
        height=height + 2 * EDGE,
        boxes=tuple(
            Box(name=name, x=EDGE + layer[name] * step, y=EDGE + at[name, 0].y)
            for name in sorted(layer, key=lambda one: (layer[one], at[one, 0].y))
        ),
        ways=tuple(
            Way(
                follow=row,
                points=_points(chains[row.name], at, is_back=row.name not in forward),
                is_back=row.name not in forward,
            )
            for row in ways
        ),
    )


def _without_circles(ways: Sequence[Follow]) -> set[str]:
    """Return the names of the ways that go forward: the most frequent ones without a circle."""
    after: dict[str, set[str]] = {}
    kept = set()

    def leads(start: str, to: str) -> bool:
        seen, waiting = set(), [start]
        while waiting:
            here = waiting.pop()
            if here == to:
                return True
            if here not in seen:
                seen.add(here)
                waiting += after.get(here, ())
        return False

    for row in ways:
        if not leads(row.next, row.activity):
            after.setdefault(row.activity, set()).add(row.next)
            kept.add(row.name)
    return kept


def _layers(ways: Sequence[Follow], forward: set[str]) -> dict[str, int]:
    """Return the layer of each activity: one after the furthest that leads to it."""
    before: dict[str, set[str]] = {}
    for row in ways:
        before.setdefault(row.activity, set())
        before.setdefault(row.next, set())
        if row.name in forward:
            before[row.next].add(row.activity)
    layer: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in layer:
            layer[name] = max((of(one) + 1 for one in before[name]), default=0)
        return layer[name]

    for name in sorted(before):
        of(name)
    return layer


def _chain(row: Follow, layer: dict[str, int]) -> list[tuple[int, tuple[str, int]]]:
    """Return the places a way passes from left to right: layer, and key of the place there."""
    left, right = sorted((row.activity, row.next), key=lambda name: layer[name])
    inner = range(layer[left] + 1, layer[right])
    lanes = [(number, (row.name, number)) for number in inner]
    return [(layer[left], (left, 0)), *lanes, (layer[right], (right, 0))]


def _columns(
    layer: dict[str, int], chains: dict[str, list[tuple[int, tuple[str, int]]]]
) -> list[list[_Place]]:
    columns: list[list[_Place]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in sorted(layer):
        columns[layer[name]].append(_Place(name, 0))
    for chain in chains.values():
        for number, (name, lane) in chain[1:-1]:
            columns[number].append(_Place(name, lane))
    return columns


def _order(
    columns: list[list[_Place]], chains: dict[str, list[tuple[int, tuple[str, int]]]]
) -> None:
    """Order each column by the middle of what its places are joined to, left and right in turn."""
    left: dict[tuple[str, int], list[tuple[str, int]]] = {}
    right: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for chain in chains.values():
        for (_, one), (_, other) in pairwise(chain):
            right.setdefault(one, []).append(other)
            left.setdefault(other, []).append(one)
    for sweep in range(SWEEPS):
        joined, walk = (left, columns) if sweep % 2 == 0 else (right, columns[::-1])
        for column in walk:
            rank = {
                (place.name, place.lane): number / max(len(one), 1)
                for one in columns
                for number, place in enumerate(one)
            }

            def middle(
                place: _Place,
                joined: dict[tuple[str, int], list[tuple[str, int]]] = joined,
                rank: dict[tuple[str, int], float] = rank,
            ) -> float:
                key = (place.name, place.lane)
                near = [rank[one] for one in joined.get(key, ())]
                return sum(near) / len(near) if near else rank[key]

            column.sort(key=middle)


def _spread(columns: list[list[_Place]]) -> int:
    """Set the upper edge of every place, each column in the middle; return the height of all."""
    heights = [sum(place.height for place in column) for column in columns]
    most = max(heights, default=0)
    for column, height in zip(columns, heights, strict=True):
        y = (most - height) // 2
        for place in column:
            place.y = y
            y += place.height
    return most


def _points(
    chain: list[tuple[int, tuple[str, int]]],
    at: dict[tuple[str, int], _Place],
    *,
    is_back: bool,
) -> tuple[tuple[int, int], ...]:
    step = BOX_WIDTH + COLUMN_GAP
    found = []
    for place, (number, key) in enumerate(chain):
        x = EDGE + number * step
        if key[1]:
            y = EDGE + at[key].y + LANE_HEIGHT // 2
            found += [(x, y), (x + BOX_WIDTH, y)]
        else:
            y = EDGE + at[key].y + BOX_HEIGHT // 2
            found.append((x + BOX_WIDTH, y) if place == 0 else (x, y))
    return tuple(reversed(found)) if is_back else tuple(found)
