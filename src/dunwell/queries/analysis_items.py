"""The items behind a cell of an analysis: the largest by name, the rest as a number and a sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, Item


@dataclass(frozen=True, kw_only=True, slots=True)
class BehindRow:
    """One item and what it adds to the cell, in minor units of its currency."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    issued_on: date
    due_on: date
    currency: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """What a cell is made of: rows, and the items not named; all of them sum to the cell."""

    currency: str
    rows: tuple[BehindRow, ...]
    items: int
    total_minor: int

    @property
    def rest_items(self) -> int:
        """Return how many items are not named."""
        return self.items - len(self.rows)

    @property
    def rest_minor(self) -> int:
        """Return what they add."""
        return self.total_minor - sum(row.amount_minor for row in self.rows)


def behind(
    company: Company,
    pairs: Sequence[Sequence[int]],
    *,
    currency: str,
    items: int,
    total_minor: int,
) -> Behind:
    """Return the items (key, amount) of a cell in their order; one query."""
    found = {
        row[0]: row
        for row in Item.objects.filter(company=company, pk__in=[pair[0] for pair in pairs])
        .order_by("id")
        .values_list("id", "number", "customer_id", "customer__name", "issued_on", "due_on")
    }
    rows = []
    for key, amount in pairs:
        if key in found:
            _, number, customer_id, name, issued_on, due_on = found[key]
            rows.append(
                BehindRow(
                    item_id=key,
                    number=number,
                    customer_id=customer_id,
                    customer_name=name,
                    issued_on=issued_on,
                    due_on=due_on,
                    currency=currency,
                    amount_minor=amount,
                )
            )
    return Behind(currency=currency, rows=tuple(rows), items=items, total_minor=total_minor)
