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
SCOPES = (MOVED, RETURNS)
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
    on: date | None
    amount_minor: int | None
    currency: str
    page: str
    page_key: int


@dataclass(frozen=True, slots=True)
class _Listed:
    rows: QuerySet[Any]
    told: Callable[[Any], MergeRow]


LISTED: Mapping[str, _Listed] = {
    "item": _Listed(
        Item.objects.all(),
        lambda row: MergeRow(
            key=row.pk,
            name=row.number,
            on=row.issued_on,
            amount_minor=row.amount_minor,
            currency=row.currency,
            page="item",
            page_key=row.pk,
        ),
    ),
    "payment": _Listed(
        Payment.objects.all(),
        lambda row: MergeRow(
            key=row.pk,
            name=row.number,
            on=row.value_on,
            amount_minor=row.amount_minor,
            currency=row.currency,
            page="payment",
            page_key=row.pk,
        ),
    ),
    "dispute": _Listed(
        Dispute.objects.select_related("item"),
        lambda row: MergeRow(
            key=row.pk,
            name=row.item.number,
            on=row.opened_on,
            amount_minor=row.amount_minor,
            currency=row.item.currency,
            page="dispute" if row.case_id else "",
            page_key=row.case_id or 0,
        ),
    ),
    "disputecase": _Listed(
        DisputeCase.objects.all(),
        lambda row: MergeRow(
            key=row.pk,
            name=f"{row.number} {row.title}".strip(),
            on=row.opened_on,
            amount_minor=None,
            currency="",
            page="dispute",
            page_key=row.pk,
        ),
    ),
}
"""Places whose rows are listed; of the others only how many is told."""


def merge_listing(
    merge: CustomerMerge, *, scope: str, place: str, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[MergeRow]:
    """Return one page of the rows of a place in LISTED, in the order they were recorded.

    As many in all as `told["moved"]` or `rows_that_return` say. Raises CursorError for a cursor
    that is not of this list.
    """
    limit, listed = page_limit(limit), LISTED[place]
    (last,) = read_cursor(cursor, (int,)) if cursor else (0,)
    condition = _MOVED if scope == MOVED else returning(merge)[place]
    values = {
        "merge": merge.pk,
        "before": merge.survivor_id,
        "place": place,
        "moved": merge.told.get("moved", {}).get(place, 0),
        "last": last,
        "most": limit + 1,
    }
    with connection.cursor() as asked:
        asked.execute(
            f"SELECT t.id FROM dunwell_{place} t WHERE t.id > %(last)s AND ({condition}) "
            "ORDER BY t.id LIMIT %(most)s",
            values,
        )
        keys = [key for (key,) in asked.fetchall()]
    found = listed.rows.in_bulk(keys)
    return page_of(
        [listed.told(found[key]) for key in keys], limit=limit, key=lambda one: (one.key,)
    )
