"""What is known of the way of invoices to customers, as facts of `engine.delivery_ladder`.

Mails count where they carried the document itself; a reminder that names an invoice delivers none.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Exists, Max, OuterRef, QuerySet

from dunwell.engine.calendars import day_number
from dunwell.engine.delivery_ladder import FACTS, REACH
from dunwell.engine.responses_policy import MLR_RUNGS, RUNGS_OF_CODES
from dunwell.models import (
    Allocation,
    Company,
    Contact,
    DeliveryNote,
    Invoice,
    InvoiceResponse,
    Item,
    Message,
    MessageAttachment,
    OpenItem,
    PortalSeat,
    PortalView,
    Signal,
)
from dunwell.queries.prepared import prepared

Fact = tuple[int, str, int, int, int, str, int | None]
"""Values in the order of FACTS."""

SIGNALS = {
    Signal.Kind.DELIVERED: "delivered",
    Signal.Kind.VIEWED: "opened",
    Signal.Kind.REPLIED: "opened",
    Signal.Kind.COMPLAINED: "opened",
    Signal.Kind.BOUNCED: "bounced",
}
_TYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String, nw.Boolean: pl.Boolean}
SCHEMA = {name: _TYPES[column.dtype] for name, column in FACTS.items()}


def facts_frame(
    company: Company, items: QuerySet[Item], *, are_open: bool = False
) -> nw.LazyFrame:
    """Return what is known of some items of a company, in columns FACTS; a fixed set of queries.

    `items` is a query of items that stays one: it is asked again by each source. Of those that
    `are_open` nobody asks when they were paid.
    """
    return _frame(
        (
            _issued(_issued_rows(items)),
            _messages(_carried_rows(items), _signal_rows(items), ZoneInfo(company.zone)),
            _portal(_view_rows(items)),
            _responses(_response_rows(items)),
            _notes(_note_rows(items)),
            () if are_open else _paid(_paid_rows(items)),
        )
    )


def facts_of_item(company: Company, item_id: int) -> nw.LazyFrame:
    """Return the same of one item, by queries that are composed once."""
    return _frame(
        (
            _issued(_issued_of(item_id)),
            _messages(_carried_of(item_id), _signals_of(item_id), ZoneInfo(company.zone)),
            _portal(_views_of(item_id)),
            _responses(_responses_of(item_id)),
            _notes(_notes_of(item_id)),
            _paid(_paid_of(item_id)),
        )
    )


def _frame(sources: Iterable[Iterable[Fact]]) -> nw.LazyFrame:
    rows = [fact for source in sources for fact in source]
    return nw.from_native(pl.DataFrame(rows, schema=SCHEMA, orient="row").lazy())


def reach_frame(company: Company, customers: QuerySet[Item, Any]) -> nw.LazyFrame:
    """Return how customers can be reached, in columns REACH; `customers` is a query of keys."""
    emails: dict[int, set[str]] = {}
    came_back: set[int] = set()
    phones: set[int] = set()
    told = Contact.objects.filter(customer__in=customers).values_list(
        "customer", "email", "phone", "bounced_on"
    )
    for customer_id, email, phone, bounced_on in told:
        usable = emails.setdefault(customer_id, set())
        if email and bounced_on is None:
            usable.add(email.lower())
        if email and bounced_on is not None:
            came_back.add(customer_id)
        if phone:
            phones.add(customer_id)
    seats = set(
        PortalSeat.objects.filter(
            company=company, customer__in=customers, ended_on=None
        ).values_list("customer", flat=True)
    )
    rows = [
        (
            customer_id,
            len(emails.get(customer_id, ())) > (0 if customer_id in came_back else 1),
            customer_id in phones,
            customer_id in seats,
        )
        for customer_id in sorted({*emails, *seats})
    ]
    schema = {name: _TYPES[column.dtype] for name, column in REACH.items()}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row").lazy())


def _fact(
    item_id: int,
    kind: str,
    on: date,
    known: date,
    at: datetime,
    source: str,
    reference: int | None = None,
) -> Fact:
    happened = day_number(min(on, known))
    return (item_id, kind, happened, day_number(known), int(at.timestamp()), source, reference)


def _issued_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return key, days and moment of the items, and whether we issued the document."""
    ours = items.annotate(is_ours=Exists(Invoice.objects.filter(item=OuterRef("pk"))))
    return ours.values_list("pk", "issued_on", "recorded_on", "recorded_at", "is_ours")


@prepared
def _issued_of(item_id: int) -> QuerySet[Any, Any]:
    return _issued_rows(Item.objects.filter(pk=item_id))


def _issued(rows: Iterable[Any]) -> Iterator[Fact]:
    for key, on, known, at, is_ours in rows:
        # a document dated ahead counts from its own day
        source = "invoice" if is_ours else "ledger"
        yield (key, "issued", day_number(on), day_number(known), int(at.timestamp()), source, None)


def _carried(items: QuerySet[Item]) -> QuerySet[MessageAttachment]:
    return MessageAttachment.objects.filter(
        item__in=items,
        kind=MessageAttachment.Kind.DOCUMENT,
        message__status__in=Message.HANDED_OVER,
    )


def _carried_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return which mails carried the items' documents, and the moments of each mail."""
    return _carried(items).values_list(
        "item_id",
        "message_id",
        "message__sent_at",
        "message__delivered_at",
        "message__bounced_at",
        "message__recorded_at",
    )


@prepared
def _carried_of(item_id: int) -> QuerySet[Any, Any]:
    return _carried_rows(Item.objects.filter(pk=item_id))


def _signal_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return what such mails led to: message, kind, day and moment."""
    signals = Signal.objects.filter(message__in=_carried(items).values("message"))
    return signals.values_list("message_id", "kind", "on", "at")


@prepared
def _signals_of(item_id: int) -> QuerySet[Any, Any]:
    return _signal_rows(Item.objects.filter(pk=item_id))


def _messages(carried: Iterable[Any], signals: Iterable[Any], zone: ZoneInfo) -> Iterator[Fact]:
    """Return the facts of mails that carried the items' documents, and of what they led to."""
    pairs: dict[int, set[int]] = {}
    for item_id, message_id, sent_at, delivered_at, bounced_at, recorded_at in carried:
        pairs.setdefault(message_id, set()).add(item_id)
        for kind, at in (
            ("handed_over", sent_at or recorded_at),
            ("delivered", delivered_at),
            ("bounced", bounced_at),
        ):
            if at is not None:
                on = at.astimezone(zone).date()
                yield _fact(item_id, kind, on, on, at, "message", message_id)
    for told_of, kind, on, at in signals:
        known = at.astimezone(zone).date()
        for item_id in pairs.get(told_of, ()):
            yield _fact(item_id, SIGNALS[Signal.Kind(kind)], on, known, at, "signal", told_of)


def _view_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return when the items were looked at in the portal."""
    return PortalView.objects.filter(item__in=items).values_list("item", "on", "at")


@prepared
def _views_of(item_id: int) -> QuerySet[Any, Any]:
    return _view_rows(Item.objects.filter(pk=item_id))


def _portal(rows: Iterable[Any]) -> Iterator[Fact]:
    for item_id, on, at in rows:
        yield _fact(item_id, "opened", on, on, at, "portal")


def _response_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return what networks answered about the items."""
    return InvoiceResponse.objects.filter(item__in=items).values_list(
        "item", "scheme", "code", "effective_on", "recorded_on", "recorded_at"
    )


@prepared
def _responses_of(item_id: int) -> QuerySet[Any, Any]:
    return _response_rows(Item.objects.filter(pk=item_id))


def _responses(rows: Iterable[Any]) -> Iterator[Fact]:
    for item_id, scheme, code, on, known, at in rows:
        is_mlr = scheme == InvoiceResponse.Scheme.PEPPOL_MLR
        kind = (MLR_RUNGS if is_mlr else RUNGS_OF_CODES).get(code)
        if kind is not None:
            yield _fact(item_id, kind, on, known, at, "response")
        if kind in {"queried", "rejected"}:
            # who asks about an invoice or refuses it has it
            yield _fact(item_id, "received", on, known, at, "response")


def _note_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return what people noted of the items' way."""
    return DeliveryNote.objects.filter(item__in=items).values_list(
        "item", "stage", "on", "recorded_on", "recorded_at"
    )


@prepared
def _notes_of(item_id: int) -> QuerySet[Any, Any]:
    return _note_rows(Item.objects.filter(pk=item_id))


def _notes(rows: Iterable[Any]) -> Iterator[Fact]:
    for item_id, stage, on, known, at in rows:
        yield _fact(item_id, stage, on, known, at, "note")


def _paid_rows(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """Return when items that are settled now were: the day of the last allocation."""
    settled = items.exclude(pk__in=OpenItem.objects.values("item"))
    return (
        Allocation.objects.filter(item__in=settled)
        .values_list("item")
        .annotate(on=Max("applied_on"), known=Max("recorded_on"), at=Max("recorded_at"))
        .order_by("item")
    )


@prepared
def _paid_of(item_id: int) -> QuerySet[Any, Any]:
    return _paid_rows(Item.objects.filter(pk=item_id))


def _paid(rows: Iterable[Any]) -> Iterator[Fact]:
    for item_id, on, known, at in rows:
        yield _fact(item_id, "paid", on, max(on, known), at, "ledger")
