"""The shared inbox: what came in, how it was read, and what waits to be decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery

from dunwell.engine.answer_clock import ANSWER_HOURS, work_began
from dunwell.models import Company, InboundMessage
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.readings import counting_reading

MOST_SEARCH = 80
SNIPPET = 160
"""Characters of a message that the list shows."""
MINE, NOBODY = "mine", "nobody"
WHOSE = ("", MINE, NOBODY)
SURETY = ("", "sure", "unsure")
Status = InboundMessage.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxChoice:
    """Which messages. Empty means every one; `user_id` is who asks, for `whose` mine."""

    status: str = "new"
    whose: str = ""
    user_id: int | None = None
    label: str = ""
    surety: str = ""
    language: str = ""
    customer_id: int | None = None
    is_late: bool = False
    search: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxRow:
    """A message in the list. `label` is what it was read as, empty while it was not read."""

    id: int
    conversation_id: int
    customer_id: int | None
    customer_name: str
    sender: str
    sender_name: str
    subject: str
    snippet: str
    language: str
    status: str
    kind: str
    label: str
    confidence_ppm: int
    is_sure: bool
    assignee: str
    is_complaint: bool
    attachments: int
    suggestions: int
    is_late: bool
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxCounts:
    """What waits: of all new messages, how many are whose, unsure or late."""

    new: int
    mine: int
    nobody: int
    unsure: int
    late: int
    labels: Mapping[str, int]


def inbox_rows(
    company: Company,
    choice: InboxChoice,
    *,
    at: datetime,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[InboxRow]:
    """Return one page of messages, the newest first; one query. Raises CursorError."""
    late_before = late_moment(company, at=at)
    limit = page_limit(limit)
    rows = (
        _chosen(company, choice, late_before=late_before)
        .filter(after(cursor, ("-received_at", "-id"), (datetime, int)))
        .select_related("customer", "conversation__assignee")
        .annotate(files=Count("attachments"))
        .order_by("-received_at", "-id")[: limit + 1]
    )
    found = [_row(one, late_before=late_before) for one in rows]
    return page_of(found, limit=limit, key=lambda row: (row.received_at, row.id))


def inbox_counts(company: Company, *, user_id: int | None, at: datetime) -> InboxCounts:
    """Return how many new messages wait, by whose they are and what they are about; one query."""
    late_before = late_moment(company, at=at)
    rows = _read(InboundMessage.objects.filter(company=company, status=Status.NEW)).values_list(
        "conversation__assignee", "read_label", "read_sure", "received_at"
    )
    labels: dict[str, int] = {}
    new = mine = nobody = unsure = late = 0
    for assignee, label, is_sure, received_at in rows:
        new += 1
        mine += assignee is not None and assignee == user_id
        nobody += assignee is None
        unsure += not is_sure
        late += received_at < late_before
        labels[label or ""] = labels.get(label or "", 0) + 1
    return InboxCounts(new=new, mine=mine, nobody=nobody, unsure=unsure, late=late, labels=labels)


def my_new_count(company: Company, *, user_id: int | None) -> int:
    """Return how many new messages are somebody's own or nobody's; one query."""
    mine = Q(conversation__assignee=None) | Q(conversation__assignee=user_id or 0)
    return InboundMessage.objects.filter(mine, company=company, status=Status.NEW).count()


def late_moment(company: Company, *, at: datetime) -> datetime:
    """Return the moment before which a message that is new has waited too long for its answer."""
    return work_began(at, ANSWER_HOURS * 60, country=company.country, zone=company.zone)


def _read(rows: QuerySet[InboundMessage]) -> QuerySet[Any, Any]:
    """Return messages with label, chance and surety of the reading that counts."""
    reading = counting_reading()
    return rows.annotate(
        read_label=Subquery(reading.values("label")[:1]),
        read_ppm=Subquery(reading.values("confidence_ppm")[:1]),
        read_sure=Subquery(reading.values("is_sure")[:1]),
        read_suggestions=Subquery(reading.values("suggestions")[:1]),
    )


def _chosen(company: Company, choice: InboxChoice, *, late_before: datetime) -> QuerySet[Any, Any]:
    found = _read(InboundMessage.objects.filter(company=company))
    if choice.status in Status.values:
        found = found.filter(status=choice.status)
    if choice.whose == MINE:
        found = found.filter(conversation__assignee=choice.user_id or 0)
    elif choice.whose == NOBODY:
        found = found.filter(conversation__assignee=None)
    if choice.label:
        found = found.filter(read_label=choice.label)
    if choice.surety:
        is_sure = Q(read_sure=True)
        found = found.filter(is_sure if choice.surety == "sure" else ~is_sure | Q(read_sure=None))
    if choice.language:
        found = found.filter(language=choice.language)
    if choice.customer_id is not None:
        found = found.filter(customer=choice.customer_id)
    if choice.is_late:
        found = found.filter(status=Status.NEW, received_at__lt=late_before)
    if text := choice.search.strip().replace("\0", "")[:MOST_SEARCH]:
        found = found.filter(
            Q(text__icontains=text)
            | Q(subject__icontains=text)
            | Q(sender__icontains=text)
            | Q(customer__name__icontains=text)
        )
    return found


def _row(one: InboundMessage, *, late_before: datetime) -> InboxRow:
    read: dict[str, Any] = {
        name: getattr(one, name) for name in ("read_label", "read_ppm", "read_sure")
    }
    assignee = one.conversation.assignee
    return InboxRow(
        id=one.pk,
        conversation_id=one.conversation_id,
        customer_id=one.customer_id,
        customer_name=one.customer.name if one.customer else "",
        sender=one.sender,
        sender_name=one.sender_name,
        subject=one.subject or one.conversation.subject,
        snippet=" ".join(one.text.split())[:SNIPPET],
        language=one.language,
        status=one.status,
        kind=one.kind,
        label=read["read_label"] or "",
        confidence_ppm=read["read_ppm"] or 0,
        is_sure=bool(read["read_sure"]),
        assignee=assignee.username if assignee else "",
        is_complaint=one.conversation.is_complaint,
        attachments=getattr(one, "files", 0),
        suggestions=len(getattr(one, "read_suggestions", None) or ()),
        is_late=one.status == Status.NEW and one.received_at < late_before,
        received_at=one.received_at,
    )
