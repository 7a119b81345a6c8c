"""The items a batch of payments competes for, and what all batches of a run took of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from dunwell.engine.matching.inputs import Item, Key, ordered
from dunwell.engine.matching.payers import PayerBook
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.shortlist import Amount

MOST_EQUAL = 40
"""Items of one amount that are looked at; an amount that common proves nothing."""
MOST_OF_CUSTOMER = 500
"""Open debits of a customer that are looked at, the oldest."""
NOBODY: frozenset[Key] = frozenset()
Fetch = Callable[[Key], list[Item]]


@dataclass(frozen=True, slots=True)
class Take:
    """Money put on an item of a customer, whose open amount was `was` when the run began.

    `is_closed`: nothing more goes on it; `is_refused`: what is left of it is in dispute then.
    """

    item_id: Key
    amount_minor: int
    was: Amount
    owner: Key
    is_closed: bool = False
    is_refused: bool = False


@dataclass(slots=True)
class Marks:
    """What decided payments did to items, and what the others name: all a run has to remember.

    `left` is of items somebody took from, `base` the same when it was last told to the book;
    `spent_minor` is what was given up, in home minor units.
    """

    left: dict[Key, int] = field(default_factory=dict)
    base: dict[Key, int] = field(default_factory=dict)
    was: dict[Key, Amount] = field(default_factory=dict)
    owner: dict[Key, Key] = field(default_factory=dict)
    refused: dict[Key, int] = field(default_factory=dict)
    disputed: set[Key] = field(default_factory=set)
    taken_by: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    named: dict[Key, frozenset[Key]] = field(default_factory=dict)
    spent_minor: int = 0

    def copied(self) -> "Marks":
        """Return the marks as they are now."""
        return Marks(
            left=dict(self.left),
            base=self.base,
            was=dict(self.was),
            owner=dict(self.owner),
            refused=dict(self.refused),
            disputed=self.disputed,
            taken_by=dict(self.taken_by),
            named=dict(self.named),
            spent_minor=self.spent_minor,
        )

    def adopt(self, other: "Marks") -> None:
        """Become as the other marks are."""
        for name in Marks.__slots__:
            setattr(self, name, getattr(other, name))

    def name(self, item_id: Key, payment_id: Key) -> None:
        """Note that an open payment names the item."""
        self.named[item_id] = self.named.get(item_id, NOBODY) | {payment_id}

    def forget(self, item_id: Key, payment_id: Key) -> None:
        """Note that a payment names the item no more, for it is decided."""
        if item_id in self.named:
            self.named[item_id] -= {payment_id}

    def take(self, payment_id: Key, one: Take) -> None:
        """Take from an item; raise ValueError when that is more than is left of it."""
        before = self.left.get(one.item_id, one.was[1])
        left = before - one.amount_minor
        if left * one.was[1] < 0 or abs(left) > abs(before):
            raise ValueError(f"item {one.item_id}: {one.amount_minor} is more than is left of it")
        self.was.setdefault(one.item_id, one.was)
        self.owner[one.item_id] = one.owner
        if one.amount_minor:
            self.taken_by[one.item_id] = (*self.taken_by.get(one.item_id, ()), payment_id)
        self.left[one.item_id] = 0 if one.is_closed else left
        if one.is_refused:
            self.refused[one.item_id] = left

    def tell(self) -> None:
        """Let the book read the items as the next run would, when what was posted is written."""
        for key, left in self.refused.items():
            self.left[key] = left
        self.disputed = {*self.disputed, *(key for key, left in self.refused.items() if left)}
        self.refused = {}
        self.base = dict(self.left)

    def moved(self) -> dict[Amount, list[Key]]:
        """Return the items whose open amount the book reads as another one now, by that amount."""
        found: dict[Amount, list[Key]] = {}
        for key, left in self.base.items():
            currency, before = self.was[key]
            if left and left != before:
                found.setdefault((currency, left), []).append(key)
        return found

    def gone(self) -> dict[Amount, int]:
        """Return how many items have no longer the open amount they had, by that amount."""
        found: dict[Amount, int] = {}
        for key, left in self.base.items():
            if left != self.was[key][1]:
                found[self.was[key]] = found.get(self.was[key], 0) + 1
        return found

    def settled(self) -> dict[Key, int]:
        """Return how many items of each customer the book reads as settled now."""
        found: dict[Key, int] = {}
        for key, left in self.base.items():
            if not left:
                found[self.owner[key]] = found.get(self.owner[key], 0) + 1
        return found

    def as_told(self, item: Item) -> Item:
        """Return the item as the next run would read it, if it has changed by now."""
        left = self.base.get(item.item_id)
        if left is None:
            return item
        status = item.status or ("disputed" if item.item_id in self.disputed else "")
        return item._replace(open_minor=left, status=status)


@dataclass(slots=True)
class Book:
    """Items with what is left of them, as far as a batch of payments can be about them.

    Everything is looked up by number, customer or amount, so a look-up costs the same in any
    book. What a payment sees never depends on the others of its batch: of the customers in
    `whole` the oldest open items, of others what it names itself (`said`) or what has its amount.
    `equal` counts the items of an amount when the run began, `common` are amounts too many items
    have by now; `fetch` gives a customer's open items.
    """

    payers: PayerBook
    policy: MatchPolicy
    netted: Mapping[Key, int]
    marks: Marks
    fetch: Fetch
    equal: Mapping[Amount, int]
    common: frozenset[Amount] = frozenset()
    whole: frozenset[Key] = NOBODY
    said: frozenset[Key] = NOBODY
    items: dict[Key, Item] = field(default_factory=dict)
    left: dict[Key, int] = field(default_factory=dict)
    _of_customer: dict[Key, dict[str, list[Key]]] = field(default_factory=dict)
    _of_amount: dict[Amount, list[Key]] = field(default_factory=dict)

    def add(self, found: Iterable[Item], *, customers: Iterable[Key] = ()) -> None:
        """Take items in; of the customers these are all that will ever be seen of them."""
        owned: dict[Key, list[Item]] = {key: [] for key in customers}
        left, is_told = self.marks.left, bool(self.marks.base)
        for one in found:
            key = one.item_id
            if key in self.items:
                item = self.items[key]
            else:
                item = self.items[key] = self.marks.as_told(one) if is_told else one
                self.left[key] = left.get(key, item.open_minor)
                self._of_amount.setdefault((item.currency, item.open_minor), []).append(key)
            if item.customer_id in owned:
                owned[item.customer_id].append(item)
        for customer_id, items in owned.items():
            self._of_customer[customer_id] = _oldest(items)

    def tell(self) -> None:
        """Read again what was taken since, as the next run would; see `Marks.tell`."""
        changed = set()
        for key in self.marks.base.keys() & self.items.keys():
            item, told = self.items[key], self.marks.as_told(self.items[key])
            if told != item:
                self._of_amount[item.currency, item.open_minor].remove(key)
                self._of_amount.setdefault((told.currency, told.open_minor), []).append(key)
                self.items[key] = told
                changed.add(told.customer_id)
        left = self.marks.left
        self.left.update((key, left.get(key, one.open_minor)) for key, one in self.items.items())
        for customer_id in changed & self._of_customer.keys():
            known = self._of_customer.pop(customer_id)
            if all(len(keys) < MOST_OF_CUSTOMER for keys in known.values()):
                items = (self.items[key] for keys in known.values() for key in keys)
                self._of_customer[customer_id] = _oldest(items)
        self.count()

    def follow(self) -> None:
        """Know what payments that have another book took of the items meanwhile."""
        left = self.marks.left
        self.left.update((key, left[key]) for key in left.keys() & self.items.keys())

    def count(self) -> None:
        """Find out which amounts are too common."""
        gone, moved = self.marks.gone(), self.marks.moved()
        self.common = frozenset(
            one
            for one, count in self.equal.items()
            if count - gone.get(one, 0) + len(moved.get(one, ())) > MOST_EQUAL
        )

    def lacks(self, customers: Iterable[Key]) -> set[Key]:
        """Return the customers whose items would have to be asked for."""
        return {*customers} - self._of_customer.keys()

    def look(self, *, whole: frozenset[Key], said: frozenset[Key]) -> "Book":
        """Return the book, from now on as the payment sees it that is looked at next."""
        self.whole, self.said = whole, said
        return self

    @property
    def taken_by(self) -> Mapping[Key, Sequence[Key]]:
        """Return which payments took from an item."""
        return self.marks.taken_by

    def of_customer(self, customer_id: Key, currency: str) -> list[Item]:
        """Return the customer's items that are still open in the currency, oldest first."""
        if customer_id in self.whole:
            if customer_id not in self._of_customer:
                self.add(self.fetch(customer_id), customers=[customer_id])
            found = [self.items[key] for key in self._of_customer[customer_id].get(currency, ())]
        else:
            said = (self.items[key] for key in self.said)
            found = in_order(
                one for one in said if one.customer_id == customer_id and one.currency == currency
            )
        return [one for one in found if self.left[one.item_id] and self._may_be_paid(one)]

    def of_exactly(self, customer_id: Key, currency: str, amount_minor: int) -> list[Item]:
        """Return the customer's untouched items of exactly this open amount, oldest first."""
        found = self._untouched(currency, amount_minor)
        return [item for item in found if item.customer_id == customer_id]

    def of_amount(self, currency: str, amount_minor: int) -> list[Item]:
        """Return the untouched items of exactly this open amount; none when it is too common."""
        if (currency, amount_minor) in self.common:
            return []
        return self._untouched(currency, amount_minor)

    def _untouched(self, currency: str, amount_minor: int) -> list[Item]:
        keys = self._of_amount.get((currency, amount_minor), ())
        found = (self.items[key] for key in keys if self.left[key] == amount_minor)
        return in_order(one for one in found if self._may_be_paid(one))

    def _may_be_paid(self, item: Item) -> bool:
        return item.status not in self.policy.held_statuses

    def take(self, payment_id: Key, takes: Iterable[Take]) -> None:
        """Take amounts from items; the caller has made sure that they are there."""
        for one in takes:
            self.marks.take(payment_id, one)
            self.left[one.item_id] = self.marks.left[one.item_id]

    def is_named_by_others(self, item_id: Key, payment_id: Key) -> bool:
        """Return whether another payment that is still open names the item."""
        return bool(self.marks.named.get(item_id, NOBODY) - {payment_id})


def _oldest(items: Iterable[Item]) -> dict[str, list[Key]]:
    """Return a customer's open items by currency, oldest first: credits, and the oldest debits.

    Of debits MOST_OF_CUSTOMER by due day and key, whatever more was found.
    """
    found: dict[str, list[Item]] = {}
    for item in _sorted(items, _BY_DUE, lambda one: (one.due_day, ordered(one.item_id))):
        if item.open_minor:
            found.setdefault(item.currency, []).append(item)
    answer = {}
    for currency, these in found.items():
        debits = [one for one in these if one.open_minor > 0][:MOST_OF_CUSTOMER]
        kept = in_order([*debits, *(one for one in these if one.open_minor < 0)])
        answer[currency] = [one.item_id for one in kept]
    return answer


def in_order(items: Iterable[Item]) -> list[Item]:
    """Return the items oldest first."""
    return _sorted(items, _BY_AGE, lambda one: (one.due_day, one.issued_day, ordered(one.item_id)))


_BY_DUE = attrgetter("due_day", "item_id")
_BY_AGE = attrgetter("due_day", "issued_day", "item_id")


def _sorted(
    items: Iterable[Item], plain: Callable[[Item], Any], mixed: Callable[[Item], Any]
) -> list[Item]:
    """Return the items in the order of `plain`, or of `mixed` where keys of two kinds meet."""
    these = list(items)
    try:
        return sorted(these, key=plain)
    except TypeError:
        return sorted(these, key=mixed)
