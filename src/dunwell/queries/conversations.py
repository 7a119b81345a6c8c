"""Conversations to read: a whole thread in both directions, and lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from dunwell.formats.marked_text import Piece, pieces
from dunwell.models import (
    Company,
    Conversation,
    ConversationItem,
    DisputeCase,
    InboundMessage,
    Membership,
    Message,
    Role,
)
from dunwell.queries.inbound_details import (
    AttachmentRow,
    DecisionRow,
    attachments_of,
    decisions_of,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

IN, OUT = "in", "out"
MOST_MERGEABLE = 30
"""Conversations that are offered to be put together with one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadEntry:
    """Something said in a conversation, by the customer (`in`) or by us (`out`)."""

    direction: str
    id: int
    who: str
    to: str
    subject: str
    pieces: tuple[Piece, ...]
    status: str
    status_label: str
    channel: str
    label: str
    attachments: tuple[AttachmentRow, ...]
    decisions: tuple[DecisionRow, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemLine:
    """An item a conversation is about, with what is open of it now."""

    item_id: int
    number: str
    currency: str
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLine:
    """A dispute case of a conversation."""

    case_id: int
    number: str
    title: str
    status: str
    status_label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationRow:
    """A conversation in a list."""

    id: int
    subject: str
    customer_id: int | None
    customer_name: str
    status: str
    status_label: str
    label: str
    assignee: str
    is_complaint: bool
    reopened: int
    opened_at: datetime
    last_in_at: datetime | None
    last_out_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationDetail:
    """A whole conversation: what was said in its order, and what came of it."""

    row: ConversationRow
    merged_into: int | None
    entries: tuple[ThreadEntry, ...]
    items: tuple[ItemLine, ...]
    cases: tuple[CaseLine, ...]

    @property
    def last_in_id(self) -> int | None:
        """Return the newest message of the customer, which an answer answers."""
        return next((one.id for one in reversed(self.entries) if one.direction == IN), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody who works here and may be given a conversation."""

    id: int
    name: str


def conversation_detail(company: Company, conversation_id: int) -> ConversationDetail | None:
    """Return a conversation with both directions in the order of time; seven queries."""
    found = Conversation.objects.filter(company=company, pk=conversation_id)
    one = found.select_related("customer", "assignee").first()
    if one is None:
        return None
    inbound = list(one.inbound.order_by("received_at", "pk"))
    keys = [row.pk for row in inbound]
    files, decided = attachments_of(keys), decisions_of(keys)
    entries = [_came(row, files.get(row.pk, ()), decided.get(row.pk, ())) for row in inbound]
    entries += [_went(row) for row in one.messages.order_by("recorded_at", "pk")]
    lines = ConversationItem.objects.filter(conversation=one).select_related("item__open_now")
    cases = DisputeCase.objects.filter(conversation=one).order_by("pk")
    return ConversationDetail(
        row=_row(one),
        merged_into=one.merged_into_id,
        entries=tuple(sorted(entries, key=lambda entry: (entry.at, entry.direction, entry.id))),
        items=tuple(
            ItemLine(
                item_id=line.item_id,
                number=line.item.number,
                currency=line.item.currency,
                open_minor=line.item.open_now.open_minor if hasattr(line.item, "open_now") else 0,
            )
            for line in lines.order_by("item__number")
        ),
        cases=tuple(
            CaseLine(
                case_id=case.pk,
                number=case.number,
                title=case.title,
                status=case.status,
                status_label=str(DisputeCase.Status(case.status).label),
            )
            for case in cases
        ),
    )


def conversation_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ConversationRow]:
    """Return one page of conversations, the newest first; one query. Raises CursorError."""
    found = Conversation.objects.filter(company=company, merged_into=None)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if text := search.strip().replace("\0", "")[:80]:
        found = found.filter(Q(subject__icontains=text) | Q(customer__name__icontains=text))
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-opened_at", "-id"), (datetime, int)))
        .select_related("customer", "assignee")
        .order_by("-opened_at", "-id")[: limit + 1]
    )
    return page_of([_row(one) for one in rows], limit=limit, key=lambda r: (r.opened_at, r.id))


def mergeable(company: Company, row: ConversationRow) -> tuple[tuple[int, str], ...]:
    """Return other conversations that may go into one: of the same customer, or of nobody."""
    found = Conversation.objects.filter(company=company, merged_into=None).exclude(pk=row.id)
    found = found.filter(Q(customer=row.customer_id) | Q(customer=None))
    listed = found.order_by("-last_in_at", "-pk")[:MOST_MERGEABLE]
    return tuple(listed.values_list("pk", "subject"))


def people(company: Company) -> tuple[Colleague, ...]:
    """Return who may be given a conversation, by name; one query."""
    rows = (
        Membership.objects.filter(company=company, user__is_active=True)
        .exclude(role=Role.PARTNER)
        .order_by("user__username")
        .values_list("user_id", "user__username")
    )
    return tuple(Colleague(id=key, name=name) for key, name in dict.fromkeys(rows))


def _row(one: Conversation) -> ConversationRow:
    return ConversationRow(
        id=one.pk,
        subject=one.subject,
        customer_id=one.customer_id,
        customer_name=one.customer.name if one.customer else "",
        status=one.status,
        status_label=str(Conversation.Status(one.status).label),
        label=one.label,
        assignee=one.assignee.username if one.assignee else "",
        is_complaint=one.is_complaint,
        reopened=one.reopened,
        opened_at=one.opened_at,
        last_in_at=one.last_in_at,
        last_out_at=one.last_out_at,
        done_at=one.done_at,
    )


def _came(
    one: InboundMessage, files: Sequence[AttachmentRow], decisions: Sequence[DecisionRow]
) -> ThreadEntry:
    return ThreadEntry(
        direction=IN,
        id=one.pk,
        who=one.sender_name or one.sender,
        to=one.to,
        subject=one.subject,
        pieces=pieces(one.text or one.finding, ()),
        status=one.status,
        status_label=str(InboundMessage.Status(one.status).label),
        channel=one.channel,
        label=next((row.label for row in decisions), ""),
        attachments=tuple(files),
        decisions=tuple(decisions),
        at=one.received_at,
    )


def _went(one: Message) -> ThreadEntry:
    return ThreadEntry(
        direction=OUT,
        id=one.pk,
        who=one.author,
        to=one.to,
        subject=one.subject,
        pieces=pieces(one.body, ()),
        status=one.status,
        status_label=str(Message.Status(one.status).label),
        channel=one.channel,
        label="",
        attachments=(),
        decisions=(),
        at=one.sent_at or one.recorded_at,
    )
