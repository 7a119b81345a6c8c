"""The open items a batch of payments competes for, and what is left of each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dunwell.engine.matching.inputs import Item, Key, ordered
from dunwell.engine.matching.payers import PayerBook
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.references import NumberIndex

MOST_EQUAL = 40
"""Items of one amount that are looked at; an amount that common proves nothing."""


@dataclass(slots=True)
class Book:
    """Items with what is left of them; `taken_by` says which payments took from an item.

    Everything is looked up by number, customer or amount, so a look-up costs the same in any book.
    """

    items: Mapping[Key, Item]
    can_be_named: Collection[Key]
    payers: PayerBook
    policy: MatchPolicy
    netted: Mapping[Key, int]
    numbers: NumberIndex = field(init=False)
    left: dict[Key, int] = field(init=False)
    taken_by: dict[Key, list[Key]] = field(default_factory=dict)
    named: dict[Key, set[Key]] = field(default_factory=dict)
    _by_customer: dict[tuple[Key, str], list[Key]] = field(init=False)
    _by_amount: dict[tuple[str, int], list[Key]] = field(init=False)

    def __post_init__(self) -> None:
        """Order every customer's items oldest first: that order breaks every tie."""
        self.numbers = NumberIndex(self.items, self.can_be_named)
        self.left = {key: item.open_minor for key, item in self.items.items()}
        self._by_customer, self._by_amount = {}, {}
        for item in sorted(self.items.values(), key=_age):
            self._by_customer.setdefault((item.customer_id, item.currency), []).append(
                item.item_id
            )
            self._by_amount.setdefault((item.currency, item.open_minor), []).append(item.item_id)

    def of_customer(self, customer_id: Key, currency: str) -> list[Item]:
        """Return the customer's items that are still open in the currency, oldest first."""
        keys = self._by_customer.get((customer_id, currency), ())
        return [
            self.items[key]
            for key in keys
            if self.left[key] and self.items[key].status not in self.policy.held_statuses
        ]

    def whole(self, customer_id: Key, currency: str, amount_minor: int) -> list[Item]:
        """Return the customer's untouched items of exactly this open amount, oldest first."""
        keys = self._by_amount.get((currency, amount_minor), ())
        return [
            item
            for item in (self.items[key] for key in keys)
            if item.customer_id == customer_id
            and self.left[item.item_id] == amount_minor
            and item.status not in self.policy.held_statuses
        ]

    def of_amount(self, currency: str, amount_minor: int) -> list[Item]:
        """Return the untouched items of exactly this open amount; none when it is too common."""
        keys = self._by_amount.get((currency, amount_minor), ())
        if len(keys) > MOST_EQUAL:
            return []
        found = [self.items[key] for key in keys if self.left[key] == amount_minor]
        return [one for one in found if one.status not in self.policy.held_statuses]

    def take(self, payment_id: Key, item_id: Key, amount_minor: int) -> None:
        """Take an amount from an item; the caller has made sure that it is there."""
        left = self.left[item_id] - amount_minor
        if left * self.items[item_id].open_minor < 0 or abs(left) > abs(self.left[item_id]):
            raise ValueError(f"item {item_id}: {amount_minor} is more than is left of it")
        self.left[item_id] = left
        self.taken_by.setdefault(item_id, []).append(payment_id)

    def close(self, item_id: Key) -> None:
        """Let nothing more go on the item: what is left is a discount, a fee or a deduction."""
        self.left[item_id] = 0

    def is_named_by_others(self, item_id: Key, payment_id: Key) -> bool:
        """Return whether another payment that is still open names the item."""
        return any(key != payment_id for key in self.named.get(item_id, ()))


def in_order(items: Iterable[Item]) -> list[Item]:
    """Return the items oldest first."""
    return sorted(items, key=_age)


def _age(item: Item) -> tuple[int, int, tuple[int, int, str]]:
    return (item.due_day, item.issued_day, ordered(item.item_id))
