"""Passkeys of the debtor's people: added, used to sign in, removed. Checked by the page before."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.portal_access import tell_managers
from dunwell.actions.portal_links import sit_down
from dunwell.actions.texts import needed
from dunwell.models import PortalPasskey, PortalPerson, PortalSeat

MOST_PASSKEYS = 10


@transaction.atomic
def add_passkey(
    *,
    actor: Actor,
    seat: PortalSeat,
    name: str,
    credential_id: str,
    credential: bytes,
    sign_count: int,
    site: str,
    at: datetime,
) -> PortalPasskey:
    """Keep the public half of a person's new passkey; it signs in without mail from now on.

    Raises Refused without a name, for one that is known already, and above ten.
    """
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    called = needed(text=name, most=80, what="name", missing="Give the passkey a name.")
    PortalPerson.objects.select_for_update(no_key=True).get(pk=seat.person_id)
    if PortalPasskey.objects.filter(person=seat.person_id).count() >= MOST_PASSKEYS:
        raise Refused(f"There are {MOST_PASSKEYS} passkeys already; remove one first.")
    if PortalPasskey.objects.filter(credential_id=credential_id).exists():
        raise Refused("This passkey is known already.")
    passkey = PortalPasskey.objects.create(
        person_id=seat.person_id,
        name=called,
        credential_id=credential_id,
        credential=credential,
        sign_count=sign_count,
        recorded_at=at,
    )
    tell_managers(actor, seat, "passkey", site=site, at=at)
    record_event(
        actor, "portal.passkey_added", seat, at=at, customer_id=seat.customer_id,
        passkey=passkey.pk, name=called,
    )  # fmt: skip
    return passkey


@transaction.atomic
def use_passkey(
    *, actor: Actor, passkey: PortalPasskey, seat: PortalSeat, sign_count: int, at: datetime
) -> PortalSeat:
    """Sign in by a passkey; return the seat that is taken.

    Raises Refused where its counter did not go on: a copy of it may be in use (WebAuthn 6.1.1).
    """
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    note_use(passkey, sign_count=sign_count, at=at)
    return sit_down(actor, seat.pk, by="passkey", at=at)


@transaction.atomic
def confirm_by_passkey(
    *, actor: Actor, passkey: PortalPasskey, seat: PortalSeat, sign_count: int, at: datetime
) -> None:
    """Note that somebody who is in confirmed by a passkey; refused like `use_passkey`."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    if passkey.person_id != seat.person_id:
        raise Refused("This passkey is somebody else's.")
    note_use(passkey, sign_count=sign_count, at=at)
    record_event(
        actor, "portal.confirmed", seat, at=at, customer_id=seat.customer_id, by="passkey"
    )


@transaction.atomic
def remove_passkey(
    *, actor: Actor, seat: PortalSeat, passkey: PortalPasskey, at: datetime
) -> None:
    """Remove one's own passkey; removed already changes nothing."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    if passkey.person_id != seat.person_id:
        raise Refused("This passkey is somebody else's.")
    removed, _ = PortalPasskey.objects.filter(pk=passkey.pk).delete()
    if removed:
        record_event(
            actor, "portal.passkey_removed", seat, at=at, customer_id=seat.customer_id,
            passkey=passkey.pk, name=passkey.name,
        )  # fmt: skip


def note_use(passkey: PortalPasskey, *, sign_count: int, at: datetime) -> None:
    """Keep the counter of a passkey that was used; part of the action that calls it.

    Many passkeys are kept in several places and always count 0; those are let through.
    """
    found = PortalPasskey.objects.select_for_update(no_key=True).get(pk=passkey.pk)
    if (found.sign_count or sign_count) and sign_count <= found.sign_count:
        raise Refused(
            "This passkey may have been copied. Sign in by mail, remove it, add a new one."
        )
    PortalPasskey.objects.filter(pk=found.pk).update(sign_count=sign_count, last_used_at=at)
