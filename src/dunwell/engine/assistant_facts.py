"""All the assistant may say of a customer: results of tools, never words of a text."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceFact:
    """One currency, in minor units: owed as the portal shows it, and overdue before today."""

    currency: str
    owed_minor: int
    overdue_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFact:
    """An open item; `free_minor` is what may be promised of it.

    What stands in the way is said too: disputed minor units, a promised day, a plan's number.
    """

    id: int
    number: str
    currency: str
    open_minor: int
    free_minor: int
    due_on: date
    is_due: bool
    disputed_minor: int = 0
    promised_on: date | None = None
    bound_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanFact:
    """A plan the policy offers this customer itself, over all that is free of its items."""

    frequency: str
    number: int
    deposit_minor: int
    level_minor: int
    total_minor: int
    currency: str
    first_on: date
    last_on: date
    items: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentFact:
    """A payment of the customer that arrived, in minor units."""

    amount_minor: int
    currency: str
    value_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactFact:
    """The contact the person is: only that one is changed here."""

    id: int
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the tools returned. `may_ask` is whether the seat may commit and write at all.

    `settled` are numbers of documents of this customer on which nothing is open, the newest;
    `dispute_reason` the code a query is opened with, empty where the policy has none that fits.
    """

    balances: tuple[BalanceFact, ...] = ()
    items: tuple[ItemFact, ...] = ()
    settled: tuple[str, ...] = ()
    payments: tuple[PaymentFact, ...] = ()
    documents: int = 0
    latest_on: date | None = None
    plan: PlanFact | None = None
    account_name: str = ""
    iban: str = ""
    contact: ContactFact | None = None
    dispute_reason: str = ""
    may_ask: bool = True

    def items_of(self, keys: frozenset[int]) -> tuple[ItemFact, ...]:
        """Return the open items with these keys, in the order of the facts."""
        return tuple(one for one in self.items if one.id in keys)
