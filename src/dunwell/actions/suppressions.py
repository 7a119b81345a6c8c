"""The list of addresses that get nothing: put on it, taken off with a reason, never deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import fitting, needed
from dunwell.formats.suppression_rows import (
    SuppressionLine,
    clean_address,
    is_address,
    wrong_address,
)
from dunwell.models import Contact, Customer, Message, Suppression
from dunwell.queries.customer_merges import led_on
from dunwell.queries.suppressions import CHANNELS, EMAIL, message_channel, suppressed

Reason = Suppression.Reason

SOFT_BOUNCES = 3
SOFT_WINDOW = timedelta(days=30)
"""So many mails that came back for now within so long: what mail services do too, so that a
mailbox that is full for weeks does not harm the standing of our domain."""

ABOUT_US = "5.7."
"""How the reason of a mail refused by policy begins: it says nothing of the address."""

AT_ONCE = 500


@transaction.atomic
def suppress_address(
    *,
    actor: Actor,
    channel: str,
    address: str,
    at: datetime,
    reason: str = Reason.BY_HAND,
    note: str = "",
    customer: Customer | None = None,
) -> Suppression:
    """Put an address on the list: nothing goes to it by the channel, whoever it belongs to.

    Raises Refused for an unknown channel or reason, what is no address of the channel, and for
    one by hand without a note. An address that is on the list already stays as it is.
    """
    actor.require("suppression.edit")
    if customer is not None:
        open_customer(actor, customer)
    if channel not in CHANNELS:
        raise Refused(f"There is no channel {channel}; use {', '.join(CHANNELS)}.")
    if reason not in Reason.values:
        raise Refused(f"There is no reason {reason}; use {', '.join(Reason.values)}.")
    cleaned = clean_address(address)
    if not is_address(channel, cleaned):
        raise Refused(f"{wrong_address(channel, address)}.")
    told = fitting(text=note, most=500, what="note")
    if reason == Reason.BY_HAND and not told:
        raise Refused("Say why nothing may be sent to this address.")
    entry, _ = put_on_list(
        actor,
        channel=channel,
        address=cleaned,
        reason=reason,
        note=told,
        customer=customer,
        at=at,
    )
    return entry


@transaction.atomic
def lift_suppression(*, actor: Actor, suppression: Suppression, reason: str, at: datetime) -> None:
    """Take an address off the list, with the reason; it may be written to again.

    Contacts with the address are no longer marked as bounced. Raises Refused for one that was
    lifted, and without a reason.
    """
    actor.require("suppression.edit")
    own(actor, suppression, "entry")
    told = needed(
        text=reason,
        most=500,
        what="reason",
        missing="Say what shows that the address may be written to again.",
    )
    rows = Suppression.objects.filter(pk=suppression.pk, lifted_at=None)
    if rows.update(lifted_at=at, lifted_by=actor.name, lifted_note=told) != 1:
        raise Refused("This address was taken off the list already; load the page again.")
    if suppression.channel == EMAIL:
        Contact.objects.filter(
            customer__company=actor.company, email__iexact=suppression.address
        ).update(bounced_on=None)
    record_event(
        actor,
        "suppression.lifted",
        suppression,
        at=at,
        customer_id=suppression.customer_id,
        channel=suppression.channel,
        address=suppression.address,
        reason=told,
    )


@transaction.atomic
def import_suppressions(*, actor: Actor, lines: Sequence[SuppressionLine], at: datetime) -> int:
    """Put the addresses of a file on the list; return how many are new to it.

    Lines with a problem are left out. Raises Refused where no line can be taken.
    """
    actor.require("suppression.edit")
    good = [line for line in lines if not line.problem]
    if not good:
        raise Refused("No line of the file holds an address that can be taken.")
    added: list[Suppression] = []
    for start in range(0, len(good), AT_ONCE):
        part = good[start : start + AT_ONCE]
        known = {
            (channel, address)
            for channel in {line.channel for line in part}
            for address in suppressed(
                actor.company,
                channel,
                [line.address for line in part if line.channel == channel],
            )
        }
        added += [
            Suppression(
                company=actor.company,
                channel=line.channel,
                address=line.address,
                reason=line.reason,
                note=line.note,
                by=actor.name,
                recorded_at=at,
            )
            for line in part
            if (line.channel, line.address) not in known
        ]
    # somebody may put one of them on the list meanwhile; theirs stays
    Suppression.objects.bulk_create(added, batch_size=AT_ONCE, ignore_conflicts=True)
    if added:
        record_event(actor, "suppressions.imported", actor.company, at=at, addresses=len(added))
    return len(added)


def put_on_list(
    actor: Actor,
    *,
    channel: str,
    address: str,
    reason: str,
    at: datetime,
    note: str = "",
    customer: Customer | None = None,
    message: Message | None = None,
) -> tuple[Suppression, bool]:
    """Return the entry of a cleaned address that stands, and whether it is new.

    For actions that have checked their own right, inside their transaction.
    """
    entry, is_new = Suppression.objects.get_or_create(
        company=actor.company,
        channel=channel,
        address=address,
        lifted_at=None,
        defaults={
            "reason": reason,
            "note": note[:500],
            "customer": customer,
            "message": message,
            "by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(
            actor,
            "suppression.added",
            entry,
            at=at,
            customer_id=customer.pk if customer else None,
            channel=channel,
            address=address,
            reason=reason,
        )
    return entry, is_new


def note_bounce(
    actor: Actor, message: Message, *, is_hard: bool, reason: str, at: datetime
) -> Suppression | None:
    """Put the address of a mail that came back on the list, at once or as the last of several.

    A mail refused by policy (code 5.7.x at the beginning of `reason`) counts for nothing. For
    actions that have checked their own right and marked the message as bounced.
    """
    address, channel = clean_address(message.to), message_channel(message)
    if not is_address(channel, address) or (not is_hard and reason.startswith(ABOUT_US)):
        return None
    if not is_hard and _soft_bounces(message, at=at) < SOFT_BOUNCES:
        return None
    entry, _ = put_on_list(
        actor,
        channel=channel,
        address=address,
        reason=Reason.BOUNCED if is_hard else Reason.SOFT,
        note=reason,
        customer=led_on(message.customer),
        message=message,
        at=at,
    )
    return entry


def _soft_bounces(message: Message, *, at: datetime) -> int:
    """Return how many mails to the address came back within the window, this one included."""
    return (
        Message.objects.filter(
            company_id=message.company_id,
            to__iexact=message.to,
            status=Message.Status.BOUNCED,
            bounced_at__gt=at - SOFT_WINDOW,
        )
        .exclude(error__startswith=ABOUT_US)
        .count()
    )
