"""One item with its history: what settled it, its double entry, what was said about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet

from dunwell.models import (
    Adjustment,
    Allocation,
    Company,
    Dispute,
    EntryLine,
    Event,
    Item,
    MessageItem,
    PromiseItem,
)
from dunwell.queries.prepared import prepared

MOST_EVENTS = 100
"""So many events of an item are shown; the audit log has them all."""
_CURRENCIES = """
WITH RECURSIVE found (currency) AS (
    SELECT MIN(currency) FROM dunwell_openitem WHERE company_id = %(company)s
    UNION ALL
    SELECT (SELECT MIN(currency) FROM dunwell_openitem
            WHERE company_id = %(company)s AND currency > found.currency)
    FROM found WHERE currency IS NOT NULL)
SELECT currency FROM found WHERE currency IS NOT NULL ORDER BY currency
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemMovement:
    """One amount put on the item, signed so that it lowers what is open; `left_minor` stays open.

    `is_live`: neither a reversal nor reversed. `counter_item_id` of a netting is the other item.
    """

    id: int
    source: str
    label: str
    payment_id: int | None
    payment: str
    counter_item_id: int | None
    counter_item: str
    adjustment_id: int | None
    reason: str
    amount_minor: int
    left_minor: int
    value_on: date
    applied_on: date
    recorded_on: date
    is_live: bool
    is_reversal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedLine:
    """One line of the double entry behind the item or one of its movements."""

    source: str
    source_id: int
    account: str
    posted_on: date
    recorded_on: date
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemDispute:
    """One dispute of the item; `closed_on` is empty while it is open."""

    id: int
    reason: str
    amount_minor: int
    note: str
    opened_on: date
    closed_on: date | None
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemPromise:
    """How much of the item was promised for which day, and how it went."""

    id: int
    amount_minor: int
    made_on: date
    due_on: date
    outcome: str
    outcome_label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemMessage:
    """A message that named the item, the amount stated and the level it reached."""

    id: int
    channel: str
    status: str
    status_label: str
    subject: str
    level: int
    open_minor: int
    as_of: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemEvent:
    """One event of the audit trail about the item or what settled it."""

    seq: int
    at: datetime
    actor: str
    verb: str
    data: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemCard:
    """An item and its history, oldest first. Amounts in minor units of `currency`."""

    id: int
    number: str
    kind: str
    kind_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    days_past_due: int
    recorded_on: date
    reference: str
    is_paper: bool | None
    batch_id: int | None
    batch: str
    reverses_id: int | None
    reverses: str
    reversed_by_id: int | None
    reversed_by: str
    movements: tuple[ItemMovement, ...]
    lines: tuple[PostedLine, ...]
    disputes: tuple[ItemDispute, ...]
    promises: tuple[ItemPromise, ...]
    messages: tuple[ItemMessage, ...]
    events: tuple[ItemEvent, ...]

    @property
    def disputed_minor(self) -> int:
        """Return what is disputed now."""
        return sum(row.amount_minor for row in self.disputes if row.closed_on is None)


def item_card(company: Company, item_id: int, *, as_of: date) -> ItemCard | None:
    """Return the card of one item of the company, or None; lateness counts to `as_of`."""
    item = next(iter(_item(company.pk, item_id)), None)
    if item is None:
        return None
    allocations = allocations_of(item.pk)
    mirror = next(iter(reversals_of(item.pk)), None)
    disputes = _disputed(item.pk)
    movements = _movements(item, allocations)
    return ItemCard(
        id=item.pk,
        number=item.number,
        kind=item.kind,
        kind_label=str(Item.Kind(item.kind).label),
        customer_id=item.customer_id,
        customer_number=item.customer.number,
        customer_name=item.customer.name,
        currency=item.currency,
        amount_minor=item.amount_minor,
        open_minor=movements[-1].left_minor if movements else item.amount_minor,
        issued_on=item.issued_on,
        due_on=item.due_on,
        days_past_due=(as_of - item.due_on).days,
        recorded_on=item.recorded_on,
        reference=item.reference,
        is_paper=item.is_paper,
        batch_id=item.batch_id,
        batch=item.batch.name if item.batch else "",
        reverses_id=item.reverses_id,
        reverses=item.reverses.number if item.reverses else "",
        reversed_by_id=mirror.pk if mirror else None,
        reversed_by=mirror.number if mirror else "",
        movements=movements,
        lines=_lines(item, allocations),
        disputes=_disputes(disputes),
        promises=_promises(item),
        messages=_messages(item),
        events=_events(item, allocations, disputes),
    )


@prepared
def _item(company_id: int, item_id: int) -> QuerySet[Item]:
    found = Item.objects.filter(company=company_id, pk=item_id)
    return found.select_related("customer", "batch", "reverses")


@prepared
def reversals_of(item_id: int) -> QuerySet[Item]:
    """Return what takes an item back, one at most."""
    # asked by itself: joined to the item, SQLite reads every item for it, since most reverse none
    return Item.objects.filter(reverses=item_id)


@prepared
def allocations_of(item_id: int) -> QuerySet[Allocation]:
    """Return what was put on an item with what it came from, in the order it was put there."""
    found = Allocation.objects.filter(item=item_id)
    told = found.select_related("payment", "counter_item", "adjustment")
    return told.order_by("applied_on", "id")


def open_currencies(company: Company) -> list[str]:
    """Return the currencies in which something is open now, in order.

    Looked up one after the other in the index; telling them apart among a million reads it all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCIES, {"company": company.pk})
        return [currency for (currency,) in cursor.fetchall()]


def _movements(item: Item, allocations: Sequence[Allocation]) -> tuple[ItemMovement, ...]:
    taken_back = {row.reverses_id for row in allocations}
    left, rows = item.amount_minor, []
    for row in allocations:
        left -= row.amount_minor
        adjustment = row.adjustment
        rows.append(
            ItemMovement(
                id=row.pk,
                source=row.source,
                label=_label(row, adjustment),
                payment_id=row.payment_id,
                payment=row.payment.number if row.payment else "",
                counter_item_id=row.counter_item_id,
                counter_item=row.counter_item.number if row.counter_item else "",
                adjustment_id=row.adjustment_id,
                reason=adjustment.reason if adjustment else "",
                amount_minor=row.amount_minor,
                left_minor=left,
                value_on=row.value_on,
                applied_on=row.applied_on,
                recorded_on=row.recorded_on,
                is_live=row.reverses_id is None and row.pk not in taken_back,
                is_reversal=row.reverses_id is not None,
            )
        )
    return tuple(rows)


def _label(row: Allocation, adjustment: Adjustment | None) -> str:
    if adjustment is not None:
        return str(Adjustment.Kind(adjustment.kind).label)
    return str(Allocation.Source(row.source).label)


def _lines(item: Item, allocations: Sequence[Allocation]) -> tuple[PostedLine, ...]:
    source = EntryLine.Source
    found = _posted(item.company_id, item.pk, [row.pk for row in allocations])
    return tuple(
        PostedLine(
            source=str(source(line.source).label),
            source_id=line.source_id,
            account=str(EntryLine.Account(line.account).label),
            posted_on=line.posted_on,
            recorded_on=line.recorded_on,
            debit_minor=max(line.amount_minor, 0),
            credit_minor=max(-line.amount_minor, 0),
        )
        for line in found
    )


@prepared
def _posted(company_id: int, item_id: int, allocations: Sequence[int]) -> QuerySet[EntryLine]:
    source = EntryLine.Source
    found = EntryLine.objects.filter(
        Q(source=source.ITEM, source_id=item_id)
        | Q(source=source.ALLOCATION, source_id__in=allocations),
        company=company_id,
    )
    return found.order_by("posted_on", "recorded_on", "id")


@prepared
def _disputed(item_id: int) -> QuerySet[Dispute]:
    return Dispute.objects.filter(item=item_id).order_by("opened_on", "id")


def _disputes(disputes: Sequence[Dispute]) -> tuple[ItemDispute, ...]:
    return tuple(
        ItemDispute(
            id=row.pk,
            reason=row.reason_label,
            amount_minor=row.amount_minor,
            note=row.note,
            opened_on=row.opened_on,
            closed_on=row.closed_on,
            outcome=row.outcome,
        )
        for row in disputes
    )


@prepared
def _promised(item_id: int) -> QuerySet[PromiseItem]:
    lines = PromiseItem.objects.filter(item=item_id).select_related("promise")
    return lines.order_by("promise__made_on", "id")


def _promises(item: Item) -> tuple[ItemPromise, ...]:
    return tuple(
        ItemPromise(
            id=line.promise_id,
            amount_minor=line.amount_minor,
            made_on=line.promise.made_on,
            due_on=line.promise.due_on,
            outcome=line.promise.outcome,
            outcome_label=str(line.promise.get_outcome_display()),
        )
        for line in _promised(item.pk)
    )


@prepared
def _messaged(item_id: int) -> QuerySet[MessageItem]:
    lines = MessageItem.objects.filter(item=item_id).select_related("message")
    told = lines.defer("message__body", "message__decision")
    return told.order_by("message__as_of", "id")


def _messages(item: Item) -> tuple[ItemMessage, ...]:
    return tuple(
        ItemMessage(
            id=line.message_id,
            channel=line.message.channel,
            status=line.message.status,
            status_label=str(line.message.get_status_display()),
            subject=line.message.subject,
            level=line.level,
            open_minor=line.open_minor,
            as_of=line.message.as_of,
        )
        for line in _messaged(item.pk)
    )


@prepared
def _told(company_id: int, about: Q) -> QuerySet[Event]:
    return Event.objects.filter(about, company=company_id).order_by("-seq")[:MOST_EVENTS]


def _events(
    item: Item, allocations: Sequence[Allocation], disputes: Sequence[Dispute]
) -> tuple[ItemEvent, ...]:
    about = Q(subject="item", subject_id=item.pk)
    about |= Q(subject="allocation", subject_id__in=[row.pk for row in allocations])
    payments = sorted({row.payment_id for row in allocations if row.payment_id})
    about |= Q(subject="payment", subject_id__in=payments)
    adjustments = sorted({row.adjustment_id for row in allocations if row.adjustment_id})
    about |= Q(subject="adjustment", subject_id__in=adjustments)
    about |= Q(subject="dispute", subject_id__in=[row.pk for row in disputes])
    found = _told(item.company_id, about)
    return tuple(
        ItemEvent(seq=row.seq, at=row.at, actor=row.actor, verb=row.verb, data=row.data)
        for row in reversed(found)
    )
