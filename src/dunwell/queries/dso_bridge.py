"""The DSO bridge as a page shows it: parts that sum to the change, by slice and by customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dunwell.engine.dso_bridge import (
    MILLI,
    PARTS,
    Bridge,
    Level,
    applied,
    bridge,
    rounded,
    tied,
)
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.models import Company, Customer
from dunwell.queries.analyses import ShownAnalysis

UNITS = ("days", "minor")
"""DSO in thousandths of a day, or receivables in minor units."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BridgeSlice:
    """One slice's share of every part, in the order of PARTS."""

    key: str
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the slice's part of the change."""
        return sum(self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class BridgeRows:
    """The change from `before` to `after`, taken apart; thousandths of a day or minor units.

    before + the sum of `parts` = after, and the slices sum to the parts, to the last unit.
    """

    unit: str
    currency: str
    dimension: str
    before: int
    after: int
    parts: tuple[tuple[str, int], ...]
    slices: tuple[BridgeSlice, ...]

    @property
    def change(self) -> int:
        """Return after less before."""
        return self.after - self.before


@dataclass(frozen=True, kw_only=True, slots=True)
class BridgeCustomer:
    """What one customer adds to a part of a slice; `customer_id` None: everybody not named."""

    customer_id: int | None
    name: str
    customers: int
    amount: int
    before: Level
    after: Level


@dataclass(frozen=True, kw_only=True, slots=True)
class BridgeCustomers:
    """The customers behind one part of one slice; they sum to it."""

    part: str
    key: str
    unit: str
    currency: str
    amount: int
    rows: tuple[BridgeCustomer, ...]


def bridge_rows(
    shown: ShownAnalysis, *, currency: str, dimension: str, unit: str
) -> BridgeRows | None:
    """Return the bridge by the slices of a dimension; one query.

    None where there is none: nothing open, or for DSO nothing sold before one of the days.
    """
    found, _ = _bridge(shown, currency=currency, dimension=dimension, unit=unit)
    return None if found is None else _rows(found, currency=currency, dimension=dimension)


def bridge_customers(
    company: Company,
    shown: ShownAnalysis,
    *,
    currency: str,
    dimension: str,
    unit: str,
    key: str,
    part: str,
) -> BridgeCustomers | None:
    """Return the customers of one slice behind one part, those that add most first."""
    found, levels = _bridge(shown, currency=currency, dimension=dimension, unit=unit)
    if found is None or key not in levels or part not in PARTS:
        return None
    table = _rows(found, currency=currency, dimension=dimension)
    cell = next(one for one in table.slices if one.key == key).parts[PARTS.index(part)]
    movers = shown.parts("movers", currency=currency, dimension=dimension, key=key)
    content: dict[str, Any] = movers[0].content if movers else {"customers": 0, "rows": []}
    named = [(row[0], Level(*row[1]), Level(*row[2])) for row in content["rows"]]
    before, after = levels[key]
    rest = (
        _less(before, [one[1] for one in named]),
        _less(after, [one[2] for one in named]),
    )
    weights = found.splits[key].get(part)
    scale = MILLI if unit == "days" else 1
    sides = [*((one[1], one[2]) for one in named), rest]
    exact = [Fraction(0) if weights is None else scale * applied(weights, *pair) for pair in sides]
    amounts = tied(exact, cell)
    names = dict(
        Customer.objects.filter(company=company, pk__in=[one[0] for one in named]).values_list(
            "id", "name"
        )
    )
    rows = [
        BridgeCustomer(
            customer_id=customer_id,
            name=names.get(customer_id, ""),
            customers=1,
            amount=amount,
            before=low,
            after=high,
        )
        for (customer_id, low, high), amount in zip(named, amounts[:-1], strict=True)
    ]
    rows.sort(key=lambda row: (-abs(row.amount), row.name))
    others = content["customers"] - len(named)
    if others > 0 or amounts[-1]:
        rows.append(
            BridgeCustomer(
                customer_id=None,
                name="",
                customers=max(others, 0),
                amount=amounts[-1],
                before=rest[0],
                after=rest[1],
            )
        )
    return BridgeCustomers(
        part=part, key=key, unit=unit, currency=currency, amount=cell, rows=tuple(rows)
    )


def _bridge(
    shown: ShownAnalysis, *, currency: str, dimension: str, unit: str
) -> tuple[Bridge | None, Mapping[str, tuple[Level, Level]]]:
    parts = shown.parts("levels", currency=currency, dimension=dimension)
    if not parts or unit not in UNITS:
        return None, {}
    levels = {key: (Level(*low), Level(*high)) for key, (low, high) in parts[0].content.items()}
    found = bridge(
        {key: pair[0] for key, pair in levels.items()},
        {key: pair[1] for key, pair in levels.items()},
        window_days=WINDOW_DAYS,
        unit=unit,
    )
    return found, levels


def _rows(found: Bridge, *, currency: str, dimension: str) -> BridgeRows:
    scale = MILLI if found.unit == "days" else 1
    before, after = rounded(scale * found.before), rounded(scale * found.after)
    keys = list(found.cells)
    exact = [scale * found.cells[key].get(part, Fraction(0)) for key in keys for part in PARTS]
    whole = tied(exact, after - before)
    width = len(PARTS)
    slices = [
        BridgeSlice(key=key, parts=tuple(whole[place * width : (place + 1) * width]))
        for place, key in enumerate(keys)
    ]
    slices.sort(key=lambda one: (-abs(one.total), one.key))
    return BridgeRows(
        unit=found.unit,
        currency=currency,
        dimension=dimension,
        before=before,
        after=after,
        parts=tuple(
            (part, sum(one.parts[place] for one in slices)) for place, part in enumerate(PARTS)
        ),
        slices=tuple(slices),
    )


def _less(whole: Level, some: Sequence[Level]) -> Level:
    named = sum(some, Level())
    return Level(*(a - b for a, b in zip(whole.amounts, named.amounts, strict=True)))
