"""Who has access to the portal: seats of a customer and of a person, and what hangs on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from dunwell.models import (
    Customer,
    PortalKey,
    PortalLink,
    PortalPasskey,
    PortalPerson,
    PortalSeat,
)
from dunwell.queries.customer_merges import is_merged, led_on
from dunwell.queries.customers import Owed, owed_by
from dunwell.queries.portal_links import live_links
from dunwell.queries.prepared import prepared

MOST_LINKS = 50
"""Links shown of a customer, the newest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalSeatRow:
    """Somebody's access to one customer's account.

    `is_elsewhere`: the contact it was given for has another address by now. `masked` is the
    address as colleagues see it before they confirm who they are.
    """

    id: int
    person_id: int
    name: str
    email: str
    masked: str
    role: str
    role_label: str
    invited_by: str
    since: datetime
    last_seen_at: datetime | None
    passkeys: int
    is_elsewhere: bool
    ended_on: date | None
    ended_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalLinkRow:
    """A link that was sent: to whom, what for, and whether it still opens anything."""

    id: int
    email: str
    purpose: str
    purpose_label: str
    sent_at: datetime
    expires_at: datetime
    used_at: datetime | None
    is_live: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplierRow:
    """A company a person may deal with, for one of its customers, and what is owed there."""

    seat_id: int
    company: str
    customer: str
    customer_number: str
    role_label: str
    owed: tuple[Owed, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalKeyRow:
    """A key of a program; the key itself is stored nowhere."""

    id: int
    name: str
    person: str
    rights: tuple[str, ...]
    expires_on: date
    revoked_on: date | None
    last_used_at: datetime | None
    is_live: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PasskeyRow:
    """A passkey of a person."""

    id: int
    name: str
    recorded_at: datetime
    last_used_at: datetime | None


def seat_rows(customer: Customer, *, with_ended: bool = False) -> list[PortalSeatRow]:
    """Return who has access to a customer's account, managers first, then by address."""
    found = PortalSeat.objects.filter(customer=customer)
    if not with_ended:
        found = found.filter(ended_on=None)
    seats = (
        found.select_related("person", "contact")
        .annotate(passkeys=Count("person__passkeys"))
        .order_by("pk")
    )
    rows = [_seat_row(seat, seat.passkeys) for seat in seats]
    order = {str(PortalSeat.Role.MANAGER): 0, str(PortalSeat.Role.PAYER): 1}
    return sorted(
        rows, key=lambda row: (row.ended_on is not None, order.get(row.role, 2), row.email)
    )


def masked_email(email: str) -> str:
    """Return an address of which only the first letter and the domain can be read."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def link_rows(customer: Customer, *, at: datetime) -> list[PortalLinkRow]:
    """Return the newest links that were sent for a customer."""
    links = list(PortalLink.objects.filter(customer=customer).order_by("-pk")[:MOST_LINKS])
    live = set(
        live_links(at=at).filter(pk__in=[link.pk for link in links]).values_list("pk", flat=True)
    )
    return [
        PortalLinkRow(
            id=link.pk,
            email=link.email,
            purpose=link.purpose,
            purpose_label=str(PortalLink.Purpose(link.purpose).label),
            sent_at=link.recorded_at,
            expires_at=link.expires_at,
            used_at=link.used_at,
            is_live=link.pk in live,
        )
        for link in links
    ]


def open_seats() -> QuerySet[PortalSeat]:
    """Return the seats that let somebody in.

    Of a person with a seat at both records of a merge, the closed one's waits for the split.
    """
    return PortalSeat.objects.filter(~is_merged("customer"), ended_on=None)


def open_seat(key: int) -> PortalSeat | None:
    """Return one of the open seats with its company, customer, person and contact."""
    return next(iter(_open_seat(key)), None)


@prepared
def _open_seat(key: int) -> QuerySet[PortalSeat]:
    rows = open_seats().select_related("company", "customer__company", "person", "contact")
    return rows.filter(pk=key)


def led_seat(seat: PortalSeat) -> PortalSeat | None:
    """Return the seat a person takes: of a closed record, the one at the record it leads to."""
    into = led_on(seat.customer)
    if into.pk == seat.customer_id:
        return seat
    found = open_seats().filter(person=seat.person_id, customer=into)
    return found.select_related("company", "customer__company", "person").order_by("-pk").first()


def live_seats(email: str) -> list[PortalSeat]:
    """Return the seats of an address, where it was last first; none for an unknown one."""
    found = open_seats().filter(person__email=email.strip().lower())
    seats = list(found.select_related("company", "customer", "person").order_by("-pk"))
    # PostgreSQL and SQLite put what was never used at different ends
    return sorted(seats, key=lambda one: one.last_seen_at or one.recorded_at, reverse=True)


def supplier_rows(person: PortalPerson, *, days: Mapping[int, date]) -> list[SupplierRow]:
    """Return all a person has access to, by company and customer; `days` is the day of each."""
    seats = list(seats_of(person))
    owed: dict[int, tuple[Owed, ...]] = {}
    for day in sorted({days[seat.company_id] for seat in seats}):
        keys = [seat.customer_id for seat in seats if days[seat.company_id] == day]
        owed |= owed_by(keys, as_of=day)
    return [
        SupplierRow(
            seat_id=seat.pk,
            company=seat.company.name,
            customer=seat.customer.name,
            customer_number=seat.customer.number,
            role_label=str(PortalSeat.Role(seat.role).label),
            owed=owed.get(seat.customer_id, ()),
        )
        for seat in seats
    ]


def seats_of(person: PortalPerson) -> QuerySet[PortalSeat]:
    """Return the seats a person holds now, by company and customer."""
    found = open_seats().filter(person=person)
    return found.select_related("company", "customer", "person").order_by(
        "company__name", "customer__name", "pk"
    )


def live_key(token_hash: str, *, as_of: date) -> PortalKey | None:
    """Return a program's key that is not unknown, expired or revoked and whose seat stands.

    One of a record that was merged comes with the person's seat at the survivor.
    """
    found = (
        PortalKey.objects.filter(
            Q(revoked_on=None) | Q(revoked_on__gt=as_of),
            token_hash=token_hash,
            expires_on__gte=as_of,
            seat__ended_on=None,
        )
        .select_related("company", "customer", "seat__company", "seat__person", "seat__customer")
        .first()
    )
    if found is None or (seat := led_seat(found.seat)) is None:
        return None
    found.seat = seat
    return found


def key_rows(customer: Customer, *, as_of: date) -> list[PortalKeyRow]:
    """Return the keys of a customer's programs, the newest first."""
    found = PortalKey.objects.filter(customer=customer).select_related("seat__person")
    return [
        PortalKeyRow(
            id=key.pk,
            name=key.name,
            person=str(key.seat.person),
            rights=tuple(key.rights),
            expires_on=key.expires_on,
            revoked_on=key.revoked_on,
            last_used_at=key.last_used_at,
            is_live=key.revoked_on is None
            and key.expires_on >= as_of
            and key.seat.ended_on is None,
        )
        for key in found.order_by("-pk")
    ]


def passkey_rows(person: PortalPerson) -> list[PasskeyRow]:
    """Return a person's passkeys, the oldest first."""
    return [
        PasskeyRow(
            id=key.pk, name=key.name, recorded_at=key.recorded_at, last_used_at=key.last_used_at
        )
        for key in PortalPasskey.objects.filter(person=person).order_by("pk")
    ]


def _seat_row(seat: PortalSeat, passkeys: int) -> PortalSeatRow:
    contact, person = seat.contact, seat.person
    return PortalSeatRow(
        id=seat.pk,
        person_id=person.pk,
        name=person.name,
        email=person.email,
        masked=masked_email(person.email),
        role=seat.role,
        role_label=str(PortalSeat.Role(seat.role).label),
        invited_by=seat.invited_by,
        since=seat.recorded_at,
        last_seen_at=seat.last_seen_at,
        passkeys=passkeys,
        is_elsewhere=contact is not None and contact.email.lower() != person.email,
        ended_on=seat.ended_on,
        ended_by=seat.ended_by,
    )
