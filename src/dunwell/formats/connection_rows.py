"""What a connector brings from an outside ledger and takes to it, whatever system that is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class OutsideFault(StrEnum):
    """Why an outside ledger did not do what it was asked."""

    UNREACHABLE = "unreachable"
    CREDENTIALS = "credentials"
    RATE_LIMIT = "rate_limit"
    VERSION = "version"
    SCHEMA = "schema"
    REFUSED = "refused"


PASSING = frozenset({OutsideFault.UNREACHABLE, OutsideFault.RATE_LIMIT})
"""Faults that may be gone when the same is asked again later."""


class OutsideError(RuntimeError):
    """An outside ledger did not answer, or not usefully; the text says what to do."""

    def __init__(self, fault: OutsideFault, text: str, *, wait_seconds: float = 0) -> None:
        super().__init__(text)
        self.fault, self.wait_seconds = fault, wait_seconds

    @property
    def is_transient(self) -> bool:
        """Return whether asking again later can help."""
        return self.fault in PASSING


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideCustomer:
    """A customer there. `key` is its lasting id there; `number` the one people use, or the key."""

    key: str
    number: str
    name: str
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = ""
    currency: str = ""
    terms: str = ""
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideItem:
    """A posted document there that moves what a customer owes; drafts are not brought.

    `number` is what stands on the document, `customer` a customer's key. `amount` is what the
    whole document moves the balance by: credit notes are below 0. `is_void` tells of a document
    that was cancelled or deleted after it was posted: its figures are what they were.
    """

    number: str
    customer: str
    currency: str
    amount: Decimal
    issued: date
    due: date | None = None
    reference: str = ""
    is_void: bool = False

    @property
    def kind(self) -> str:
        """Return credit_note below 0, else invoice."""
        return "credit_note" if self.amount < 0 else "invoice"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsidePayment:
    """Money received there (above 0) or paid back (below 0); `customer` may be unknown: empty."""

    number: str
    customer: str
    currency: str
    amount: Decimal
    received: date
    method: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideAllocation:
    """All of one payment or credit note that is on one item by now, as one row per pair.

    `source` is the number of the payment or credit note, `amount` in the item's currency: above 0,
    or 0 for a pair that is no longer there.
    """

    source: str
    item: str
    amount: Decimal
    applied: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """One page of what changed there; `cursor` asks for the next one, or for what comes later.

    A page may be taken in twice, and pages may tell of a row again: the last word counts.
    Customers come before items, and these before payments and allocations, on the same page or
    an earlier one. `is_last` says that nothing more is there now.
    """

    customers: tuple[OutsideCustomer, ...] = ()
    items: tuple[OutsideItem, ...] = ()
    payments: tuple[OutsidePayment, ...] = ()
    allocations: tuple[OutsideAllocation, ...] = ()
    cursor: str
    is_last: bool

    @property
    def rows(self) -> int:
        """Return how many rows the page has."""
        return sum(map(len, (self.customers, self.items, self.payments, self.allocations)))


def merged_pages(pages: Iterable[Pulled]) -> Pulled:
    """Return several pages as one, the cursor of the last."""
    told = list(pages)
    return Pulled(
        customers=tuple(row for one in told for row in one.customers),
        items=tuple(row for one in told for row in one.items),
        payments=tuple(row for one in told for row in one.payments),
        allocations=tuple(row for one in told for row in one.allocations),
        cursor=told[-1].cursor,
        is_last=told[-1].is_last,
    )


def wanted_numbers(pulled: Pulled) -> tuple[set[str], set[str]]:
    """Return the numbers of items and of payments that a page needs to be compared with."""
    items = {one.number for one in pulled.items} | {one.item for one in pulled.allocations}
    sources = {one.source for one in pulled.allocations}
    return items | sources, {one.number for one in pulled.payments} | sources


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideOpen:
    """What is open there of one item (as `amount` is signed), or unapplied of a payment (< 0)."""

    number: str
    customer: str
    currency: str
    open: Decimal
    is_payment: bool = False


class ChangeKind(StrEnum):
    """What may be written back to an outside ledger."""

    CREDIT_LIMIT = "credit_limit"
    HOLD = "hold"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideChange:
    """One write to a customer there. `key` makes a repeat harmless.

    `value` is a decimal amount in `currency` (credit_limit; empty: no limit), "1" or "" (hold on
    and off), or the text (note).
    """

    key: str
    kind: ChangeKind
    customer: str
    value: str
    currency: str = ""


class WriteVerdict(StrEnum):
    """What writing one change would do, or did."""

    CHANGES = "changes"
    SAME = "same"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideWrite:
    """What one change would do (dry run) or did: the value there before it, and the verdict."""

    key: str
    verdict: WriteVerdict
    before: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideSystem:
    """Who answered: product and version, the company there, and what may be written to it."""

    product: str
    version: str
    company: str = ""
    currency: str = ""
    writes: frozenset[ChangeKind] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
