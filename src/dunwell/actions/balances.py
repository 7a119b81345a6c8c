"""The projection of open items: one row per item whose open amount is not 0 now.

Nothing else writes it. Actions refresh the items they touched in their own transaction;
`rebuild_open_items` writes every difference; `verify` proves that both agree.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from dunwell.actions.bulk import indexed_after
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.models import Company, ImportBatch, Item

_UPSERT = """
INSERT INTO dunwell_openitem (item_id, company_id, customer_id, currency, open_minor, due_on)
SELECT i.id, i.company_id, i.customer_id, i.currency,
       i.amount_minor - COALESCE(a.allocated, 0), i.due_on
FROM dunwell_item i
LEFT JOIN (
    SELECT item_id, CAST(SUM(amount_minor) AS bigint) AS allocated
    FROM dunwell_allocation WHERE {allocations} GROUP BY item_id
) a ON a.item_id = i.id
WHERE {company} = %s AND {items} AND i.amount_minor <> COALESCE(a.allocated, 0)
ON CONFLICT (item_id) DO UPDATE SET
    company_id = excluded.company_id, customer_id = excluded.customer_id,
    currency = excluded.currency, open_minor = excluded.open_minor, due_on = excluded.due_on
WHERE dunwell_openitem.open_minor <> excluded.open_minor
   OR dunwell_openitem.due_on <> excluded.due_on
   OR dunwell_openitem.currency <> excluded.currency
   OR dunwell_openitem.customer_id <> excluded.customer_id
   OR dunwell_openitem.company_id <> excluded.company_id
"""
_DELETE = """
DELETE FROM dunwell_openitem
WHERE company_id = %s AND {open_items} AND (
    SELECT i.amount_minor - COALESCE(
        (SELECT CAST(SUM(a.amount_minor) AS bigint)
         FROM dunwell_allocation a WHERE a.item_id = i.id), 0)
    FROM dunwell_item i WHERE i.id = dunwell_openitem.item_id
) = 0
"""
_SETTLED = "{column} IN (SELECT item_id FROM dunwell_allocation WHERE batch_id = %s)"
_OF_BATCH = (
    "(i.batch_id = %s OR {column} IN (SELECT item_id FROM dunwell_allocation WHERE batch_id = %s))"
)


@transaction.atomic
def rebuild_open_items(*, actor: Actor, at: datetime) -> int:
    """Bring the projection in line with the ledger; return how many rows were wrong.

    The ledger decides; an event is written only when something was wrong.
    """
    actor.require("balances.rebuild")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    changed = _refresh(actor.company, "{column} IS NOT NULL", [])
    if changed:
        record_event(actor, "balances.rebuilt", actor.company, at=at, changed=changed)
    return changed


def refresh_open_items(*, company: Company, items: Sequence[int]) -> int:
    """Refresh the given items inside the caller's transaction; return the rows changed."""
    if not items:
        return 0
    return _refresh(company, f"{{column}} IN ({', '.join(['%s'] * len(items))})", list(items))


def refresh_batch_open_items(*, batch: ImportBatch) -> int:
    """Refresh every item an import added or settled; return the rows changed.

    What it added was not there before, so only what it settled can be gone, or have been paid.
    """
    keys, added = [batch.pk], Item.objects.filter(batch=batch).count()
    with indexed_after("dunwell_openitem", rows=added):
        return _refresh(batch.company, _SETTLED, keys, items=(_OF_BATCH, keys * 2))


def _refresh(
    company: Company, which: str, keys: list[int], *, items: tuple[str, list[int]] | None = None
) -> int:
    """Refresh the items of a condition and its keys; `items` may add some that are new."""
    added, added_keys = items or (which, keys)
    upsert = _UPSERT.format(
        allocations=which.format(column="item_id"),
        items=added.format(column="i.id"),
        # the sign keeps SQLite from walking through a company's items where some are named
        company="+i.company_id" if keys else "i.company_id",
    )
    delete = _DELETE.format(open_items=which.format(column="item_id"))
    with connection.cursor() as cursor:
        cursor.execute(delete, [company.pk, *keys])
        deleted = cursor.rowcount
        cursor.execute(upsert, [*keys, company.pk, *added_keys])
        return int(deleted + cursor.rowcount)
