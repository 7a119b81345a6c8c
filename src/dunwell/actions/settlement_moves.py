"""What the moves of a settlement are made of beside `agreements`: its lines, what is given up.

Nothing here is an action of its own: the caller holds the transaction and checked the right.
"""

from collections.abc import Mapping
from datetime import date, datetime

from dunwell.actions.adjustments import book_adjustment, book_reversal
from dunwell.actions.agreements import bind_items, release_items
from dunwell.actions.allocations import LockedItem, live, locked_items, money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.periods import first_open_day
from dunwell.models import (
    Adjustment,
    Allocation,
    Settlement,
    SettlementItem,
)

Status = Settlement.Status


def tell(actor: Actor, verb: str, settlement: Settlement, *, at: datetime, **data: object) -> None:
    """Write the event of a settlement, with its number and amounts."""
    record_event(
        actor,
        f"settlement.{verb}",
        settlement,
        at=at,
        customer_id=settlement.customer_id,
        number=settlement.number,
        currency=settlement.currency,
        pay_minor=settlement.pay_minor,
        concession_minor=settlement.concession_minor,
        **data,
    )


def free_items(settlement: Settlement, *, as_of: date) -> None:
    """Let go of the items: others may agree on them, and from the day on they may be chased."""
    bind_items(settlement, is_live=False)
    release_items(settlement, as_of=as_of)


def locked_lines(settlement: Settlement) -> Mapping[int, LockedItem]:
    """Lock the items of a settlement; return them with what is open, by key."""
    lines = settlement.lines.select_related("item").order_by("item")
    return locked_items(company=settlement.company, items=[line.item for line in lines])


def check_still_open(settlement: Settlement, locked: Mapping[int, LockedItem]) -> None:
    """Refuse when what is open on an item is not what was offered."""
    for line in settlement.lines.order_by("item"):
        one = locked[line.item_id]
        if one.open_minor != line.open_minor:
            raise Refused(
                f"{money_text(one.open_minor, settlement.currency)} is open on "
                f"{one.item.number} now, not {money_text(line.open_minor, settlement.currency)} "
                "as offered; propose it anew."
            )


def give_up_rest(settlement: Settlement, *, as_of: date, at: datetime) -> int:
    """Take off the books what is still open of the items; return how much that is.

    It is never more than was agreed: what was paid beyond the agreed amount lowers it, and what
    became open again by an older booking taken back stays owed. Money goes on the oldest items
    first, so what is given up lies on the newest.
    """
    locked, left = locked_lines(settlement), settlement.concession_minor
    lines = settlement.lines.select_related("item").order_by("-item__due_on", "-item")
    for line in lines:
        amount = max(min(locked[line.item_id].open_minor, left), 0)
        line.concession_minor = amount
        if amount:
            line.adjustment = _conceded(settlement, locked[line.item_id], amount, as_of, at)
            left -= amount
        line.save(update_fields=["concession_minor", "adjustment"])
    return settlement.concession_minor - left


def take_back_rest(settlement: Settlement, *, as_of: date, at: datetime) -> int:
    """Let the customer owe again what was given up: the money came back. Return how much."""
    locked_lines(settlement)
    taken = 0
    for line in settlement.lines.exclude(adjustment=None).select_related("adjustment"):
        taken += _owed_again(settlement, line, as_of=as_of, at=at)
    return taken


def _conceded(
    settlement: Settlement, locked: LockedItem, amount_minor: int, as_of: date, at: datetime
) -> Adjustment:
    """Give up a part of an item's open amount, on the first day that is open for it."""
    on = first_open_day(settlement.company, max(as_of, locked.not_before))
    return book_adjustment(
        locked,
        kind=Adjustment.Kind.CONCESSION,
        amount_minor=amount_minor,
        reason=f"{settlement.number}: paid as agreed, the rest is given up",
        on=on,
        as_of=as_of,
        at=at,
    )


def _owed_again(settlement: Settlement, line: SettlementItem, *, as_of: date, at: datetime) -> int:
    """Take the concession on one item back, unless somebody did so by hand before."""
    adjustment = line.adjustment
    if adjustment is None or Adjustment.objects.filter(reverses=adjustment).exists():
        return 0
    (row,) = live(Allocation.objects.filter(adjustment=adjustment))
    on = first_open_day(settlement.company, max(as_of, row.applied_on))
    book_reversal(
        row, reason=f"{settlement.number}: the money came back", on=on, as_of=as_of, at=at
    )
    return adjustment.amount_minor
