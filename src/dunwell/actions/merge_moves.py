"""Giving the rows of one customer to another, and giving them back: every row is noted first."""

# tables, columns and conditions are our own texts
# ruff: noqa: S608

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dunwell.actions.gate import Actor
from dunwell.actions.new_records import add_records
from dunwell.actions.payers import write_payers
from dunwell.models import CustomerMerge, CustomerMove, Payment
from dunwell.queries.merge_places import PLACES, Place
from dunwell.queries.merge_splits import returning
from dunwell.queries.merged_records import Way

_NOTE = """
INSERT INTO dunwell_customermove
    (company_id, merge_id, place, row_id, before_id, after_id, moved_on, recorded_at)
SELECT %(company)s, %(merge)s, '{name}', t.id, %(before)s, %(after)s, {on}, {at}
FROM dunwell_{table} t WHERE {which} ORDER BY t.id
"""
_MOVE = """
UPDATE dunwell_{table} SET {column} = %(after)s WHERE {column} = %(before)s AND id IN (
    SELECT m.row_id FROM dunwell_customermove m
    WHERE m.merge_id = %(merge)s AND m.place = '{name}' AND m.after_id = %(after)s)
"""
_ITEMS = """
SELECT m.row_id FROM dunwell_customermove m
WHERE m.merge_id = %(merge)s AND m.place = 'item' AND m.after_id = %(after)s
"""
_FOLLOW = (
    f"""
UPDATE dunwell_entryline SET customer_id = %(after)s
WHERE customer_id = %(before)s AND source = 'item' AND source_id IN ({_ITEMS})
""",
    f"""
UPDATE dunwell_entryline SET customer_id = %(after)s
WHERE customer_id = %(before)s AND source = 'allocation' AND account <> 'unapplied'
  AND source_id IN (SELECT a.id FROM dunwell_allocation a WHERE a.item_id IN ({_ITEMS}))
""",
    f"""
UPDATE dunwell_openitem SET customer_id = %(after)s
WHERE customer_id = %(before)s AND item_id IN ({_ITEMS})
""",
    f"""
UPDATE dunwell_itemprediction SET customer_id = %(after)s
WHERE customer_id = %(before)s AND item_id IN ({_ITEMS})
""",
)
"""What repeats whose item it is; `write_payers` sees to what repeats whose payment it is."""


def take_over(actor: Actor, merge: CustomerMerge, *, as_of: date, at: datetime) -> dict[str, int]:
    """Give the survivor what a merge moves, inside the caller's transaction; return the counts.

    The caller holds the books and both records, and records the event.
    """
    ids = {"before": merge.merged_id, "after": merge.survivor_id}
    which = {place.name: place.condition for place in PLACES}
    return _moved(actor, merge, ids, which, as_of=as_of, at=at)


def give_back(actor: Actor, merge: CustomerMerge, *, as_of: date, at: datetime) -> dict[str, int]:
    """Give the merged record back what came by the merge and what belongs to that alone since.

    What somebody gave to a third customer meanwhile stays there. The caller has found that
    nothing stands against it.
    """
    ids = {"before": merge.survivor_id, "after": merge.merged_id}
    return _moved(actor, merge, ids, returning(merge), as_of=as_of, at=at)


def note_arrivals(
    actor: Actor, place: str, came: Mapping[int, Way], *, as_of: date, at: datetime
) -> None:
    """Note rows, by key, that came by the number of a merged record; a split gives them back.

    They are the survivor's already, and the way leads there from the record that they were told
    to be of. The caller holds the company, so that nobody merges or splits meanwhile.
    """
    add_records(
        CustomerMove,
        [
            CustomerMove(
                company=actor.company,
                merge_id=lead.merge_id,
                place=place,
                row_id=key,
                before_id=lead.before_id,
                after_id=lead.after_id,
                moved_on=as_of,
                recorded_at=at,
            )
            for key, way in came.items()
            for lead in way
        ],
    )
    if place != "payment":
        return
    paid = Payment.objects.in_bulk([*came])
    last = {key: way[-1].merge_id for key, way in came.items()}
    for merge in CustomerMerge.objects.filter(pk__in={*last.values()}).order_by("pk"):
        payments = [paid[key] for key, merge_id in last.items() if merge_id == merge.pk]
        _say_payers(actor, merge, payments, merge.survivor_id, as_of=as_of, at=at)


def _moved(
    actor: Actor,
    merge: CustomerMerge,
    ids: dict[str, int],
    which: dict[str, str],
    *,
    as_of: date,
    at: datetime,
) -> dict[str, int]:
    """Note and move the rows of every place, in the order of the places; return the counts."""
    told: dict[str, Any] = {
        **ids,
        "company": merge.company_id,
        "merge": merge.pk,
        "on": connection.ops.adapt_datefield_value(as_of),
        "at": connection.ops.adapt_datetimefield_value(at),
    }
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for place in PLACES:
            if count := _noted(cursor, place, which[place.name], told):
                counts[place.name] = count
                if place.table == "payment":
                    _give_payments(actor, merge, ids["after"], as_of=as_of, at=at)
                else:
                    names = {"table": place.table, "column": place.column, "name": place.name}
                    cursor.execute(_MOVE.format_map(names), told)
        for statement in _FOLLOW:
            cursor.execute(statement, told)
    return counts


def _noted(cursor: CursorWrapper, place: Place, which: str, told: dict[str, Any]) -> int:
    """Note the rows that go to the other customer; return how many."""
    is_text = connection.vendor != "postgresql"
    on, at = ("%(on)s", "%(at)s") if is_text else ("CAST(%(on)s AS date)", "%(at)s::timestamptz")
    cursor.execute(
        _NOTE.format(name=place.name, table=place.table, which=which, on=on, at=at), told
    )
    return int(cursor.rowcount)


def _give_payments(
    actor: Actor, merge: CustomerMerge, after: int, *, as_of: date, at: datetime
) -> None:
    """Say of the noted payments that they are the other customer's, as `assign_payer` does."""
    keys = CustomerMove.objects.filter(merge=merge, place="payment", after=after)
    payments = Payment.objects.filter(pk__in=keys.values("row_id")).exclude(customer=after)
    _say_payers(actor, merge, payments.order_by("pk"), after, as_of=as_of, at=at)


def _say_payers(
    actor: Actor,
    merge: CustomerMerge,
    payments: Iterable[Payment],
    after: int,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Write whose payments they are by a merge or its split, with a reason that names both."""
    did = "merged into" if after == merge.survivor_id else "split off from"
    write_payers(
        actor,
        dict.fromkeys(payments, after),
        reason=f"{merge.merged.number} {did} {merge.survivor.number}",
        as_of=as_of,
        at=at,
    )
