"""Double entry: the balanced lines that go with items, payments and allocations.

An item books its amount against sales, opening balances or charges; a payment books
bank against unapplied cash; an allocation moves from receivables to unapplied cash,
netting, write-offs, discounts or exchange differences. Lines sum to 0 per posting.
"""

from collections.abc import Sequence

from django.db import connection

from dunwell.models import Company, ImportBatch

_COLUMNS = (
    "company_id, source, source_id, account, customer_id, currency, amount_minor, "
    "posted_on, recorded_on"
)
_ITEMS = """
SELECT t.company_id, 'item', t.id, 'receivable', t.customer_id, t.currency,
       t.amount_minor, t.issued_on, t.recorded_on
FROM dunwell_item t WHERE t.company_id = %s AND {which}
UNION ALL
SELECT t.company_id, 'item', t.id,
       CASE WHEN t.kind IN ('invoice', 'credit_note') THEN 'sales'
            WHEN t.kind = 'opening' THEN 'opening' ELSE 'charges' END,
       t.customer_id, t.currency, -t.amount_minor, t.issued_on, t.recorded_on
FROM dunwell_item t WHERE t.company_id = %s AND {which}
"""
_PAYMENTS = """
SELECT t.company_id, 'payment', t.id, 'bank', t.customer_id, t.currency,
       t.amount_minor, t.value_on, t.recorded_on
FROM dunwell_payment t WHERE t.company_id = %s AND {which}
UNION ALL
SELECT t.company_id, 'payment', t.id, 'unapplied', t.customer_id, t.currency,
       -t.amount_minor, t.value_on, t.recorded_on
FROM dunwell_payment t WHERE t.company_id = %s AND {which}
"""
# The unapplied side belongs to the payer, the receivable side to the customer who owed:
# a parent may pay for its subsidiary.
_ALLOCATIONS = """
SELECT t.company_id, 'allocation', t.id, 'receivable', i.customer_id, i.currency,
       -t.amount_minor, t.applied_on, t.recorded_on
FROM dunwell_allocation t JOIN dunwell_item i ON i.id = t.item_id
WHERE t.company_id = %s AND {which}
UNION ALL
SELECT t.company_id, 'allocation', t.id,
       CASE WHEN t.source = 'payment' THEN 'unapplied'
            WHEN t.source = 'credit' THEN 'netting'
            WHEN a.kind IN ('write_off', 'small_balance') THEN 'write_off'
            ELSE a.kind END,
       CASE WHEN t.source = 'payment' THEN p.customer_id ELSE i.customer_id END, i.currency,
       t.amount_minor, t.applied_on, t.recorded_on
FROM dunwell_allocation t JOIN dunwell_item i ON i.id = t.item_id
LEFT JOIN dunwell_payment p ON p.id = t.payment_id
LEFT JOIN dunwell_adjustment a ON a.id = t.adjustment_id
WHERE t.company_id = %s AND {which}
"""


def post_entries(
    *,
    company: Company,
    items: Sequence[int] = (),
    payments: Sequence[int] = (),
    allocations: Sequence[int] = (),
) -> int:
    """Write the lines of the given new rows, by key; return how many lines."""
    return sum(
        _post(company, select, f"t.id IN ({', '.join(['%s'] * len(keys))})", keys)
        for select, keys in ((_ITEMS, items), (_PAYMENTS, payments), (_ALLOCATIONS, allocations))
        if keys
    )


def post_batch_entries(*, batch: ImportBatch) -> int:
    """Write the lines of everything an import added; return how many lines."""
    return sum(
        _post(batch.company, select, "t.batch_id = %s", [batch.pk])
        for select in (_ITEMS, _PAYMENTS, _ALLOCATIONS)
    )


def _post(company: Company, select: str, which: str, keys: Sequence[int]) -> int:
    statement = f"INSERT INTO dunwell_entryline ({_COLUMNS}) {select.format(which=which)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [company.pk, *keys] * 2)
        return int(cursor.rowcount)
