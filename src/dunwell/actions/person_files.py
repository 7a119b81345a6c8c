"""Handing out what is known of a person, on record: to whom it went, and for what purpose."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.models import Contact, Customer, Erasure
from dunwell.queries.persons import PersonFile, person_file
from dunwell.queries.privacy_log import PURPOSES


@transaction.atomic
def hand_out_person(
    *,
    actor: Actor,
    customer: Customer,
    contact: Contact | None,
    purpose: str,
    as_of: date,
    at: datetime,
) -> PersonFile:
    """Return the file of a contact, or of a customer that is a natural person.

    The log keeps purpose, number of rows and the file's SHA-256, none of its words. Raises
    Refused for an unknown purpose, a company, and a contact that was erased or
    is of another customer.
    """
    actor.require("privacy.edit")
    own_customer(actor, customer)
    if purpose not in PURPOSES:
        raise Refused(f"There is no purpose {purpose[:40]}; use {', '.join(PURPOSES)}.")
    if contact is None and customer.party != Customer.Party.PERSON:
        raise Refused("A company is no person; hand out the files of its contacts.")
    if contact is not None and contact.customer_id != customer.pk:
        raise Refused("This contact belongs to another customer.")
    if contact is not None and Erasure.objects.filter(contact=contact.pk).exists():
        raise Refused("This contact was erased; nothing of it is left to be handed out.")
    told = person_file(customer, contact=contact, as_of=as_of, at=at)
    record_event(
        actor, "person.handed_out", contact or customer, at=at, customer_id=customer.pk,
        purpose=purpose, rows=told.rows, sha256=hashlib.sha256(told.text.encode()).hexdigest(),
    )  # fmt: skip
    return told
