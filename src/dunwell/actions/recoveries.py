"""Money for debts that were written off: the debt comes back as far as it is paid."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from dunwell.actions.adjustments import book_adjustment
from dunwell.actions.allocations import (
    check_day,
    locked_items,
    locked_payment,
    money_text,
    write_allocations,
)
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import Adjustment, Allocation, Item, Payment

Kind = Adjustment.Kind


@transaction.atomic
def record_recovery(
    *,
    actor: Actor,
    item: Item,
    payment: Payment,
    amount_minor: int,
    as_of: date,
    at: datetime,
) -> Adjustment:
    """Put a part of a payment on a written-off debt; return the adjustment of kind recovery.

    The adjustment puts the amount back on the item (account `recovery`) and the payment settles
    it, so nothing is open after it that was not before; the write-off stays. Raises Refused, with
    the figures, for more than is written off and not recovered, or left of the payment.
    """
    actor.require("recovery.record")
    left = locked_payment(company=actor.company, payment=payment)
    payment = left.payment
    locked = locked_items(company=actor.company, items=[item])[item.pk]
    item = locked.item
    check_day(locked, as_of=as_of)
    lost = lost_minor(item)
    if payment.currency != item.currency:
        raise Refused(f"{payment.number} is in {payment.currency}, not in {item.currency}.")
    if not 0 < amount_minor <= lost:
        raise Refused(
            f"{money_text(amount_minor, item.currency)} is not between 0 and the "
            f"{money_text(lost, item.currency)} written off and not recovered on {item.number}."
        )
    if amount_minor > left.unapplied_minor:
        raise Refused(
            f"{money_text(amount_minor, item.currency)} is more than the "
            f"{money_text(left.unapplied_minor, item.currency)} left of payment {payment.number}."
        )
    if as_of < left.not_before:
        raise Refused(f"Payment {payment.number} reached us on {left.not_before}, not before.")
    adjustment = book_adjustment(
        locked,
        kind=Kind.RECOVERY,
        amount_minor=-amount_minor,
        reason=f"Recovered by payment {payment.number}"[:300],
        on=as_of,
        as_of=as_of,
        at=at,
    )
    row = Allocation(
        company=actor.company,
        item=item,
        source=Allocation.Source.PAYMENT,
        payment=payment,
        amount_minor=amount_minor,
        value_on=payment.value_on,
        applied_on=as_of,
        recorded_on=as_of,
        recorded_at=at,
    )
    write_allocations(company=actor.company, rows=[row])
    record_event(
        actor,
        "recovery.recorded",
        adjustment,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        payment=payment.number,
        amount_minor=amount_minor,
        currency=item.currency,
    )
    return adjustment


def lost_minor(item: Item) -> int:
    """Return what is written off of an item and has not been recovered, in minor units."""
    rows = Adjustment.objects.filter(item=item, kind__in=(Kind.WRITE_OFF, Kind.RECOVERY))
    return max(rows.aggregate(minor=Sum("amount_minor"))["minor"] or 0, 0)
