"""Agencies and lawyers, and the seats of their people."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.texts import fitting
from dunwell.actions.users import hashed
from dunwell.engine.commissions import read_tiers, tiers_document
from dunwell.engine.documents import DocumentError
from dunwell.engine.money import LARGEST_MINOR
from dunwell.formats.countries import ISO_CODES
from dunwell.models import Agency, AgencySeat, ApiToken, Company, Membership, Role, User

LONGEST_NAME, LONGEST_MAIL, LONGEST_TOKEN_NAME = 120, 254, 80
MOST_DEMAND_DAYS = 365


@transaction.atomic
def add_agency(
    *,
    actor: Actor,
    name: str,
    kind: str = Agency.Kind.AGENCY,
    transport: str = Agency.Transport.FILE,
    email: str = "",
    countries: Sequence[str] = (),
    least_minor: int = 0,
    demand_days: int = 14,
    commission: Sequence[Mapping[str, int]] = (),
    at: datetime,
) -> Agency:
    """Add an agency or a lawyer, with its commission by the age of the debt.

    `least_minor` in the company's currency. Raises Refused for a name that is taken, an unknown
    kind, transport or country, and tiers that cannot be read.
    """
    actor.require("agency.edit")
    # the name is unique; two people at once queue here
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    fields = _fields(
        name=name,
        kind=kind,
        transport=transport,
        email=email,
        countries=countries,
        least_minor=least_minor,
        demand_days=demand_days,
        commission=commission,
    )
    _check_name(actor.company, str(fields["name"]))
    agency = Agency.objects.create(company=actor.company, recorded_at=at, **fields)
    record_event(actor, "agency.added", agency, at=at, **fields)
    return agency


@transaction.atomic
def edit_agency(
    *,
    actor: Actor,
    agency: Agency,
    version: int,
    name: str,
    kind: str,
    transport: str,
    email: str = "",
    countries: Sequence[str] = (),
    least_minor: int = 0,
    demand_days: int = 14,
    commission: Sequence[Mapping[str, int]] = (),
    is_active: bool = True,
    at: datetime,
) -> Agency:
    """Change an agency; what is placed with it keeps the commission it was placed at.

    Raises Stale when somebody changed it since `version`, and Refused as adding does.
    """
    actor.require("agency.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = Agency.objects.filter(company=actor.company, pk=agency.pk).first()
    if found is None:
        raise Refused("This agency belongs to another company.")
    if found.version != version:
        raise Stale(f"Somebody else has changed {found.name}; load the page again.")
    fields: dict[str, Any] = {
        **_fields(
            name=name,
            kind=kind,
            transport=transport,
            email=email,
            countries=countries,
            least_minor=least_minor,
            demand_days=demand_days,
            commission=commission,
        ),
        "is_active": is_active,
    }
    _check_name(actor.company, str(fields["name"]), beside=found)
    changed = {key: value for key, value in fields.items() if getattr(found, key) != value}
    if not changed:
        return found
    Agency.objects.filter(pk=found.pk).update(**fields, version=version + 1)
    found.refresh_from_db()
    record_event(actor, "agency.changed", found, at=at, **{"name": found.name, **changed})
    return found


@transaction.atomic
def seat_partner(
    *, actor: Actor, agency: Agency, username: str, email: str, at: datetime
) -> AgencySeat:
    """Give a person of the agency a seat: they sign in and see what is placed with it alone.

    A new person is added; one who works for us is refused, as is a name taken elsewhere.
    """
    actor.require("user.manage")
    if agency.company_id != actor.company.pk:
        raise Refused("This agency belongs to another company.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    name = fitting(text=username, most=LONGEST_TOKEN_NAME, what="name")
    address = _address(email)
    if not name:
        raise Refused("Give the person a name to sign in with.")
    if User.objects.filter(username__iexact=name).exists():
        raise Refused(f"The name {name} is taken; choose another.")
    if address and User.objects.filter(email__iexact=address).exists():
        raise Refused(f"The address {address} belongs to somebody else; people sign in with it.")
    user = User(username=name, email=address)
    user.set_unusable_password()
    user.save()
    Membership.objects.create(company=actor.company, user=user, role=Role.PARTNER)
    seat = AgencySeat.objects.create(
        company=actor.company, agency=agency, user=user, granted_by=actor.name, recorded_at=at
    )
    record_event(
        actor, "agency.seat_given", agency, at=at, agency=agency.name, username=user.username
    )
    return seat


@transaction.atomic
def end_seat(*, actor: Actor, seat: AgencySeat, at: datetime) -> None:
    """Take a seat away: the person's next request, and their tokens, are refused."""
    actor.require("user.manage")
    found = AgencySeat.objects.filter(company=actor.company, pk=seat.pk)
    held = found.select_related("agency", "user").first()
    if held is None:
        raise Refused("This seat was taken away before.")
    Membership.objects.filter(company=actor.company, user=held.user, role=Role.PARTNER).delete()
    ApiToken.objects.filter(company=actor.company, user=held.user, revoked_at=None).update(
        revoked_at=at
    )
    found.delete()
    record_event(
        actor,
        "agency.seat_ended",
        held.agency,
        at=at,
        agency=held.agency.name,
        username=held.user.username,
    )


@transaction.atomic
def make_seat_token(*, actor: Actor, seat: AgencySeat, name: str, at: datetime) -> str:
    """Return a new API token of a seat, shown once: it may do what the seat may, nothing else."""
    actor.require("token.manage")
    held = AgencySeat.objects.filter(company=actor.company, pk=seat.pk)
    found = held.select_related("agency", "user").first()
    if found is None:
        raise Refused("This seat was taken away.")
    told = fitting(text=name, most=LONGEST_TOKEN_NAME, what="name")
    if not told:
        raise Refused("Give the token a name that says where it is used.")
    secret = f"dw_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        company=actor.company,
        user=found.user,
        name=told,
        token_hash=hashed(secret),
        rights=sorted(ROLE_RIGHTS[Role.PARTNER]),
        created_at=at,
    )
    record_event(
        actor,
        "agency.token_made",
        found.agency,
        at=at,
        agency=found.agency.name,
        username=found.user.username,
        name=told,
    )
    return secret


def _fields(
    *,
    name: str,
    kind: str,
    transport: str,
    email: str,
    countries: Sequence[str],
    least_minor: int,
    demand_days: int,
    commission: Sequence[Mapping[str, int]],
) -> dict[str, Any]:
    """Return the fields of an agency, checked; raise Refused for the first that cannot be."""
    told = fitting(text=name, most=LONGEST_NAME, what="name")
    if not told:
        raise Refused("Give the agency a name.")
    if kind not in Agency.Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Agency.Kind.values)}.")
    if transport not in Agency.Transport.values:
        raise Refused(
            f"There is no transport {transport}; use {', '.join(Agency.Transport.values)}."
        )
    codes = sorted(set(countries))
    if unknown := [code for code in codes if code not in ISO_CODES]:
        raise Refused(f"{unknown[0]} is no ISO 3166 country code.")
    if not 0 <= least_minor <= LARGEST_MINOR:
        raise Refused("The smallest claim must not be below 0.")
    if not 0 <= demand_days <= MOST_DEMAND_DAYS:
        raise Refused(f"Days after the final demand must lie between 0 and {MOST_DEMAND_DAYS}.")
    try:
        tiers = read_tiers(list(commission))
    except DocumentError as error:
        raise Refused(f"{error}.") from error
    return {
        "name": told,
        "kind": str(kind),
        "transport": str(transport),
        "email": _address(email),
        "countries": codes,
        "least_minor": least_minor,
        "demand_days": demand_days,
        "commission": tiers_document(tiers),
    }


def _address(email: str) -> str:
    told = fitting(text=email, most=LONGEST_MAIL, what="address")
    if told:
        try:
            validate_email(told)
        except ValidationError as error:
            raise Refused(f"{told} is not an e-mail address.") from error
    return told


def _check_name(company: Company, name: str, *, beside: Agency | None = None) -> None:
    taken = Agency.objects.filter(company=company, name__iexact=name)
    if beside is not None:
        taken = taken.exclude(pk=beside.pk)
    if taken.exists():
        raise Refused(f"There is an agency {name} already.")
