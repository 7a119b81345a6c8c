"""What happens to an order after its check: prepaid, delivered, billed, cancelled.

None of it is ever held: what has left the house, or is paid, is no question of credit any more.
"""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.credit_hold_moves import check_order_move, end_hold
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.order_locks import lock_accounts
from dunwell.models import CreditHold, Order
from dunwell.queries.order_asks import stored_ask

Status = Order.Status


@transaction.atomic
def update_order(
    *,
    actor: Actor,
    order: Order,
    prepaid_minor: int | None = None,
    delivered_minor: int | None = None,
    billed_minor: int | None = None,
    is_cancelled: bool = False,
    as_of: date,
    at: datetime,
) -> Order:
    """Note what of an order is prepaid, delivered or billed by now, or that it is cancelled.

    Amounts are totals in the order's currency; None leaves one as it is. An order billed in full
    is closed, and its holds end. The same again changes nothing. Raises Refused for amounts
    outside the order and for an order that is over.
    """
    actor.require("order.edit")
    own(actor, order, "order")
    lock_accounts(actor.company, {order.customer_id}, as_of=as_of)
    order = Order.objects.get(pk=order.pk)
    stated = {
        "prepaid_minor": prepaid_minor,
        "delivered_minor": delivered_minor,
        "billed_minor": billed_minor,
    }
    changed = {
        name: amount
        for name, amount in stated.items()
        if amount is not None and amount != getattr(order, name)
    }
    for name, amount in changed.items():
        if not 0 <= amount <= order.amount_minor:
            what = name.removesuffix("_minor")
            raise Refused(
                f"The {what} part of order {order.number} must lie between 0 and its amount; "
                "check the order again where its amount has changed."
            )
        setattr(order, name, amount)
    status = _status(order, is_cancelled=is_cancelled)
    if not changed and status == order.status:
        return order
    check_order_move(order, status)
    if order.status in (Status.CLOSED, Status.CANCELLED):
        label = Status(order.status).label.lower()
        raise Refused(f"Order {order.number} is marked: {label}; it cannot change any more.")
    before, order.status = order.status, status
    order.version += 1
    order.save(update_fields=["status", "version", *changed])
    verb = {Status.CLOSED: "closed", Status.CANCELLED: "cancelled"}.get(status, "changed")
    told = Fact(
        verb=f"order.{verb}",
        subject="order",
        subject_id=order.pk,
        customer_id=order.customer_id,
        data={"number": order.number, "currency": order.currency, "before": before, **changed},
    )
    record_events(actor, [told, *_ended(actor, order, as_of=as_of, at=at)], at=at)
    return order


def _status(order: Order, *, is_cancelled: bool) -> Order.Status:
    if is_cancelled:
        return Status.CANCELLED
    if order.amount_minor and order.billed_minor == order.amount_minor:
        return Status.CLOSED
    is_forced = order.holds.filter(
        kind=CreditHold.Kind.FORCED, status__in=CreditHold.STANDING
    ).exists()
    if order.status == Status.HELD and not is_forced and not stored_ask(order).on_credit_minor:
        return Status.APPROVED
    return Status(order.status)


def _ended(actor: Actor, order: Order, *, as_of: date, at: datetime) -> list[Fact]:
    """End the holds of an order that is over, or of which nothing is left to hold."""
    if order.status == Status.HELD:
        return []
    reason = "Nothing of it is on credit any more."
    if order.status != Status.APPROVED:
        reason = f"Order {order.number} is marked: {Status(order.status).label.lower()}."
    standing = CreditHold.objects.filter(order=order, status__in=CreditHold.STANDING)
    return [
        end_hold(actor, hold, CreditHold.Status.ENDED, reason=reason, as_of=as_of, at=at)
        for hold in standing.select_related("order")
    ]
