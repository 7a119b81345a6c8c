"""What a payer chose to pay, spread over items: all that is due, some items, or an amount."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class PayablePart:
    """An open item; `disputed_minor` of its `open_minor` is contested and left out by itself."""

    item_id: int
    due_on: date
    open_minor: int
    disputed_minor: int = 0

    @property
    def free_minor(self) -> int:
        """Return what is not contested."""
        return max(self.open_minor - self.disputed_minor, 0)


def due_parts(parts: Iterable[PayablePart], *, as_of: date) -> dict[int, int]:
    """Return, by item, what is due by a day and not contested."""
    return {
        part.item_id: part.free_minor
        for part in _oldest(parts)
        if part.due_on <= as_of and part.free_minor > 0
    }


def oldest_first(parts: Iterable[PayablePart], amount_minor: int) -> tuple[dict[int, int], int]:
    """Return how an amount covers items, the oldest due first, and what of it is left over.

    Contested amounts are passed over; the last item reached may be covered in part.
    """
    left, found = amount_minor, {}
    for part in _oldest(parts):
        if taken := min(left, part.free_minor):
            found[part.item_id] = taken
            left -= taken
    return found, left


def less_credit(
    amounts: Mapping[int, int], parts: Sequence[PayablePart], credit_minor: int
) -> tuple[dict[int, int], dict[int, int]]:
    """Return what is left to pay by item, and what a credit settles of each, the oldest first."""
    order = [part.item_id for part in _oldest(parts) if part.item_id in amounts]
    left, to_pay, settled = credit_minor, {}, {}
    for key in order:
        used = min(left, amounts[key])
        left -= used
        if used:
            settled[key] = used
        if amounts[key] > used:
            to_pay[key] = amounts[key] - used
    return to_pay, settled


def _oldest(parts: Iterable[PayablePart]) -> list[PayablePart]:
    return sorted(parts, key=lambda part: (part.due_on, part.item_id))
