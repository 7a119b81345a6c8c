"""Items with parts that are due later: retentions until acceptance, schedules over years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.provisions import discount, rounded


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A part of an item that falls due on a day of its own; `key` names it."""

    key: int
    due_on: date
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemPart:
    """What is open of one part of an item; `key` None: the part due with the item itself."""

    key: int | None
    due_on: date
    open_minor: int


def parts_of(*, open_minor: int, due_on: date, held: Sequence[Held]) -> tuple[ItemPart, ...]:
    """Return what is open of each part of an item, in order of their days; they sum to it.

    Money goes to what was due with the item first, then to the parts by their days: so what is
    left over is what is due last.
    """
    left, parts = max(open_minor, 0), []
    for one in sorted(held, key=lambda one: (one.due_on, one.key), reverse=True):
        taken = min(one.amount_minor, left)
        if taken:
            parts.append(ItemPart(key=one.key, due_on=one.due_on, open_minor=taken))
        left -= taken
    if left:
        parts.append(ItemPart(key=None, due_on=due_on, open_minor=left))
    return tuple(reversed(parts))


def worth_today(part: ItemPart, *, rate_ppm: int, as_of: date) -> int:
    """Return what a part is worth on a day when it is paid on its own, rounded once."""
    days = (part.due_on - as_of).days
    return rounded(part.open_minor * discount(rate_ppm, days=days))
