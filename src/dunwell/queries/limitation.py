"""When a company's claims become time-barred: rows by time left, sums, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_date, day_number
from dunwell.models import Company, Item, LimitationEvent
from dunwell.queries.kept_sums import MANY_ITEMS, kept_frame
from dunwell.queries.limitation_frames import (
    BARRED,
    BUCKETS,
    events_of,
    limitation_frame,
    limitation_rules,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of, read_cursor

LAST = 3_000_000
"""Where claims without a last day stand in the order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitationCause:
    """What happened to a claim; `event_id` is 0 for a payment of the ledger.

    `effect` is what the law makes of it, empty where it has no effect there.
    """

    event_id: int
    kind: str
    label: str
    on: date
    until_on: date | None
    effect: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitationRow:
    """One claim. `last_on` is the last day to act, empty while nothing lapses or unknown.

    `latest_on` is the last day by the latest reading of the law; `days_left` counts to
    `last_on`, below 0 once it has passed. `causes` are what happened.
    """

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    country: str
    currency: str
    due_on: date
    open_minor: int
    written_off_minor: int
    bucket: str
    rule: str
    rule_title: str
    source: str
    last_on: date | None
    latest_on: date | None
    days_left: int | None
    causes: tuple[LimitationCause, ...]

    @property
    def claim_minor(self) -> int:
        """Return what may be asked for: open and written off."""
        return self.open_minor + self.written_off_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitationTotal:
    """Claims of one bucket and currency, in minor units."""

    bucket: str
    currency: str
    claims: int
    claim_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitationBook:
    """The claims of a company: their sums, and item_id, order and bucket of each in order.

    `found` is the frame of `limitation_frame`, None where they are many.
    """

    totals: tuple[LimitationTotal, ...]
    order: pl.DataFrame
    found: pl.DataFrame | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitationEventRow:
    """An event recorded by hand; without an item it is about all of the customer's."""

    id: int
    customer_id: int
    customer_name: str
    item_id: int | None
    item_number: str
    kind: str
    kind_label: str
    on: date
    until_on: date | None
    evidence: str
    taken_back_on: date | None
    by: str


def barred_items(company: Company, *, as_of: date) -> pl.Series:
    """Return the keys of claims that are time-barred on a day, by the earliest reading."""
    found = limitation_frame(company, as_of=as_of)
    return found.filter(pl.col("bucket") == BARRED).get_column("item_id")


def limitation_totals(found: pl.DataFrame) -> tuple[LimitationTotal, ...]:
    """Return the sums of claims by bucket and currency, in the order of BUCKETS."""
    sums = (
        found.group_by("bucket", "currency")
        .agg(
            claims=pl.len().cast(pl.Int64),
            claim_minor=(pl.col("open_minor") + pl.col("written_off_minor")).sum(),
        )
        .sort("bucket", "currency")
    )
    totals = [LimitationTotal(**row) for row in sums.iter_rows(named=True)]
    return tuple(sorted(totals, key=lambda one: (BUCKETS.index(one.bucket), one.currency)))


def limitation_book(company: Company, *, as_of: date) -> LimitationBook:
    """Return all claims of a company; of many what is needed of each, until something is recorded.

    `limitation_page` is a page of it.
    """
    return kept_frame(
        company,
        ("limitation_book", as_of),
        lambda: _book(limitation_frame(company, as_of=as_of)),
        is_worth=lambda book: book.found is None,
    )


def _book(found: pl.DataFrame) -> LimitationBook:
    order = found.select(
        "item_id",
        pl.col("bucket").cast(pl.Enum(BUCKETS)),
        order=pl.col("last_day").fill_null(LAST),
    )
    return LimitationBook(
        totals=limitation_totals(found),
        order=order.sort("order", "item_id"),
        found=found if found.height < MANY_ITEMS else None,
    )


def limitation_page(
    company: Company,
    book: LimitationBook,
    *,
    as_of: date,
    bucket: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[LimitationRow]:
    """Return one page of all claims, next to lapse first; those without a last day come last."""
    if book.found is not None:
        return limitation_rows(
            company, book.found, as_of=as_of, bucket=bucket, cursor=cursor, limit=limit
        )
    order = book.order.filter(pl.col("bucket") == bucket) if bucket else book.order
    keys = _beyond(order, cursor).head(page_limit(limit) + 1)["item_id"].to_list()
    found = limitation_frame(company, as_of=as_of, item_ids=keys)
    return limitation_rows(company, found, as_of=as_of, limit=limit)


def _beyond(ordered: pl.DataFrame, cursor: str) -> pl.DataFrame:
    """Return the claims after a cursor."""
    if not cursor:
        return ordered
    order, key = read_cursor(cursor, (int, int))
    return ordered.filter(
        (pl.col("order") > order) | ((pl.col("order") == order) & (pl.col("item_id") > key))
    )


def limitation_rows(
    company: Company,
    found: pl.DataFrame,
    *,
    as_of: date,
    bucket: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[LimitationRow]:
    """Return one page of claims, next to lapse first; those without a last day come last."""
    limit = page_limit(limit)
    chosen = found
    if bucket:
        chosen = chosen.filter(pl.col("bucket") == bucket)
    if customer_id is not None:
        chosen = chosen.filter(pl.col("customer_id") == customer_id)
    ordered = chosen.with_columns(order=pl.col("last_day").fill_null(LAST)).sort(
        "order", "item_id"
    )
    part = _beyond(ordered, cursor).head(limit + 1)
    return page_of(
        _rows(company, part, as_of=as_of),
        limit=limit,
        key=lambda row: (day_number(row.last_on) if row.last_on else LAST, row.item_id),
    )


def event_rows(
    company: Company, *, customer_id: int | None = None, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[LimitationEventRow]:
    """Return one page of the events recorded by hand, the newest first."""
    found = LimitationEvent.objects.filter(company=company).select_related("customer", "item")
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_event(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def _event(row: LimitationEvent) -> LimitationEventRow:
    return LimitationEventRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_name=row.customer.name,
        item_id=row.item_id,
        item_number=row.item.number if row.item else "",
        kind=row.kind,
        kind_label=str(LimitationEvent.Kind(row.kind).label),
        on=row.on,
        until_on=row.until_on,
        evidence=row.evidence,
        taken_back_on=row.taken_back_on,
        by=row.by,
    )


def _rows(company: Company, part: pl.DataFrame, *, as_of: date) -> list[LimitationRow]:
    keys: list[int] = part.get_column("item_id").to_list()
    items = Item.objects.filter(pk__in=keys).select_related("customer").in_bulk()
    causes = _causes(company, part, keys, as_of=as_of)
    rules = limitation_rules()
    rows = []
    for row in part.iter_rows(named=True):
        item = items[row["item_id"]]
        rule = None if row["rule_no"] is None else rules[row["rule_no"]]
        rows.append(
            LimitationRow(
                item_id=item.pk,
                number=item.number,
                customer_id=item.customer_id,
                customer_name=item.customer.name,
                country=row["country"],
                currency=item.currency,
                due_on=item.due_on,
                open_minor=row["open_minor"],
                written_off_minor=row["written_off_minor"],
                bucket=row["bucket"],
                rule=rule.id if rule else "",
                rule_title=rule.title if rule else "",
                source=rule.source if rule else "",
                last_on=_on(row["last_day"]),
                latest_on=_on(row["latest_day"]),
                days_left=row["days_left"],
                causes=tuple(causes.get(item.pk, ())),
            )
        )
    return rows


def _causes(
    company: Company, part: pl.DataFrame, keys: Sequence[int], *, as_of: date
) -> dict[int, list[LimitationCause]]:
    rules = limitation_rules()
    ruled = dict(part.select("item_id", "rule_no").iter_rows())
    found: dict[int, list[LimitationCause]] = {}
    events = events_of(company, keys, as_of=as_of).filter(pl.col("day") <= day_number(as_of))
    for key, kind, began, until, event_id in events.sort("item_id", "day", "event_id").iter_rows():
        number = ruled[key]
        effect = None if number is None else rules[number].events.get(kind)
        found.setdefault(key, []).append(
            LimitationCause(
                event_id=event_id,
                kind=kind,
                label=str(LimitationEvent.Kind(kind).label),
                on=day_date(began),
                until_on=None if until is None or not event_id else day_date(until),
                effect=effect.effect if effect else "",
            )
        )
    return found


def _on(number: int | None) -> date | None:
    return None if number is None else day_date(number)
