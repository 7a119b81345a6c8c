"""Messages as pages and the API show them: the outbox, and one message with its decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Sum

from dunwell.models import Company, Message, MessageItem
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageTotal:
    """What a message asks for in one currency."""

    currency: str
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRow:
    """One message of the outbox; `totals` by currency, as stated in the message."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    channel: str
    status: str
    status_label: str
    strategy: str
    level: int
    template: str
    language: str
    to: str
    subject: str
    items: int
    totals: tuple[MessageTotal, ...]
    as_of: date
    recorded_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageLine:
    """An item named in a message, with the amount and the level stated there."""

    item_id: int
    number: str
    currency: str
    open_minor: int
    level: int
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDetail:
    """One message with its words, items and the stored decision of the chase gate."""

    row: MessageRow
    body: str
    body_sha256: str
    message_id: str
    strategy_version: int | None
    decision: Mapping[str, object]
    lines: tuple[MessageLine, ...]


def message_rows(
    company: Company,
    *,
    status: str = "",
    channel: str = "",
    customer_id: int | None = None,
    as_of: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[MessageRow]:
    """Return one page of messages, the newest first; `as_of` asks for one cycle's messages."""
    found = Message.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if channel:
        found = found.filter(channel=channel)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if as_of is not None:
        found = found.filter(as_of=as_of)
    limit = page_limit(limit)
    messages = list(
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .defer("body", "decision")
        .order_by("-id")[: limit + 1]
    )
    return page_of(rows_of(messages), limit=limit, key=lambda row: (row.id,))


def rows_of(messages: Sequence[Message]) -> list[MessageRow]:
    """Return messages with their totals, in their order; their customers are at hand."""
    totals = _totals([message.pk for message in messages])
    return [_row(message, totals.get(message.pk, ())) for message in messages]


def message_detail(company: Company, message_id: int) -> MessageDetail | None:
    """Return one message of the company, or None."""
    message = (
        Message.objects.filter(company=company, pk=message_id).select_related("customer").first()
    )
    if message is None:
        return None
    lines = (
        MessageItem.objects.filter(message=message)
        .order_by("item__due_on", "item")
        .values_list(
            "item",
            "item__number",
            "item__currency",
            "open_minor",
            "level",
            "item__due_on",
        )
    )
    return MessageDetail(
        row=_row(message, _totals([message.pk]).get(message.pk, ())),
        body=message.body,
        body_sha256=message.body_sha256,
        message_id=message.message_id,
        strategy_version=message.strategy_version,
        decision=message.decision,
        lines=tuple(
            MessageLine(
                item_id=key, number=number, currency=code, open_minor=left, level=level, due_on=on
            )
            for key, number, code, left, level, on in lines
        ),
    )


def message_counts(company: Company) -> dict[str, int]:
    """Return how many messages are in each status, empty ones included."""
    found = dict(
        Message.objects.filter(company=company)
        .order_by("status")
        .values_list("status")
        .annotate(n=Count("id"))
    )
    return {str(status): found.get(str(status), 0) for status in Message.Status}


def _totals(keys: Sequence[int]) -> dict[int, tuple[tuple[str, int, int], ...]]:
    """Return (currency, sum, items) of each message."""
    rows = (
        MessageItem.objects.filter(message__in=keys)
        .order_by("message", "item__currency")
        .values_list("message", "item__currency")
        .annotate(total=Sum("open_minor"), n=Count("id"))
    )
    found: dict[int, tuple[tuple[str, int, int], ...]] = {}
    for key, currency, total, n in rows:
        found[key] = (*found.get(key, ()), (currency, int(total), n))
    return found


def _row(message: Message, totals: Sequence[tuple[str, int, int]]) -> MessageRow:
    return MessageRow(
        id=message.pk,
        customer_id=message.customer_id,
        customer_number=message.customer.number,
        customer_name=message.customer.name,
        channel=message.channel,
        status=message.status,
        status_label=str(Message.Status(message.status).label),
        strategy=message.strategy,
        level=message.level,
        template=message.template,
        language=message.language,
        to=message.to,
        subject=message.subject,
        items=sum(n for _, _, n in totals),
        totals=tuple(MessageTotal(currency=code, open_minor=total) for code, total, _ in totals),
        as_of=message.as_of,
        recorded_at=message.recorded_at,
        sent_at=message.sent_at,
        attempts=message.attempts,
        error=message.error,
    )
