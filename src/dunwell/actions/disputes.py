"""Opening and closing disputes: a customer's reasoned refusal to pay a part of an item."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.money import from_minor
from dunwell.models import Customer, Dispute, Item, OpenItem


@transaction.atomic
def open_dispute(
    *,
    actor: Actor,
    item: Item,
    amount_minor: int,
    reason: str,
    as_of: date,
    at: datetime,
    note: str = "",
) -> Dispute:
    """Record that a customer disputes a part of an item; the rest stays collectable.

    Raises Refused for an unknown reason, an amount that is not open, an item
    already disputed or of another company.
    """
    actor.require("dispute.open")
    if item.company_id != actor.company.pk:
        raise Refused("This item belongs to another company.")
    if reason not in Dispute.Reason.values:
        raise Refused(f"There is no reason {reason}; use {', '.join(Dispute.Reason.values)}.")
    Customer.objects.select_for_update(no_key=True).get(pk=item.customer_id)
    now = OpenItem.objects.filter(pk=item.pk).values_list("open_minor", flat=True)
    left = max(sum(now), 0)
    if not left:
        raise Refused(f"Nothing of {item.number} is open, so nothing can be disputed.")
    if not 0 < amount_minor <= left:
        raise Refused(
            f"Dispute more than 0 and at most {from_minor(left, item.currency)} {item.currency}, "
            f"the open amount of {item.number}."
        )
    if Dispute.objects.filter(item=item, closed_on=None).exists():
        raise Refused(f"{item.number} is already disputed; close that dispute first.")
    dispute = Dispute.objects.create(
        company=actor.company,
        customer_id=item.customer_id,
        item=item,
        amount_minor=amount_minor,
        reason=reason,
        note=fitting(text=note, most=500, what="note"),
        opened_on=as_of,
        recorded_at=at,
    )
    record_event(
        actor,
        "dispute.opened",
        dispute,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        amount_minor=amount_minor,
        currency=item.currency,
        reason=reason,
    )
    return dispute


@transaction.atomic
def close_dispute(
    *, actor: Actor, dispute: Dispute, outcome: str, as_of: date, at: datetime
) -> None:
    """Close an open dispute with how it ended; raise Refused for one already closed."""
    actor.require("dispute.close")
    if dispute.company_id != actor.company.pk:
        raise Refused("This dispute belongs to another company.")
    told = fitting(text=outcome, most=200, what="outcome")
    if not told:
        raise Refused("Say how the dispute ended.")
    if dispute.closed_on is not None:
        raise Refused(f"This dispute was closed on {dispute.closed_on.isoformat()}.")
    if as_of < dispute.opened_on:
        raise Refused(
            f"The dispute was opened on {dispute.opened_on.isoformat()}; it cannot end earlier."
        )
    rows = Dispute.objects.filter(pk=dispute.pk, closed_on=None).update(
        closed_on=as_of, outcome=told
    )
    if rows != 1:
        raise Refused("Somebody else has just closed this dispute; load the page again.")
    record_event(
        actor,
        "dispute.closed",
        dispute,
        at=at,
        customer_id=dispute.customer_id,
        outcome=told,
    )
