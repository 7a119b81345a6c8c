"""The board of open invoices: how far each has come at its customer, and what states add up to.

Of most invoices of a large book nothing is known but that they were issued. The database counts
those; only invoices of which somebody heard more go through the engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Count, Max, Q, QuerySet, Sum

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.delivery_ladder import ASIDES, RUNGS
from dunwell.models import (
    Company,
    Item,
    OpenItem,
    PortalView,
)
from dunwell.queries.delivery_ladders import FEW, heard_of
from dunwell.queries.kept_sums import MANY_ITEMS, kept
from dunwell.queries.open_deliveries import OpenDeliveries, judged
from dunwell.queries.pages import (
    PAGE_SIZE,
    Page,
    after,
    page_limit,
    page_of,
    read_cursor,
)

ALARM = "alarm"
ISSUED = RUNGS[0]
STATES = (ALARM, *ASIDES, *RUNGS[:-1])
"""What the board can be narrowed to: never received, and every last word of an open invoice."""

SMALL = 500
"""So many invoices all go through the engine at once, which asks less often."""

_Sums = dict[tuple[str, str], tuple[int, int]]
"""Items and their open minor units by state and currency."""


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

    The totals of many are kept until something is recorded. Raises CursorError for a cursor of
    another list.
    """
    asked = OpenDeliveries.of(company, as_of=as_of, customer_id=customer_id)
    keys = list(asked.invoices.values_list("item", flat=True)[: SMALL + 1])
    if len(keys) <= SMALL:
        told = judged(asked, Item.objects.filter(pk__in=keys))
        found = _beyond(told, cursor).filter(_has_state(state))
        return DeliveryBoard(totals=_totals(told), page=_page_of(found, page_limit(limit)))
    # that somebody looked at an invoice in the portal is no event of the books
    seen = PortalView.objects.filter(company=company).aggregate(last=Max("pk"))
    totals = kept(
        company,
        ("delivery_totals", as_of, customer_id, seen["last"]),
        lambda: _large_totals(asked),
        is_worth=lambda found: sum(one.items for one in found) >= MANY_ITEMS,
    )
    return DeliveryBoard(totals=totals, page=_page(asked, state=state, cursor=cursor, limit=limit))


def delivery_page(
    company: Company, *, as_of: date, state: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[DeliveryRow]:
    """Return a page of the board without the totals."""
    return _page(OpenDeliveries.of(company, as_of=as_of), state=state, cursor=cursor, limit=limit)


def customer_deliveries(
    company: Company, customer_id: int, *, as_of: date
) -> tuple[DeliveryRow, ...]:
    """Return how far each open invoice of one customer has come, the oldest due first."""
    asked = OpenDeliveries.of(company, as_of=as_of, customer_id=customer_id)
    return _page(asked, state="", cursor="", limit=500).rows


def _page(asked: OpenDeliveries, *, state: str, cursor: str, limit: int) -> Page[DeliveryRow]:
    limit = page_limit(limit)
    beyond = after(cursor, ("due_on", "item"), (date, int))
    if not state:
        return _page_of(_first(asked, beyond, limit + 1), limit)
    keys = _in_state(asked, state, cursor, beyond, limit + 1)
    return _page_of(judged(asked, Item.objects.filter(pk__in=keys)), limit)


def _page_of(told: pl.DataFrame, limit: int) -> Page[DeliveryRow]:
    return page_of(
        _rows(told.head(limit + 1)), limit=limit, key=lambda row: (row.due_on, row.item_id)
    )


def _beyond(told: pl.DataFrame, cursor: str) -> pl.DataFrame:
    """Return the rows after a cursor."""
    if not cursor:
        return told
    on, key = read_cursor(cursor, (date, int))
    day, item, last = pl.col("due_day"), pl.col("item_id"), day_number(_day(on))
    return told.filter((day > last) | ((day == last) & (item > key)))


def _first(asked: OpenDeliveries, beyond: Q, wanted: int) -> pl.DataFrame:
    """Return the first invoices of any state, at least as many as wanted where there are."""
    found = []
    for chunk in _chunks(asked.invoices.filter(beyond), wanted):
        # one that is dated ahead counts only where something is known of it
        found.append(judged(asked, Item.objects.filter(pk__in=[key for _, key in chunk])))
        if sum(one.height for one in found) >= wanted:
            break
    return pl.concat(found)


def _in_state(asked: OpenDeliveries, state: str, cursor: str, beyond: Q, wanted: int) -> list[int]:
    """Return the keys of the first invoices of a state, at most as many as wanted."""
    heard = judged(asked, heard_of(asked.company, customer_id=asked.customer_id))
    told = _beyond(heard, cursor).filter(_has_state(state))
    places = told.select("due_day", "item_id").head(wanted).rows()
    plain: Q | None = {ALARM: asked.is_asked, ISSUED: asked.is_plain}.get(state)
    if plain is not None:
        seen = set(heard["item_id"])
        there: list[tuple[int, int]] = []
        written = state == ALARM and asked.terms.only_ours
        those = asked.written() if written else asked.invoices
        for chunk in _chunks(those.filter(beyond, plain), wanted):
            there += [(day_number(on), key) for on, key in chunk if key not in seen]
            if len(there) >= wanted:
                break
        places = sorted([*places, *there])
    return [key for _, key in places[:wanted]]


def _chunks(invoices: QuerySet[OpenItem], size: int) -> Iterator[list[tuple[date, int]]]:
    """Yield due days and keys of invoices in the order of the board, more of them each time."""
    start = 0
    order = invoices.order_by("due_on", "item").values_list("due_on", "item")
    while True:
        chunk = list(order[start : start + size])
        yield chunk
        if len(chunk) < size:
            return
        start, size = start + size, min(2 * size, FEW)


def _totals(told: pl.DataFrame) -> tuple[DeliveryTotal, ...]:
    """Return the sums of every state that has an invoice, in the order of STATES."""
    return _in_order(_sums(told))


def _large_totals(asked: OpenDeliveries) -> tuple[DeliveryTotal, ...]:
    """Return the same for many: those of which we heard, and what the database sums of others."""
    told = judged(asked, heard_of(asked.company, customer_id=asked.customer_id))
    sums = _sums(told)
    for currency, number, total in _plain(asked, Q(), asked.as_of):
        _add(sums, ISSUED, currency, number, total)
    if asked.terms.only_ours:
        alarms = _counted(asked.written().filter(asked.is_asked))
    else:
        alarms = _plain(asked, asked.is_due, min(asked.as_of, asked.last_issued))
    for currency, number, total in alarms:
        _add(sums, ALARM, currency, number, total)
    # the database counts those of which we heard as well, as if nothing were known of them
    for state, flag in ((ISSUED, "is_plain"), (ALARM, "is_asked")):
        for currency, number, total in _by_currency(told.filter(flag)):
            _add(sums, state, currency, -number, -total)
    return _in_order(sums)


def _plain(asked: OpenDeliveries, which: Q, issued_by: date) -> list[tuple[str, int, int]]:
    """Return the sums of open invoices issued by a day, as if nothing more were known of them.

    Those of all open items come from an index alone; what is no such invoice is taken off, for
    it is little, and to look up each item would take ten times as long.
    """
    opened = OpenItem.objects.filter(which, company=asked.company)
    others = Item.objects.filter(
        ~Q(kind=Item.Kind.INVOICE) | Q(issued_on__gt=issued_by) | Q(recorded_on__gt=asked.as_of),
        company=asked.company,
    )
    if asked.customer_id is not None:
        opened = opened.filter(customer=asked.customer_id)
        others = others.filter(customer=asked.customer_id)
    less = [(code, -n, -total) for code, n, total in _counted(opened.filter(item__in=others))]
    return [*_counted(opened), *less]


def _counted(opened: QuerySet[OpenItem]) -> list[tuple[str, int, int]]:
    """Return how many they are and their sum, by currency."""
    rows = opened.order_by("currency").values_list("currency")
    return [
        (currency, number, int(total))
        for currency, number, total in rows.annotate(n=Count("*"), total=Sum("open_minor"))
    ]


def _sums(told: pl.DataFrame) -> _Sums:
    sums: _Sums = {}
    for state in (*told["current"].unique(), ALARM):
        for currency, number, total in _by_currency(told.filter(_has_state(state))):
            _add(sums, state, currency, number, total)
    return sums


def _by_currency(told: pl.DataFrame) -> list[tuple[str, int, int]]:
    return told.group_by("currency").agg(pl.len(), pl.col("open_minor").sum()).rows()


def _add(sums: _Sums, state: str, currency: str, items: int, open_minor: int) -> None:
    before = sums.get((state, currency), (0, 0))
    sums[state, currency] = (before[0] + items, before[1] + open_minor)


def _in_order(sums: _Sums) -> tuple[DeliveryTotal, ...]:
    return tuple(
        DeliveryTotal(state=state, currency=currency, items=items, open_minor=open_minor)
        for (state, currency), (items, open_minor) in sorted(
            sums.items(), key=lambda one: (_place(one[0][0]), one[0][1])
        )
        if items
    )


def _has_state(state: str) -> pl.Expr:
    if not state:
        return pl.lit(value=True)
    if state == ALARM:
        return pl.col("why").is_not_null()
    return pl.col("current") == state


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


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("a cursor of this list begins with a day")
    return value
