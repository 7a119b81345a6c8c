"""Decisions that lower what is owed without money: write-off, small balance, discount."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from dunwell.actions.allocations import (
    LockedItem,
    check_day,
    locked_items,
    money_text,
    reversal_of,
    write_allocations,
)
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import Adjustment, Allocation, Item

BY_HAND = (Adjustment.Kind.WRITE_OFF, Adjustment.Kind.SMALL_BALANCE, Adjustment.Kind.DISCOUNT)
"""Kinds a person may decide on; exchange differences come from the books alone."""

AGREED = (Adjustment.Kind.CONCESSION, Adjustment.Kind.REBATE)
"""Kinds that stand and fall with a plan, a settlement or an incentive."""


@transaction.atomic
def record_adjustment(
    *,
    actor: Actor,
    item: Item,
    kind: str,
    amount_minor: int,
    reason: str,
    as_of: date,
    at: datetime,
) -> Adjustment:
    """Take a part of an item's open amount off the books; `amount_minor` is above 0 always.

    Raises Refused without a reason, for another kind, and, with the figures, when the
    amount is more than is open.
    """
    actor.require("adjustment.record")
    if kind not in BY_HAND:
        raise Refused(f"{kind} cannot be decided by hand; choose one of {', '.join(BY_HAND)}.")
    if not reason.strip():
        raise Refused("Say why the amount is given up.")
    locked = locked_items(company=actor.company, items=[item])[item.pk]
    item = locked.item
    check_day(locked, as_of=as_of)
    if not 0 < amount_minor <= abs(locked.open_minor):
        raise Refused(
            f"{money_text(amount_minor, item.currency)} is not between 0 and the "
            f"{money_text(abs(locked.open_minor), item.currency)} still open on {item.number}."
        )
    signed = amount_minor if item.amount_minor > 0 else -amount_minor
    adjustment = book_adjustment(
        locked, kind=kind, amount_minor=signed, reason=reason.strip(), on=as_of, as_of=as_of, at=at
    )
    record_event(
        actor,
        "adjustment.recorded",
        adjustment,
        at=at,
        customer_id=item.customer_id,
        kind=kind,
        item=item.number,
        amount_minor=signed,
        reason=reason.strip(),
    )
    return adjustment


@transaction.atomic
def reverse_adjustment(
    *, actor: Actor, adjustment: Adjustment, reason: str, as_of: date, at: datetime
) -> Adjustment:
    """Take an adjustment back: the item is owed again. Return the row of opposite sign.

    Raises Refused without a reason, for a reversal, and for one taken back before.
    """
    actor.require("adjustment.record")
    if not reason.strip():
        raise Refused("Say why the adjustment is taken back.")
    if adjustment.kind == Adjustment.Kind.COMMISSION:
        raise Refused(
            f"The agency kept this commission ({adjustment.reason}); it is taken back when the "
            "agency reports that the money came back."
        )
    if adjustment.kind in AGREED:
        label = Adjustment.Kind(adjustment.kind).label.lower()
        raise Refused(
            f"This {label} belongs to what was agreed ({adjustment.reason}); it is taken back "
            "when the agreement is."
        )
    locked = locked_items(company=actor.company, items=[adjustment.item])[adjustment.item_id]
    _check_recovered(adjustment, locked)
    if adjustment.reverses_id or Adjustment.objects.filter(reverses=adjustment).exists():
        raise Refused("This adjustment was taken back before, or is a reversal itself.")
    row = Allocation.objects.get(adjustment=adjustment)
    back = book_reversal(row, reason=reason.strip(), on=as_of, as_of=as_of, at=at)
    record_event(
        actor,
        "adjustment.reversed",
        adjustment,
        at=at,
        customer_id=adjustment.item.customer_id,
        reason=reason.strip(),
    )
    return back


def _check_recovered(adjustment: Adjustment, locked: LockedItem) -> None:
    """Raise Refused when taking it back would leave a recovery without its write-off, or money."""
    kinds = Adjustment.Kind
    if adjustment.kind == kinds.RECOVERY and abs(adjustment.amount_minor) > locked.open_minor:
        raise Refused(
            "The payment still settles what was recovered; take the payment off the item first."
        )
    if adjustment.kind != kinds.WRITE_OFF:
        return
    sums = dict(
        Adjustment.objects.filter(
            item=adjustment.item_id, kind__in=(kinds.WRITE_OFF, kinds.RECOVERY)
        )
        .order_by("kind")
        .values_list("kind")
        .annotate(minor=Sum("amount_minor"))
    )
    left = sums.get(kinds.WRITE_OFF, 0) - adjustment.amount_minor
    if sums.get(kinds.RECOVERY, 0) and left + sums[kinds.RECOVERY] < 0:
        raise Refused(
            f"{money_text(-sums[kinds.RECOVERY], locked.item.currency)} of it was recovered; "
            "take the recovery back first."
        )


def book_adjustment(
    locked: LockedItem,
    *,
    kind: str,
    amount_minor: int,
    reason: str,
    on: date,
    as_of: date,
    at: datetime,
) -> Adjustment:
    """Take an amount, signed like the item, off what is open of it; effective `on` a day.

    For actions that hold the item's lock and have checked right, amount and day.
    """
    item = locked.item
    adjustment = Adjustment.objects.create(
        company_id=item.company_id,
        item=item,
        kind=kind,
        amount_minor=amount_minor,
        reason=reason,
        effective_on=on,
        recorded_on=as_of,
        recorded_at=at,
    )
    row = Allocation(
        company_id=item.company_id,
        item=item,
        source=Allocation.Source.ADJUSTMENT,
        adjustment=adjustment,
        amount_minor=amount_minor,
        value_on=on,
        applied_on=on,
        recorded_on=as_of,
        recorded_at=at,
    )
    write_allocations(company=item.company, rows=[row])
    return adjustment


def book_reversal(
    row: Allocation, *, reason: str, on: date, as_of: date, at: datetime
) -> Adjustment:
    """Take the adjustment behind an allocation back, `on` a day; return its row of opposite sign.

    For actions that hold the item's lock and have checked that it was not taken back before.
    """
    adjustment = row.adjustment
    if adjustment is None:
        raise ValueError(f"allocation {row.pk} is not of an adjustment")
    back = reversal_of(row, as_of=on, at=at)
    back.recorded_on = as_of
    back.adjustment = Adjustment.objects.create(
        company_id=adjustment.company_id,
        item_id=adjustment.item_id,
        kind=adjustment.kind,
        amount_minor=-adjustment.amount_minor,
        reason=reason,
        effective_on=on,
        reverses=adjustment,
        recorded_on=as_of,
        recorded_at=at,
    )
    write_allocations(company=row.company, rows=[back])
    return back.adjustment
