"""Sending the letter that denies a claim: composed like any other message, with its PDF."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.compositions import Enclosure, compose_message
from dunwell.actions.dispute_bookings import Resolved
from dunwell.actions.dispute_parts import change_case, locked_case, responded
from dunwell.actions.gate import Actor, Refused
from dunwell.models import (
    Contact,
    Customer,
    Dispute,
    DisputeResolution,
    Item,
    Message,
    MessageAttachment,
)
from dunwell.queries.dispute_letters import denial_pdf

SENT = (Resolved.APPROVED, Resolved.DONE)
"""Only what was decided is told to the customer."""


@transaction.atomic
def send_denial(
    *,
    actor: Actor,
    resolution: DisputeResolution,
    contact: Contact | None = None,
    channel: str = "email",
    is_confirmed: bool = False,
    as_of: date,
    at: datetime,
) -> Message:
    """Write the letter of a decided denial to the customer, with the PDF and the case's thread.

    Without a contact it goes to the one for disputes, else to accounts payable.
    The same letter of a day again is the same message. Raises Refused before it is decided,
    where nothing was denied, and for all that keeps a composed message from going out.
    """
    actor.require("message.compose")
    case = locked_case(actor, resolution.case)
    resolution = DisputeResolution.objects.select_related("case__customer", "case__company").get(
        pk=resolution.pk
    )
    if not resolution.letter:
        raise Refused(f"Nothing of {case.number} was denied; there is no letter to send.")
    if resolution.status not in SENT:
        raise Refused(f"The end of {case.number} is not decided; its letter goes out then.")
    subject, _, body = resolution.letter.partition("\n\n")
    denied = [part["dispute"] for part in resolution.parts if part["denied_minor"]]
    items = Item.objects.filter(disputes__in=Dispute.objects.filter(pk__in=denied)).distinct()
    message = compose_message(
        actor=actor,
        customer=case.customer,
        contact=contact or _reader(case.customer, channel),
        channel=channel,
        subject=subject,
        body=body,
        items=list(items.order_by("pk")),
        attachments=[
            Enclosure(
                kind=MessageAttachment.Kind.FILE,
                name=f"{case.number}.pdf",
                media_type="application/pdf",
                data=denial_pdf(resolution),
            )
        ],
        conversation=case.conversation,
        is_confirmed=is_confirmed,
        as_of=as_of,
        at=at,
    )
    if answered := responded(case, as_of=as_of):
        change_case(case, **answered)
    return message


def _reader(customer: Customer, channel: str) -> Contact | None:
    """Return who reads about disputes at a customer, None where nobody can by the channel."""
    found = Contact.objects.filter(
        customer=customer,
        role__in=(Contact.Role.DISPUTE, Contact.Role.PAYABLES),
        bounced_on=None,
    )
    if channel == "email":
        found = found.exclude(email="")
    # "dispute" sorts before "payables"
    return found.order_by("role", "-is_primary", "id").first()
