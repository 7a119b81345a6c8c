"""Fixed compensation by bands and tiers: an amount, a share of what lies above, a floor, a cap.

compensation = fixed of the last step reached + share of what lies above that step, then at
least the minimum and at most the maximum; rounded once, half up, in minor units.
"""

from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine import documents
from dunwell.engine.charges.reference_rates import PPM
from dunwell.engine.documents import DocumentError
from dunwell.engine.money import part, share


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleStep:
    """Above an amount (exclusive): a fixed amount and a share in ppm of what lies above it."""

    above_minor: int
    fixed_minor: int
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Steps from the lowest up. Amounts are in `currency`, what they are read off in another
    currency where `base_currency` says so."""

    currency: str
    base_currency: str
    steps: tuple[ScheduleStep, ...]
    min_minor: int = 0
    max_minor: int | None = None

    def amount_minor(self, base_minor: int) -> int:
        """Return the compensation for an overdue amount; nothing for nothing."""
        step = next((s for s in reversed(self.steps) if base_minor > s.above_minor), None)
        if step is None or base_minor <= 0:
            return 0
        found = step.fixed_minor + part(base_minor - step.above_minor, step.rate_ppm, PPM)
        found = max(found, self.min_minor)
        return found if self.max_minor is None else min(found, self.max_minor)

    def of(self, base: nw.Expr) -> nw.Expr:
        """Return the same as an expression over a column of Int64."""
        found = nw.lit(0, nw.Int64)
        for step in self.steps:
            above = (base - step.above_minor).cast(nw.Int64)
            reached = nw.lit(step.fixed_minor, nw.Int64) + share(
                nw.when(above > 0).then(above).otherwise(0), nw.lit(step.rate_ppm), PPM
            )
            found = nw.when(above > 0).then(reached).otherwise(found)
        low = nw.lit(self.min_minor, nw.Int64)
        found = nw.when(found < low).then(low).otherwise(found)
        if self.max_minor is not None:
            high = nw.lit(self.max_minor, nw.Int64)
            found = nw.when(found > high).then(high).otherwise(found)
        lowest = self.steps[0].above_minor
        return nw.when(base > max(lowest, 0)).then(found).otherwise(nw.lit(0, nw.Int64))


def read_schedule(value: object, where: str) -> Schedule | None:
    """Return a schedule of a document, None where there is none; raise DocumentError."""
    if value is None:
        return None
    stated = documents.fields(value, where)
    documents.known(
        stated, {"currency", "base_currency", "min_minor", "max_minor", "steps"}, where
    )
    currency = documents.text(stated, "currency", where)
    steps = [
        _step(row, f"{where}, step {number}")
        for number, row in enumerate(documents.rows(stated.get("steps"), "steps", where), 1)
    ]
    bounds = [step.above_minor for step in steps]
    if not steps or bounds != sorted(set(bounds)):
        raise DocumentError(f"{where}: steps must rise by above_minor, and there is at least one")
    return Schedule(
        currency=currency,
        base_currency=documents.text(stated, "base_currency", where, default=currency),
        steps=tuple(steps),
        min_minor=documents.number(stated, "min_minor", where, default=0),
        max_minor=documents.number(stated, "max_minor", where)
        if stated.get("max_minor") is not None
        else None,
    )


def _step(row: object, where: str) -> ScheduleStep:
    stated = documents.fields(row, where)
    documents.known(stated, {"above_minor", "fixed_minor", "rate_ppm"}, where)
    return ScheduleStep(
        above_minor=documents.number(stated, "above_minor", where, default=0),
        fixed_minor=documents.number(stated, "fixed_minor", where, default=0),
        rate_ppm=documents.number(stated, "rate_ppm", where, default=0, largest=PPM),
    )
