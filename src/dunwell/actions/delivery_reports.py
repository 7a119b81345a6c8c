"""What carriers report of messages: delivered, came back, opened, complained about.

Told twice is known once, and in whatever order reports come, a message ends in the same state.
"""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from dunwell.actions.contacts import mark_bounced
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.signals import LONGEST_ID, LONGEST_SOURCE, record_signal
from dunwell.actions.suppressions import note_bounce, put_on_list
from dunwell.engine.message_states import (
    BOUNCED,
    COMPLAINED,
    OPENED,
    REPORTS,
    DeliveryReport,
    DeliveryState,
    joined,
)
from dunwell.formats.suppression_rows import clean_address
from dunwell.models import Company, Contact, Message, Signal, Suppression
from dunwell.queries.customer_merges import led_on
from dunwell.queries.suppressions import message_channel

LONGEST_REASON = 500
SIGNALS = {OPENED: Signal.Kind.VIEWED}


@transaction.atomic
def report_delivery(
    *,
    actor: Actor,
    company: Company,
    provider: str,
    kind: str,
    external_id: str,
    at: datetime,
    provider_id: str = "",
    message_id: str = "",
    reason: str = "",
    is_hard: bool = True,
    happened_at: datetime | None = None,
) -> Message | None:
    """Keep what a carrier reports of one of our messages; return it, None for one not ours.

    `kind` is delivered, bounced, opened or complained; the message is found by our Message-ID or
    by the id the provider gave it. `happened_at` is when it happened, `at` where it is not told.
    Came back for good (`is_hard`) marks the contact and puts the address on the list of those
    that get nothing, so does a complaint. Raises Refused for another kind, another company, or a
    report without an identity.
    """
    actor.require("contact.log")
    if company.pk != actor.company.pk:
        raise Refused("This company is another one.")
    if kind not in REPORTS:
        raise Refused(f"There is no report {kind}; use {', '.join(REPORTS)}.")
    if not external_id.strip():
        raise Refused("Give the report an identity, so that told twice it is known once.")
    message = _found(company, provider_id=provider_id, message_id=message_id)
    if message is None:
        return None
    moment = at if happened_at is None else min(happened_at, at)
    told = " ".join(reason.split())[:LONGEST_REASON]
    zone = ZoneInfo(company.zone)
    source, key = provider[:LONGEST_SOURCE], _key(external_id)
    if Signal.objects.filter(company=company, source=source, external_id=key).exists():
        return message
    record_signal(
        actor=actor,
        customer=message.customer,
        kind=SIGNALS.get(kind, kind),
        source=source,
        external_id=key,
        as_of=at.astimezone(zone).date(),
        on=moment.astimezone(zone).date(),
        at=at,
        message=message,
        details={"reason": told, "is_hard": is_hard, "happened_at": moment.isoformat()},
    )
    before = message.status
    _keep(message, DeliveryReport(kind=kind, happened_at=moment, reason=told))
    if kind == BOUNCED:
        _came_back(actor, message, reason=told, is_hard=is_hard, at=at)
    if kind == COMPLAINED and message.to:
        put_on_list(
            actor=actor,
            channel=message_channel(message),
            address=clean_address(message.to),
            reason=Suppression.Reason.COMPLAINED,
            note=told,
            customer=led_on(message.customer),
            message=message,
            at=at,
        )
    if message.status != before:
        record_event(
            actor,
            f"message.{message.status}",
            message,
            at=at,
            customer_id=message.customer_id,
            provider=source,
            reason=told,
        )
    return message


def _found(company: Company, *, provider_id: str, message_id: str) -> Message | None:
    """Return the message a report is about, locked, so that reports come one after another."""
    for name, value in (("message_id", message_id.strip()), ("provider_id", provider_id.strip())):
        if not value:
            continue
        found = (
            Message.objects.select_for_update(of=("self",))
            .select_related("customer", "company")
            .filter(company=company, **{name: value})
            .order_by("pk")
            .first()
        )
        if found is not None:
            return found
    return None


def _keep(message: Message, report: DeliveryReport) -> None:
    """Join a report to what is known of a message that was handed over.

    Of one we have not yet noted as handed over only the moments are kept: marking it looks at
    them, and a worker that takes it over does not hand it over again.
    """
    known = DeliveryState(
        delivered_at=message.delivered_at,
        bounced_at=message.bounced_at,
        reason=message.error if message.bounced_at is not None else "",
    )
    state = joined(known, report)
    if state == known:
        return
    message.delivered_at, message.bounced_at = state.delivered_at, state.bounced_at
    if state.bounced_at is not None:
        message.error = state.reason
    if message.status in Message.HANDED_OVER:
        message.status = Message.Status(state.status)
    Message.objects.filter(pk=message.pk).update(
        status=message.status,
        delivered_at=message.delivered_at,
        bounced_at=message.bounced_at,
        error=message.error,
    )


def _came_back(
    actor: Actor, message: Message, *, reason: str, is_hard: bool, at: datetime
) -> None:
    note_bounce(actor=actor, message=message, is_hard=is_hard, reason=reason, at=at)
    if not is_hard or "@" not in message.to:
        return
    as_of = at.astimezone(ZoneInfo(message.company.zone)).date()
    for contact in Contact.objects.filter(
        customer=led_on(message.customer), email__iexact=message.to, bounced_on=None
    ).order_by("pk"):
        mark_bounced(actor=actor, contact=contact, as_of=as_of, at=at)


def _key(external_id: str) -> str:
    """Return the identity of a report as a signal keeps it; a longer one by its hash."""
    told = external_id.strip()
    return told if len(told) <= LONGEST_ID else hashlib.sha256(told.encode()).hexdigest()
