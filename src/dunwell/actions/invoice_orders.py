"""Invoices from orders: what has been delivered and is not billed, as one line to be refined."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.engine.money import minor_digits
from dunwell.models import Customer, Invoice, Order
from dunwell.queries.invoice_drafts import Draft, LineDraft, Origin

MICROS = 1_000_000


@transaction.atomic
def invoice_order(
    *,
    actor: Actor,
    order: Order,
    tax_code: str,
    delivered_on: date | None = None,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Draft the invoice of what is delivered and not billed of an order, its amount taken as net.

    An open draft of the order is returned instead of a second one. Where nothing is marked as
    delivered, the whole rest is billed. Raises Refused for an order that is over, held, or
    billed in full.
    """
    actor.require("invoice.edit")
    own(actor, order, "order")
    Customer.objects.select_for_update(no_key=True).get(pk=order.customer_id)
    order = Order.objects.select_related("customer").get(pk=order.pk)
    if order.status != Order.Status.APPROVED:
        label = Order.Status(order.status).label.lower()
        raise Refused(f"Order {order.number} is marked: {label}; it cannot be billed now.")
    waiting = Invoice.objects.filter(
        order=order, status__in=(Invoice.Status.DRAFT, Invoice.Status.APPROVED)
    ).first()
    if waiting is not None:
        return waiting
    reached = order.delivered_minor or order.amount_minor
    left = reached - order.billed_minor
    if left <= 0:
        raise Refused(f"What is delivered of order {order.number} is billed already.")
    scale = 10 ** (6 - minor_digits(order.currency))
    line = LineDraft(
        name=f"Order {order.number}",
        quantity_micros=MICROS,
        price_micros=left * scale,
        tax_code=tax_code,
    )
    draft = Draft(
        lines=[line],
        currency=order.currency,
        terms=order.terms,
        delivered_on=delivered_on,
        order=order,
        order_number=order.number,
    )
    origin = Origin(source=Invoice.Source.ORDER, key=f"{order.pk}:{order.billed_minor}")
    return draft_invoice(
        actor=actor, customer=order.customer, draft=draft, origin=origin, as_of=as_of, at=at
    )
