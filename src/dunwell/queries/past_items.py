"""Items as of a day gone by and as known on a day: worked out from the engine's frames.

The projection of open items only knows now; every other day follows from the ledger.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db.models import Q

from dunwell.engine.aging import BUCKETS, bucketed
from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.items import open_items, settled_items
from dunwell.engine.ledger import known
from dunwell.models import Company, Customer, Item
from dunwell.queries import frames
from dunwell.queries.items import SCOPES, ItemFilter, ItemRow, ItemTotal
from dunwell.queries.pages import PAGE_SIZE, Key, Page, page_limit, page_of, read_cursor
from dunwell.queries.reminders import native
from dunwell.queries.whole_ledger import whole_allocations, whole_items

SORTS = {
    "due_on": "due_day",
    "issued_on": "issued_day",
    "amount": "amount_minor",
    "open": "open_minor",
}
"""What a list of a past day may be sorted by, and the frame's column."""


class PastItems:
    """The items of one day, read once: rows and totals come from the same frame."""

    def __init__(self, company: Company, *, as_of: date, known_on: date, only: ItemFilter) -> None:
        self._company, self._as_of = company, as_of
        if only.scope not in SCOPES:
            raise ValueError(f"There is no list of {only.scope} items; use {', '.join(SCOPES)}.")
        if only.bucket and only.bucket not in BUCKETS:
            raise ValueError(f"There is no bucket {only.bucket}; use {', '.join(BUCKETS)}.")
        self._disputed = _disputed(company, as_of=as_of, known_on=known_on)
        self._frame = self._filtered(
            _all(company, as_of=as_of, known_on=known_on, scope=only.scope, bucket=only.bucket),
            only,
        )

    def totals(self) -> tuple[ItemTotal, ...]:
        """Return the sums of all items, one per currency, in minor units."""
        sums = (
            self._frame.group_by("currency")
            .agg(pl.len(), pl.col("amount_minor", "open_minor").sum())
            .sort("currency")
        )
        return tuple(
            ItemTotal(currency=code, items=n, amount_minor=amount, open_minor=left)
            for code, n, amount, left in sums.iter_rows()
        )

    def rows(
        self, *, sort: str = "due_on", cursor: str = "", limit: int = PAGE_SIZE
    ) -> Page[ItemRow]:
        """Return one page in a stable order; promises and holds of past days are not told.

        Raises ValueError for an unknown sort, CursorError for a cursor of another list.
        """
        column = SORTS.get(sort.removeprefix("-"), "")
        if not column:
            raise ValueError(
                f"A past day cannot be sorted by {sort}; use one of {', '.join(SORTS)}."
            )
        is_down = sort.startswith("-")
        limit = page_limit(limit)
        kinds: Sequence[type[Key]] = (date if column.endswith("_day") else int, int)
        frame = self._frame
        if cursor:
            value, key = read_cursor(cursor, kinds)
            bound = day_number(value) if isinstance(value, date) else value
            first, last = pl.col(column), pl.col("item_id")
            beyond = first < bound if is_down else first > bound
            after = last < key if is_down else last > key
            frame = frame.filter(beyond | ((first == bound) & after))
        found = frame.sort(column, "item_id", descending=is_down).head(limit + 1)
        field = sort.removeprefix("-") if column.endswith("_day") else column
        return page_of(
            self._rows(found), limit=limit, key=lambda row: (getattr(row, field), row.id)
        )

    def _filtered(self, frame: pl.DataFrame, only: ItemFilter) -> pl.DataFrame:
        if only.currency:
            frame = frame.filter(pl.col("currency") == only.currency)
        if only.customer_id is not None:
            frame = frame.filter(pl.col("customer_id") == only.customer_id)
        if only.kind:
            frame = frame.filter(pl.col("kind") == only.kind)
        if only.is_disputed:
            frame = frame.filter(pl.col("item_id").is_in(list(self._disputed)))
        if text := only.search.strip().replace("\0", ""):
            named = Customer.objects.filter(Q(number=text) | Q(name__icontains=text))
            customers = list(named.filter(company=self._company).values_list("pk", flat=True))
            numbered = Item.objects.filter(company=self._company, number=text)
            items = list(numbered.values_list("pk", flat=True))
            frame = frame.filter(
                pl.col("customer_id").is_in(customers) | pl.col("item_id").is_in(items)
            )
        return frame

    def _rows(self, found: pl.DataFrame) -> list[ItemRow]:
        records = {
            item.pk: item
            for item in Item.objects.filter(
                company=self._company, pk__in=found["item_id"].to_list()
            ).select_related("customer")
        }
        return [
            ItemRow(
                id=row["item_id"],
                number=records[row["item_id"]].number,
                kind=row["kind"],
                customer_id=row["customer_id"],
                customer_number=records[row["item_id"]].customer.number,
                customer_name=records[row["item_id"]].customer.name,
                currency=row["currency"],
                amount_minor=row["amount_minor"],
                open_minor=row["open_minor"],
                issued_on=day_date(row["issued_day"]),
                due_on=day_date(row["due_day"]),
                days_past_due=row["days_past_due"],
                bucket=row["bucket"] if row["open_minor"] else "",
                reference=records[row["item_id"]].reference,
                disputed_minor=min(
                    self._disputed.get(row["item_id"], 0), max(row["open_minor"], 0)
                ),
                promised_minor=0,
                is_held=False,
            )
            for row in found.iter_rows(named=True)
        ]


_COLUMNS = (
    "item_id",
    "customer_id",
    "kind",
    "currency",
    "amount_minor",
    "issued_day",
    "due_day",
    "open_minor",
    "days_past_due",
    "bucket",
)


def _all(
    company: Company, *, as_of: date, known_on: date, scope: str, bucket: str
) -> pl.DataFrame:
    items = known(whole_items(company), on=known_on)
    allocations = known(whole_allocations(company), on=known_on)
    parts = []
    if scope != "settled" or bucket:
        opened = native(bucketed(open_items(items, allocations, as_of=as_of)))
        if scope == "overdue":
            opened = opened.filter(pl.col("days_past_due") > 0)
        if bucket:
            opened = opened.filter(pl.col("bucket") == bucket)
        parts.append(opened.select(_COLUMNS))
    if scope in {"settled", "all"} and not bucket:
        settled = native(settled_items(items, allocations, as_of=as_of))
        late = (pl.lit(day_number(as_of)) - pl.col("due_day")).cast(pl.Int32)
        nothing = pl.lit(0, pl.Int64)
        parts.append(
            settled.with_columns(open_minor=nothing, days_past_due=late, bucket=pl.lit("")).select(
                _COLUMNS
            )
        )
    return pl.concat(parts)


def _disputed(company: Company, *, as_of: date, known_on: date) -> dict[int, int]:
    """Return what was disputed of each item on the day, in minor units."""
    day = day_number(min(as_of, known_on))
    rows = native(frames.disputes_frame(company)).filter(
        pl.col("opened_day") <= day, pl.col("closed_day").is_null() | (pl.col("closed_day") > day)
    )
    return dict(rows.select("item_id", "amount_minor").iter_rows())
