"""Settlements: how less than is owed is shared out, and what becomes of an accepted one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

BOOKING_DAYS = 3
"""So many days after the last one money may still be booked that reached us in time."""

ACCEPTED, COMPLETED, EXPIRED = "accepted", "completed", "expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """A booking on an item of a settlement after it was accepted; below 0 takes one back.

    `source_id` names the payment or credit note, so that a return is dated like its money.
    """

    item_id: int
    source: str
    source_id: int
    amount_minor: int
    value_on: date


def shares(open_minor: Sequence[int], total_minor: int) -> tuple[int, ...]:
    """Return a total shared out by open amounts, whole and exact: largest remainders first.

    No share is above its amount as long as the total is not above their sum.
    """
    whole = sum(open_minor)
    if whole <= 0:
        return tuple(0 for _ in open_minor)
    floors = [total_minor * one // whole for one in open_minor]
    order = sorted(
        range(len(open_minor)),
        key=lambda place: (-(total_minor * open_minor[place] % whole), place),
    )
    for place in order[: total_minor - sum(floors)]:
        floors[place] += 1
    return tuple(floors)


def received_minor(receipts: Iterable[Receipt], *, until: date) -> int:
    """Return the money and credit whose value day is not after a day.

    What was taken back counts on the day of what it takes back.
    """
    amounts: dict[tuple[int, str, int], int] = {}
    days: dict[tuple[int, str, int], date] = {}
    for row in receipts:
        key = (row.item_id, row.source, row.source_id)
        amounts[key] = amounts.get(key, 0) + row.amount_minor
        days[key] = min(days.get(key, row.value_on), row.value_on)
    return sum(amount for key, amount in amounts.items() if days[key] <= until)


def status_after(
    status: str, *, pay_minor: int, received_minor: int, pay_by_on: date, as_of: date
) -> str:
    """Return what an accepted or completed settlement is by the money received in time.

    Paid in full it is completed; money that came back, or is missing when the days for booking
    are over, makes it expired.
    """
    is_paid = received_minor >= pay_minor
    if status == COMPLETED:
        return COMPLETED if is_paid else EXPIRED
    if is_paid:
        return COMPLETED
    return EXPIRED if as_of > pay_by_on + timedelta(days=BOOKING_DAYS) else ACCEPTED
