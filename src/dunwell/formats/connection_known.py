"""What our books know of the documents of an outside ledger, and how their corrections are named.

A document that changed there is followed by one over the difference here, named after it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

VOID, CHANGED = "/void", "/changed-"
MOST_CHANGES = 9
"""A document that changes more often is reported; every change is a document of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownItem:
    """A document as our books have it; corrections are documents of their own."""

    number: str
    customer: str
    kind: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPayment:
    """A payment as our books have it; `customer` is a customer number."""

    number: str
    customer: str
    currency: str
    amount_minor: int
    value_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPair:
    """What is on an item of one payment or credit note in our books, from 0 as stated there.

    `imported_minor` is what imports ever put there. Where a person took some of it off, it is
    more than what is on it.
    """

    source: str
    item: str
    amount_minor: int
    applied_on: date
    imported_minor: int = 0

    @property
    def most_minor(self) -> int:
        """What an outside ledger must go beyond to tell something new, minor units."""
        return max(self.amount_minor, self.imported_minor)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What our books know of the documents of a page; customers by their key there.

    `customers` holds our customer numbers by key. Items and payments are found by their number,
    `pairs` by item. An item of another customer than the page says is not the same item.
    """

    customers: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, KnownItem] = field(default_factory=dict)
    payments: Mapping[str, KnownPayment] = field(default_factory=dict)
    pairs: Mapping[str, tuple[KnownPair, ...]] = field(default_factory=dict)


def changes_of(number: str, told: Collection[str]) -> list[str]:
    """Return the numbers of what a document changed by, as far as they are told, oldest first."""
    names = (f"{number}{CHANGED}{turn}" for turn in range(1, MOST_CHANGES + 1))
    return [name for name in names if name in told]
