"""Telling a payer at once what a payment did: the receipt, and the mail that brings it."""

import hashlib
import json
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from dunwell.actions.checkouts import locked_checkout
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.receipt_words import receipt_mail
from dunwell.models import Checkout, Contact, Message, Receipt
from dunwell.queries.receipts import receipt_document

STRATEGY, TEMPLATE = "portal", "receipt"


@transaction.atomic
def write_receipt(*, actor: Actor, checkout: Checkout, as_of: date, at: datetime) -> Receipt:
    """Write the receipt of a paid checkout and put its mail into the outbox; once.

    It goes to whoever paid, else to the contact for payables; without an address there is only
    the receipt. Raises Refused for a checkout that is not paid.
    """
    actor.require("message.send")
    found = locked_checkout(actor, checkout)
    if found.status != Checkout.Status.PAID:
        raise Refused(f"{found.number} is not paid; there is no receipt.")
    before = Receipt.objects.filter(checkout=found).first()
    if before is not None:
        return before
    document = receipt_document(found, as_of=as_of)
    told = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    receipt = Receipt.objects.create(
        company=actor.company,
        checkout=found,
        document=document,
        sha256=hashlib.sha256(told.encode()).hexdigest(),
        message=_mail(actor, found, document, as_of=as_of, at=at),
        made_on=as_of,
        recorded_at=at,
    )
    record_event(
        actor,
        "receipt.written",
        receipt,
        at=at,
        customer_id=found.customer_id,
        number=found.number,
        items=[one["number"] for one in document["items"] if not one["open_minor"]],
        orders=[one["number"] for one in document["orders"]],
        promises=document["promises"],
        to=receipt.message.to if receipt.message else "",
    )
    return receipt


def _mail(
    actor: Actor, checkout: Checkout, document: dict[str, object], *, as_of: date, at: datetime
) -> Message | None:
    to, name, language = _reader(checkout)
    if not to:
        return None
    path = reverse("portal-receipt", args=[checkout.number])
    mail = receipt_mail(
        document,
        language=language,
        name=name,
        company=actor.company.name,
        address=f"{settings.SITE}{path}" if settings.SITE else "",
    )
    message, _ = Message.objects.get_or_create(
        message_id=f"<checkout.{checkout.pk}.receipt@dunwell>",
        defaults={
            "company": actor.company,
            "customer": checkout.customer,
            "channel": "email",
            "strategy": STRATEGY,
            "level": 0,
            "template": TEMPLATE,
            "language": mail.language,
            "to": to,
            "subject": mail.subject[:200],
            "body": mail.body,
            "body_sha256": hashlib.sha256(mail.body.encode()).hexdigest(),
            "decision": {
                "as_of": as_of.isoformat(),
                "demand_minor": {},
                "about": f"checkout.{checkout.pk}",
            },
            "author": actor.name,
            "in_reply_to": f"<checkout.{checkout.pk}@dunwell>",
            "as_of": as_of,
            "recorded_at": at,
        },
    )
    return message


def _reader(checkout: Checkout) -> tuple[str, str, str]:
    """Return the address, name and language of whoever is told; empty where nobody can be."""
    customer, company = checkout.customer, checkout.company
    usual = customer.language or company.language
    if checkout.seat is not None and checkout.seat.ended_on is None:
        person = checkout.seat.person
        return person.email, person.name or customer.name, person.language or usual
    contact = Contact.objects.filter(
        customer=customer, role=Contact.Role.PAYABLES, is_primary=True, bounced_on=None
    ).first()
    if contact is None or not contact.email:
        return "", "", usual
    return contact.email, contact.name or customer.name, usual
