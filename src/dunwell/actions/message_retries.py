"""Dead letters: messages that were given up are tried again, one or all of a filter."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.models import Message

Status = Message.Status
AT_ONCE = 5_000
"""Messages put back by one call; a larger pile is put back in several."""


@transaction.atomic
def retry_message(*, actor: Actor, message: Message, at: datetime) -> None:
    """Put a message that was given up back, to be handed over with the next delivery.

    The chase gate is asked once more then. Raises Refused for one that was not given up.
    """
    actor.require("message.retry")
    own(actor, message, "message")
    if not _put_back(actor, Message.objects.filter(pk=message.pk), at=at):
        raise Refused("Only a message that was given up can be tried again; load the page again.")


@transaction.atomic
def retry_messages(
    *,
    actor: Actor,
    at: datetime,
    ids: Collection[int] = (),
    channel: str = "",
    error: str = "",
) -> int:
    """Put messages that were given up back: the chosen ones, or all of a filter; return how many.

    `channel` and `error` (a part of the reason) narrow the filter. At most AT_ONCE at a time.
    Raises Refused where there is none.
    """
    actor.require("message.retry")
    found = Message.objects.filter(company=actor.company)
    if ids:
        found = found.filter(pk__in=set(ids))
    if channel:
        found = found.filter(channel=channel)
    if error:
        found = found.filter(error__icontains=error)
    count = _put_back(actor, found, at=at)
    if not count:
        raise Refused("None of these messages was given up; load the page again.")
    return count


def _put_back(actor: Actor, found: QuerySet[Message], *, at: datetime) -> int:
    """Make given-up messages ready again, with all their attempts; return how many."""
    dead = found.filter(status=Status.DEAD)
    told = list(dead.order_by("pk").values_list("pk", "customer_id", "error")[:AT_ONCE])
    keys = [key for key, _, _ in told]
    Message.objects.filter(pk__in=keys, status=Status.DEAD).update(
        status=Status.READY, attempts=0, retry_at=None, error=""
    )
    if len(told) == 1:
        key, customer_id, error = told[0]
        message = Message(pk=key)
        record_event(
            actor, "message.retried", message, at=at, customer_id=customer_id, error=error
        )
    elif told:
        record_event(actor, "messages.retried", actor.company, at=at, messages=keys)
    return len(told)
