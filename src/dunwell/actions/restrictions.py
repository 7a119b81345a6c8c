"""What customers and their lawyers say about being contacted: restrictions and consents.

Rows are added and then ended, never changed: what held on a day stays known.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.contact_rules.keywords import Reading, opt_out_reading
from dunwell.engine.contact_rules.rules import CHANNELS, PURPOSES
from dunwell.models import Consent, Contact, ContactRestriction, Customer
from dunwell.queries.contact_rules import shipped_rules

Kind = ContactRestriction.Kind
DAY_MINUTES = 24 * 60
KEYWORD_RULE = "US-TCPA-REVOKE"
"""The rule whose keywords end a consent in a reply."""


@dataclass(frozen=True, slots=True)
class ReplyRead:
    """Whether a reply opted out, and the restriction that was recorded for it.

    `perhaps`: a keyword stands within a longer text, a person must read it.
    """

    reading: Reading
    restriction: ContactRestriction | None


@transaction.atomic
def record_restriction(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    as_of: date,
    at: datetime,
    channel: str = "",
    purpose: str = "",
    contact: Contact | None = None,
    minute_from: int | None = None,
    minute_until: int | None = None,
    until_on: date | None = None,
    note: str = "",
) -> ContactRestriction:
    """Record what limits how the customer may be contacted, from `as_of` on.

    An empty channel or purpose means every one. Minutes of the customer's day make an
    inconvenient hour of `inconvenient`; from after until runs over midnight. Raises Refused
    for an unknown kind, channel or purpose, hours of another kind or half of them, a last day
    that has passed, and for a word that already stands.
    """
    actor.require("restriction.edit")
    _check_whose(actor, customer, contact)
    if kind not in Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Kind.values)}.")
    _check_words(channel, purpose)
    _check_hours(kind, minute_from, minute_until)
    if until_on is not None and until_on < as_of:
        raise Refused("The last day has already passed.")
    told = fitting(text=note, most=500, what="note")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    fields = {
        "kind": kind,
        "channel": channel,
        "purpose": purpose,
        "contact": contact,
        "minute_from": minute_from,
        "minute_until": minute_until,
    }
    if _standing(customer, as_of).filter(**fields).exists():
        raise Refused("This is recorded already; lift the standing one first.")
    restriction = ContactRestriction.objects.create(
        company=actor.company,
        customer=customer,
        note=told,
        from_on=as_of,
        until_on=until_on,
        recorded_by=actor.name,
        recorded_at=at,
        **fields,
    )
    record_event(
        actor,
        "restriction.recorded",
        restriction,
        at=at,
        customer_id=customer.pk,
        kind=kind,
        channel=channel,
        purpose=purpose,
        until_on=until_on.isoformat() if until_on else "",
    )
    return restriction


@transaction.atomic
def lift_restriction(
    *, actor: Actor, restriction: ContactRestriction, reason: str, as_of: date, at: datetime
) -> None:
    """End a restriction: from `as_of` on it forbids nothing. Needs the reason.

    Raises Refused for one that was lifted or has ended by itself.
    """
    actor.require("restriction.edit")
    if restriction.company_id != actor.company.pk:
        raise Refused("This restriction belongs to another company.")
    told = fitting(text=reason, most=500, what="reason")
    if not told:
        raise Refused("Say what the customer or its lawyer said that lifts it.")
    if restriction.lifted_on is not None:
        raise Refused(f"This restriction was lifted on {restriction.lifted_on.isoformat()}.")
    if restriction.until_on is not None and restriction.until_on < as_of:
        raise Refused(f"This restriction ended by itself on {restriction.until_on.isoformat()}.")
    rows = ContactRestriction.objects.filter(pk=restriction.pk, lifted_on=None)
    if rows.update(lifted_on=as_of) != 1:
        raise Refused("Somebody else has just lifted this restriction; load the page again.")
    record_event(
        actor,
        "restriction.lifted",
        restriction,
        at=at,
        customer_id=restriction.customer_id,
        kind=restriction.kind,
        reason=told,
    )


@transaction.atomic
def give_consent(
    *,
    actor: Actor,
    customer: Customer,
    channel: str,
    source: str,
    as_of: date,
    at: datetime,
    purpose: str = "collection",
    contact: Contact | None = None,
    given_on: date | None = None,
) -> Consent:
    """Record a customer's yes to a channel, and where it can be seen (`source`).

    Given today unless an earlier day is named. Raises Refused for an unknown channel or
    purpose, no source, a day to come, and for a consent that already stands.
    """
    actor.require("restriction.edit")
    _check_whose(actor, customer, contact)
    if not channel:
        raise Refused("Say to which channel the customer consented.")
    _check_words(channel, purpose)
    told = fitting(text=source, most=200, what="source")
    if not told:
        raise Refused("Say where the consent can be seen, such as a form or a recording.")
    on = as_of if given_on is None else given_on
    if on > as_of:
        raise Refused("The day of the consent has not come.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = Consent.objects.filter(
        customer=customer, contact=contact, channel=channel, purpose=purpose, withdrawn_on=None
    )
    # a fresh consent counts from its own day, see the days after one in the rules
    if standing.filter(given_on__gte=on).exists():
        raise Refused("A consent of this day or later is recorded already.")
    consent = Consent.objects.create(
        company=actor.company,
        customer=customer,
        contact=contact,
        channel=channel,
        purpose=purpose,
        given_on=on,
        source=told,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "consent.given",
        consent,
        at=at,
        customer_id=customer.pk,
        channel=channel,
        purpose=purpose,
        given_on=on.isoformat(),
        source=told,
    )
    return consent


@transaction.atomic
def withdraw_consent(*, actor: Actor, consent: Consent, as_of: date, at: datetime) -> None:
    """End a consent: from `as_of` on it allows nothing. Raises Refused for one that has ended."""
    actor.require("restriction.edit")
    if consent.company_id != actor.company.pk:
        raise Refused("This consent belongs to another company.")
    if consent.withdrawn_on is not None:
        raise Refused(f"This consent was withdrawn on {consent.withdrawn_on.isoformat()}.")
    rows = Consent.objects.filter(pk=consent.pk, withdrawn_on=None)
    if rows.update(withdrawn_on=as_of) != 1:
        raise Refused("Somebody else has just withdrawn this consent; load the page again.")
    record_event(
        actor,
        "consent.withdrawn",
        consent,
        at=at,
        customer_id=consent.customer_id,
        channel=consent.channel,
        purpose=consent.purpose,
    )


@transaction.atomic
def read_reply(
    *,
    actor: Actor,
    customer: Customer,
    channel: str,
    text: str,
    as_of: date,
    at: datetime,
    contact: Contact | None = None,
) -> ReplyRead:
    """Read a reply for the keywords that withdraw consent; a clear one is an opt-out at once.

    The opt-out is for the channel the reply came by and for every purpose; consents to it end.
    The same word again records nothing more. Raises Refused for an unknown channel.
    """
    actor.require("restriction.edit")
    _check_whose(actor, customer, contact)
    if not channel:
        raise Refused("Say by which channel the reply came.")
    _check_words(channel, "")
    keywords = shipped_rules().rule(KEYWORD_RULE).params.keywords
    reading = opt_out_reading(text[:2000], keywords)
    if reading != "yes":
        return ReplyRead(reading, None)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = (
        _standing(customer, as_of)
        .filter(kind=Kind.OPT_OUT, channel=channel, purpose="", contact=contact)
        .order_by("id")
        .first()
    )
    if standing is not None:
        return ReplyRead(reading, standing)
    consents = Consent.objects.filter(customer=customer, channel=channel, withdrawn_on=None)
    for consent in consents.order_by("id"):
        withdraw_consent(actor=actor, consent=consent, as_of=as_of, at=at)
    restriction = record_restriction(
        actor=actor,
        customer=customer,
        kind=Kind.OPT_OUT,
        channel=channel,
        contact=contact,
        note=f"Reply: {text.strip()[:200]}",
        as_of=as_of,
        at=at,
    )
    return ReplyRead(reading, restriction)


def _standing(customer: Customer, as_of: date) -> QuerySet[ContactRestriction]:
    """Return the customer's restrictions that hold on a day."""
    return ContactRestriction.objects.filter(
        Q(until_on=None) | Q(until_on__gte=as_of), customer=customer, lifted_on=None
    )


def _check_whose(actor: Actor, customer: Customer, contact: Contact | None) -> None:
    open_customer(actor, customer)
    if contact is not None and contact.customer_id != customer.pk:
        raise Refused("This contact belongs to another customer.")


def _check_words(channel: str, purpose: str) -> None:
    if channel and channel not in CHANNELS:
        raise Refused(f"There is no channel {channel}; use {', '.join(CHANNELS)}.")
    if purpose and purpose not in PURPOSES:
        raise Refused(f"There is no purpose {purpose}; use {', '.join(PURPOSES)}.")


def _check_hours(kind: str, start: int | None, end: int | None) -> None:
    if start is None and end is None:
        return
    if kind != Kind.INCONVENIENT:
        raise Refused("Only what is inconvenient has hours.")
    if start is None or end is None or start == end:
        raise Refused("Give the first and the last inconvenient hour, and let them differ.")
    if not (0 <= start < DAY_MINUTES and 0 <= end <= DAY_MINUTES):
        raise Refused("Hours lie between 00:00 and 24:00.")
