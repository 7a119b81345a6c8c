"""What has been recorded since a merge: what goes back with it, and what stands against that."""

# tables, columns and conditions are our own texts
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from dunwell.models import CustomerMerge
from dunwell.queries.fetched_rows import fetched
from dunwell.queries.merge_hindrances import SHOWN, Hindrance
from dunwell.queries.merge_places import PLACES

SHOWN_ARRIVED = 20
"""So many of the documents that came since are named."""
_MOVED = (
    "SELECT m.row_id FROM dunwell_customermove m WHERE m.merge_id = {merge} "
    "AND m.place = '{place}' AND m.after_id = {survivor}"
)
_ITEMS = """
{moved}
UNION SELECT r.id FROM dunwell_item r
WHERE r.customer_id = {survivor} AND r.reverses_id IN ({moved})
UNION SELECT q.credit_item_id FROM dunwell_creditrequest q
JOIN dunwell_dispute d ON d.id = q.dispute_id
WHERE q.credit_item_id IS NOT NULL AND d.item_id IN ({moved})
"""
"""Documents that go back: those that came, their reversals, and credits asked for over them."""
_PAYMENTS = """
{moved}
UNION SELECT r.id FROM dunwell_payment r
WHERE r.customer_id = {survivor} AND r.reverses_id IN ({moved})
"""
_CAME = """
t.{column} = %(before)s AND (t.id IN (
    SELECT m.row_id FROM dunwell_customermove m
    WHERE m.merge_id = %(merge)s AND m.place = '{name}' AND m.after_id = %(before)s){more})
"""
"""Rows that the survivor (`before`) has by the merge, or by the number of the closed record."""
_SINGLE = (
    "anomaly", "charge", "dispute", "hold", "limitationevent", "lossassessment", "retention",
    "strategyoverride", "task",
)  # fmt: skip
"""Tables whose rows are about one document each."""
_GROUPS: Mapping[str, tuple[str, str]] = {
    "disputecase": ("dispute", "case_id"),
    "paymentplan": ("planitem", "plan_id"),
    "promise": ("promiseitem", "promise_id"),
    "settlement": ("settlementitem", "settlement_id"),
}
"""Tables whose rows are about several documents, with the table and column of those."""


@dataclass(frozen=True, slots=True)
class _Tie:
    """Rows recorded since that tie both records together, what names one, and what to do."""

    kind: str
    query: str
    text: Words


_APPLIED = _("Money or credit of one was put on the other since; take that back first.")
_TIES: tuple[_Tie, ...] = (
    _Tie(
        "allocation",
        """
SELECT i.number FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
LEFT JOIN dunwell_payment p ON p.id = a.payment_id
WHERE a.id > {allocation} AND a.reverses_id IS NULL AND i.customer_id = {survivor}
  AND NOT EXISTS (SELECT 1 FROM dunwell_allocation r WHERE r.reverses_id = a.id)
  AND ((a.item_id IN ({items}) AND a.counter_item_id IS NOT NULL
        AND a.counter_item_id NOT IN ({items}))
    OR (a.item_id IN ({items}) AND p.customer_id = {survivor} AND p.id NOT IN ({payments}))
    OR (a.item_id NOT IN ({items}) AND p.id IN ({payments})))
ORDER BY a.id
""",
        _APPLIED,
    ),
    _Tie(
        "charge",
        """
SELECT i.number FROM dunwell_charge c JOIN dunwell_item i ON i.id = c.billed_item_id
WHERE c.item_id IN ({items}) AND c.billed_item_id NOT IN ({items})
ORDER BY i.number
""",
        _("Charges on returned documents were billed since; they stay together."
        ),
    ),
    *(
        _Tie(
            table,
            f"""
SELECT t.id FROM dunwell_{table} t WHERE t.customer_id = {{survivor}}
  AND EXISTS (SELECT 1 FROM dunwell_{lines} l WHERE l.{column} = t.id AND l.item_id IN ({{items}}))
  AND EXISTS (SELECT 1 FROM dunwell_{lines} l WHERE l.{column} = t.id
              AND l.item_id NOT IN ({{items}}))
ORDER BY t.id
""",
            _("Something agreed since is about documents of both; it stays together."
            ),
        )
        for table, (lines, column) in _GROUPS.items()
    ),
    *(
        _Tie(
            table,
            f"""
SELECT t.id FROM dunwell_{table} t
WHERE t.customer_id = {{survivor}} AND {live} AND t.id NOT IN ({{moved_{table}}})
  AND EXISTS (SELECT 1 FROM dunwell_{lines} l WHERE l.{column} = t.id AND l.item_id IN ({{items}}))
ORDER BY t.id
""",
            _("A promise, plan or settlement was made since; withdraw or cancel it first.",
            ),
        )
        for table, lines, column, live in (
            ("promise", "promiseitem", "promise_id", "t.outcome = 'open'"),
            (
                "paymentplan", "planitem", "plan_id",
                ("t.status IN ('draft', 'pending', 'offered', 'active', 'defaulted', "
                "'accelerated')"),
            ),
            (
                "settlement", "settlementitem", "settlement_id",
                "t.status IN ('draft', 'pending', 'offered', 'accepted')",
            ),
        )
    ),
    _Tie(
        "promise",
        """
SELECT t.id FROM dunwell_promise t WHERE t.customer_id = {survivor} AND t.level = 'customer'
  AND t.outcome IN ('kept', 'partially_kept') AND t.settled_on >= '{decided_on}'
ORDER BY t.id
""",
        _("A promised amount was judged by the money of both; it stays together."
        ),
    ),
    *(
        _Tie(table, query, text)
        for table, query, text in (
            (
                "placement",
                ("SELECT t.number FROM dunwell_placement t JOIN dunwell_placementitem l "
                "ON l.placement_id = t.id WHERE t.ended_on IS NULL AND l.item_id IN ({items})"),
                _("Items were placed with an agency since; recall them first."
                ),
            ),
            (
                "legalmatter",
                ("SELECT t.id FROM dunwell_legalmatter t JOIN dunwell_legalmatteritem l "
                "ON l.matter_id = t.id WHERE t.status <> 'closed' AND l.item_id IN ({items})"),
                _("A legal matter was opened since; close it first."),
            ),
            (
                "debit",
                ("SELECT t.id FROM dunwell_debit t JOIN dunwell_debititem l ON l.debit_id = t.id "
                "WHERE t.status IN ('planned', 'sent') AND l.item_id IN ({items})"),
                _("A direct debit is under way; wait for the bank first."),
            ),
            (
                "checkout",
                ("SELECT t.id FROM dunwell_checkout t JOIN dunwell_checkoutline l "
                "ON l.checkout_id = t.id WHERE t.status IN ('created', 'open', 'processing') "
                "AND l.item_id IN ({items})"),
                _("A payment online is under way; wait until it ends."),
            ),
            (
                "financingitem",
                ("SELECT t.id FROM dunwell_financingitem t WHERE t.status = 'assigned' "
                "AND t.item_id IN ({items})"),
                _("Items are assigned to a lender; settle or return them first.",
                ),
            ),
            (
                "refund",
                ("SELECT t.id FROM dunwell_refund t WHERE t.customer_id = {survivor} "
                "AND t.id NOT IN ({moved_refund}) "
                "AND (t.credit_id IN ({items}) OR t.payment_id IN ({payments}))"),
                _("Returned money was refunded since; it stays together."
                ),
            ),
        )
    ),
)  # fmt: skip
_LATER = _("The survivor was merged into another record since; split that merge first.")


def split_hindrances(merge: CustomerMerge) -> tuple[Hindrance, ...]:
    """Return what stands against undoing a merge now, empty where it may be undone."""
    later = CustomerMerge.objects.filter(
        merged=merge.survivor_id, status=CustomerMerge.Status.MERGED
    ).select_related("survivor")
    found = [
        Hindrance(kind="merge", where=row.survivor.number, text=_LATER) for row in later
    ]  # fmt: skip
    names = _names(merge)
    for tie in _TIES:
        rows = fetched(f"{tie.query.format_map(names)} LIMIT {SHOWN + 1}", [])
        if rows:
            more = ", …" if len(rows) > SHOWN else ""
            where = ", ".join(str(one) for (one,) in rows[:SHOWN]) + more
            found.append(Hindrance(kind=tie.kind, where=where, text=tie.text))
    return tuple(found)


def returning(merge: CustomerMerge) -> dict[str, str]:
    """Return the condition on rows `t` that a split gives back, by the name of their place.

    Those that came by the merge or since by the number of the closed record, and what was recorded
    since for such a document alone. Parameters are `before`, the survivor, and `merge`.
    """
    since = _followers(merge)
    found = {}
    for place in PLACES:
        rows = since.get(place.table, []) if place.column == "customer_id" else []
        more = f" OR t.id IN ({', '.join(map(str, rows))})" if rows else ""
        found[place.name] = _CAME.format(column=place.column, name=place.name, more=more)
    return found


def arrived(merge: CustomerMerge) -> list[str]:
    """Return the numbers of documents that came since by the number of the closed record.

    In their order, one more than are shown at most. The merge itself moved those before them.
    """
    rows = fetched(
        "SELECT i.number FROM dunwell_customermove m JOIN dunwell_item i ON i.id = m.row_id "
        "WHERE m.merge_id = %s AND m.place = 'item' AND m.after_id = %s ORDER BY m.id "
        "LIMIT %s OFFSET %s",
        [merge.pk, merge.survivor_id, SHOWN_ARRIVED + 1, merge.told["moved"].get("item", 0)],
    )
    return [number for (number,) in rows]


def rows_that_return(merge: CustomerMerge) -> dict[str, int]:
    """Return how many rows of each place a split would give back; only places with some."""
    conditions = returning(merge)
    counted = ", ".join(
        f"(SELECT COUNT(*) FROM dunwell_{place.table} t WHERE {conditions[place.name]})"
        for place in PLACES
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}", {"before": merge.survivor_id, "merge": merge.pk})
        found = cursor.fetchone()
    told = {place.name: int(n) for place, n in zip(PLACES, found, strict=True)}
    return {name: n for name, n in told.items() if n}


def _followers(merge: CustomerMerge) -> dict[str, list[int]]:
    """Return the rows recorded since, by table, that belong to returned documents alone."""
    names = _names(merge)
    found = {
        "item": _new("item", names["items"], names),
        "payment": _new("payment", names["payments"], names),
    }
    for table in _SINGLE:
        about = f"SELECT t.id FROM dunwell_{table} t WHERE t.item_id IN ({names['items']})"
        found[table] = _new(table, about, names)
    for table, (lines, column) in _GROUPS.items():
        about = f"SELECT l.{column} FROM dunwell_{lines} l WHERE l.item_id IN ({names['items']})"
        found[table] = _new(table, about, names)
    return {table: rows for table, rows in found.items() if rows}


def _new(table: str, about: str, names: "_Names") -> list[int]:
    rows = fetched(
        f"SELECT n.id FROM dunwell_{table} n WHERE n.customer_id = {names['survivor']} "
        f"AND n.id IN ({about}) AND n.id NOT IN ({names[f'moved_{table}']}) ORDER BY n.id",
        [],
    )
    return [int(key) for (key,) in rows]


class _Names(dict[str, Any]):
    """What stands in the statements of a merge; `moved_<table>` are the rows that came."""

    def __missing__(self, name: str) -> str:
        place = name.removeprefix("moved_")
        return _MOVED.format(merge=self["merge"], survivor=self["survivor"], place=place)


def _names(merge: CustomerMerge) -> _Names:
    names = _Names(
        merge=int(merge.pk),
        survivor=int(merge.survivor_id),
        allocation=int(merge.told.get("allocation", 0)),
        decided_on=merge.decided_on.isoformat() if merge.decided_on else "9999-12-31",
    )
    survivor = names["survivor"]
    names["items"] = _ITEMS.format(moved=names["moved_item"], survivor=survivor)
    names["payments"] = _PAYMENTS.format(moved=names["moved_payment"], survivor=survivor)
    return names
