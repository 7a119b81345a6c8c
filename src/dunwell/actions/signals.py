"""Signals: what customers did with our messages, as carriers, the portal or people tell us."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.models import Customer, Message, Signal

LONGEST_ID = 120
LONGEST_SOURCE = 40


@transaction.atomic
def record_signal(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    source: str,
    external_id: str,
    as_of: date,
    at: datetime,
    message: Message | None = None,
    on: date | None = None,
    details: Mapping[str, object] | None = None,
) -> Signal:
    """Record that a message was delivered, viewed, answered, came back, or was complained about.

    The same `external_id` of a source again returns what is known. `on` is the day it happened,
    `as_of` unless given. Raises Refused for an unknown kind, a day to come, an empty or too
    long identity, or somebody else's customer or message.
    """
    actor.require("contact.log")
    own_customer(actor, customer)
    if message is not None and message.customer_id != customer.pk:
        raise Refused("This message went to another customer.")
    if kind not in Signal.Kind.values:
        raise Refused(f"There is no signal {kind}; use {', '.join(Signal.Kind.values)}.")
    for name, value, most in (
        ("source", source, LONGEST_SOURCE),
        ("identity", external_id, LONGEST_ID),
    ):
        if not value.strip() or len(value) > most:
            raise Refused(f"Give the signal's {name}, at most {most} characters.")
    happened = as_of if on is None else on
    if happened > as_of:
        raise Refused(f"The signal lies on {happened.isoformat()}, which has not come.")
    signal, is_new = Signal.objects.get_or_create(
        company=actor.company,
        source=source,
        external_id=external_id,
        defaults={
            "customer": customer,
            "message": message,
            "kind": kind,
            "details": {} if details is None else dict(details),
            "on": happened,
            "at": at,
        },
    )
    if is_new:
        record_event(
            actor,
            f"signal.{kind}",
            signal,
            at=at,
            customer_id=customer.pk,
            source=source,
            message=message.pk if message else None,
        )
    elif (signal.kind, signal.customer_id) != (kind, customer.pk):
        raise Refused(f"{source} told {external_id} before, as {signal.kind}.")
    return signal
