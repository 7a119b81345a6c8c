"""How often each kind of evidence is right: counts per cell, and what may post by itself.

The counts shipped here come from a seeded simulation (`tests/engine/match_world.py`), never from
a company's data; a company that has judged matches of its own adds them with `with_outcomes`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt

from dunwell.engine.matching.payers import PayerGrade
from dunwell.engine.matching.policy import PPM
from dunwell.engine.matching.precision_table import COUNTS
from dunwell.engine.matching.readings import Cell

ENOUGH = 150
"""A cell with fewer cases borrows from weaker evidence of its kind."""
PAYERS = tuple(grade.name.lower() for grade in PayerGrade)
STRENGTHS = ("none", "near", "weak", "bare", "named")
Z = 1.645
"""One-sided 95 % confidence."""


@dataclass(frozen=True, slots=True)
class Count:
    """Cases seen and how many of them were right."""

    cases: int
    right: int

    def plus(self, other: "Count | None") -> "Count":
        """Return both counts together."""
        if other is None:
            return self
        return Count(self.cases + other.cases, self.right + other.right)

    @property
    def mean_ppm(self) -> int:
        """Return the share right, with half a case of doubt each way (Jeffreys), in ppm."""
        return (2 * self.right + 1) * PPM // (2 * self.cases + 2)

    @property
    def low_ppm(self) -> int:
        """Return the lower end of the share right at 95 % confidence (Wilson), in ppm."""
        if not self.cases:
            return 0
        share, n = self.right / self.cases, self.cases
        middle = share + Z * Z / (2 * n)
        spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        return int((middle - spread) / (1 + Z * Z / n) * PPM)


@dataclass(frozen=True, slots=True)
class Precision:
    """Counts per cell; answers how sure a reading is and whether it may post by itself.

    A cell with few cases borrows, but only from weaker evidence of its kind (a less sure payer,
    then a less sure reference): what holds for those holds for it all the more.
    """

    counts: Mapping[Cell, Count] = field(repr=False)
    _pooled: dict[Cell, tuple[Count, ...]] = field(default_factory=dict, repr=False)

    def count(self, cell: Cell) -> Count:
        """Return the count of the cell, with what it borrows until there are ENOUGH cases."""
        pools = self.pools(cell)
        return next((one for one in pools if one.cases >= ENOUGH), pools[-1])

    def is_auto(self, cell: Cell, *, min_precision_ppm: int) -> bool:
        """Return whether the cell's precision is proved to be at least this.

        An amount without a payer never posts: in a larger book it meets an item by chance.
        """
        weak = PAYERS.index(cell.payer) < PAYERS.index(PayerGrade.LOOSE.name.lower())
        if cell.source == "amount" or (cell.source == "payer" and weak):
            return False
        return any(one.low_ppm >= min_precision_ppm for one in self.pools(cell))

    def pools(self, cell: Cell) -> tuple[Count, ...]:
        """Return the cell's own count, then with weaker payers, then with weaker references."""
        if cell not in self._pooled:
            payers = _up_to(PAYERS, cell.payer)
            references = _up_to(STRENGTHS, cell.reference)
            total, pools = self.counts.get(cell, Count(0, 0)), []
            pools.append(total)
            for payer in payers[1:]:
                total = total.plus(self.counts.get(replace(cell, payer=payer)))
                pools.append(total)
            for reference in references[1:]:
                for payer in payers:
                    wider = replace(cell, payer=payer, reference=reference)
                    total = total.plus(self.counts.get(wider))
                pools.append(total)
            self._pooled[cell] = tuple(pools)
        return self._pooled[cell]


def _up_to(order: tuple[str, ...], name: str) -> list[str]:
    """Return the name and everything weaker, strongest first."""
    return list(reversed(order[: order.index(name) + 1]))


def counted(outcomes: Iterable[tuple[Cell, bool]]) -> Precision:
    """Return the precision table of judged readings: (evidence, was it right)."""
    return with_outcomes(Precision({}), outcomes)


def with_outcomes(precision: Precision, outcomes: Iterable[tuple[Cell, bool]]) -> Precision:
    """Return the table with more judged readings counted in."""
    counts = dict(precision.counts)
    for cell, is_right in outcomes:
        counts[cell] = counts.get(cell, Count(0, 0)).plus(Count(1, int(is_right)))
    return Precision(counts)


def _shipped() -> Precision:
    counts: dict[Cell, Count] = {}
    for line in COUNTS.split():
        source, fit, reference, payer, doubt, cases, right = line.split("|")
        counts[Cell(source, fit, reference, payer, doubt)] = Count(int(cases), int(right))
    return Precision(counts)


SHIPPED = _shipped()
"""The precision of the shipped simulation."""
