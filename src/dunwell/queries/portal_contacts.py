"""The customer's contacts as its own people see them, with what each has stopped."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, Contact, ContactRestriction, Customer, PortalSeat
from dunwell.queries.cards import ContactRow, contact_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalContact:
    """A contact; `stopped` are channels it stopped itself, `is_own`: the person of the seat."""

    row: ContactRow
    is_own: bool
    stopped: frozenset[str]


def is_own_contact(seat: PortalSeat, *, contact_id: int, email: str) -> bool:
    """Return whether a contact is the person of the seat: tied to it, or of the same address."""
    if seat.contact_id is not None:
        return seat.contact_id == contact_id
    return bool(email) and email.lower() == seat.person.email


def portal_contacts(
    company: Company, customer: Customer, seat: PortalSeat, *, as_of: date
) -> tuple[PortalContact, ...]:
    """Return the customer's contacts, the person's own first; two queries."""
    stopped: dict[int | None, set[str]] = defaultdict(set)
    standing = ContactRestriction.objects.filter(
        customer=customer, kind=ContactRestriction.Kind.OPT_OUT, lifted_on=None, from_on__lte=as_of
    )
    for key, channel in standing.values_list("contact_id", "channel"):
        stopped[key].add(channel)
    found = [
        PortalContact(
            row=row,
            is_own=is_own_contact(seat, contact_id=row.id, email=row.email),
            stopped=frozenset(stopped[row.id]),
        )
        for row in contact_rows(company, customer.pk)
    ]
    return tuple(sorted(found, key=lambda one: not one.is_own))


def portal_contact(customer: Customer, contact_id: int) -> Contact | None:
    """Return a contact of the customer, or None for anybody else's."""
    found = Contact.objects.filter(customer=customer, pk=contact_id)
    return found.select_related("customer").first()
