"""Messages that a person writes: judged as they were shown, written once, kept in their thread."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Max

from dunwell.actions.conversation_answers import note_answer
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.messages import ask_somebody
from dunwell.actions.portal_notices import tell_reader
from dunwell.actions.uploads import keep_upload
from dunwell.models import (
    Contact,
    Conversation,
    Customer,
    InboundMessage,
    Item,
    Message,
    MessageAttachment,
    MessageItem,
    Task,
    User,
)
from dunwell.queries.compositions import CHANNELS, COMPOSABLE, Composition, Wish, composition
from dunwell.queries.message_facts import open_sums

STRATEGY = "composed"
"""What stands in place of a strategy: such a message follows from none."""

MOST_ITEMS = 200
MOST_ENCLOSURES = 20
MOST_ENCLOSED = 15 * 1024 * 1024
"""Bytes of all enclosures together; what mail servers commonly take."""

MOST_BODY = 50_000
LONGEST_NAME = 200
Status = Message.Status
OVER = (Status.CANCELLED, Status.DEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file that goes out with a message; `item_id` for a paper of an item."""

    kind: str
    name: str
    media_type: str
    data: bytes
    item_id: int | None = None


@transaction.atomic
def compose_message(
    *,
    actor: Actor,
    customer: Customer,
    contact: Contact | None = None,
    channel: str,
    subject: str,
    body: str,
    items: Sequence[Item] = (),
    attachments: Sequence[Enclosure] = (),
    conversation: Conversation | None = None,
    in_reply_to: str = "",
    template: str = "",
    is_confirmed: bool = False,
    why_draft: str = "",
    as_of: date,
    at: datetime,
) -> Message:
    """Put a message into the outbox, or as a draft where the texts' policy asks for approval.

    Placeholders are filled with the ledger's facts, the sentences the law asks for are added, and
    phrases, amounts, opt-outs and contact rules are looked at. The same message of a day asked
    for again is the same message. `is_confirmed`: the sender has seen the warnings. An answer
    (`in_reply_to`) is no contact of ours; its conversation then waits for the customer.
    `why_draft` says why a person has to see it first even where the policy does not ask for it.

    Raises Refused for what keeps it from going out, for warnings not confirmed, for records of
    others, and for too many or too large enclosures.
    """
    actor.require("message.compose")
    _check(actor, customer, contact, channel, template, body, items, attachments)
    _check_thread(actor, customer, conversation, in_reply_to)
    customer = (
        Customer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company")
        .get(pk=customer.pk)
    )
    found = composition(
        Wish(
            customer=customer,
            contact=contact,
            channel=channel,
            subject=subject,
            body=body,
            template=template,
            items=items,
            is_answer=bool(in_reply_to),
            writer=writer_of(actor),
        ),
        as_of=as_of,
        at=at,
    )
    if found.blocks:
        raise Refused(" ".join(dict.fromkeys(one.text for one in found.blocks)))
    if found.warnings and not is_confirmed:
        raise Refused(
            " ".join(dict.fromkeys(one.text for one in found.warnings))
            + " Confirm that it goes out all the same."
        )
    if why_draft and not found.approval:
        found = replace(found, approval=why_draft)
    files = _named_apart(attachments)
    key = _key(actor, customer, channel, found, files, conversation, in_reply_to, as_of)
    before, turn = _before(key)
    if before is not None:
        return before
    message = _written(
        actor, customer, channel, found, template, conversation, in_reply_to,
        message_id=f"<{key}.{turn}@dunwell>", as_of=as_of, at=at,
    )  # fmt: skip
    _enclose(actor, message, files, at=at)
    _name_items(message, found)
    if message.status == Status.DRAFT:
        _ask_approval(message, found.approval, at=at)
    else:
        if not message.to:
            ask_somebody(message, at=at)
        note_answer(message, at=at)
        tell_reader(actor, message, at=at)
    record_event(
        actor,
        "message.composed",
        message,
        at=at,
        customer_id=customer.pk,
        channel=channel,
        to=message.to,
        status=message.status,
        template=template,
        items=[one.item.number for one in found.named],
        files=[file.name for file in files],
        confirmed=[one.code for one in found.warnings],
    )
    return message


def writer_of(actor: Actor) -> str:
    """Return the name a message is signed with: the person's, empty for a program."""
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    return "" if user is None else user.get_full_name().strip() or user.username


def _check(
    actor: Actor,
    customer: Customer,
    contact: Contact | None,
    channel: str,
    template: str,
    body: str,
    items: Sequence[Item],
    attachments: Sequence[Enclosure],
) -> None:
    open_customer(actor, customer)
    if contact is not None and contact.customer_id != customer.pk:
        raise Refused("This contact belongs to another customer.")
    if channel not in CHANNELS:
        raise Refused(f"A message goes by {', '.join(CHANNELS)}; {channel!r} is none of them.")
    if template and template not in COMPOSABLE:
        raise Refused(f"There is no text {template!r} to start a message from.")
    if len(body) > MOST_BODY:
        raise Refused(f"The text has {len(body)} characters; at most {MOST_BODY} fit.")
    if len(items) > MOST_ITEMS:
        raise Refused(f"Name at most {MOST_ITEMS} items; attach a statement for more.")
    if strangers := [item.number for item in items if item.customer_id != customer.pk]:
        raise Refused(f"{strangers[0]} is not an item of this customer.")
    if len(attachments) > MOST_ENCLOSURES:
        raise Refused(f"Attach at most {MOST_ENCLOSURES} files.")
    if sum(len(file.data) for file in attachments) > MOST_ENCLOSED:
        most = MOST_ENCLOSED // 1024**2
        raise Refused(f"The files have more than {most} MB together; leave some out.")
    if attachments and channel == "sms":
        raise Refused("A short message takes no files. Send them by e-mail.")


def _check_thread(
    actor: Actor, customer: Customer, conversation: Conversation | None, in_reply_to: str
) -> None:
    """Refuse another's conversation, and an answer to what nobody of the customer wrote."""
    if conversation is not None:
        own(actor, conversation, "conversation")
        if conversation.customer_id not in {None, customer.pk}:
            raise Refused("This conversation is with another customer.")
    if not in_reply_to:
        return
    received = InboundMessage.objects.filter(company=actor.company, message_id=in_reply_to)
    if conversation is not None:
        received = received.filter(conversation=conversation)
    else:
        received = received.filter(customer=customer)
    if not received.exists():
        raise Refused("What this answers was not received from this customer.")


def _named_apart(attachments: Sequence[Enclosure]) -> list[Enclosure]:
    """Return the files under names of which none stands twice."""
    used: set[str] = set()
    found: list[Enclosure] = []
    for file in attachments:
        path = PurePosixPath(file.name[-LONGEST_NAME:])
        name, number = path.name, 2
        while name.lower() in used:
            name, number = f"{path.stem[: LONGEST_NAME - 20]}-{number}{path.suffix}", number + 1
        used.add(name.lower())
        found.append(replace(file, name=name))
    return found


def _key(
    actor: Actor,
    customer: Customer,
    channel: str,
    found: Composition,
    files: Sequence[Enclosure],
    conversation: Conversation | None,
    in_reply_to: str,
    as_of: date,
) -> str:
    """Return what makes a message the same one: who says what to whom, on which day."""
    told = [
        actor.name,
        customer.pk,
        channel,
        found.to,
        found.subject,
        found.body,
        [one.item.pk for one in found.named],
        [hashlib.sha256(file.data).hexdigest() for file in files],
        conversation.pk if conversation else None,
        in_reply_to,
        as_of.isoformat(),
    ]
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return f"{actor.company.pk}.{customer.pk}.{digest[:32]}"


def _before(key: str) -> tuple[Message | None, int]:
    """Return the message that was written before, if it still stands, and the next turn."""
    written = list(Message.objects.filter(message_id__startswith=f"<{key}.").order_by("id"))
    standing = [message for message in written if message.status not in OVER]
    return (standing[-1] if standing else None), len(written)


def _written(
    actor: Actor,
    customer: Customer,
    channel: str,
    found: Composition,
    template: str,
    conversation: Conversation | None,
    in_reply_to: str,
    *,
    message_id: str,
    as_of: date,
    at: datetime,
) -> Message:
    demand = open_sums(found.named)
    verdict = found.verdict
    return Message.objects.create(
        company=actor.company,
        customer=customer,
        channel=channel,
        status=Status.DRAFT if found.approval else Status.READY,
        strategy=STRATEGY,
        level=0,
        template=template or "free_text",
        language=found.language,
        to=found.to,
        subject=found.subject[:200],
        body=found.body,
        body_sha256=hashlib.sha256(found.body.encode()).hexdigest(),
        message_id=message_id,
        decision={
            "as_of": as_of.isoformat(),
            "demand_minor": {code: amount for code, amount in demand.items() if amount > 0},
            "wording": found.wording,
            "tone": found.tone,
            "legal": [one.id for one in found.legal],
            "confirmed": [one.document() for one in found.warnings],
            "approval": found.approval,
            "verdict": None if verdict is None else verdict.document(),
        },
        as_of=as_of,
        author=actor.name,
        conversation=conversation,
        in_reply_to=in_reply_to,
        variant=found.variant,
        recorded_at=at,
    )


def _enclose(actor: Actor, message: Message, files: Sequence[Enclosure], *, at: datetime) -> None:
    MessageAttachment.objects.bulk_create(
        MessageAttachment(
            message=message,
            kind=file.kind,
            item_id=file.item_id,
            name=file.name,
            media_type=file.media_type,
            size_bytes=len(file.data),
            sha256=keep_upload(file.data, by=actor, at=at),
        )
        for file in files
    )


def _name_items(message: Message, found: Composition) -> None:
    """Name the items with what is open: it is compared again before the message goes out.

    Each keeps the level that reminders took it to: a person's message is no step of a strategy.
    """
    keys = [one.item.pk for one in found.named]
    before = MessageItem.objects.filter(item__in=keys).order_by("item_id")
    levels = dict(before.values_list("item_id").annotate(highest=Max("level")))
    MessageItem.objects.bulk_create(
        MessageItem(
            message=message,
            item=one.item,
            level=levels.get(one.item.pk, 0),
            open_minor=one.open_minor,
        )
        for one in found.named
    )


def _ask_approval(message: Message, why: str, *, at: datetime) -> None:
    """Open the task to approve a draft; an open one of the customer serves as well."""
    Task.objects.bulk_create(
        [
            Task(
                company_id=message.company_id,
                customer_id=message.customer_id,
                message=message,
                kind=Task.Kind.APPROVE,
                reason=f"{message.author}: {message.subject or why}"[:300],
                due_on=message.as_of,
                as_of=message.as_of,
                recorded_at=at,
            )
        ],
        ignore_conflicts=True,
    )
