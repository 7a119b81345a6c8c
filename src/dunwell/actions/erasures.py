"""Erasing a person at a customer: what is not needed goes at once, the rest when law lets it."""

import hashlib
import hmac
import secrets
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.erased_rows import ERASED, replace_rows
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.texts import needed
from dunwell.models import (
    Contact,
    Customer,
    Erasure,
    Event,
    Message,
    PortalKnock,
    PortalLink,
    PortalPasskey,
    PortalPerson,
    PortalSeat,
)
from dunwell.models.sealed import with_marks
from dunwell.queries.personal import (
    AFTER,
    KEPT,
    NOW,
)
from dunwell.queries.persons import (
    is_settled,
    keep_until,
    kept_counts,
    legal_hold,
    words_of,
)

LONGEST_GROUND = 300

Status = Erasure.Status


@transaction.atomic
def erase_contact(
    *, actor: Actor, contact: Contact, ground: str, as_of: date, at: datetime
) -> Erasure:
    """Erase a contact; the same again returns what was done.

    Its name, address and phone go, their words are replaced in what people wrote about it, and
    its access to the portal ends. What the database keeps as it was written (letters, notes, the
    chain) stays, is counted, and is named with the day it is kept to.
    Raises Refused under a legal hold, and without a ground.
    """
    actor.require("privacy.edit")
    customer = Customer.objects.select_for_update(no_key=True).get(pk=contact.customer_id)
    own_customer(actor, customer)
    done = Erasure.objects.filter(contact=contact.pk).first()
    if done is not None:
        return done
    told = _ground(ground)
    _refuse_held(customer, as_of)
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    words = words_of(locked)
    until = keep_until(customer, as_of=as_of)
    salt, digest = _digest(locked.name, locked.email, locked.phone)
    counts = replace_rows(customer, NOW, words=words)
    counts["message"] = _drop_waiting(customer, locked.email)
    counts["portalseat"] = _end_access(actor, customer, locked.email, as_of=as_of, at=at)
    kept = kept_counts(customer, AFTER, KEPT, words=words) if words else {}
    if deeds := _deeds_of(customer, locked.email):
        kept["event"] = deeds
    Contact.objects.filter(pk=locked.pk).update(
        **with_marks(Contact, {"name": ERASED, "email": "", "phone": ""}),
        is_primary=False,
        bounced_on=None,
    )
    return _write(
        actor, customer, locked, ground=told, gone=counts,
        kept=kept, salt=salt, digest=digest, until=until, as_of=as_of, at=at,
    )  # fmt: skip


@transaction.atomic
def erase_customer(
    *, actor: Actor, customer: Customer, ground: str, as_of: date, at: datetime
) -> Erasure:
    """Erase a customer that is a natural person, with all its contacts.

    The name on the books, accounts and mandates are restricted until vouchers may go; then the
    day's cycle replaces them. Raises Refused for a company, while something is owed by either
    side, under a legal hold, and without a ground.
    """
    actor.require("privacy.edit")
    own_customer(actor, customer)
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    done = Erasure.objects.filter(customer=locked.pk, contact=None).first()
    if done is not None:
        return done
    told = _ground(ground)
    if locked.party != Customer.Party.PERSON:
        raise Refused("A company is no person; erase its contacts.")
    _refuse_held(locked, as_of)
    if not is_settled(locked):
        raise Refused("Something is still open on this account; it is settled first.")
    for contact in locked.contacts.order_by("pk"):
        erase_contact(actor=actor, contact=contact, ground=told, as_of=as_of, at=at)
    salt, digest = _digest(locked.name, locked.address, locked.vat_id)
    ended = 0
    for email in _portal_emails(locked):
        ended += _end_access(actor, locked, email, as_of=as_of, at=at)
    gone = replace_rows(locked, NOW, words=None)
    gone["portalseat"] = ended
    return _write(
        actor, locked, None, ground=told, gone=gone,
        kept=kept_counts(locked, AFTER, KEPT, words=None), salt=salt, digest=digest,
        until=keep_until(locked, as_of=as_of), as_of=as_of, at=at,
    )  # fmt: skip


def _ground(ground: str) -> str:
    return needed(
        text=ground, most=LONGEST_GROUND, what="ground",
        missing="Say why the person is erased: their request and its date, or the end of its use.",
    )  # fmt: skip


def _refuse_held(customer: Customer, as_of: date) -> None:
    if held := legal_hold(customer, as_of=as_of):
        raise Refused(f"{held.capitalize()} keeps what is known of {customer.name} as it is.")


def _digest(*words: str) -> tuple[str, str]:
    """Return a fresh salt and the HMAC of the words under it."""
    salt = secrets.token_hex(32)
    text = "\n".join(words).encode()
    return salt, hmac.new(bytes.fromhex(salt), text, hashlib.sha256).hexdigest()


def _drop_waiting(customer: Customer, email: str) -> int:
    """Cancel what waits to go out to an address."""
    if not email:
        return 0
    waiting = Message.objects.filter(
        customer=customer, to__iexact=email,
        status__in=(Message.Status.DRAFT, Message.Status.READY, Message.Status.FAILED),
    )  # fmt: skip
    return waiting.update(status=Message.Status.CANCELLED, error="the contact was erased")


def _deeds_of(customer: Customer, email: str) -> int:
    """Return how many events name an address as who did it; the chain keeps them."""
    if not email:
        return 0
    return Event.objects.filter(customer_id=customer.pk, actor__iexact=email).count()


def _portal_emails(customer: Customer) -> list[str]:
    found = PortalPerson.objects.filter(seats__customer=customer, seats__ended_on=None)
    return list(found.order_by("email").values_list("email", flat=True).distinct())


def _end_access(actor: Actor, customer: Customer, email: str, *, as_of: date, at: datetime) -> int:
    """End the seats of an address at the customer; somebody without another is erased too."""
    if not email:
        return 0
    email = email.lower()
    PortalLink.objects.filter(customer=customer, email__iexact=email, revoked_at=None).update(
        revoked_at=at
    )
    person = PortalPerson.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is None:
        return 0
    ended = PortalSeat.objects.filter(customer=customer, person=person, ended_on=None).update(
        ended_on=as_of, ended_by=actor.name
    )
    if not PortalSeat.objects.filter(person=person, ended_on=None).exists():
        PortalPasskey.objects.filter(person=person).delete()
        PortalKnock.objects.filter(email__iexact=email).delete()
        PortalPerson.objects.filter(pk=person.pk).update(
            email=f"erased-{person.pk}@erased.invalid",
            name="",
            session_nonce=secrets.token_hex(16),
        )
    return ended


def _write(
    actor: Actor,
    customer: Customer,
    contact: Contact | None,
    *,
    ground: str,
    gone: dict[str, int],
    kept: dict[str, int],
    salt: str,
    digest: str,
    until: date,
    as_of: date,
    at: datetime,
) -> Erasure:
    made = Erasure.objects.create(
        company=actor.company,
        customer=customer,
        contact=contact,
        ground=ground,
        status=Status.RESTRICTED if kept else Status.FINISHED,
        finished_on=None if kept else as_of,
        counts={"gone": gone, "kept": kept},
        salt=salt,
        digest=digest,
        by=actor.name,
        erased_on=as_of,
        keep_until_on=until,
        recorded_at=at,
    )
    record_event(
        actor, "person.erased", made, at=at, customer_id=customer.pk,
        contact_id=contact.pk if contact is not None else None, digest=digest, gone=gone,
        kept=kept, keep_until_on=until.isoformat(),
    )  # fmt: skip
    return made
