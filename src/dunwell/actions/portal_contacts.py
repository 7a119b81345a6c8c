"""The debtor's people look after whom we write to: contacts, channels, and wishes for changes."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.contacts import add_contact, edit_contact
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent, open_customer
from dunwell.actions.restrictions import lift_restriction, record_restriction
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.texts import fitting
from dunwell.engine.contact_rules.rules import CHANNELS
from dunwell.models import Contact, ContactRestriction, Customer, DetailChange, PortalSeat
from dunwell.queries.portal_contacts import is_own_contact

FREE_FIELDS = ("name", "phone", "language")
"""What a person changes at once; another mail address is a wish we confirm."""

CUSTOMER_FIELDS = {"name": 200, "address": 300, "vat_id": 40}
CHOSEN_CHANNELS = tuple(one for one in CHANNELS if one not in {"portal", "visit"})
"""Channels a person can stop or allow again in the portal."""


@transaction.atomic
def add_own_contact(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    role: str,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    at: datetime,
) -> Contact:
    """Add a contact beside those there are; the main one of its role stays.

    Everybody adds themselves, who manages access everybody. Raises Refused for an unknown role,
    a wrong or known address, or neither e-mail nor phone.
    """
    actor.require("portal.view")
    open_customer(actor, customer)
    if email.strip().lower() != seat.person.email:
        actor.require("portal.manage")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    known = Contact.objects.filter(customer=customer, email__iexact=email.strip())
    if email.strip() and known.exists():
        raise Refused(f"{email.strip()[:80]} is a contact already.")
    has_main = Contact.objects.filter(customer=customer, role=role, is_primary=True).exists()
    return add_contact(
        actor=lent(actor, "contact.edit"),
        customer=customer,
        role=role,
        name=name,
        email=email,
        phone=phone,
        language=language,
        is_primary=not has_main,
        at=at,
    )


@transaction.atomic
def save_own_contact(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    contact: Contact,
    changes: Mapping[str, str],
    as_of: date,
    at: datetime,
) -> DetailChange | None:
    """Change a contact's name, phone and language at once; another mail address becomes a wish.

    Everybody changes themselves, who manages access everybody. Returns the wish, if there is
    one. Raises Refused for somebody else's contact and for values that do not fit.
    """
    actor.require("portal.view")
    open_customer(actor, customer)
    _check_contact(actor, customer, seat, contact)
    free = {name: changes[name] for name in FREE_FIELDS if name in changes}
    edit_contact(actor=lent(actor, "contact.edit"), contact=contact, changes=free, at=at)
    email = changes.get("email", contact.email).strip()
    if email == contact.email:
        return None
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(f"{email[:80]} is not an e-mail address.") from error
    return _wish(
        actor, customer, seat, contact, {"email": contact.email}, {"email": email},
        as_of=as_of, at=at,
    )  # fmt: skip


@transaction.atomic
def set_channel(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    contact: Contact,
    channel: str,
    is_stopped: bool,
    as_of: date,
    at: datetime,
) -> None:
    """Stop a channel for a contact, or allow it again; said already, nothing changes.

    What a colleague of ours recorded for all contacts stays: only that contact's own word is
    taken back. Raises Refused for somebody else's contact and an unknown channel.
    """
    actor.require("portal.view")
    open_customer(actor, customer)
    _check_contact(actor, customer, seat, contact)
    if channel not in CHOSEN_CHANNELS:
        raise Refused(f"There is no channel {channel!r}; use {', '.join(CHOSEN_CHANNELS)}.")
    desk = lent(actor, "restriction.edit")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = ContactRestriction.objects.filter(
        customer=customer,
        contact=contact,
        kind=ContactRestriction.Kind.OPT_OUT,
        channel=channel,
        lifted_on=None,
    ).order_by("pk")
    if is_stopped and not standing.exists():
        record_restriction(
            actor=desk,
            customer=customer,
            contact=contact,
            kind=ContactRestriction.Kind.OPT_OUT,
            channel=channel,
            note="Chosen in the portal",
            as_of=as_of,
            at=at,
        )
    if not is_stopped:
        for one in standing:
            lift_restriction(
                actor=desk, restriction=one, reason="Allowed again in the portal",
                as_of=as_of, at=at,
            )  # fmt: skip


@transaction.atomic
def ask_detail_change(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    after: Mapping[str, str],
    as_of: date,
    at: datetime,
) -> DetailChange:
    """Ask for another name, address or tax number of the customer; a colleague of ours confirms.

    Raises Refused where nothing would change, for a field that is not asked for here, and while
    an earlier wish waits.
    """
    actor.require("portal.manage")
    open_customer(actor, customer)
    wanted = {}
    for name, text in after.items():
        if name not in CUSTOMER_FIELDS:
            raise Refused(f"{name} cannot be changed here.")
        told = fitting(text=text, most=CUSTOMER_FIELDS[name], what=name)
        if told != getattr(customer, name):
            wanted[name] = told
    if not wanted:
        raise Refused("Nothing is different from what we have.")
    if wanted.get("name") == "":
        raise Refused("The name must not be empty.")
    before = {name: getattr(customer, name) for name in wanted}
    return _wish(actor, customer, seat, None, before, wanted, as_of=as_of, at=at)


def _check_contact(actor: Actor, customer: Customer, seat: PortalSeat, contact: Contact) -> None:
    if contact.customer_id != customer.pk:
        raise Refused("This contact is another customer's.")
    if not is_own_contact(seat, contact_id=contact.pk, email=contact.email):
        actor.require("portal.manage")


def _wish(
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    contact: Contact | None,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    as_of: date,
    at: datetime,
) -> DetailChange:
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    waiting = DetailChange.objects.filter(
        customer=customer, contact=contact, status=DetailChange.Status.OPEN
    ).first()
    if waiting is not None:
        if waiting.after == dict(after):
            return waiting
        raise Refused("An earlier change waits to be confirmed; we come back to you about it.")
    change = DetailChange.objects.create(
        company=actor.company,
        customer=customer,
        contact=contact,
        seat=seat,
        before=dict(before),
        after=dict(after),
        by=actor.name,
        asked_on=as_of,
        recorded_at=at,
    )
    fields = sorted(after)
    ask_follow_up(
        company_id=actor.company.pk,
        customer_id=customer.pk,
        reason=f"The customer asks to change its details: {', '.join(fields)}",
        as_of=as_of,
        at=at,
    )
    record_event(
        actor, "detail_change.asked", change, at=at, customer_id=customer.pk, fields=fields
    )
    return change
