"""Answering a follow-up: the reader of its mail begins a talk with the assistant."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.assistant_talks import begin_talk, end_talk
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, debtor, own, own_customer
from dunwell.actions.portal_access import MOST_SEATS, tell_managers
from dunwell.models import (
    AssistantConversation,
    Contact,
    Customer,
    Message,
    PortalPerson,
    PortalSeat,
)
from dunwell.queries.assistant_talks import open_talk
from dunwell.queries.customer_merges import led_on
from dunwell.queries.follow_ups import contact_of_follow_up
from dunwell.queries.link_tokens import fresh_nonce

GONE = "This link does not open anything any more. Please answer the mail instead."
NOT_YOURS = "Your access does not let you answer here. Please answer the mail instead."
ASKS = frozenset({"portal.view", "portal.ask"})


@transaction.atomic
def begin_follow_up(
    *, actor: Actor, message: Message, site: str, as_of: date, at: datetime
) -> AssistantConversation:
    """Begin a talk of the reader of a mail, in the mail's language; the link burns nothing.

    Who has no access yet gets one that looks and asks, no more, as `portal_access` gives it:
    managers are told. Whose access looks only, or has ended, is Refused, and so is a link that
    opens nothing any more. A talk of the seat that goes on elsewhere is ended first, so that a
    forwarded link shows nothing of it.
    """
    actor.require("follow_up.begin")
    own(actor, message, "message")
    own_customer(actor, message.customer)
    into = led_on(message.customer)
    customer = Customer.objects.select_for_update(no_key=True).get(pk=into.pk)
    contact = contact_of_follow_up(message, as_of=as_of)
    if contact is None:
        raise Refused(GONE)
    seat = _seat(actor, customer, contact, message, site=site, at=at)
    reader = debtor(seat, may=ASKS)
    if "portal.ask" not in reader.rights:
        raise Refused(NOT_YOURS)
    running = open_talk(seat.pk)
    if running is not None:
        end_talk(actor=reader, talk=running, at=at)
    talk = begin_talk(actor=reader, seat=seat, language=message.language[:2], as_of=as_of, at=at)
    record_event(
        actor, "follow_up.begun", message, at=at, customer_id=customer.pk, talk=talk.pk,
        email=seat.person.email,
    )  # fmt: skip
    return talk


def _seat(
    actor: Actor,
    customer: Customer,
    contact: Contact,
    message: Message,
    *,
    site: str,
    at: datetime,
) -> PortalSeat:
    """Return the seat of the address a mail went to, made where the customer never had one."""
    address = message.to.strip().lower()
    seats = PortalSeat.objects.filter(customer=customer, person__email=address)
    known = seats.select_related("company", "customer__company", "person").order_by("-pk").first()
    if known is not None:
        if known.ended_on is not None:
            raise Refused(NOT_YOURS)
        return known
    if PortalSeat.objects.filter(customer=customer, ended_on=None).count() >= MOST_SEATS:
        raise Refused(NOT_YOURS)
    person, _ = PortalPerson.objects.get_or_create(
        email=address,
        defaults={
            "name": contact.name[:120],
            "language": message.language[:2],
            "session_nonce": fresh_nonce(),
            "recorded_at": at,
        },
    )
    seat = PortalSeat.objects.create(
        company=actor.company,
        customer=customer,
        person=person,
        contact=contact,
        role=PortalSeat.Role.ASKER,
        invited_by=actor.name[:150],
        recorded_at=at,
    )
    tell_managers(actor, seat, "invited", site=site, at=at)
    record_event(
        actor, "portal.invited", seat, at=at, customer_id=customer.pk, email=address,
        role=seat.role, is_contact=True, is_checked=False,
    )  # fmt: skip
    return seat
