"""What we know of customers and whom we write to there: editing them, and bounces."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.sectors import read_sector
from dunwell.formats.sealing import hinted
from dunwell.models import Contact, Customer, Erasure, Membership, Role, SegmentMembership, User
from dunwell.models.sealed import as_seen, with_marks

TEXT_LENGTHS = {
    "name": 200,
    "segment": 40,
    "country": 2,
    "language": 5,
    "currency": 3,
    "terms": 80,
    "vat_id": 40,
    "address": 300,
    "party": 8,
    "debt_use": 8,
    "region": 12,
    "sector": 12,
}
"""Texts of a customer that people may change; the number is the ledger's key and stays."""

CONTACT_LENGTHS = {"name": 120, "email": 254, "phone": 40, "language": 5}
CUSTOMER_FIELDS = (*TEXT_LENGTHS, "is_opted_out", "zones")
CONTACT_FIELDS = ("role", "name", "email", "phone", "language", "is_primary")
COLLECTING_ROLES = (Role.COLLECTOR, Role.CREDIT_MANAGER)

CHOICES: Mapping[str, Sequence[str]] = {
    "party": ("", *Customer.Party.values),
    "debt_use": ("", *Customer.DebtUse.values),
}
REGION = re.compile(r"([A-Z]{2}(-[A-Z0-9]{1,3}){1,2})?")
MOST_ZONES = 40

Value = str | int | bool | list[str] | None


@transaction.atomic
def edit_customer(
    *, actor: Actor, customer: Customer, changes: Mapping[str, Value], at: datetime
) -> None:
    """Change fields of a customer (CUSTOMER_FIELDS); the same values again change nothing.

    Raises Refused for a field that cannot be changed (the limit is decided in the ledger of
    limits), a value that does not fit, or when somebody else changed the same field since the
    customer was loaded.
    """
    actor.require("customer.edit")
    open_customer(actor, customer)
    new = changed_fields(
        customer,
        changes,
        is_ruled=lambda: SegmentMembership.objects.filter(customer=customer.pk).exists(),
    )
    if not new:
        return
    seen = {name: getattr(customer, name) for name in new}
    # a list compares differently on the two databases; its neighbours are compared
    compared = {name: value for name, value in seen.items() if name != "zones"}
    same = Customer.objects.filter(pk=customer.pk, **as_seen(Customer, compared))
    _only_one(same.update(**with_marks(Customer, new)))
    record_event(
        actor,
        "customer.edited",
        customer,
        at=at,
        customer_id=customer.pk,
        before=told_values(seen),
        after=told_values(new),
    )


def changed_fields(
    customer: Customer, changes: Mapping[str, Value], *, is_ruled: Callable[[], bool]
) -> dict[str, Value]:
    """Return the fields that changes give another value, as they are stored; writes nothing.

    `is_ruled` says whether rules decide the customer's segment. Raises Refused for a field that
    cannot be changed and for a value that does not fit.
    """
    if "credit_limit_minor" in changes:
        raise Refused("The limit is decided in the ledger of limits; propose it there.")
    if unknown := sorted(set(changes) - set(CUSTOMER_FIELDS)):
        raise Refused(f"{unknown[0]} cannot be changed here.")
    wanted = {name: _fitting(name, value) for name, value in changes.items()}
    new = {
        name: wanted[name] for name in sorted(wanted) if wanted[name] != getattr(customer, name)
    }
    if "segment" in new and is_ruled():
        raise Refused(
            f"The rules decide the segment of {customer.name}; set it by hand among its segments."
        )
    return new


@transaction.atomic
def assign_collector(
    *, actor: Actor, ids: Collection[int], collector: User | None, at: datetime
) -> int:
    """Give customers to a collector, or to nobody; return how many changed hands.

    Raises Refused when one is not the company's, or the person does not collect for it.
    """
    actor.require("customer.edit")
    if not ids:
        raise Refused("Choose at least one customer.")
    if (
        collector is not None
        and not Membership.objects.filter(
            company=actor.company, user=collector, role__in=COLLECTING_ROLES, user__is_active=True
        ).exists()
    ):
        raise Refused(f"{collector.username} is not a collector of {actor.company.name}.")
    found = list(
        Customer.objects.select_for_update(no_key=True)
        .filter(company=actor.company, pk__in=set(ids))
        .order_by("pk")
    )
    if len(found) != len(set(ids)):
        raise Refused("One of these customers does not exist; load the page again.")
    key = None if collector is None else collector.pk
    moving = [customer for customer in found if customer.collector_id != key]
    Customer.objects.filter(pk__in=[customer.pk for customer in moving]).update(collector=key)
    for customer in moving:
        record_event(
            actor,
            "customer.assigned",
            customer,
            at=at,
            customer_id=customer.pk,
            collector=collector.username if collector else "",
        )
    return len(moving)


@transaction.atomic
def add_contact(
    *,
    actor: Actor,
    customer: Customer,
    at: datetime,
    role: str = Contact.Role.PAYABLES,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "",
    is_primary: bool = True,
) -> Contact:
    """Add a contact; a primary one takes the place of the role's earlier primary contact.

    Raises Refused for an unknown role, a wrong address, or neither e-mail nor phone.
    """
    actor.require("contact.edit")
    open_customer(actor, customer)
    given = {"role": role, "name": name, "email": email, "phone": phone, "language": language}
    fields: dict[str, Value] = {one: text.strip() for one, text in given.items()}
    check_contact(fields)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if is_primary:
        _demote(customer.pk, role)
    contact = Contact.objects.create(
        customer=customer, is_primary=is_primary, recorded_at=at, **fields
    )
    record_event(
        actor,
        "contact.added",
        contact,
        at=at,
        customer_id=customer.pk,
        role=role,
        is_primary=is_primary,
    )
    return contact


@transaction.atomic
def edit_contact(
    *, actor: Actor, contact: Contact, changes: Mapping[str, Value], at: datetime
) -> None:
    """Change fields of a contact (CONTACT_FIELDS); a new e-mail address is no longer bounced.

    Raises Refused for a field that cannot be changed, a value that does not fit, a contact
    that was erased, or when somebody else changed the contact since it was loaded.
    """
    actor.require("contact.edit")
    if contact.customer.company_id != actor.company.pk:
        raise Refused("This contact belongs to another company.")
    if unknown := sorted(set(changes) - set(CONTACT_FIELDS)):
        raise Refused(f"{unknown[0]} cannot be changed here.")
    before = {name: getattr(contact, name) for name in CONTACT_FIELDS}
    stated = {name: _stripped(value) for name, value in changes.items()}
    new = {name: value for name, value in stated.items() if value != before[name]}
    if not new:
        return
    after = {**before, **new}
    check_contact(after)
    if after["is_primary"]:
        Customer.objects.select_for_update(no_key=True).get(pk=contact.customer_id)
        _demote(contact.customer_id, str(after["role"]), keep=contact.pk)
    written = {**new, "bounced_on": None} if "email" in new else new
    seen = {name: before[name] for name in new}
    same = Contact.objects.filter(pk=contact.pk, **as_seen(Contact, seen))
    _only_one(same.update(**with_marks(Contact, written)))
    # the update took the row's lock: an erasure has ended before it, or begins after it
    if Erasure.objects.filter(contact=contact.pk).exists():
        raise Refused("This contact was erased; add a new one.")
    record_event(
        actor,
        "contact.edited",
        contact,
        at=at,
        customer_id=contact.customer_id,
        fields=sorted(new),
    )


@transaction.atomic
def mark_bounced(*, actor: Actor, contact: Contact, as_of: date, at: datetime) -> None:
    """Record that mail to the contact's address came back; a second time changes nothing.

    Raises Refused for a contact without an e-mail address.
    """
    actor.require("contact.edit")
    if contact.customer.company_id != actor.company.pk:
        raise Refused("This contact belongs to another company.")
    if not contact.email:
        raise Refused("This contact has no e-mail address that could bounce.")
    # The address is part of the condition: a bounce of the old one must not mark the new one.
    rows = Contact.objects.filter(pk=contact.pk, email=contact.email, bounced_on=None).update(
        bounced_on=as_of
    )
    if rows:
        record_event(actor, "contact.bounced", contact, at=at, customer_id=contact.customer_id)


def told_values(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return values as an event may keep them: what is sealed in the row is not open here."""
    return {
        name: hinted(str(value or "")) if name == "vat_id" else value
        for name, value in values.items()
    }


def _fitting(name: str, value: Value) -> Value:
    """Return a customer's field as it is stored, or refuse the value."""
    if name == "is_opted_out":
        if not isinstance(value, bool):
            raise Refused("is_opted_out is yes or no.")
        return value
    if name == "zones":
        return _zones(value)
    text = fitting(text=str(value or ""), most=TEXT_LENGTHS[name], what=name)
    if name in {"name", "segment"} and not text:
        raise Refused(f"The {name} must not be empty.")
    if name in CHOICES and text not in CHOICES[name]:
        known = ", ".join(choice for choice in CHOICES[name] if choice)
        raise Refused(f"There is no {name} {text}; use {known}, or leave it empty.")
    if name == "region" and not REGION.fullmatch(text.upper()):
        raise Refused(f"{text} is no region; write an ISO 3166-2 code such as US-CA or US-NY-NYC.")
    if name == "sector":
        try:
            return read_sector(text)
        except ValueError as error:
            raise Refused(f"{error}.") from error
    return text.upper() if name in {"country", "currency", "region"} else text


def _zones(value: Value) -> list[str]:
    """Return the time zones, each once, in order."""
    if not isinstance(value, list):
        raise Refused("zones is a list of time zones.")
    if len(value) > MOST_ZONES:
        raise Refused(f"There are {len(value)} zones; at most {MOST_ZONES} fit.")
    known = available_timezones()
    for zone in value:
        if zone not in known:
            raise Refused(f"{str(zone)[:40]} is no time zone; write one such as America/Denver.")
    return sorted(set(value))


def check_contact(fields: Mapping[str, Value]) -> None:
    """Raise Refused for a contact whose fields (CONTACT_FIELDS) do not fit."""
    if not isinstance(fields.get("is_primary", True), bool):
        raise Refused("is_primary is yes or no.")
    if fields["role"] not in Contact.Role.values:
        raise Refused(f"There is no role {fields['role']}; use {', '.join(Contact.Role.values)}.")
    if not fields["email"] and not fields["phone"]:
        raise Refused("Give an e-mail address or a phone number.")
    for name, most in CONTACT_LENGTHS.items():
        fitting(text=str(fields[name] or ""), most=most, what=name)
    if fields["email"]:
        try:
            validate_email(str(fields["email"]))
        except ValidationError as error:
            raise Refused(f"{fields['email']} is not an e-mail address.") from error


def _stripped(value: Value) -> Value:
    return value.strip() if isinstance(value, str) else value


def _demote(customer_id: int, role: str, *, keep: int = 0) -> None:
    """Make room for a new primary contact of a role."""
    primary = Contact.objects.filter(customer=customer_id, role=role, is_primary=True)
    primary.exclude(pk=keep).update(is_primary=False)


def _only_one(rows: int) -> None:
    """Compare and set: what the person saw must still have been what was stored."""
    if rows != 1:
        raise Refused("Somebody else has just changed this; load the page again.")
