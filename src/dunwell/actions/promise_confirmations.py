"""Confirming promises by mail: through the outbox, once each, where the policy asks for it."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from dunwell.actions.gate import Actor, Refused
from dunwell.engine.promise_policy import PromisePolicy
from dunwell.engine.wording import WordingError
from dunwell.models import Contact, Message, Promise
from dunwell.queries.promise_confirmations import (
    BY_CONFIRMATION,
    CONFIRMATION,
    confirmation_id,
    confirmation_text,
)

STRATEGY = "promise"
"""What stands in place of a strategy: a confirmation follows from none."""

Status = Message.Status
STOPPABLE = (Status.DRAFT, Status.READY, Status.FAILED, Status.DEAD)
"""Messages that can still be stopped; one that is being sent is judged once more right before."""


def confirm_promise(
    actor: Actor,
    promise: Promise,
    policy: PromisePolicy,
    *,
    amount_minor: int,
    currency: str,
    as_of: date,
    at: datetime,
) -> Message | None:
    """Put the confirmation of a new promise into the outbox; return it, None where there is none.

    There is none where the policy does not ask for it, the customer has no usable mail address
    or opted out, or was sent as many confirmations today as there are channels. For actions that
    hold the customer's lock and have checked the right. Raises Refused where it cannot be worded.
    """
    if not policy.confirm or promise.customer.is_opted_out:
        return None
    contact = Contact.objects.filter(
        customer=promise.customer_id,
        role=Contact.Role.PAYABLES,
        is_primary=True,
        bounced_on=None,
    ).first()
    if contact is None or not contact.email:
        return None
    used = set(
        Message.objects.filter(
            customer=promise.customer_id, as_of=as_of, channel__in=BY_CONFIRMATION
        ).values_list("channel", flat=True)
    )
    free = [channel for channel in BY_CONFIRMATION if channel not in used]
    if not free:
        return None
    try:
        text = confirmation_text(
            promise, contact, amount_minor=amount_minor, currency=currency, as_of=as_of
        )
    except WordingError as error:
        raise Refused(f"The promise cannot be confirmed by mail: {error}") from error
    return Message.objects.create(
        company=actor.company,
        customer_id=promise.customer_id,
        channel=free[0],
        status=Status.READY,
        strategy=STRATEGY,
        level=0,
        template=CONFIRMATION,
        language=text.language,
        to=contact.email,
        subject=text.subject[:200],
        body=text.body,
        body_sha256=hashlib.sha256(text.body.encode()).hexdigest(),
        message_id=confirmation_id(promise.pk),
        variant=text.variant,
        decision={
            **({} if text.wording is None else {"wording": text.wording}),
            "as_of": as_of.isoformat(),
            "promise": promise.pk,
            "due_on": promise.due_on.isoformat(),
            "policy": policy.name,
            "asked_by": actor.name,
            "demand_minor": {},
        },
        as_of=as_of,
        recorded_at=at,
    )


def stop_confirmations(promises: Collection[int], *, reason: str) -> int:
    """Stop the confirmations of promises that ended before they were sent; return how many."""
    return Message.objects.filter(
        message_id__in=[confirmation_id(key) for key in promises], status__in=STOPPABLE
    ).update(status=Status.CANCELLED, error=reason)
