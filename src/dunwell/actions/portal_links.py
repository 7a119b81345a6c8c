"""Links into the portal: asked for at the door, made, opened, taken back.

No token is stored. A link to sign in is used once and lives an hour; a link to look lives thirty
days at most and can do nothing else.
"""

from datetime import datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own, own_customer, system
from dunwell.actions.portal_mails import queue_portal_mail
from dunwell.models import (
    Company,
    Contact,
    Customer,
    Message,
    PortalKnock,
    PortalLink,
    PortalMail,
    PortalPerson,
    PortalSeat,
)
from dunwell.queries.customer_merges import led_on
from dunwell.queries.link_tokens import fresh_nonce, hashed_link
from dunwell.queries.portal_links import live_links, portal_token
from dunwell.queries.portal_seats import led_seat, live_seats
from dunwell.queries.wordings import day_text

SIGN_IN_LASTS = timedelta(hours=1)
LOOK_LASTS = timedelta(days=30)
MOST_AN_HOUR = 5
"""Links to sign in that one address is sent in an hour, whoever asks for them."""

PAUSE = timedelta(seconds=30)
"""A second wish within it is the same wish."""

MOST_KNOCKS = 2_000
"""Addresses that may wait at the door; above it somebody is flooding it."""

NO_LINK = "This link does not work any more. Ask for a new one."
Purpose = PortalLink.Purpose


@transaction.atomic
def knock(*, email: str, site: str, at: datetime) -> None:
    """Write down that somebody wants in; whether the address is known is not looked at here.

    So what the door says, and how long it takes, is the same for everybody.
    """
    if PortalKnock.objects.count() < MOST_KNOCKS:
        PortalKnock.objects.create(
            email=email.strip().lower()[:254], site=site[:200], recorded_at=at
        )


@transaction.atomic
def answer_knock(*, key: int, at: datetime) -> Company | None:
    """Answer a wish at the door by a link to sign in; return the company whose mail it is.

    None for an address without access, one that asked too often, and a wish answered already.
    """
    knocked = PortalKnock.objects.select_for_update().filter(pk=key).first()
    if knocked is None:
        return None
    knocked.delete()
    seats = live_seats(knocked.email)
    if not seats or _is_too_often(seats[0].person, at=at):
        return None
    seat = seats[0]
    _send(system(seat.company), seat, kind=PortalMail.Kind.SIGN_IN, site=knocked.site, at=at)
    return seat.company


@transaction.atomic
def send_sign_in_link(*, actor: Actor, seat: PortalSeat, site: str, at: datetime) -> PortalLink:
    """Send somebody with access a link to sign in; those sent before stop working.

    Raises Refused for access that has ended and when five were sent within the hour.
    """
    actor.require("portal.invite")
    locked = _living(actor, seat)
    if _is_too_often(locked.person, at=at):
        raise Refused(
            f"{locked.person.email} was sent a link just now, or {MOST_AN_HOUR} within an hour; "
            "wait a little."
        )
    return _send(actor, locked, kind=PortalMail.Kind.SIGN_IN, site=site, at=at)


@transaction.atomic
def make_demo_link(*, actor: Actor, seat: PortalSeat, at: datetime) -> PortalLink:
    """Make a link to sign in to the demo's portal and mail it to nobody; earlier ones are dead.

    So it may be made as often as the demo is started. Raises Refused for a company that is no
    demo, where nobody but the debtor may hold such a link, and for access that has ended.
    """
    actor.require("portal.invite")
    locked = _living(actor, seat)
    if not actor.company.is_demo:
        raise Refused("Only the portal of a demo is shown to others; send the person a link.")
    link = _new_sign_in(locked, at=at)
    record_event(
        actor, "portal.link_made", link, at=at, customer_id=seat.customer_id, email=link.email
    )
    return link


@transaction.atomic
def open_sign_in(*, actor: Actor, link: PortalLink, at: datetime) -> PortalSeat:
    """Use a link to sign in, once; return the seat that is taken. A used one is Refused.

    A seat of a record that was merged is the person's at the survivor.
    """
    actor.require("portal.view")
    seat = None if link.seat is None else led_seat(link.seat)
    if seat is None:
        raise Refused(NO_LINK)
    own_customer(actor, seat.customer)
    live = live_links(at=at).filter(pk=link.pk, purpose=Purpose.SIGN_IN)
    if live.update(used_at=at) != 1:
        raise Refused(NO_LINK)
    return sit_down(actor, seat.pk, by="link", at=at)


@transaction.atomic
def open_view_link(*, actor: Actor, link: PortalLink, at: datetime) -> None:
    """Open a link to look; the first time is written down. Raises Refused for a dead one."""
    actor.require("portal.view")
    customer = led_on(link.customer)
    own_customer(actor, customer)
    live = live_links(at=at).filter(pk=link.pk, purpose=Purpose.VIEW)
    if not live.exists():
        raise Refused(NO_LINK)
    if live.filter(used_at=None).update(used_at=at):
        record_event(
            actor, "portal.looked", link, at=at, customer_id=customer.pk, email=link.email
        )


@transaction.atomic
def make_view_link(
    *,
    actor: Actor,
    customer: Customer,
    email: str,
    at: datetime,
    contact: Contact | None = None,
    message: Message | None = None,
    days: int = LOOK_LASTS.days,
) -> PortalLink:
    """Make a link that lets its reader look at a customer's account for `days`, thirty at most.

    One of a contact ends as soon as the contact has another address. Raises Refused for a longer
    time, without an address, and for a contact of somebody else or with another address.
    """
    actor.require("portal.invite")
    open_customer(actor, customer)
    if not 1 <= days <= LOOK_LASTS.days:
        raise Refused(f"A link to look works for 1 to {LOOK_LASTS.days} days, not {days}.")
    if not email:
        raise Refused("A link needs a mail address it is sent to.")
    if contact is not None and (
        contact.customer_id != customer.pk or contact.email.lower() != email.lower()
    ):
        raise Refused("The contact has another address by now; load the page again.")
    link = _made(
        PortalLink(
            company=actor.company,
            customer=customer,
            contact=contact,
            is_of_contact=contact is not None,
            purpose=Purpose.VIEW,
            email=email.lower(),
            message=message,
            expires_at=at + timedelta(days=days),
            recorded_at=at,
        )
    )
    record_event(
        actor,
        "portal.link_made",
        link,
        at=at,
        customer_id=customer.pk,
        email=link.email,
        days=days,
    )
    return link


@transaction.atomic
def send_view_link(
    *, actor: Actor, contact: Contact, site: str, at: datetime, days: int = LOOK_LASTS.days
) -> PortalLink:
    """Send a contact a link to look at the account. Raises Refused where mail cannot reach it."""
    actor.require("portal.invite")
    customer = contact.customer
    open_customer(actor, customer)
    if not contact.email or contact.bounced_on is not None:
        raise Refused("This contact has no mail address that works; change it first.")
    link = make_view_link(
        actor=actor, customer=customer, contact=contact, email=contact.email, days=days, at=at
    )
    language = contact.language or customer.language or customer.company.language
    queue_portal_mail(
        customer,
        PortalMail.Kind.VIEW,
        to=link.email,
        name=contact.name,
        language=language,
        site=site,
        link=link,
        values={"until": day_text(link.expires_at.date(), language[:2] or "en")},
        at=at,
    )
    return link


@transaction.atomic
def revoke_link(*, actor: Actor, link: PortalLink, at: datetime) -> None:
    """Take a link back: it opens nothing any more, and whoever looks by it is out at once.

    Raises Refused for one that was taken back already.
    """
    actor.require("portal.invite")
    own(actor, link, "link")
    if PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at) != 1:
        raise Refused("This link was taken back already; load the page again.")
    record_event(
        actor,
        "portal.link_revoked",
        link,
        at=at,
        customer_id=link.customer_id,
        email=link.email,
        purpose=link.purpose,
    )


def sit_down(actor: Actor, seat_id: int, *, by: str, at: datetime) -> PortalSeat:
    """Note that somebody takes a seat; part of the action that calls it, in its transaction.

    Raises Refused for a seat that has ended.
    """
    if PortalSeat.objects.filter(pk=seat_id, ended_on=None).update(last_seen_at=at) != 1:
        raise Refused("This access has ended.")
    seat = PortalSeat.objects.select_related("company", "customer", "person").get(pk=seat_id)
    PortalPerson.objects.filter(pk=seat.person_id).update(last_seen_at=at)
    record_event(
        actor, "portal.signed_in", seat, at=at, customer_id=seat.customer_id,
        email=seat.person.email, by=by,
    )  # fmt: skip
    return seat


def invite_by_mail(actor: Actor, seat: PortalSeat, *, site: str, at: datetime) -> PortalLink:
    """Send the first link of a new seat; part of the action that calls it."""
    return _send(actor, seat, kind=PortalMail.Kind.INVITE, site=site, at=at)


def _send(actor: Actor, seat: PortalSeat, *, kind: str, site: str, at: datetime) -> PortalLink:
    """Make a link to sign in and queue its mail; links of the seat not used yet are dead now."""
    link, person, customer = _new_sign_in(seat, at=at), seat.person, seat.customer
    queue_portal_mail(
        customer,
        kind,
        to=person.email,
        name=person.name,
        language=person.language,
        site=site,
        seat=seat,
        link=link,
        values={"by": actor.company.name if actor.customer_id is None else actor.name},
        at=at,
    )
    record_event(
        actor, "portal.link_sent", link, at=at, customer_id=customer.pk, email=person.email
    )
    return link


def _living(actor: Actor, seat: PortalSeat) -> PortalSeat:
    """Return a seat of the actor's company, locked; raise Refused for access that has ended."""
    own(actor, seat, "access")
    found = PortalSeat.objects.select_related("company", "customer__company", "person")
    locked = found.select_for_update(of=("self",), no_key=True).get(pk=seat.pk)
    if locked.ended_on is not None:
        raise Refused("This access has ended; invite the person anew.")
    return locked


def _new_sign_in(seat: PortalSeat, *, at: datetime) -> PortalLink:
    PortalLink.objects.filter(
        seat=seat, purpose=Purpose.SIGN_IN, used_at=None, revoked_at=None
    ).update(revoked_at=at)
    return _made(
        PortalLink(
            company=seat.company,
            customer=seat.customer,
            seat=seat,
            purpose=Purpose.SIGN_IN,
            email=seat.person.email,
            expires_at=at + SIGN_IN_LASTS,
            recorded_at=at,
        )
    )


def _made(link: PortalLink) -> PortalLink:
    link.nonce = fresh_nonce()
    link.token_hash = hashed_link(portal_token(link))
    link.save(force_insert=True)
    return link


def _is_too_often(person: PortalPerson, *, at: datetime) -> bool:
    sent = PortalLink.objects.filter(seat__person=person, purpose=Purpose.SIGN_IN)
    recent = list(
        sent.filter(recorded_at__gt=at - timedelta(hours=1)).values_list("recorded_at", flat=True)
    )
    return len(recent) >= MOST_AN_HOUR or any(one > at - PAUSE for one in recent)
