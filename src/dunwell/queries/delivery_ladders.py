"""How far invoices have come at customers': one item's ladder, never received."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet

from dunwell.engine.calendars import add_business_days, day_date, day_number
from dunwell.engine.delivery_ladder import (
    ASIDES,
    RUNGS,
    known_facts,
    ladder,
    ladder_steps,
    never_received,
)
from dunwell.engine.responses_policy import AlarmTerms
from dunwell.models import (
    Company,
    DeliveryNote,
    Invoice,
    InvoiceResponse,
    Item,
    Message,
    MessageAttachment,
    OpenItem,
    PortalView,
)
from dunwell.queries.delivery_facts import facts_frame, facts_of_item, reach_frame
from dunwell.queries.planned import Planned, Read
from dunwell.queries.reminders import native
from dunwell.queries.responses_policies import responses_in_force

KINDS = (Item.Kind.INVOICE, Item.Kind.CREDIT_NOTE)
"""What has a document that goes to the customer."""

DAYS_PLANNED = 4
"""For so many days, and terms, what one item asks for keeps its plan."""

FEW = 10_000
"""So many items are named one by one in a query; databases take some ten thousands at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderStep:
    """A rung or what stands beside; `on` and `source` are empty where it was not reached."""

    kind: str
    on: date | None
    source: str
    is_aside: bool = False
    is_current: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderView:
    """One item's ladder: every rung in order, then what stands beside that happened."""

    item_id: int
    reached: str
    current: str
    current_on: date
    current_source: str
    steps: tuple[LadderStep, ...]
    alarm: "DeliveryAlarm | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryAlarm:
    """An open invoice nothing proves to have arrived: why, and what to do next."""

    item_id: int
    customer_id: int
    due_on: date
    days_left: int
    why: str
    next_step: str


def way_of_item(item: Item, as_of: date) -> tuple[LadderStep, ...]:
    """Return what was reached or happened beside, in the order of days; none is the current one.

    It asks for a fraction of the work of a whole ladder, with its standing and alarm.
    """
    facts = _facts(item, as_of)
    if facts is None:
        return ()
    places = {kind: place for place, kind in enumerate((*RUNGS, *ASIDES))}
    rows = _steps(as_of)({"facts": facts}).rows(named=True)
    rows.sort(key=lambda row: (row["on_day"], places[row["kind"]]))
    return tuple(_step(row["kind"], row, current="") for row in rows)


def ladder_of_item(item: Item, as_of: date) -> LadderView | None:
    """Return the ladder of one item as of a day; None for an item without a document."""
    facts = _facts(item, as_of)
    if facts is None:
        return None
    rows = _ladders(as_of)({"facts": facts}).rows(named=True)
    if not rows:
        return None
    told = rows[0]
    steps = {row["kind"]: row for row in _steps(as_of)({"facts": facts}).rows(named=True)}
    return LadderView(
        item_id=item.pk,
        reached=told["reached"],
        current=told["current"],
        current_on=day_date(told["current_day"]),
        current_source=told["current_source"],
        steps=tuple(
            _step(kind, steps.get(kind), current=told["current"])
            for kind in (*RUNGS, *ASIDES)
            if kind in RUNGS or kind in steps
        ),
        alarm=_alarm_of(item, facts, as_of=as_of),
    )


def _facts(item: Item, as_of: date) -> pl.DataFrame | None:
    if item.kind not in KINDS or item.issued_on > as_of:
        return None
    return native(facts_of_item(item.company, item.pk))


@lru_cache(maxsize=DAYS_PLANNED)
def _ladders(as_of: date) -> Planned:
    return Planned(lambda read: ladder(known_facts(read["facts"], as_of=as_of)))


@lru_cache(maxsize=DAYS_PLANNED)
def _steps(as_of: date) -> Planned:
    return Planned(lambda read: ladder_steps(known_facts(read["facts"], as_of=as_of)))


def _alarm_of(item: Item, facts: pl.DataFrame, *, as_of: date) -> "DeliveryAlarm | None":
    """Return the alarm of one item of which these facts are known."""
    company = item.company
    terms = responses_in_force(company, as_of=as_of).policy.alarm
    ends = due_by(terms, country=company.country, as_of=as_of)
    if not terms.is_on or item.due_on > ends:
        return None
    chosen = Item.objects.filter(pk=item.pk)
    opened = _open_frame(company, ours(company, chosen) if terms.only_ours else chosen)
    if opened.is_empty():
        return None
    reach = native(reach_frame(company, chosen.values("customer")))
    found = _alarms(terms, ends, as_of)({"facts": facts, "opened": opened, "reach": reach})
    return next(map(_alarm, found.rows(named=True)), None)


@lru_cache(maxsize=DAYS_PLANNED)
def _alarms(terms: AlarmTerms, ends: date, as_of: date) -> Planned:
    def build(read: Read) -> nw.LazyFrame:
        known = known_facts(read["facts"], as_of=as_of)
        return _unproven(known, read["opened"], read["reach"], terms, ends=ends, as_of=as_of)

    return Planned(build)


def delivery_alarms(company: Company, *, as_of: date) -> tuple[DeliveryAlarm, ...]:
    """Return the open invoices nothing proves to have arrived, the soonest due first."""
    terms = responses_in_force(company, as_of=as_of).policy.alarm
    if not terms.is_on:
        return ()
    chosen = _open_invoices(company).filter(
        due_on__lte=due_by(terms, country=company.country, as_of=as_of)
    )
    if terms.only_ours:
        chosen = ours(company, chosen)
    known = known_facts(facts_frame(company, chosen), as_of=as_of)
    opened = nw.from_native(_open_frame(company, chosen).lazy())
    found = alarms_frame(
        company, known, opened, chosen.values("customer"), terms=terms, as_of=as_of
    )
    return tuple(map(_alarm, found.sort("due_day", "item_id").rows(named=True)))


def alarms_frame(
    company: Company,
    known: nw.LazyFrame,
    opened: nw.LazyFrame,
    customers: QuerySet[Item, Any],
    *,
    terms: AlarmTerms,
    as_of: date,
) -> pl.DataFrame:
    """Return the open invoices among `opened` nothing proves to have arrived, columns ALARMS.

    `known`: `known_facts` of them; `customers`: a query of the keys of whose they are.
    """
    if not terms.is_on:
        return pl.DataFrame(
            schema={
                **dict.fromkeys(("item_id", "customer_id", "open_minor"), pl.Int64),
                **dict.fromkeys(("due_day", "days_left"), pl.Int32),
                **dict.fromkeys(("currency", "why", "next_step"), pl.String),
            }
        )
    ends = due_by(terms, country=company.country, as_of=as_of)
    reach = reach_frame(company, customers)
    return native(_unproven(known, opened, reach, terms, ends=ends, as_of=as_of))


def _unproven(
    known: nw.LazyFrame,
    opened: nw.LazyFrame,
    reach: nw.LazyFrame,
    terms: AlarmTerms,
    *,
    ends: date,
    as_of: date,
) -> nw.LazyFrame:
    return never_received(
        known,
        opened,
        reach,
        proofs=terms.proofs,
        min_open_minor=terms.min_open_minor,
        only_ours=terms.only_ours,
        due_by=ends,
        issued_by=as_of - timedelta(days=terms.min_wait_days),
        as_of=as_of,
    )


def ours(company: Company, items: QuerySet[Item]) -> QuerySet[Item]:
    """Return the items we wrote, sent or heard of ourselves; of others nobody tells us.

    Asked from the side of what we know: of a big ledger that is little.
    """
    theirs = {"company": company, "item__isnull": False}
    # whose a paper is says the item, looked up from the paper: from the other side it is a million
    carried = MessageAttachment.objects.filter(
        Exists(Item.objects.filter(pk=OuterRef("item"), company=company)),
        kind=MessageAttachment.Kind.DOCUMENT,
    )
    told = carried.values("item").union(
        Invoice.objects.filter(**theirs).values("item"),
        DeliveryNote.objects.filter(**theirs).values("item"),
        InvoiceResponse.objects.filter(**theirs).values("item"),
    )
    # a database that is handed the union as a question asks it of every open item
    few = [row["item"] for row in told[: FEW + 1]]
    return items.filter(pk__in=few) if len(few) <= FEW else items.filter(pk__in=told)


def heard_of(company: Company, *, customer_id: int | None = None) -> QuerySet[Item]:
    """Return the open invoices of which more may be known than that they were issued.

    Asked from the side of what we heard, as `ours`; of one customer where one is named.
    """
    theirs = Q(item__open_now__company=company, item__kind=Item.Kind.INVOICE)
    if customer_id is not None:
        theirs &= Q(item__customer=customer_id)
    carried = Q(kind=MessageAttachment.Kind.DOCUMENT, message__status__in=Message.HANDED_OVER)
    told = (
        MessageAttachment.objects.filter(theirs, carried)
        .values("item")
        .union(
            *(
                model.objects.filter(theirs, company=company).values("item")
                for model in (PortalView, InvoiceResponse, DeliveryNote)
            )
        )
    )
    few = [row["item"] for row in told[: FEW + 1]]
    items = Item.objects
    return items.filter(pk__in=few) if len(few) <= FEW else items.filter(pk__in=told)


def due_by(terms: AlarmTerms, *, country: str, as_of: date) -> date:
    """Return the last due day that is told of on a day."""
    if terms.business_days:
        return add_business_days(as_of, terms.days_before_due, country=country)
    return as_of + timedelta(days=terms.days_before_due)


def _open_invoices(company: Company) -> QuerySet[Item]:
    opened = OpenItem.objects.filter(company=company).values("item")
    return Item.objects.filter(company=company, kind=Item.Kind.INVOICE, pk__in=opened)


def _open_frame(company: Company, items: QuerySet[Item]) -> pl.DataFrame:
    """Return the open invoices among some items, with what the alarm asks of them."""
    opened = OpenItem.objects.filter(company=company, item__kind=Item.Kind.INVOICE, item__in=items)
    rows = opened.values_list(
        "item", "customer", "item__kind", "currency", "open_minor", "item__issued_on", "due_on"
    )
    return pl.DataFrame(
        [(*row[:5], day_number(row[5]), day_number(row[6])) for row in rows],
        schema={
            "item_id": pl.Int64,
            "customer_id": pl.Int64,
            "kind": pl.String,
            "currency": pl.String,
            "open_minor": pl.Int64,
            "issued_day": pl.Int32,
            "due_day": pl.Int32,
        },
        orient="row",
    )


def _alarm(row: Mapping[str, Any]) -> DeliveryAlarm:
    return DeliveryAlarm(
        item_id=row["item_id"],
        customer_id=row["customer_id"],
        due_on=day_date(row["due_day"]),
        days_left=row["days_left"],
        why=row["why"],
        next_step=row["next_step"],
    )


def _step(kind: str, row: Mapping[str, object] | None, *, current: str) -> LadderStep:
    on = row["on_day"] if row else None
    return LadderStep(
        kind=kind,
        on=day_date(int(str(on))) if on is not None else None,
        source=str(row["source"]) if row else "",
        is_aside=kind in ASIDES,
        is_current=kind == current,
    )
