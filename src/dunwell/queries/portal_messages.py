"""Conversations as the debtor's people see them: what they wrote, and what we answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from dunwell.models import (
    Conversation,
    Customer,
    InboundAttachment,
    InboundMessage,
    Message,
    MessageAttachment,
    PortalSeat,
)
from dunwell.queries.portal_seen import CONVERSATION, is_unread, seen_at

PORTAL_ANSWER = "portal_answer"
"""Template of the mail that tells of an answer in the portal; it answers, and asks for nothing."""

SHOWN = 100
"""Conversations that the list shows, and entries of one."""

WRITTEN = ("email", "portal", "sms", "whatsapp")
"""Channels of our messages whose words the customer may read again in the portal."""

ON_THE_WAY = (Message.Status.READY, Message.Status.CLAIMED, Message.Status.FAILED)
"""A notice for the portal is there once it is written; a mail once it has left."""

IN, OUT = "in", "out"


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkRow:
    """A conversation in the list; `waits_for` is we, you or nobody."""

    id: int
    subject: str
    waits_for: str
    is_complaint: bool
    last_at: datetime
    is_unread: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkFile:
    """A file of a message; `kind` is in or out, by who sent it; blocked ones are only named."""

    kind: str
    id: int
    name: str
    size_bytes: int
    is_blocked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkEntry:
    """Something written in a conversation, by the customer's people or by us."""

    direction: str
    id: int
    who: str
    channel: str
    subject: str
    text: str
    at: datetime
    files: tuple[TalkFile, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkDetail:
    """One conversation with what was written, in its order, and the invoices it is about."""

    row: TalkRow
    entries: tuple[TalkEntry, ...]
    items: tuple[tuple[int, str], ...]


def ours(customer: Customer) -> Any:
    """Return our messages that the customer got, without mails that only lead to one."""
    there = Q(status__in=Message.HANDED_OVER) | Q(channel="portal", status__in=ON_THE_WAY)
    return Message.objects.filter(there, customer=customer, channel__in=WRITTEN).exclude(
        template=PORTAL_ANSWER
    )


def talk_rows(customer: Customer, seat: PortalSeat | None) -> tuple[TalkRow, ...]:
    """Return the customer's conversations, the one written in last first; four queries."""
    talks = list(_talks(customer).order_by("-pk")[:SHOWN])
    rows = _rows(customer, talks, seat)
    return tuple(sorted(rows, key=lambda row: (row.last_at, row.id), reverse=True))


def talk_detail(
    customer: Customer, conversation_id: int, seat: PortalSeat | None
) -> TalkDetail | None:
    """Return one conversation of the customer, None for any other."""
    talk = _talks(customer).filter(pk=conversation_id).first()
    if talk is None:
        return None
    (row,) = _rows(customer, [talk], seat)
    # a conversation may hold what was written before we knew whose it is; only theirs is shown
    came = list(
        InboundMessage.objects.filter(
            conversation=talk, customer=customer, kind=InboundMessage.Kind.PERSON
        ).order_by("-received_at", "-pk")[:SHOWN]
    )
    went = list(ours(customer).filter(conversation=talk).order_by("-recorded_at", "-pk")[:SHOWN])
    brought, enclosed = _came_files(came), _went_files(went)
    company = customer.company.name
    entries = [
        TalkEntry(
            direction=IN, id=one.pk, who=one.sender_name or one.sender, channel=one.channel,
            subject=one.subject, text=one.text or one.finding, at=one.received_at,
            files=brought.get(one.pk, ()),
        )
        for one in came
    ] + [
        TalkEntry(
            direction=OUT, id=one.pk, who=company, channel=one.channel, subject=one.subject,
            text=one.body, at=one.sent_at or one.recorded_at, files=enclosed.get(one.pk, ()),
        )
        for one in went
    ]  # fmt: skip
    lines = talk.lines.filter(item__customer=customer).order_by("item__number")
    return TalkDetail(
        row=row,
        entries=tuple(sorted(entries, key=lambda entry: (entry.at, entry.direction, entry.id))),
        items=tuple(lines.values_list("item_id", "item__number")),
    )


def brought_file(customer: Customer, attachment_id: int) -> InboundAttachment | None:
    """Return a file the customer's people sent, unless it is blocked; None for any other."""
    return (
        InboundAttachment.objects.filter(pk=attachment_id, inbound__customer=customer)
        .exclude(verdict=InboundAttachment.Verdict.BLOCKED)
        .filter(inbound__channel="portal")
        .first()
    )


def enclosed_file(customer: Customer, attachment_id: int) -> MessageAttachment | None:
    """Return a file of a message that we sent the customer, None for any other."""
    sent = ours(customer).values("pk")
    return MessageAttachment.objects.filter(pk=attachment_id, message__in=sent).first()


def _talks(customer: Customer) -> Any:
    return (
        Conversation.objects.filter(customer=customer, merged_into=None)
        .filter(
            Q(inbound__customer=customer, inbound__kind=InboundMessage.Kind.PERSON)
            | Q(messages__in=ours(customer))
        )
        .distinct()
    )


def _rows(
    customer: Customer, talks: Sequence[Conversation], seat: PortalSeat | None
) -> list[TalkRow]:
    keys = [talk.pk for talk in talks]
    answered: Mapping[int, datetime] = dict(
        ours(customer)
        .filter(conversation__in=keys)
        .values_list("conversation")
        .annotate(last=Max("recorded_at"))
    )
    seen = seen_at(seat, CONVERSATION, keys)
    turns = {
        Conversation.Status.OPEN: "we",
        Conversation.Status.WAITING: "you",
        Conversation.Status.DONE: "nobody",
    }
    return [
        TalkRow(
            id=talk.pk,
            subject=talk.subject,
            waits_for=turns[Conversation.Status(talk.status)],
            is_complaint=talk.is_complaint,
            last_at=max(
                (one for one in (talk.last_in_at, answered.get(talk.pk)) if one is not None),
                default=talk.opened_at,
            ),
            is_unread=seat is not None and is_unread(answered.get(talk.pk), seen.get(talk.pk)),
        )
        for talk in talks
    ]


def _came_files(came: Sequence[InboundMessage]) -> Mapping[int, tuple[TalkFile, ...]]:
    found: dict[int, tuple[TalkFile, ...]] = {}
    of_portal = [one.pk for one in came if one.channel == "portal"]
    for file in InboundAttachment.objects.filter(inbound__in=of_portal).order_by("pk"):
        row = TalkFile(
            kind=IN,
            id=file.pk,
            name=file.name,
            size_bytes=file.size_bytes,
            is_blocked=file.verdict == InboundAttachment.Verdict.BLOCKED,
        )
        found[file.inbound_id] = (*found.get(file.inbound_id, ()), row)
    return found


def _went_files(went: Sequence[Message]) -> Mapping[int, tuple[TalkFile, ...]]:
    found: dict[int, tuple[TalkFile, ...]] = {}
    for file in MessageAttachment.objects.filter(message__in=[one.pk for one in went]).order_by(
        "pk"
    ):
        row = TalkFile(kind=OUT, id=file.pk, name=file.name, size_bytes=file.size_bytes)
        found[file.message_id] = (*found.get(file.message_id, ()), row)
    return found
