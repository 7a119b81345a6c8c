"""Who has access to a customer's account: invited by us or by a colleague, by role, and ended.

Our people act by `portal.invite`, a customer's manager by `portal.manage`, each alone for the
own customer. Every other manager of the customer is told by mail, so that no access is given
unseen.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own_customer
from dunwell.actions.portal_links import invite_by_mail
from dunwell.actions.portal_mails import queue_portal_mail
from dunwell.actions.texts import fitting
from dunwell.formats.portal_words import change_words
from dunwell.models import (
    Contact,
    Customer,
    PortalKey,
    PortalLink,
    PortalMail,
    PortalPerson,
    PortalSeat,
)
from dunwell.queries.link_tokens import fresh_nonce

MOST_SEATS = 200
"""People with access to one customer's account; more is a mistake or an attack."""

LONGEST_EMAIL = 120
LANGUAGES = ("", "en", "de", "fr", "es")
Role = PortalSeat.Role


def right_to_manage(actor: Actor) -> str:
    """Return the right by which an actor gives and ends access: ours, or a manager's."""
    return "portal.invite" if actor.customer_id is None else "portal.manage"


@transaction.atomic
def invite_person(
    *,
    actor: Actor,
    customer: Customer,
    email: str,
    role: str,
    site: str,
    at: datetime,
    name: str = "",
    language: str = "",
    contact: Contact | None = None,
    is_checked: bool = False,
) -> PortalSeat:
    """Give somebody access to a customer's account and send the first link.

    Our people have to say that they asked the customer (`is_checked`) where the address is none of
    its contacts': a letter that asks for access is a known fraud. Raises Refused for a wrong
    address, an unknown role, somebody who has access already, and without that word.
    """
    actor.require(right_to_manage(actor))
    open_customer(actor, customer)
    address = _address(email)
    _known_role(role)
    if language not in LANGUAGES:
        raise Refused(f"There is no language {language[:10]}; use en, de, fr or es.")
    called = fitting(text=name, most=120, what="name")
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    contact = _contact_of(actor, locked, address, contact, is_checked=is_checked)
    _room(locked, address)
    person, _ = PortalPerson.objects.get_or_create(
        email=address,
        defaults={
            "name": called,
            "language": language,
            "session_nonce": fresh_nonce(),
            "recorded_at": at,
        },
    )
    seat = PortalSeat.objects.create(
        company=actor.company,
        customer=locked,
        person=person,
        contact=contact,
        role=role,
        invited_by=actor.name[:150],
        recorded_at=at,
    )
    invite_by_mail(actor, seat, site=site, at=at)
    tell_managers(actor, seat, "invited", site=site, at=at)
    record_event(
        actor, "portal.invited", seat, at=at, customer_id=locked.pk, email=address, role=role,
        is_contact=contact is not None, is_checked=is_checked,
    )  # fmt: skip
    return seat


@transaction.atomic
def change_role(
    *, actor: Actor, seat: PortalSeat, role: str, site: str, at: datetime
) -> PortalSeat:
    """Give somebody another role; the same one again changes nothing.

    Keys of the seat lose what the role does not hold, by themselves. Raises Refused for access
    that has ended, for one's own role, and when nobody would be left to manage access.
    """
    actor.require(right_to_manage(actor))
    own_customer(actor, seat.customer)
    _known_role(role)
    found = _locked(seat)
    if found.role == role:
        return found
    if _is_own(actor, found):
        raise Refused("Nobody changes the own role; ask another manager.")
    _someone_manages(actor, found)
    before = found.role
    PortalSeat.objects.filter(pk=found.pk).update(role=role)
    found.role = role
    tell_managers(actor, found, "role", site=site, at=at)
    record_event(
        actor, "portal.role_changed", found, at=at, customer_id=found.customer_id,
        email=found.person.email, before=before, role=role,
    )  # fmt: skip
    return found


@transaction.atomic
def end_seat(*, actor: Actor, seat: PortalSeat, as_of: date, at: datetime) -> PortalSeat:
    """End somebody's access: sessions, links and keys stop at once; ended already changes nothing.

    Everybody may end the own access. Raises Refused for the last manager while colleagues have
    access: they could not be managed any more.
    """
    actor.require("portal.view" if _is_own(actor, seat) else right_to_manage(actor))
    own_customer(actor, seat.customer)
    Customer.objects.select_for_update(no_key=True).get(pk=seat.customer_id)
    found = PortalSeat.objects.select_related("person", "customer").get(pk=seat.pk)
    if found.ended_on is not None:
        return found
    _someone_manages(actor, found)
    PortalSeat.objects.filter(pk=found.pk, ended_on=None).update(
        ended_on=as_of, ended_by=actor.name[:150]
    )
    links = PortalLink.objects.filter(customer=found.customer_id, revoked_at=None)
    links.filter(email__iexact=found.person.email).update(revoked_at=at)
    PortalKey.objects.filter(seat=found, revoked_on=None).update(revoked_on=as_of)
    PortalMail.objects.filter(
        seat=found, status__in=(PortalMail.Status.READY, PortalMail.Status.FAILED)
    ).update(status=PortalMail.Status.CANCELLED)
    record_event(
        actor, "portal.seat_ended", found, at=at, customer_id=found.customer_id,
        email=found.person.email,
    )  # fmt: skip
    return PortalSeat.objects.select_related("person", "customer").get(pk=found.pk)


@transaction.atomic
def take_other_seat(*, actor: Actor, seat: PortalSeat, at: datetime) -> PortalSeat:
    """Note that somebody goes on with another supplier; the actor is the one of that seat."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    if PortalSeat.objects.filter(pk=seat.pk, ended_on=None).update(last_seen_at=at) != 1:
        raise Refused("This access has ended.")
    record_event(
        actor, "portal.signed_in", seat, at=at, customer_id=seat.customer_id,
        email=seat.person.email, by="switch",
    )  # fmt: skip
    return seat


@transaction.atomic
def edit_person(
    *, actor: Actor, seat: PortalSeat, name: str, language: str, at: datetime
) -> PortalPerson:
    """Change one's own name and language. Raises Refused for a language there is none of."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    if language not in LANGUAGES:
        raise Refused(f"There is no language {language[:10]}; use en, de, fr or es.")
    called = fitting(text=name, most=120, what="name")
    person = PortalPerson.objects.select_for_update(no_key=True).get(pk=seat.person_id)
    if (person.name, person.language) == (called, language):
        return person
    PortalPerson.objects.filter(pk=person.pk).update(name=called, language=language)
    record_event(actor, "portal.person_edited", seat, at=at, customer_id=seat.customer_id)
    return PortalPerson.objects.get(pk=person.pk)


@transaction.atomic
def sign_out_everywhere(*, actor: Actor, seat: PortalSeat, at: datetime) -> None:
    """End every session of a person, in every browser and with every supplier."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    PortalPerson.objects.filter(pk=seat.person_id).update(session_nonce=fresh_nonce())
    record_event(actor, "portal.signed_out_everywhere", seat, at=at, customer_id=seat.customer_id)


@transaction.atomic
def sign_out(*, actor: Actor, seat: PortalSeat, at: datetime) -> None:
    """Record that somebody closed the portal in one browser."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    record_event(actor, "portal.signed_out", seat, at=at, customer_id=seat.customer_id)


def tell_managers(
    actor: Actor, seat: PortalSeat, change: str, *, site: str, at: datetime, told: str = ""
) -> None:
    """Tell the other managers of a customer by mail that access has changed.

    Part of the action that calls it. Neither who did it nor whom it is about is told.
    """
    managers = PortalSeat.objects.filter(
        customer=seat.customer_id, role=Role.MANAGER, ended_on=None
    ).exclude(person=seat.person_id)
    for one in managers.select_related("person", "customer__company").order_by("pk"):
        if one.pk == actor.seat_id:
            continue
        language = one.person.language or one.customer.language or one.customer.company.language
        what = change_words(change, language, person=told or seat.person.email, role=seat.role)
        queue_portal_mail(
            one.customer,
            PortalMail.Kind.NOTICE,
            to=one.person.email,
            name=one.person.name,
            language=language,
            site=site,
            seat=one,
            values={"by": actor.name.removesuffix(" (portal)"), "what": what},
            at=at,
        )


def _address(email: str) -> str:
    address = email.strip().lower().replace("\0", "")
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(f"{address[:120] or 'Nothing'} is not a mail address.") from error
    return fitting(text=address, most=LONGEST_EMAIL, what="mail address")


def _known_role(role: str) -> None:
    if role not in Role.values:
        raise Refused(f"There is no role {role[:20]}; use {', '.join(Role.values)}.")


def _contact_of(
    actor: Actor, customer: Customer, address: str, contact: Contact | None, *, is_checked: bool
) -> Contact | None:
    """Return the contact an address belongs to; raise Refused where ours has to be asked for."""
    if contact is not None and contact.customer_id != customer.pk:
        raise Refused("This contact belongs to another customer.")
    known = Contact.objects.filter(customer=customer, email__iexact=address).order_by(
        "-is_primary", "pk"
    )
    found = known.first()
    if found is None and actor.customer_id is None and not is_checked:
        raise Refused(
            f"{address} is no contact of {customer.name}. Ask the customer by a number you know, "
            "and say here that you did."
        )
    return found


def _room(customer: Customer, address: str) -> None:
    live = PortalSeat.objects.filter(customer=customer, ended_on=None)
    if live.filter(person__email=address).exists():
        raise Refused(f"{address} has access already; change the role, or send a new link.")
    if live.count() >= MOST_SEATS:
        raise Refused(f"{MOST_SEATS} people have access already; end one first.")


def _locked(seat: PortalSeat) -> PortalSeat:
    """Return a seat that has not ended; its customer is locked, so managers change one by one."""
    Customer.objects.select_for_update(no_key=True).get(pk=seat.customer_id)
    found = PortalSeat.objects.select_related("person", "customer").get(pk=seat.pk)
    if found.ended_on is not None:
        raise Refused("This access has ended; load the page again.")
    return found


def _is_own(actor: Actor, seat: PortalSeat) -> bool:
    """Return whether an actor of the portal is the person of a seat."""
    return actor.seat_id is not None and actor.seat_id == seat.pk


def _someone_manages(actor: Actor, seat: PortalSeat) -> None:
    """Raise Refused where the customer's own people would lose their last manager."""
    if seat.role != Role.MANAGER or actor.customer_id is None:
        return
    others = PortalSeat.objects.filter(customer=seat.customer_id, ended_on=None).exclude(
        pk=seat.pk
    )
    if others.exists() and not others.filter(role=Role.MANAGER).exists():
        raise Refused(
            "Nobody else manages access. Make a colleague a manager first, or ask the supplier."
        )
