"""Keys for a customer's programs: made by its manager, shown once, stopped with the seat."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.portal_access import right_to_manage, tell_managers
from dunwell.actions.role_rights import PORTAL_RIGHTS
from dunwell.actions.texts import needed
from dunwell.models import Customer, PortalKey, PortalSeat

PREFIX = "dwp_"
LONGEST = timedelta(days=366)
MOST_KEYS = 20
KEY_RIGHTS = ("portal.view", "portal.ask", "portal.pay")
"""What a program may be given; access is managed by people alone."""


@transaction.atomic
def add_key(
    *,
    actor: Actor,
    seat: PortalSeat,
    name: str,
    rights: Collection[str],
    expires_on: date,
    site: str,
    as_of: date,
    at: datetime,
) -> tuple[PortalKey, str]:
    """Make a key with some of the seat's rights; return it and the key itself, shown this once.

    Raises Refused for a right that the seat or a program cannot have, none at all, a day in the
    past or more than a year ahead, and above twenty keys.
    """
    actor.require("portal.manage")
    own_customer(actor, seat.customer)
    called = needed(text=name, most=80, what="name", missing="Give the key a name.")
    wanted = sorted(set(rights))
    if not wanted:
        raise Refused("Choose at least one thing the program may do.")
    if unknown := [one for one in wanted if one not in KEY_RIGHTS]:
        raise Refused(f"A program cannot be given {unknown[0][:40]}.")
    if not as_of < expires_on <= as_of + LONGEST:
        raise Refused("A key ends on a day from tomorrow to a year from today.")
    Customer.objects.select_for_update(no_key=True).get(pk=seat.customer_id)
    found = PortalSeat.objects.select_related("person", "customer").get(pk=seat.pk)
    if found.ended_on is not None or not set(wanted) <= PORTAL_RIGHTS[found.role]:
        raise Refused("Your access does not hold what the key is to be given.")
    live = PortalKey.objects.filter(
        customer=seat.customer_id, revoked_on=None, expires_on__gte=as_of
    )
    if live.count() >= MOST_KEYS:
        raise Refused(f"There are {MOST_KEYS} keys already; revoke one first.")
    token = PREFIX + secrets.token_urlsafe(32)
    key = PortalKey.objects.create(
        company=actor.company,
        customer=found.customer,
        seat=found,
        name=called,
        token_hash=hashed_key(token),
        rights=wanted,
        expires_on=expires_on,
        recorded_at=at,
    )
    tell_managers(actor, found, "key", site=site, told=called, at=at)
    record_event(
        actor, "portal.key_made", key, at=at, customer_id=found.customer_id, name=called,
        rights=wanted, expires_on=expires_on.isoformat(),
    )  # fmt: skip
    return key, token


@transaction.atomic
def revoke_key(*, actor: Actor, key: PortalKey, as_of: date, at: datetime) -> None:
    """Stop a key at once, as a manager of the customer or as us; again changes nothing."""
    actor.require(right_to_manage(actor))
    own_customer(actor, key.customer)
    if PortalKey.objects.filter(pk=key.pk, revoked_on=None).update(revoked_on=as_of):
        record_event(
            actor, "portal.key_revoked", key, at=at, customer_id=key.customer_id, name=key.name
        )


@transaction.atomic
def note_key_use(*, actor: Actor, key: PortalKey, at: datetime) -> None:
    """Write down that a key was used, once an hour: who looks at it wants the day.

    A program of the customer may, whatever its key is for; nobody else.
    """
    if actor.customer_id is None:
        actor.require("portal.view")
    own_customer(actor, key.customer)
    if key.last_used_at is None or key.last_used_at < at - timedelta(hours=1):
        PortalKey.objects.filter(pk=key.pk).update(last_used_at=at)


def hashed_key(token: str) -> str:
    """Return what is stored of a key: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
