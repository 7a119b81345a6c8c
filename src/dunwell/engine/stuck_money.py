"""Which overdue money is stuck, why, since when: the agenda of a team's meeting.

Money is stuck where waiting longer brings nothing: disputed and not resolved, promised and not
paid, on hold for long, or overdue while nobody writes or calls. Every part of an item counts for
one reason at most, so the points of an agenda never hold more than is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

DISPUTED_DAYS = 14
"""A dispute is being worked on for so long before it is a matter for a meeting."""
HELD_DAYS = 14
SILENT_DAYS = 21
"""Overdue, and no word to the customer, for so long."""
POINTS = 10
"""A meeting talks about so many points of one currency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OverdueItem:
    """An overdue item and what stands about it; days are None where there is nothing.

    `disputed_minor` is in dispute since `disputed_on`; a promise about it broke on `broken_on`
    with nothing agreed since; chasing stops since `held_on`; `told_on` is the last word to the
    customer. Amounts in minor units of `currency`.
    """

    item_id: int
    customer_id: int
    currency: str
    open_minor: int
    due_on: date
    disputed_minor: int = 0
    disputed_on: date | None = None
    broken_on: date | None = None
    held_on: date | None = None
    told_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StuckPoint:
    """What of one customer is stuck for one reason: `items` are (item id, minor units of it).

    `weight` is money times days, by which points are ranked; `since_on` is the earliest of its
    items.
    """

    customer_id: int
    reason: str
    currency: str
    stuck_minor: int
    since_on: date
    weight: int
    items: tuple[tuple[int, int], ...]


def stuck_points(items: Sequence[OverdueItem], *, as_of: date) -> tuple[StuckPoint, ...]:
    """Return the points by currency, in each the heaviest first; ties by customer and reason.

    Items that are not overdue on the day have no part in it.
    """
    groups: dict[tuple[str, int, str], list[tuple[int, int, date]]] = {}
    for one in items:
        for reason, minor, since_on in _parts(one, as_of):
            key = (one.currency, one.customer_id, reason)
            groups.setdefault(key, []).append((one.item_id, minor, since_on))
    points = [
        StuckPoint(
            customer_id=customer_id,
            reason=reason,
            currency=currency,
            stuck_minor=sum(minor for _, minor, _ in parts),
            since_on=min(since_on for _, _, since_on in parts),
            weight=sum(minor * (as_of - since_on).days for _, minor, since_on in parts),
            items=tuple(sorted((item_id, minor) for item_id, minor, _ in parts)),
        )
        for (currency, customer_id, reason), parts in groups.items()
    ]
    return tuple(
        sorted(points, key=lambda one: (one.currency, -one.weight, one.customer_id, one.reason))
    )


def agenda(points: Sequence[StuckPoint], *, home: str) -> tuple[StuckPoint, ...]:
    """Return the heaviest points of every currency, those of the home currency first."""
    taken: dict[str, int] = {}
    chosen = []
    for one in sorted(points, key=lambda one: one.currency != home):
        taken[one.currency] = taken.get(one.currency, 0) + 1
        if taken[one.currency] <= POINTS:
            chosen.append(one)
    return tuple(chosen)


def _parts(one: OverdueItem, as_of: date) -> list[tuple[str, int, date]]:
    """Return (reason, minor units, since) of what is stuck of an item."""
    if one.due_on >= as_of or one.open_minor <= 0:
        return []
    disputed = min(one.disputed_minor, one.open_minor) if one.disputed_on else 0
    parts = []
    if disputed and one.disputed_on and (as_of - one.disputed_on).days >= DISPUTED_DAYS:
        parts.append(("disputed", disputed, one.disputed_on))
    rest = one.open_minor - disputed
    if rest:
        found = _reason(one, as_of)
        if found is not None:
            parts.append((found[0], rest, found[1]))
    return parts


def _reason(one: OverdueItem, as_of: date) -> tuple[str, date] | None:
    if one.held_on is not None:
        # a hold explains why nothing moves: as long as it is young it is no matter for a meeting
        is_old = (as_of - one.held_on).days >= HELD_DAYS
        return ("held", one.held_on) if is_old else None
    if one.broken_on is not None:
        return "broken", one.broken_on
    quiet_on = one.due_on if one.told_on is None else max(one.due_on, one.told_on)
    return ("silent", quiet_on) if (as_of - quiet_on).days >= SILENT_DAYS else None
