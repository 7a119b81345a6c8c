"""One way to read a payment: which items it pays, on what evidence, and what doubts it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dunwell.engine.matching.fits import Fit, Shortfall
from dunwell.engine.matching.inputs import Item, Key
from dunwell.engine.matching.payers import PayerGrade
from dunwell.engine.matching.references import Grade

REFERENCES = ("none", "near", "weak", "bare", "named", "named")
"""Name of the reference evidence by Grade."""


@dataclass(frozen=True, slots=True)
class Part:
    """What goes on one item, in the item's currency, and what of the payment that uses."""

    item_id: Key
    amount_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The kind of evidence a reading rests on: precision is measured per cell.

    `source`: reference, payer or amount. `fit`: see `fits.FITS`, with `set` for several items.
    `reference`: named, bare, weak, near or none. `payer`: the payer's grade in lower case.
    `doubt`: clear, stated, rival, crowded or undecided.
    """

    source: str
    fit: str
    reference: str
    payer: str
    doubt: str

    @property
    def tier(self) -> str:
        """Return the name of the tier this evidence belongs to."""
        if self.source == "reference" and self.reference == "near":
            return f"near_{self.source}_{self.fit}"
        return f"{self.source}_{self.fit}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a payment. `left_minor` stays unapplied; `shortfalls` stay open or go."""

    parts: tuple[Part, ...]
    cell: Cell
    reasons: tuple[str, ...]
    shortfalls: tuple[Shortfall, ...] = ()
    left_minor: int = 0
    score: int = 0

    @property
    def keys(self) -> frozenset[Key]:
        """Return the items it touches."""
        return frozenset(part.item_id for part in self.parts)

    def with_doubt(self, doubt: str) -> "Reading":
        """Return the reading with another doubt in its evidence."""
        return replace(self, cell=replace(self.cell, doubt=doubt))

    def with_fit(self, fit: str) -> "Reading":
        """Return the reading with another name for how the amount fits."""
        return replace(self, cell=replace(self.cell, fit=fit))


def read_fit(
    items: Sequence[Item],
    fit: Fit,
    *,
    source: str,
    reference: Grade,
    payer: PayerGrade,
    doubt: str,
    reasons: Sequence[str],
    score: int = 0,
) -> Reading:
    """Return the reading that a fit of items makes, with its evidence."""
    pairs = zip(items, fit.amounts, strict=True)
    parts = tuple(Part(one.item_id, amount, amount) for one, amount in pairs if amount)
    name = f"{fit.kind}_set" if len(parts) > 1 and fit.kind not in {"credit"} else fit.kind
    cell = Cell(source, name, REFERENCES[reference], payer.name.lower(), doubt)
    return Reading(
        parts, cell, (*reasons, fit.why), fit.shortfalls, fit.left_minor, score + fit.weight
    )
