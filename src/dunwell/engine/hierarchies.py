"""Who belongs to whom on a day, and what it comes to at any place in the hierarchy.

A customer counts once wherever it is reached from, so that a diamond (a daughter that is also
paid for by its grandmother) is not counted twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

PARENT, GUARANTOR, BILL_TO, PAYER = "parent", "guarantor", "bill_to", "payer"
KINDS = (PARENT, GUARANTOR, BILL_TO, PAYER)
PAYS = (PAYER, BILL_TO)
"""Who pays for a customer: its payer, else who receives the bill."""


@dataclass(frozen=True, slots=True)
class Link:
    """`other_id` is the parent, guarantor, bill-to or payer of the customer, on these days."""

    customer_id: int
    other_id: int
    kind: str
    from_on: date = date.min
    until_on: date | None = None
    most_minor: int | None = None

    def holds(self, on: date) -> bool:
        """Return whether a day lies within the link's dates."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class Place:
    """A customer in a tree: how deep below its root, and its parent there."""

    customer_id: int
    parent_id: int | None
    depth: int


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """A customer somebody answers for: its exposure, and what of it counts by the cap."""

    customer_id: int
    exposure_minor: int | None
    counted_minor: int | None


@dataclass(frozen=True, slots=True)
class RollUp:
    """What one customer comes to with all that hangs on it, in home minor units.

    `own_minor`: its own exposure. `below_minor`: of everything below it. `paid_minor`: of the
    customers it pays for and that are not below it. `total_minor` is the sum of the three, every
    customer once. `guaranteed_minor` is contingent: what it answers for of customers that are not
    in the total. `payable_minor`: what it has to pay itself, of its own unless somebody else
    pays that, and of those it pays for. None where an exposure is not known.
    """

    customer_id: int
    own_minor: int | None
    below_minor: int | None
    paid_minor: int | None
    total_minor: int | None
    guaranteed_minor: int | None
    payable_minor: int | None
    below_ids: tuple[int, ...] = ()
    paid_ids: tuple[int, ...] = ()
    guaranteed: tuple[Guaranteed, ...] = ()


class Graph:
    """The links of one day."""

    def __init__(self, links: Iterable[Link], *, on: date) -> None:
        self._parent: dict[int, int] = {}
        self._children: dict[int, list[int]] = defaultdict(list)
        self._pays: dict[str, dict[int, int]] = {kind: {} for kind in PAYS}
        self._answers: dict[int, list[Link]] = defaultdict(list)
        for link in links:
            if not link.holds(on):
                continue
            if link.kind == PARENT:
                self._parent[link.customer_id] = link.other_id
                self._children[link.other_id].append(link.customer_id)
            elif link.kind == GUARANTOR:
                self._answers[link.other_id].append(link)
            else:
                self._pays[link.kind][link.customer_id] = link.other_id
        self._paid: dict[int, list[int]] = defaultdict(list)
        for customer in {*self._pays[PAYER], *self._pays[BILL_TO]}:
            self._paid[self.payer(customer)].append(customer)

    def payer(self, customer_id: int) -> int:
        """Return who pays for a customer: its payer, else its bill-to, else itself."""
        for kind in PAYS:
            if (found := self._pays[kind].get(customer_id)) is not None:
                return found
        return customer_id

    def chain(self, customer_id: int) -> tuple[int, ...]:
        """Return the parents of a customer, the nearest first."""
        found: list[int] = []
        at = self._parent.get(customer_id)
        while at is not None and at != customer_id and at not in found:
            found.append(at)
            at = self._parent.get(at)
        return tuple(found)

    def root(self, customer_id: int) -> int:
        """Return the customer at the top of the hierarchy."""
        return (self.chain(customer_id) or (customer_id,))[-1]

    def tree(self, root_id: int) -> tuple[Place, ...]:
        """Return a customer and everything below it, parents before their children."""
        found: list[Place] = []
        seen = {root_id}
        waiting = [Place(root_id, None, 0)]
        while waiting:
            place = waiting.pop()
            found.append(place)
            for child in sorted(self._children.get(place.customer_id, ()), reverse=True):
                if child not in seen:
                    seen.add(child)
                    waiting.append(Place(child, place.customer_id, place.depth + 1))
        return tuple(found)

    def paid_by(self, customer_id: int) -> tuple[int, ...]:
        """Return the other customers somebody pays for."""
        return tuple(sorted(self._paid.get(customer_id, ())))

    def touched(self, customer_id: int) -> frozenset[int]:
        """Return every customer whose exposure a roll-up of the whole hierarchy rests on."""
        tree = [place.customer_id for place in self.tree(self.root(customer_id))]
        found = set(tree)
        for one in tree:
            found.update(self.paid_by(one))
            found.update(link.customer_id for link in self._answers.get(one, ()))
        return frozenset(found)

    def roll_up(self, customer_id: int, exposures: Mapping[int, int | None]) -> RollUp:
        """Return what a customer comes to; one missing in `exposures` has no exposure."""
        below = tuple(place.customer_id for place in self.tree(customer_id)[1:])
        counted = {customer_id, *below}
        paid = tuple(one for one in self.paid_by(customer_id) if one not in counted)
        counted.update(paid)
        caps: dict[int, int | None] = {}
        for link in self._answers.get(customer_id, ()):
            if link.customer_id not in counted:
                caps[link.customer_id] = link.most_minor
        guaranteed = tuple(
            _guaranteed(one, exposures.get(one, 0), most) for one, most in sorted(caps.items())
        )
        own = exposures.get(customer_id, 0)
        below_minor, paid_minor = (
            _sum(exposures.get(one, 0) for one in some) for some in (below, paid)
        )
        pays_own = [own] if self.payer(customer_id) == customer_id else []
        return RollUp(
            customer_id=customer_id,
            own_minor=own,
            below_minor=below_minor,
            paid_minor=paid_minor,
            total_minor=_sum((own, below_minor, paid_minor)),
            guaranteed_minor=_sum(one.counted_minor for one in guaranteed),
            payable_minor=_sum(
                [*pays_own, *(exposures.get(one, 0) for one in self.paid_by(customer_id))]
            ),
            below_ids=below,
            paid_ids=paid,
            guaranteed=guaranteed,
        )


def closes_circle(links: Iterable[Link], customer_id: int) -> bool:
    """Return whether following parents from a customer can lead back to it, on any day.

    Links that never hold at the same time are taken together: that refuses at most a hierarchy
    that turned around, which is entered from the day after the old one ended.
    """
    parents: dict[int, set[int]] = defaultdict(set)
    for link in links:
        if link.kind == PARENT:
            parents[link.customer_id].add(link.other_id)
    waiting, seen = list(parents.get(customer_id, ())), set()
    while waiting:
        at = waiting.pop()
        if at == customer_id:
            return True
        if at not in seen:
            seen.add(at)
            waiting += parents.get(at, ())
    return False


def _guaranteed(customer_id: int, exposure_minor: int | None, most: int | None) -> Guaranteed:
    if exposure_minor is None:
        return Guaranteed(customer_id, None, most)
    return Guaranteed(
        customer_id, exposure_minor, exposure_minor if most is None else min(exposure_minor, most)
    )


def _sum(amounts: Iterable[int | None]) -> int | None:
    """Return the sum, None where one of the amounts is not known."""
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
