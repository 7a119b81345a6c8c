"""Messages as pages and the API show them: the outbox, and one message with its decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import Company, Message, MessageItem, Signal
from dunwell.queries.contact_quality import complained_of
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared

HANDED_OVER = "handed_over"
"""Asked for as a status: it left us, whatever became of it."""


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
    author: str
    provider: str
    cost_micros: int | None
    cost_currency: str
    retry_at: datetime | None
    may_repeat: bool
    delivered_at: datetime | None
    bounced_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierWord:
    """What a carrier told of a message, on which day, and its reason."""

    kind: str
    kind_label: str
    source: str
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedFile:
    """A file that goes out with a message."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


BY_HAND = "-"
"""The strategy of a filter that asks for what people wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFilter:
    """Which messages are asked for; empty fields ask for all.

    `status` may be handed_over: it left us, whatever became of it. `from_on` and `until_on` are
    days in the company's zone on which it left, both included; `error` is a part of the reason.
    `strategy` is the one it was written under, BY_HAND for none.
    """

    status: str = ""
    channel: str = ""
    provider: str = ""
    template: str = ""
    cost_currency: str = ""
    error: str = ""
    customer_id: int | None = None
    as_of: date | None = None
    from_on: date | None = None
    until_on: date | None = None
    only_priced: bool = False
    strategy: str = ""
    only_complained: bool = False


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
    provider_id: str
    in_reply_to: str
    said: tuple[CarrierWord, ...]
    files: tuple[AttachedFile, ...]


def message_rows(
    company: Company,
    *,
    only: MessageFilter = MessageFilter(),
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[MessageRow]:
    """Return one page of messages, the newest first."""
    limit = page_limit(limit)
    messages = _page(_asked(company, only) & after(cursor, ("-id",), (int,)), limit=limit)
    return page_of(rows_of(messages), limit=limit, key=lambda row: (row.id,))


@prepared
def _page(condition: Q, *, limit: int) -> QuerySet[Message]:
    found = Message.objects.filter(condition).select_related("customer")
    return found.defer("body", "decision").order_by("-id")[: limit + 1]


def messages_of(company: Company, only: MessageFilter) -> QuerySet[Message]:
    """Return the messages of a filter."""
    return Message.objects.filter(_asked(company, only))


def _asked(company: Company, only: MessageFilter) -> Q:
    found = Q(company=company)
    exact = {
        "channel": only.channel,
        "provider": only.provider,
        "template": only.template,
        "cost_currency": only.cost_currency,
        "customer": only.customer_id,
        "as_of": only.as_of,
    }
    found &= Q(**{name: value for name, value in exact.items() if value})
    if only.status == HANDED_OVER:
        found &= Q(status__in=Message.HANDED_OVER)
    elif only.status:
        found &= Q(status=only.status)
    if only.error:
        found &= Q(error__icontains=only.error)
    if only.strategy:
        found &= Q(strategy="" if only.strategy == BY_HAND else only.strategy)
    if only.only_complained:
        found &= Q(complained_of(company))
    if only.only_priced:
        found &= Q(cost_micros__isnull=False)
    zone = ZoneInfo(company.zone)
    if only.from_on is not None:
        found &= Q(sent_at__gte=datetime.combine(only.from_on, time.min, zone))
    if only.until_on is not None:
        end = datetime.combine(only.until_on + timedelta(days=1), time.min, zone)
        found &= Q(sent_at__lt=end)
    return found


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
        provider_id=message.provider_id,
        in_reply_to=message.in_reply_to,
        said=_said(message),
        files=tuple(
            AttachedFile(
                name=file.name,
                media_type=file.media_type,
                size_bytes=file.size_bytes,
                sha256=file.sha256,
            )
            for file in message.attachments.order_by("pk")
        ),
    )


def _said(message: Message) -> tuple[CarrierWord, ...]:
    """Return what carriers told of a message, in the order it happened."""
    return tuple(
        CarrierWord(
            kind=signal.kind,
            kind_label=str(Signal.Kind(signal.kind).label),
            source=signal.source,
            on=signal.on,
            reason=str(signal.details.get("reason", "")),
        )
        for signal in Signal.objects.filter(message=message).order_by("on", "pk")
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
    found: dict[int, tuple[tuple[str, int, int], ...]] = {}
    for key, currency, total, n in _sums(keys):
        found[key] = (*found.get(key, ()), (currency, int(total), n))
    return found


@prepared
def _sums(keys: Sequence[int]) -> QuerySet[Any, tuple[int, str, int, int]]:
    found = MessageItem.objects.filter(message__pk__in=keys).order_by("message", "item__currency")
    sums = found.values_list("message", "item__currency")
    return sums.annotate(total=Sum("open_minor"), n=Count("id"))


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
        author=message.author,
        provider=message.provider,
        cost_micros=message.cost_micros,
        cost_currency=message.cost_currency,
        retry_at=message.retry_at,
        may_repeat=message.may_repeat,
        delivered_at=message.delivered_at,
        bounced_at=message.bounced_at,
    )
