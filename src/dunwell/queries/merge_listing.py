"""The rows behind the counts of a merge: what it moved, and what a split of it would give back."""

# tables and conditions are our own texts
# ruff: noqa: S608

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dunwell.models import CustomerMerge, Dispute, DisputeCase, Item, Payment
from dunwell.queries.merge_splits import returning
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

MOVED, RETURNS = "moved", "returns"
"""What the merge itself moved, and what goes back with a split of it now."""
_MOVED = """
t.id IN (SELECT m.row_id FROM dunwell_customermove m WHERE m.merge_id = %(merge)s
         AND m.place = %(place)s AND m.after_id = %(before)s ORDER BY m.id LIMIT %(moved)s)
"""
"""The first moves to the survivor are the merge's own; what came since follows them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeRow:
    """One row: its name, day and amount where it has them, and the page that shows it.

    `page` is the name of an address, `page_key` what it takes; empty and 0 without one.
    """

    key: int
    name: str
    on: date
    amount_minor: int | None
    currency: str
    page: str
    page_key: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """Rows, the page that shows one, and what is told of one: name, day, amount, currency."""

    rows: QuerySet[Any]
    page: str
    told: Callable[[Any], tuple[str, date, int | None, str]]
    page_key: str = "pk"


LISTED: Mapping[str, _Listed] = {
    "item": _Listed(
        Item.objects.all(),
        "item",
        lambda row: (row.number, row.issued_on, row.amount_minor, row.currency),
    ),
    "payment": _Listed(
        Payment.objects.all(),
        "payment",
        lambda row: (row.number, row.value_on, row.amount_minor, row.currency),
    ),
    "dispute": _Listed(
        Dispute.objects.select_related("item"),
        "dispute",
        lambda row: (row.item.number, row.opened_on, row.amount_minor, row.item.currency),
        page_key="case_id",
    ),
    "disputecase": _Listed(
        DisputeCase.objects.all(),
        "dispute",
        lambda row: (f"{row.number} {row.title}".strip(), row.opened_on, None, ""),
    ),
}
"""Places whose rows are listed; of the others only how many is told."""


def merge_listing(
    merge: CustomerMerge, *, scope: str, place: str
) -> Callable[..., Page[MergeRow]]:
    """Return what reads one page of the rows of a place in LISTED, in the order of their keys.

    It takes `cursor` and `limit`, and raises CursorError for a cursor that is not of this list.
    There are as many rows in all as `told["moved"]` or `rows_that_return` say.
    """
    condition = _MOVED if scope == MOVED else returning(merge)[place]
    values = {
        "merge": merge.pk,
        "before": merge.survivor_id,
        "place": place,
        "moved": merge.told.get("moved", {}).get(place, 0),
    }

    def read(*, cursor: str = "", limit: int = PAGE_SIZE) -> Page[MergeRow]:
        limit = page_limit(limit)
        (last,) = read_cursor(cursor, (int,)) if cursor else (0,)
        with connection.cursor() as asked:
            asked.execute(
                f"SELECT t.id FROM dunwell_{place} t WHERE t.id > %(last)s AND ({condition}) "
                "ORDER BY t.id LIMIT %(most)s",
                values | {"last": last, "most": limit + 1},
            )
            keys = [key for (key,) in asked.fetchall()]
        found = LISTED[place].rows.in_bulk(keys)
        rows = [_told(LISTED[place], found[key]) for key in keys]
        return page_of(rows, limit=limit, key=lambda one: (one.key,))

    return read


def _told(listed: _Listed, row: Any) -> MergeRow:
    name, on, amount_minor, currency = listed.told(row)
    page_key = getattr(row, listed.page_key)
    return MergeRow(
        key=row.pk,
        name=name,
        on=on,
        amount_minor=amount_minor,
        currency=currency,
        page=listed.page if page_key else "",
        page_key=page_key or 0,
    )
