"""How far invoices have come at customers': one item's ladder, the board, never received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Q, QuerySet

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
    MessageAttachment,
    OpenItem,
)
from dunwell.queries.delivery_facts import facts_frame, reach_frame
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.reminders import native
from dunwell.queries.responses_policies import responses_in_force

KINDS = (Item.Kind.INVOICE, Item.Kind.CREDIT_NOTE)
"""What has a document that goes to the customer."""

FEW = 10_000
"""So many items are named one by one in a query; databases take some ten thousands at most."""

ALARM = "alarm"
STATES = (ALARM, *ASIDES, *RUNGS[:-1])
"""What the board can be narrowed to: never received, and every last word of an open invoice."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryRow:
    """An open invoice on the board; `why` and `next_step` are empty without an alarm."""

    item_id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    open_minor: int
    issued_on: date
    due_on: date
    reached: str
    current: str
    current_on: date
    current_source: str
    why: str
    next_step: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryTotal:
    """Invoices of one state and currency; the rows under its filter add up to it."""

    state: str
    currency: str
    items: int
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryBoard:
    """A page of the board and what all states come to; an alarm is counted beside its state."""

    totals: tuple[DeliveryTotal, ...]
    page: Page[DeliveryRow]


def ladder_of_item(item: Item, as_of: date) -> LadderView | None:
    """Return the ladder of one item as of a day; None for an item without a document."""
    if item.kind not in KINDS or item.issued_on > as_of:
        return None
    known = known_facts(facts_frame(item.company, Item.objects.filter(pk=item.pk)), as_of=as_of)
    rows = native(ladder(known)).rows(named=True)
    if not rows:
        return None
    told = rows[0]
    steps = {row["kind"]: row for row in native(ladder_steps(known)).rows(named=True)}
    found = delivery_alarms(item.company, as_of=as_of, items=Item.objects.filter(pk=item.pk))
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
        alarm=found[0] if found else None,
    )


def delivery_alarms(
    company: Company, *, as_of: date, items: QuerySet[Item] | None = None
) -> tuple[DeliveryAlarm, ...]:
    """Return the open invoices nothing proves to have arrived, the soonest due first."""
    terms = responses_in_force(company, as_of=as_of).policy.alarm
    if not terms.is_on:
        return ()
    chosen = (_open_invoices(company) if items is None else items).filter(
        due_on__lte=due_by(terms, country=company.country, as_of=as_of)
    )
    if terms.only_ours:
        chosen = ours(company, chosen)
    known = known_facts(facts_frame(company, chosen), as_of=as_of)
    found = _alarms(company, known, chosen, as_of=as_of)
    return tuple(
        DeliveryAlarm(
            item_id=row["item_id"],
            customer_id=row["customer_id"],
            due_on=day_date(row["due_day"]),
            days_left=row["days_left"],
            why=row["why"],
            next_step=row["next_step"],
        )
        for row in found.sort("due_day", "item_id").rows(named=True)
    )


def delivery_board(
    company: Company,
    *,
    as_of: date,
    state: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> DeliveryBoard:
    """Return the open invoices of a state, the soonest due first, and the totals of all states.

    Raises CursorError for a cursor of another list.
    """
    place = read_cursor(cursor, (date, int)) if cursor else None
    items = _open_invoices(company)
    if customer_id is not None:
        items = items.filter(customer=customer_id)
    known = known_facts(facts_frame(company, items), as_of=as_of)
    told = (
        native(ladder(known))
        .join(_open_rows(items), on="item_id")
        .join(
            _alarms(company, known, items, as_of=as_of).select("item_id", "why", "next_step"),
            on="item_id",
            how="left",
        )
        .sort("due_day", "item_id")
    )
    rows = told.filter(_in_state(state)) if state else told
    if place is not None:
        on, key = day_number(_day(place[0])), place[1]
        day, item = pl.col("due_day"), pl.col("item_id")
        rows = rows.filter((day > on) | ((day == on) & (item > key)))
    limit = page_limit(limit)
    return DeliveryBoard(
        totals=_totals(told),
        page=page_of(
            _rows(rows.head(limit + 1)),
            limit=limit,
            key=lambda row: (row.due_on, row.item_id),
        ),
    )


def customer_deliveries(
    company: Company, customer_id: int, *, as_of: date
) -> tuple[DeliveryRow, ...]:
    """Return how far each open invoice of one customer has come, the oldest due first."""
    board = delivery_board(company, as_of=as_of, customer_id=customer_id, limit=500)
    return board.page.rows


def _alarms(
    company: Company, known: nw.LazyFrame, items: QuerySet[Item], *, as_of: date
) -> pl.DataFrame:
    terms = responses_in_force(company, as_of=as_of).policy.alarm
    if not terms.is_on:
        return pl.DataFrame(
            schema={
                **dict.fromkeys(("item_id", "customer_id", "open_minor"), pl.Int64),
                **dict.fromkeys(("due_day", "days_left"), pl.Int32),
                **dict.fromkeys(("currency", "why", "next_step"), pl.String),
            }
        )
    return native(
        never_received(
            known,
            nw.from_native(_open_frame(company, items).lazy()),
            reach_frame(company),
            proofs=terms.proofs,
            min_open_minor=terms.min_open_minor,
            only_ours=terms.only_ours,
            due_by=due_by(terms, country=company.country, as_of=as_of),
            issued_by=as_of - timedelta(days=terms.min_wait_days),
            as_of=as_of,
        )
    )


def ours(company: Company, items: QuerySet[Item]) -> QuerySet[Item]:
    """Return the items we wrote, sent or heard of ourselves; of others nobody tells us.

    Asked from the side of what we know: of a big ledger that is little.
    """
    of_ours = Q(item__company=company)
    carried = Q(kind=MessageAttachment.Kind.DOCUMENT)
    told = (
        Invoice.objects.filter(of_ours)
        .values("item")
        .union(
            MessageAttachment.objects.filter(of_ours, carried).values("item"),
            DeliveryNote.objects.filter(of_ours).values("item"),
            InvoiceResponse.objects.filter(of_ours).values("item"),
        )
    )
    # a database that is handed the union as a question asks it of every open item
    few = [row["item"] for row in told[: FEW + 1]]
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


def _open_rows(items: QuerySet[Item]) -> pl.DataFrame:
    rows = items.values_list(
        "pk", "number", "customer", "customer__number", "customer__name", "currency",
        "open_now__open_minor", "issued_on", "due_on",
    )  # fmt: skip
    return pl.DataFrame(
        [(*row[:7], day_number(row[7]), day_number(row[8])) for row in rows],
        schema={
            "item_id": pl.Int64,
            "number": pl.String,
            "customer_id": pl.Int64,
            "customer_number": pl.String,
            "customer_name": pl.String,
            "currency": pl.String,
            "open_minor": pl.Int64,
            "issued_day": pl.Int32,
            "due_day": pl.Int32,
        },
        orient="row",
    )


def _in_state(state: str) -> pl.Expr:
    if state == ALARM:
        return pl.col("why").is_not_null()
    return pl.col("current") == state


def _totals(told: pl.DataFrame) -> tuple[DeliveryTotal, ...]:
    """Return the sums of every state that has an invoice, in the order of STATES."""
    sums: Mapping[tuple[str, str], tuple[int, int]] = {
        (state, currency): (items, open_minor)
        for frame in (
            told.with_columns(state=pl.col("current")),
            told.filter(_in_state(ALARM)).with_columns(state=pl.lit(ALARM)),
        )
        for state, currency, items, open_minor in frame.group_by("state", "currency")
        .agg(items=pl.len(), open_minor=pl.col("open_minor").sum())
        .rows()
    }
    return tuple(
        DeliveryTotal(state=state, currency=currency, items=items, open_minor=open_minor)
        for (state, currency), (items, open_minor) in sorted(
            sums.items(), key=lambda row: (_place(row[0][0]), row[0][1])
        )
    )


def _place(state: str) -> int:
    return STATES.index(state) if state in STATES else len(STATES)


def _rows(told: pl.DataFrame) -> Sequence[DeliveryRow]:
    return [
        DeliveryRow(
            item_id=row["item_id"],
            number=row["number"],
            customer_id=row["customer_id"],
            customer_number=row["customer_number"],
            customer_name=row["customer_name"],
            currency=row["currency"],
            open_minor=row["open_minor"],
            issued_on=day_date(row["issued_day"]),
            due_on=day_date(row["due_day"]),
            reached=row["reached"],
            current=row["current"],
            current_on=day_date(row["current_day"]),
            current_source=row["current_source"],
            why=row["why"] or "",
            next_step=row["next_step"] or "",
        )
        for row in told.iter_rows(named=True)
    ]


def _step(kind: str, row: Mapping[str, object] | None, *, current: str) -> LadderStep:
    on = row["on_day"] if row else None
    return LadderStep(
        kind=kind,
        on=day_date(int(str(on))) if on is not None else None,
        source=str(row["source"]) if row else "",
        is_aside=kind in ASIDES,
        is_current=kind == current,
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("a cursor of this list begins with a day")
    return value
