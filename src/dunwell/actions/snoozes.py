"""Putting a customer aside on the worklist until a day, and taking it back."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.models import Customer, Snooze

SNOOZE_MAX_DAYS = 90
"""How long a customer may be put aside; what takes longer is a hold, which the gate knows."""


@transaction.atomic
def snooze_customer(
    *,
    actor: Actor,
    customer: Customer,
    until_on: date,
    as_of: date,
    at: datetime,
    reason: str = "",
) -> Snooze:
    """Take a customer off the worklist; it comes back on `until_on`.

    A second snooze replaces the first, the same one again changes nothing. It
    stops no reminder; a hold does. Raises Refused for a day that is not ahead.
    """
    actor.require("worklist.snooze")
    open_customer(actor, customer)
    if until_on <= as_of:
        raise Refused("Choose a day after today.")
    if until_on > as_of + timedelta(days=SNOOZE_MAX_DAYS):
        raise Refused(f"Snooze for at most {SNOOZE_MAX_DAYS} days; for longer, place a hold.")
    told = fitting(text=reason, most=300, what="reason")
    wanted = {"user_id": actor.user_id, "until_on": until_on, "reason": told}
    if same := Snooze.objects.filter(customer=customer, **wanted).order_by("pk").first():
        return same
    snooze, _ = Snooze.objects.update_or_create(
        customer=customer, defaults={**wanted, "company": actor.company, "recorded_at": at}
    )
    record_event(
        actor,
        "customer.snoozed",
        customer,
        at=at,
        customer_id=customer.pk,
        until_on=until_on.isoformat(),
        reason=told,
    )
    return snooze


@transaction.atomic
def unsnooze_customer(*, actor: Actor, customer: Customer, at: datetime) -> None:
    """Put a customer back on the worklist now; nothing happens if it is there."""
    actor.require("worklist.snooze")
    open_customer(actor, customer)
    removed, _ = Snooze.objects.filter(customer=customer).delete()
    if removed:
        record_event(actor, "customer.unsnoozed", customer, at=at, customer_id=customer.pk)
