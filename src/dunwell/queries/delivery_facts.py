"""What is known of the way of invoices to customers, as facts of `engine.delivery_ladder`.

Mails count where they carried the document itself; a reminder that names an invoice delivers none.
"""

from collections.abc import Iterator
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
    zone = ZoneInfo(company.zone)
    rows = [
        *_issued(items),
        *_messages(items, zone),
        *_portal(items),
        *_responses(items),
        *_notes(items),
        *(() if are_open else _paid(items)),
    ]
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


def _issued(items: QuerySet[Item]) -> Iterator[Fact]:
    ours = items.annotate(is_ours=Exists(Invoice.objects.filter(item=OuterRef("pk"))))
    rows = ours.values_list("pk", "issued_on", "recorded_on", "recorded_at", "is_ours")
    for key, on, known, at, is_ours in rows:
        # a document dated ahead counts from its own day
        source = "invoice" if is_ours else "ledger"
        yield (key, "issued", day_number(on), day_number(known), int(at.timestamp()), source, None)


def _messages(items: QuerySet[Item], zone: ZoneInfo) -> Iterator[Fact]:
    """Return the facts of mails that carried the items' documents, and of what they led to."""
    carried = MessageAttachment.objects.filter(
        item__in=items,
        kind=MessageAttachment.Kind.DOCUMENT,
        message__status__in=Message.HANDED_OVER,
    )
    pairs: dict[int, set[int]] = {}
    told = carried.values_list(
        "item_id",
        "message_id",
        "message__sent_at",
        "message__delivered_at",
        "message__bounced_at",
        "message__recorded_at",
    )
    for item_id, message_id, sent_at, delivered_at, bounced_at, recorded_at in told:
        pairs.setdefault(message_id, set()).add(item_id)
        for kind, at in (
            ("handed_over", sent_at or recorded_at),
            ("delivered", delivered_at),
            ("bounced", bounced_at),
        ):
            if at is not None:
                on = at.astimezone(zone).date()
                yield _fact(item_id, kind, on, on, at, "message", message_id)
    signals = Signal.objects.filter(message__in=carried.values("message"))
    for signal in signals.only("message_id", "kind", "on", "at"):
        told_of = signal.message_id or 0
        known = signal.at.astimezone(zone).date()
        for item_id in pairs.get(told_of, ()):
            rung = SIGNALS[Signal.Kind(signal.kind)]
            yield _fact(item_id, rung, signal.on, known, signal.at, "signal", told_of)


def _portal(items: QuerySet[Item]) -> Iterator[Fact]:
    views = PortalView.objects.filter(item__in=items).values_list("item", "on", "at")
    for item_id, on, at in views:
        yield _fact(item_id, "opened", on, on, at, "portal")


def _responses(items: QuerySet[Item]) -> Iterator[Fact]:
    told = InvoiceResponse.objects.filter(item__in=items).values_list(
        "item", "scheme", "code", "effective_on", "recorded_on", "recorded_at"
    )
    for item_id, scheme, code, on, known, at in told:
        is_mlr = scheme == InvoiceResponse.Scheme.PEPPOL_MLR
        kind = (MLR_RUNGS if is_mlr else RUNGS_OF_CODES).get(code)
        if kind is not None:
            yield _fact(item_id, kind, on, known, at, "response")
        if kind in {"queried", "rejected"}:
            # who asks about an invoice or refuses it has it
            yield _fact(item_id, "received", on, known, at, "response")


def _notes(items: QuerySet[Item]) -> Iterator[Fact]:
    told = DeliveryNote.objects.filter(item__in=items).values_list(
        "item", "stage", "on", "recorded_on", "recorded_at"
    )
    for item_id, stage, on, known, at in told:
        yield _fact(item_id, stage, on, known, at, "note")


def _paid(items: QuerySet[Item]) -> Iterator[Fact]:
    """Return when items that are settled now were: the day of the last allocation."""
    settled = items.exclude(pk__in=OpenItem.objects.values("item"))
    told = (
        Allocation.objects.filter(item__in=settled)
        .values_list("item")
        .annotate(on=Max("applied_on"), known=Max("recorded_on"), at=Max("recorded_at"))
        .order_by("item")
    )
    for item_id, on, known, at in told:
        yield _fact(item_id, "paid", on, max(on, known), at, "ledger")
