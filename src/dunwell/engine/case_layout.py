"""Where the parts of a drawn case stand: lanes side by side, lines between them crossing little.

Sugiyama, Tagawa and Toda (1981): nodes of a lane are put in the order of the mean place of their
neighbours in the lanes beside it, to and fro a few times; the order that crosses least is kept.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

SWEEPS = 4
"""Passes to and fro; more of them hardly ever cross less."""


def placed(lanes: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the lanes with the nodes of each in an order that crosses no more than the given one.

    `edges` join nodes of any lanes; those within a lane or to a node that is none count for
    nothing. The same input gives the same order.
    """
    order = [list(lane) for lane in lanes]
    best, least = order, crossings(order, edges)
    for sweep in range(SWEEPS):
        if not least:
            break
        order = _swept(order, edges, forwards=sweep % 2 == 0)
        found = crossings(order, edges)
        if found < least:
            best, least = order, found
    return best


def crossings(lanes: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]]) -> int:
    """Return how many pairs of lines between the same two lanes cross each other."""
    at = {node: (lane, place) for lane, row in enumerate(lanes) for place, node in enumerate(row)}
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one, other in edges:
        if one in at and other in at and at[one][0] != at[other][0]:
            (low, first), (high, second) = sorted((at[one], at[other]))
            between.setdefault((low, high), []).append((first, second))
    return sum(
        (a - c) * (b - d) < 0
        for lines in between.values()
        for (a, b), (c, d) in combinations(lines, 2)
    )


def _swept(
    lanes: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]], *, forwards: bool
) -> list[list[str]]:
    order = [list(lane) for lane in lanes]
    numbers = range(1, len(order)) if forwards else range(len(order) - 2, -1, -1)
    for number in numbers:
        beside = order[number - 1 if forwards else number + 1]
        order[number] = _by_neighbours(order[number], _places(beside), edges)
    return order


def _by_neighbours(
    lane: Sequence[str], beside: Mapping[str, int], edges: Sequence[tuple[str, str]]
) -> list[str]:
    """Return a lane by the mean place of neighbours; who has none keeps its own place."""
    near: dict[str, list[int]] = {node: [] for node in lane}
    for one, other in (*edges, *((b, a) for a, b in edges)):
        if one in near and other in beside:
            near[one].append(beside[other])
    own = _places(lane)
    return sorted(
        lane,
        key=lambda node: (
            sum(near[node]) / len(near[node]) if near[node] else own[node],
            own[node],
        ),
    )


def _places(lane: Sequence[str]) -> dict[str, int]:
    return {node: place for place, node in enumerate(lane)}
