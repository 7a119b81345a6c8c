"""Whether what a person composed may still go out: contact rules, opt-outs, and what it states.

The chase gate does not apply to it. An answer to what the customer wrote is no contact of ours:
it is never capped and knows no hours, but an opt-out of its channel holds.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import F, Q

from dunwell.models import Company, Contact, ContactRestriction, Message, MessageItem
from dunwell.queries.contact_rules import ContactVerdict, delivery_rules
from dunwell.queries.trial_mails import is_test

LONGEST_WAIT = timedelta(days=5)
"""What was composed and has not gone out by then is looked at by its author again."""

Found = tuple[set[str], ContactVerdict | None]


def is_composed(message: Message) -> bool:
    """Return whether a person wrote a message."""
    return bool(message.author)


def is_answer(message: Message) -> bool:
    """Return whether a message answers what the customer wrote."""
    return bool(message.author and message.in_reply_to)


def composed_reasons(
    company: Company, messages: Sequence[Message], *, as_of: date, at: datetime
) -> dict[int, Found]:
    """Return what stands against each composed message, and the word of the rules, by key.

    Nothing: it may go. Three queries and those of the contact rules, whatever the number.
    """
    told: dict[int, Found] = {one.pk: (set(), None) for one in messages if is_test(one)}
    messages = [message for message in messages if message.pk not in told]
    if not messages:
        return told
    stale = _stale(messages)
    bounced = _bounced(messages)
    barred = opted_out_channels(company, {one.customer_id for one in messages}, as_of=as_of)
    rules = _rules(company, [m for m in messages if not is_answer(m)], as_of=as_of, at=at)
    for message in messages:
        found, rule = set[str](), rules.get((message.customer_id, message.channel))
        if as_of - message.as_of > LONGEST_WAIT:
            found.add("too_old")
        if message.pk in stale:
            found.add("amounts_changed")
        if (message.customer_id, message.to.lower()) in bounced:
            found.add("address_bounced")
        if is_answer(message):
            if {(message.customer_id, ""), (message.customer_id, message.channel)} & barred:
                found.add("opted_out")
        else:
            found |= _by_rules(message, rule)
        told[message.pk] = (found, rule)
    return told


def _by_rules(message: Message, rule: ContactVerdict | None) -> set[str]:
    found = {"opted_out"} if message.customer.is_opted_out else set[str]()
    if rule is None or not rule.is_allowed:
        found.add("contact_rule")
        if rule is None or rule.next_at is None:
            found.add("contact_forbidden")
    return found


def opted_out_channels(
    company: Company, customers: Collection[int], *, as_of: date
) -> set[tuple[int, str]]:
    """Return (customer, channel) of opt-outs in force; an empty channel means every one."""
    return set(
        ContactRestriction.objects.filter(
            company=company,
            customer__in=customers,
            kind=ContactRestriction.Kind.OPT_OUT,
            from_on__lte=as_of,
        )
        .filter(Q(until_on=None) | Q(until_on__gte=as_of))
        .filter(Q(lifted_on=None) | Q(lifted_on__gt=as_of))
        .values_list("customer_id", "channel")
    )


def _rules(
    company: Company, messages: Sequence[Message], *, as_of: date, at: datetime
) -> dict[tuple[int, str], ContactVerdict]:
    """Return the word of the contact rules by customer and channel."""
    found: dict[tuple[int, str], ContactVerdict] = {}
    for channel in sorted({message.channel for message in messages}):
        keys = sorted({one.customer_id for one in messages if one.channel == channel})
        asked = pl.DataFrame(
            {"customer_id": keys, "channel": [channel] * len(keys)},
            schema={"customer_id": pl.Int64, "channel": pl.String},
        )
        _, told = delivery_rules(company, nw.from_native(asked.lazy()), as_of=as_of, at=at)
        found |= {(key, channel): verdict for key, verdict in told.items()}
    return found


def _stale(messages: Sequence[Message]) -> set[int]:
    """Return the messages that state another amount of an item than is open now."""
    return set(
        MessageItem.objects.filter(message__in=[message.pk for message in messages])
        .exclude(item__open_now__open_minor=F("open_minor"))
        .exclude(open_minor=0, item__open_now=None)
        .values_list("message_id", flat=True)
    )


def _bounced(messages: Sequence[Message]) -> set[tuple[int, str]]:
    """Return (customer, address) of mail that came back."""
    rows = Contact.objects.filter(
        customer__in={message.customer_id for message in messages}, bounced_on__isnull=False
    ).values_list("customer_id", "email")
    return {(key, email.lower()) for key, email in rows}
