"""Erasing a person at a customer: what is not needed goes at once, the rest when law lets it."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Model

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.texts import needed
from dunwell.models import (
    Contact,
    Customer,
    Erasure,
    Message,
    OpenItem,
    PortalKnock,
    PortalLink,
    PortalPasskey,
    PortalPerson,
    PortalSeat,
)
from dunwell.models.sealed import BlindIndexField, mark_of
from dunwell.queries.personal import AFTER, KEPT, NOW, PersonalField
from dunwell.queries.persons import keep_until, kept_counts, legal_hold, rows_of, words_of

ERASED = "[erased]"
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
    _refuse_held(customer)
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    words = words_of(locked)
    until = keep_until(customer, as_of=as_of)
    salt, digest = _digest(locked.name, locked.email, locked.phone)
    counts = _replace(customer, NOW, words=words)
    counts["message"] = _drop_waiting(customer, locked)
    counts["portalseat"] = _end_access(actor, customer, locked, as_of=as_of, at=at)
    Contact.objects.filter(pk=locked.pk).update(
        **_marked(Contact, {"name": ERASED, "email": "", "phone": ""}),
        is_primary=False,
        bounced_on=None,
    )
    return _write(
        actor, customer, locked, ground=told, gone=counts,
        kept=kept_counts(customer, AFTER, KEPT, words=words) if words else {},
        salt=salt, digest=digest, until=until, as_of=as_of, at=at,
    )  # fmt: skip


@transaction.atomic
def erase_customer(
    *, actor: Actor, customer: Customer, ground: str, as_of: date, at: datetime
) -> Erasure:
    """Erase a customer that is a natural person, with all its contacts.

    The name on the books, accounts and mandates are restricted until vouchers may go; then the
    day's cycle replaces them. Raises Refused for a company, while something is owed, under a
    legal hold, and without a ground.
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
    _refuse_held(locked)
    if OpenItem.objects.filter(item__customer=locked).exclude(open_minor=0).exists():
        raise Refused("Something is still open on this account; it is settled first.")
    for contact in locked.contacts.order_by("pk"):
        erase_contact(actor=actor, contact=contact, ground=told, as_of=as_of, at=at)
    salt, digest = _digest(locked.name, locked.address, locked.vat_id)
    gone = _replace(locked, NOW, words=None)
    return _write(
        actor, locked, None, ground=told, gone=gone,
        kept=kept_counts(locked, AFTER, KEPT, words=None), salt=salt, digest=digest,
        until=keep_until(locked, as_of=as_of), as_of=as_of, at=at,
    )  # fmt: skip


@transaction.atomic
def end_retentions(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Erase what the retention of erased persons kept until now; return how many are finished.

    A legal hold stops it. Where rows are left that the database keeps as they were written, the
    erasure stays restricted; the salt of its digest goes all the same. A second time does nothing.
    """
    actor.require("privacy.edit")
    due = Erasure.objects.select_for_update(no_key=True).filter(
        company=actor.company, status=Status.RESTRICTED, keep_until_on__lt=as_of
    )
    finished = 0
    for one in due.select_related("customer").order_by("pk"):
        if legal_hold(one.customer):
            continue
        gone: dict[str, int] = {}
        if one.contact_id is None:
            gone = _replace(one.customer, AFTER, words=None)
        is_finished = one.contact_id is None and not kept_counts(one.customer, KEPT, words=None)
        if is_finished:
            one.status, one.finished_on = Status.FINISHED, as_of
            finished += 1
        if not gone and not is_finished and not one.salt:
            continue  # told before
        one.salt = ""
        one.save(update_fields=["status", "finished_on", "salt"])
        record_event(
            actor, "person.retention_ended", one, at=at, customer_id=one.customer_id, gone=gone
        )
    return finished


def _ground(ground: str) -> str:
    return needed(
        text=ground, most=LONGEST_GROUND, what="ground",
        missing="Say why the person is erased: their request and its date, or the end of its use.",
    )  # fmt: skip


def _refuse_held(customer: Customer) -> None:
    if held := legal_hold(customer):
        raise Refused(f"{held.capitalize()} keeps what is known of {customer.name} as it is.")


def _digest(*words: str) -> tuple[str, str]:
    """Return a fresh salt and the HMAC of the words under it."""
    salt = secrets.token_hex(32)
    text = "\n".join(words).encode()
    return salt, hmac.new(bytes.fromhex(salt), text, hashlib.sha256).hexdigest()


def _replace(customer: Customer, goes: str, *, words: Collection[str] | None) -> dict[str, int]:
    """Replace the words, without words the whole values, in rows of a customer; count the rows."""
    counts: dict[str, int] = {}
    if words is not None and not words:
        return counts
    for row, found in rows_of(customer, goes, words=words):
        values = {one.field: _without(row, one, words) for one in found}
        if all(getattr(row, name) == value for name, value in values.items()):
            continue  # replaced before
        type(row).objects.filter(pk=row.pk).update(**_marked(type(row), values))
        name = row._meta.model_name or ""
        counts[name] = counts.get(name, 0) + 1
    return counts


def _marked(model: type[Model], values: dict[str, Any]) -> dict[str, Any]:
    """Return values for an update, with the marks of sealed fields that have one."""
    marks = {
        one.name: mark_of(model, one.of, values[one.of]) if values[one.of] else ""
        for one in model._meta.local_fields
        if isinstance(one, BlindIndexField) and one.of in values
    }
    return {**values, **marks}


def _without(row: Model, one: PersonalField, words: Collection[str] | None) -> Any:
    field = row._meta.get_field(one.field)
    value = getattr(row, one.field)
    if isinstance(field, models.JSONField):
        if words is None:
            return type(value)()
        text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
        return json.loads(_blanked(text, words))
    if isinstance(field, models.EmailField):
        return ""
    text = str(value)
    if not isinstance(value, str):  # a sealed document
        return {}
    most = field.max_length if isinstance(field, models.CharField) else None
    left = ERASED if words is None else _blanked(text, words)
    return left[:most] if most else left


def _blanked(text: str, words: Collection[str]) -> str:
    for word in words:
        text = re.sub(re.escape(word), ERASED, text, flags=re.IGNORECASE)
    return text


def _drop_waiting(customer: Customer, contact: Contact) -> int:
    """Cancel what waits to go out to the contact's address."""
    if not contact.email:
        return 0
    waiting = Message.objects.filter(
        customer=customer, to__iexact=contact.email,
        status__in=(Message.Status.DRAFT, Message.Status.READY, Message.Status.FAILED),
    )  # fmt: skip
    return waiting.update(status=Message.Status.CANCELLED, error="the contact was erased")


def _end_access(
    actor: Actor, customer: Customer, contact: Contact, *, as_of: date, at: datetime
) -> int:
    """End the contact's seats at the customer; somebody without another seat is erased too."""
    if not contact.email:
        return 0
    email = contact.email.lower()
    PortalLink.objects.filter(customer=customer, email__iexact=email, revoked_at=None).update(
        revoked_at=at
    )
    person = PortalPerson.objects.filter(email=email).first()
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
