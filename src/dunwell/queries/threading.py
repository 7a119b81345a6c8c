"""Where a message that came in belongs: what it answers, whose it is, which items it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dunwell.formats.inbound_mail import InboundMail
from dunwell.formats.sealing import PHONE_DIGITS
from dunwell.models import Company, Contact, Conversation, Customer, InboundMessage, Item, Message
from dunwell.models.sealed import mark_of
from dunwell.queries.customer_merges import led_on

SAME_SUBJECT = timedelta(days=60)
"""How long a subject of a sender goes on in the same conversation."""
ANSWERED_WITHIN = timedelta(days=60)
"""How long a short message is taken for an answer to our last one to that number."""
MOST_TOKENS = 500
MOST_ITEMS = 50
SHORTEST_NUMBER = 3
SHORTEST_NUMBER_OF_ANYBODY = 5
"""Characters of an item number where the customer is not known: a short one may be anything."""
PREFIX = re.compile(
    r"^\s*(\[[^\]]{1,40}\]\s*)?((re|aw|sv|vs|antw|antwort|tr|rv|wg|fw|fwd|wtr|rif|res|enc|r|i)"
    r"\s*(\[\d{1,3}\]|\(\d{1,3}\))?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_\-]{1,58}[0-9A-Za-z]")
TEXT_CHANNELS = frozenset({"sms", "whatsapp"})


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedItem:
    """An item whose number stands in a message."""

    id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a message belongs, as far as that is known."""

    conversation: Conversation | None = None
    answers: Message | None = None
    customer: Customer | None = None
    contact: Contact | None = None
    item_ids: tuple[int, ...] = ()


def base_subject(subject: str) -> str:
    """Return a subject without the marks of answers and forwards, so that threads compare."""
    told = " ".join(subject.split())
    return PREFIX.sub("", told).strip()[:300]


def place_of(company: Company, mail: InboundMail, *, channel: str, received_at: datetime) -> Place:
    """Return where a message belongs.

    The conversation: of the message it answers, else of the same sender and subject. The
    customer: whom the answered message went to, else the conversation's, else the one contact
    with the sender's address, else the one customer whose item numbers it names, else nobody.
    """
    answers = _answered(company, mail, channel=channel, received_at=received_at)
    conversation = _conversation(company, mail, answers, received_at=received_at)
    contacts = _contacts(company, mail.sender, channel)
    words = f"{mail.subject}\n{mail.text}"
    known = _known_customer(answers, conversation)
    if known is None and len({one.customer_id for one in contacts}) == 1:
        known = led_on(contacts[0].customer)
    named = named_items(company, words, customer_id=None if known is None else known.pk)
    if known is None:
        known = _by_items(company, named, contacts)
    mine = [one for one in contacts if known is not None and one.customer_id == known.pk]
    return Place(
        conversation=conversation,
        answers=answers,
        customer=known,
        contact=mine[0] if mine else None,
        item_ids=tuple(one.id for one in named if known and one.customer_id == known.pk),
    )


def named_items(
    company: Company, words: str, *, customer_id: int | None = None
) -> tuple[NamedItem, ...]:
    """Return the items whose numbers stand in the words, in one query; of one customer or any.

    Of anybody's items only longer numbers count, and none that two customers have.
    """
    shortest = SHORTEST_NUMBER if customer_id else SHORTEST_NUMBER_OF_ANYBODY
    tokens: dict[str, None] = {}
    for match in TOKEN.finditer(words[:100_000]):
        told = match[0]
        if len(told) >= shortest and any(one.isdigit() for one in told):
            tokens[told] = tokens[told.upper()] = None
        if len(tokens) >= MOST_TOKENS:
            break
    if not tokens:
        return ()
    found = Item.objects.filter(company=company, number__in=list(tokens))
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    rows = found.order_by("id").values_list("id", "number", "customer_id")[:MOST_ITEMS]
    owners: dict[str, set[int]] = {}
    for _, number, owner in rows:
        owners.setdefault(number, set()).add(owner)
    return tuple(
        NamedItem(id=key, customer_id=owner)
        for key, number, owner in rows
        if len(owners[number]) == 1
    )


def went_to(conversation: Conversation) -> Conversation:
    """Return where the messages of a conversation went when it was merged, else itself."""
    seen = {conversation.pk}
    while conversation.merged_into is not None and conversation.merged_into.pk not in seen:
        conversation = conversation.merged_into
        seen.add(conversation.pk)
    return conversation


def _answered(
    company: Company, mail: InboundMail, *, channel: str, received_at: datetime
) -> Message | None:
    """Return the message of ours it answers: the nearest that it names, or the last to a phone."""
    ours = Message.objects.select_related("customer", "conversation").filter(company=company)
    named = mail.answered_ids
    found = {one.message_id: one for one in ours.filter(message_id__in=named)} if named else {}
    for one in named:
        if one in found:
            return found[one]
    if channel not in TEXT_CHANNELS or not mail.sender:
        return None
    if mail.in_reply_to:
        told = ours.filter(channel=channel, provider_id=mail.in_reply_to)
        return told.order_by("-id").first()
    since = received_at - ANSWERED_WITHIN
    sent = ours.filter(channel=channel, to=mail.sender, status__in=Message.HANDED_OVER)
    return sent.filter(sent_at__gte=since).order_by("-sent_at", "-id").first()


def _conversation(
    company: Company, mail: InboundMail, answers: Message | None, *, received_at: datetime
) -> Conversation | None:
    if answers is not None:
        if answers.conversation is not None:
            return went_to(answers.conversation)
        return None
    came = InboundMessage.objects.filter(company=company).select_related("conversation")
    if named := mail.answered_ids:
        found = {one.message_id: one.conversation for one in came.filter(message_id__in=named)}
        for key in named:
            if key in found:
                return went_to(found[key])
    subject = base_subject(mail.subject)
    if not mail.sender or not subject:
        return None
    same = came.filter(
        sender=mail.sender,
        conversation__subject__iexact=subject,
        received_at__gte=received_at - SAME_SUBJECT,
        received_at__lte=received_at + SAME_SUBJECT,
    )
    latest = same.order_by("-received_at", "-id").first()
    return None if latest is None else went_to(latest.conversation)


def _known_customer(answers: Message | None, conversation: Conversation | None) -> Customer | None:
    """Return whose it is; whoever answers a mail to a merged record is the survivor's."""
    if answers is not None:
        return led_on(answers.customer)
    known = None if conversation is None else conversation.customer
    return None if known is None else led_on(known)


def _contacts(company: Company, sender: str, channel: str) -> list[Contact]:
    """Return the contacts with the sender's address or number, the primary ones first."""
    if not sender:
        return []
    found = Contact.objects.filter(customer__company=company).select_related("customer")
    if channel not in TEXT_CHANNELS:
        return list(found.filter(email__iexact=sender).order_by("-is_primary", "id"))
    digits = _digits(sender)
    if len(digits) < PHONE_DIGITS:
        return []
    # people write numbers in many ways: the mark is of their last digits
    same = mark_of(Contact, "phone", digits)
    return list(found.filter(phone_mark=same).order_by("-is_primary", "id"))


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit())


def _by_items(
    company: Company, named: Sequence[NamedItem], contacts: Sequence[Contact]
) -> Customer | None:
    """Return the one customer whose items are named, among the sender's where it has several."""
    owners = {one.customer_id for one in named}
    if contacts:
        owners &= {one.customer_id for one in contacts}
    if len(owners) != 1:
        return None
    return Customer.objects.filter(company=company, pk=owners.pop()).first()
