"""Discounts of a checkout: booked with its money when that came in time, taken back with it."""

from collections.abc import Mapping
from datetime import date, datetime

from dunwell.actions.adjustments import reverse_adjustment
from dunwell.actions.allocations import LockedItem
from dunwell.actions.early_payments import take_discount
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, lent
from dunwell.models import Checkout, CheckoutLine
from dunwell.queries.checkout_discounts import discount_reason, discounts_booked
from dunwell.queries.early_payment import discounts_on


def earned_discounts(
    checkout: Checkout,
    open_now: Mapping[int, LockedItem],
    put: Mapping[int, int],
    *,
    came_on: date,
) -> dict[int, int]:
    """Return what is taken off by item, in minor units, before the money is put on the items.

    Only where the money and the discount settle the item exactly, and where so much is granted
    for the day the money came on; one that was booked with this money before stays earned. For
    actions that hold the items' locks.
    """
    lines = [
        line
        for line in checkout.lines.filter(discount_minor__gt=0)
        if put.get(line.item_id, 0) > 0
        and open_now[line.item_id].open_minor - put[line.item_id] == line.discount_minor
    ]
    if not lines:
        return {}
    before = {one.item_id for one in discounts_booked(checkout)}
    granted = discounts_on(checkout.company, checkout.customer, on=came_on, as_of=came_on)
    return {
        line.item_id: line.discount_minor
        for line in lines
        if line.item_id in before or granted.get(line.item_id, (None, 0))[1] >= line.discount_minor
    }


def book_discounts(
    actor: Actor,
    checkout: Checkout,
    open_now: Mapping[int, LockedItem],
    earned: Mapping[int, int],
    *,
    on: date,
    as_of: date,
    at: datetime,
) -> None:
    """Take earned discounts off their items, effective the day the money is booked."""
    lines = {line.item_id: line for line in checkout.lines.filter(item__in=earned)}
    for key, amount_minor in earned.items():
        _book(actor, lines[key], open_now[key], amount_minor, on=on, as_of=as_of, at=at)


def take_discounts_back(
    actor: Actor, checkout: Checkout, *, items: set[int] | None = None, as_of: date, at: datetime
) -> None:
    """Owe again what was taken off, of some items or of all: their money went back."""
    standing = [
        one
        for one in discounts_booked(checkout).filter(reversed_by=None)
        if items is None or one.item_id in items
    ]
    for one in standing:
        reverse_adjustment(
            actor=lent(actor, "adjustment.record"),
            adjustment=one,
            reason=f"The money of {checkout.number} went back",
            as_of=as_of,
            at=at,
        )


def _book(
    actor: Actor,
    line: CheckoutLine,
    locked: LockedItem,
    amount_minor: int,
    *,
    on: date,
    as_of: date,
    at: datetime,
) -> None:
    what = discount_reason(line.checkout)
    day = max(on, locked.not_before)
    adjustment = take_discount(
        locked, amount_minor=amount_minor, what=what, on=day, as_of=as_of, at=at
    )
    record_event(
        actor,
        "adjustment.recorded",
        adjustment,
        at=at,
        customer_id=locked.item.customer_id,
        kind=adjustment.kind,
        item=locked.item.number,
        amount_minor=amount_minor,
        reason=what,
        offer=line.offer_id,
    )
