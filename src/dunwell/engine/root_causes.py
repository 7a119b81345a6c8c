"""Where overdue money, or its change, comes from: a tree grown by what explains most.

At each node every remaining dimension is tried. A dimension explains well when the shares of its
values differ from what was to be expected: of overdue money the shares of all that is open, of a
change the shares before. The difference is the Jensen-Shannon divergence of both distributions,
as in Adtributor (Bhagwan et al. 2014, NSDI, "Revenue debugging in advertising systems"), less
what as many values would show by chance (Miller 1955: (values - 1) / (2 n)). Where none exceeds
chance the node is a leaf: it is spread evenly, and nothing is read into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

MOST_BRANCHES = 6
"""Values shown of a dimension; the rest is one branch of its own that is not split further."""

MOST_LEVELS = 3
SMALLEST_SHARE = 0.1
"""A branch below this part of the root's weight is not split further."""

SMALLEST_GAIN = 0.002
"""Nats below which a dimension does not tell values apart in a way worth reading."""

REST = "**rest**"
"""Value of the branch that holds all values not shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Items that agree in every dimension: values in the order of the dimensions, and sums.

    `amount_minor` is what the tree explains, `base_minor` what it is expected to follow: for
    overdue money what is open, for a change what was overdue before, with `change_minor` the
    difference. All amounts count debit items only, so none is negative.
    """

    values: tuple[str, ...]
    amount_minor: int
    base_minor: int
    items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """Items that share `path`, their sums, and the dimension that explains most of them.

    `branches` sum to the node in amount, base and items. `by` is empty for a leaf. `gain` is what
    the dimension explains, in nats. `expected_minor` is the amount if it went along with its
    parent: what exceeds it is what stands out.
    """

    path: tuple[tuple[str, str], ...]
    amount_minor: int
    base_minor: int
    expected_minor: int
    items: int
    by: str
    gain: float
    branches: tuple["Node", ...]

    @property
    def change_minor(self) -> int:
        """Return the amount less the base."""
        return self.amount_minor - self.base_minor


def cause_tree(
    cells: Sequence[Cell], dimensions: Sequence[str], *, levels: int = MOST_LEVELS
) -> Node:
    """Return the tree over the cells; a leaf without branches where nothing stands out."""
    whole = max(_weight(cells), 1)
    return _node(list(cells), dimensions, (), levels=levels, whole=whole, expected=None)


def gains(cells: Sequence[Cell], dimensions: Sequence[str]) -> Mapping[str, float]:
    """Return what each dimension explains of the cells, in nats; 0 where not more than chance."""
    return {name: _gain(cells, place) for place, name in enumerate(dimensions)}


def _weight(cells: Sequence[Cell]) -> int:
    return sum(max(cell.amount_minor, cell.base_minor) for cell in cells)


def _node(
    cells: list[Cell],
    dimensions: Sequence[str],
    path: tuple[tuple[str, str], ...],
    *,
    levels: int,
    whole: int,
    expected: int | None,
) -> Node:
    amount = sum(cell.amount_minor for cell in cells)
    base = sum(cell.base_minor for cell in cells)
    taken = {name for name, _ in path}
    by, gain = "", 0.0
    branches: tuple[Node, ...] = ()
    is_rest = bool(path) and path[-1][1] == REST
    if levels > 0 and not is_rest and _weight(cells) >= SMALLEST_SHARE * whole:
        found = {n: g for n, g in gains(cells, dimensions).items() if n not in taken}
        best = max(found, key=lambda name: (found[name], -dimensions.index(name)), default="")
        if best and found[best] >= SMALLEST_GAIN:
            by, gain = best, found[best]
            branches = _branches(cells, dimensions, path, by=best, levels=levels - 1, whole=whole)
    return Node(
        path=path,
        amount_minor=amount,
        base_minor=base,
        expected_minor=amount if expected is None else expected,
        items=sum(cell.items for cell in cells),
        by=by,
        gain=gain,
        branches=branches,
    )


def _branches(
    cells: list[Cell],
    dimensions: Sequence[str],
    path: tuple[tuple[str, str], ...],
    *,
    by: str,
    levels: int,
    whole: int,
) -> tuple[Node, ...]:
    place = dimensions.index(by)
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.values[place], []).append(cell)
    amount = sum(cell.amount_minor for cell in cells)
    base = sum(cell.base_minor for cell in cells)

    def expected(some: Sequence[Cell]) -> int:
        return round(amount * sum(cell.base_minor for cell in some) / base) if base else 0

    def stands_out(value: str) -> tuple[int, str]:
        some = groups[value]
        return -abs(sum(cell.amount_minor for cell in some) - expected(some)), value

    order = sorted(groups, key=stands_out)
    shown, rest = order[:MOST_BRANCHES], order[MOST_BRANCHES:]
    if len(rest) == 1:
        shown, rest = order, []
    told = [(value, groups[value]) for value in shown]
    if rest:
        told.append((REST, [cell for value in rest for cell in groups[value]]))
    return tuple(
        _node(
            some,
            dimensions,
            (*path, (by, value)),
            levels=levels,
            whole=whole,
            expected=expected(some),
        )
        for value, some in told
    )


def _gain(cells: Sequence[Cell], place: int) -> float:
    sums: dict[str, list[int]] = {}
    items = 0
    for cell in cells:
        pair = sums.setdefault(cell.values[place], [0, 0])
        pair[0] += cell.amount_minor
        pair[1] += cell.base_minor
        items += cell.items
    amount = sum(pair[0] for pair in sums.values())
    base = sum(pair[1] for pair in sums.values())
    if amount <= 0 or base <= 0 or len(sums) < 2:  # noqa: PLR2004  one value tells nothing apart
        return 0.0
    found = 0.0
    for told, foretold in sums.values():
        p, q = told / amount, foretold / base
        middle = (p + q) / 2
        found += (p * log(p / middle) if p else 0.0) / 2 + (q * log(q / middle) if q else 0.0) / 2
    return max(0.0, found - (len(sums) - 1) / (2 * max(items, 1)))
