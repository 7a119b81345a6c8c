"""Messages of the debtor's people: taken in as mail is, and what they have read of ours."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from dunwell.actions.conversations import mark_complaint
from dunwell.actions.gate import Actor, Refused, lent, open_customer, own_customer
from dunwell.actions.intake import PORTAL, take_in
from dunwell.actions.portal_requests import Kind, begin_request, keep_request
from dunwell.actions.texts import fitting, needed
from dunwell.actions.uploads import Upload
from dunwell.formats.document_types import MOST_BYTES, DocumentTypeError, document_type
from dunwell.formats.portal_messages import PortalFile, write_portal_message
from dunwell.models import (
    Conversation,
    Customer,
    InboundMessage,
    Item,
    PortalSeat,
    PortalSeen,
)
from dunwell.queries.threading import Place, named_items, went_to

LONGEST_SUBJECT, LONGEST_TEXT = 200, 8_000
MOST_FILES = 5
EDIT = "conversation.edit"


@transaction.atomic
def send_portal_message(
    *,
    actor: Actor,
    seat: PortalSeat,
    subject: str = "",
    text: str,
    files: Sequence[Upload] = (),
    conversation: Conversation | None = None,
    items: Sequence[Item] = (),
    is_complaint: bool = False,
    key: str,
    at: datetime,
) -> InboundMessage:
    """Take in what somebody of a customer writes, new or in a conversation; sent twice it is one.

    It arrives in the shared inbox with the channel portal, is read there as mail is, and its
    files wait for the virus scanner. Raises Refused for another's conversation or item, for too
    many files and for one of a type that is not taken.
    """
    actor.require("portal.ask")
    customer = seat.customer
    open_customer(actor, customer)
    kind = Kind.COMPLAINT if is_complaint else Kind.MESSAGE
    before = begin_request(
        actor, customer, key, InboundMessage.objects.all(), kind=kind, with_company=True
    )
    if before is not None:
        return before
    place = _place(customer, seat, conversation, items, f"{subject}\n{text}")
    title = fitting(text=subject, most=LONGEST_SUBJECT, what="subject")
    if place.conversation is not None:
        title = place.conversation.subject
    told = needed(text=text, most=LONGEST_TEXT, what="text", missing="Write something.")
    checked = [PortalFile(name=one.name, data=one.data) for one in checked_files(files)]
    data = write_portal_message(
        message_id=f"<{key}.{customer.pk}.portal@dunwell>",
        sender=seat.person.email,
        sender_name=seat.person.name,
        to=actor.company.reply_to or settings.DEFAULT_FROM_EMAIL,
        subject=title or "Message from the portal",
        text=told,
        sent_at=at,
        files=checked,
    )
    clerk = lent(actor, EDIT)
    inbound = take_in(
        actor=clerk, mailbox=None, data=data, channel=PORTAL, received_at=at, at=at, place=place
    )
    if is_complaint:
        mark_complaint(actor=clerk, conversation=inbound.conversation, is_complaint=True, at=at)
    keep_request(actor, customer, key, inbound, kind=kind, at=at)
    return inbound


@transaction.atomic
def mark_seen(
    *, actor: Actor, seat: PortalSeat, subject: str, subject_id: int, at: datetime
) -> None:
    """Note until when somebody has seen a conversation or a case; never earlier than before."""
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    row, is_new = PortalSeen.objects.get_or_create(
        seat=seat, subject=subject, subject_id=subject_id, defaults={"seen_at": at}
    )
    if not is_new:
        PortalSeen.objects.filter(pk=row.pk, seen_at__lt=at).update(seen_at=at)


def checked_files(files: Sequence[Upload]) -> Sequence[Upload]:
    """Return files by strangers; raise Refused for too many, and for one that is not taken.

    Types are told by the bytes; archives, programs and what is too large are refused by name.
    """
    if len(files) > MOST_FILES:
        raise Refused(f"At most {MOST_FILES} files can be sent at once.")
    for one in files:
        try:
            document_type(one.data)
        except DocumentTypeError as error:
            raise Refused(f"{one.name[:100]}: {error}") from error
    if sum(len(one.data) for one in files) > 2 * MOST_BYTES:
        raise Refused(f"The files have more than {2 * MOST_BYTES // 1024**2} MB together.")
    return files


def _place(
    customer: Customer,
    seat: PortalSeat,
    conversation: Conversation | None,
    items: Sequence[Item],
    words: str,
) -> Place:
    """Return where a message belongs: never with another customer, whatever its words are."""
    if conversation is not None:
        if conversation.customer_id != customer.pk:
            raise Refused("There is no such conversation.")
        conversation = went_to(conversation)
    if any(item.customer_id != customer.pk for item in items):
        raise Refused("There is no such invoice.")
    named = named_items(customer.company, words, customer_id=customer.pk)
    keys = dict.fromkeys([*(item.pk for item in items), *(one.id for one in named)])
    return Place(
        conversation=conversation,
        customer=customer,
        contact=seat.contact,
        item_ids=tuple(keys),
    )
