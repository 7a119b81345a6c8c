"""Holds on orders: forced by a person, taken under review, rejected."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.credit_hold_moves import (
    LONGEST,
    Status,
    check_order_move,
    end_hold,
    fact_of,
    locked_hold,
    other_holds,
)
from dunwell.actions.events import record_events
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.order_locks import lock_accounts
from dunwell.actions.texts import fitting, needed
from dunwell.models import CreditHold, Customer, Order

LONGEST_NAME = 150


@transaction.atomic
def place_hold(
    *,
    actor: Actor,
    customer: Customer,
    order: Order | None = None,
    reason: str,
    review_on: date | None = None,
    as_of: date,
    at: datetime,
) -> CreditHold:
    """Hold an order, or without one every further order of a customer, whatever the rules say.

    The system never releases it. Orders that passed before stay approved until they are checked
    again. Raises Refused without a reason, for an order that is over, and where one stands.
    """
    actor.require("order_hold.place")
    open_customer(actor, customer)
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why nothing should be delivered; who releases it reads it.",
    )
    if order is not None and order.customer_id != customer.pk:
        raise Refused(f"Order {order.number} belongs to another customer.")
    if review_on is not None and review_on < as_of:
        raise Refused("The day to look at it again lies in the past.")
    lock_accounts(actor.company, {customer.pk}, as_of=as_of)
    standing = CreditHold.objects.filter(
        customer=customer, order=order, kind=CreditHold.Kind.FORCED, status__in=CreditHold.STANDING
    ).first()
    if standing is not None:
        raise Refused(f"{standing.raised_by} holds this since {standing.raised_on}.")
    if order is not None:
        order.refresh_from_db()
        check_order_move(order, Order.Status.HELD)
        Order.objects.filter(pk=order.pk).update(
            status=Order.Status.HELD, version=order.version + 1
        )
    hold = CreditHold.objects.create(
        company=actor.company,
        customer=customer,
        order=order,
        kind=CreditHold.Kind.FORCED,
        reasons=[{"rule": "forced_hold", "text": told, "release": []}],
        rules=",forced_hold,",
        raised_by=actor.name,
        raised_on=as_of,
        review_on=review_on,
        recorded_at=at,
    )
    record_events(actor, [fact_of(hold, "placed", reason=told)], at=at)
    return hold


@transaction.atomic
def review_hold(
    *,
    actor: Actor,
    hold: CreditHold,
    review_on: date | None,
    note: str = "",
    as_of: date,
    at: datetime,
) -> CreditHold:
    """Take a hold under review, to be decided by a day; return it.

    Raises Refused for a hold that is over and for a day gone by.
    """
    actor.require("order_hold.release")
    told = fitting(text=note, most=LONGEST, what="note")
    hold = locked_hold(actor, hold, as_of=as_of)
    if review_on is not None and review_on < as_of:
        raise Refused("The day to look at it again lies in the past.")
    hold.status = Status.READY if hold.status == Status.READY else Status.UNDER_REVIEW
    hold.reviewer, hold.review_on = actor.name[:LONGEST_NAME], review_on or hold.review_on
    hold.version += 1
    hold.save(update_fields=["status", "reviewer", "review_on", "version"])
    day = hold.review_on.isoformat() if hold.review_on else ""
    record_events(actor, [fact_of(hold, "reviewed", review_on=day, note=told)], at=at)
    return hold


@transaction.atomic
def reject_hold(
    *, actor: Actor, hold: CreditHold, reason: str, as_of: date, at: datetime
) -> CreditHold:
    """Reject a held order: it is not delivered. Raises Refused without a reason, or an order."""
    actor.require("order_hold.release")
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why the order is rejected; sales and the customer ask.",
    )
    hold = locked_hold(actor, hold, as_of=as_of)
    if hold.order is None:
        raise Refused("A hold on a customer is released, not rejected: there is no order.")
    check_order_move(hold.order, Order.Status.REJECTED)
    Order.objects.filter(pk=hold.order.pk).update(
        status=Order.Status.REJECTED, version=hold.order.version + 1
    )
    ended = end_hold(actor, hold, Status.REJECTED, reason=told, as_of=as_of, at=at)
    others = [
        end_hold(actor, one, Status.ENDED, reason=told, as_of=as_of, at=at)
        for one in other_holds(hold)
    ]
    record_events(actor, [ended, *others], at=at)
    return hold
