"""Double entry: the balanced lines that go with items, payments and allocations.

An item books its amount against sales, opening balances, charges or refunds; a payment books
bank, when netted what we owe, when paid at a provider what it holds for us, against unapplied
cash; a payout moves what a provider held to bank and fees; an allocation moves from receivables to
unapplied cash, netting, write-offs, discounts or exchange differences; across currencies it has
an exchange line in each of the two. Lines sum to 0 per posting and currency.

This is the one door every posting goes through, so the closed period is asked for here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from dunwell.actions.bulk import indexed_after
from dunwell.actions.gate import Merged, Refused
from dunwell.actions.periods import first_open_day, share_books
from dunwell.models import (
    Allocation,
    Company,
    CustomerMerge,
    EntryLine,
    ImportBatch,
    Item,
    Payment,
    PeriodLock,
    ProviderPayout,
)
from dunwell.queries.customer_merges import led_on
from dunwell.queries.periods import lock_in_force

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
            WHEN t.kind = 'opening' THEN 'opening'
            WHEN t.kind = 'refund' THEN 'refunds' ELSE 'charges' END,
       t.customer_id, t.currency, -t.amount_minor, t.issued_on, t.recorded_on
FROM dunwell_item t WHERE t.company_id = %s AND {which}
"""
_PAYMENTS = """
SELECT t.company_id, 'payment', t.id,
       CASE WHEN t.method = 'netting' THEN 'offset'
            WHEN t.method = 'checkout' THEN 'provider' ELSE 'bank' END,
       t.customer_id, t.currency, t.amount_minor, t.value_on, t.recorded_on
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
       CASE WHEN t.paid_minor IS NOT NULL THEN 'fx'
            WHEN t.source = 'payment' THEN 'unapplied'
            WHEN t.source = 'credit' THEN 'netting'
            WHEN a.kind IN ('write_off', 'small_balance') THEN 'write_off'
            WHEN a.kind = 'rebate' THEN 'concession'
            ELSE a.kind END,
       CASE WHEN t.source = 'payment' AND t.paid_minor IS NULL THEN p.customer_id
            ELSE i.customer_id END, i.currency,
       t.amount_minor, t.applied_on, t.recorded_on
FROM dunwell_allocation t JOIN dunwell_item i ON i.id = t.item_id
LEFT JOIN dunwell_payment p ON p.id = t.payment_id
LEFT JOIN dunwell_adjustment a ON a.id = t.adjustment_id
WHERE t.company_id = %s AND {which}
"""
# The other currency's two lines of an allocation across currencies.
_EXCHANGED = """
SELECT t.company_id, 'allocation', t.id, 'unapplied', p.customer_id, p.currency,
       t.paid_minor, t.applied_on, t.recorded_on
FROM dunwell_allocation t JOIN dunwell_payment p ON p.id = t.payment_id
WHERE t.company_id = %s AND t.paid_minor IS NOT NULL AND {which}
UNION ALL
SELECT t.company_id, 'allocation', t.id, 'fx', i.customer_id, p.currency,
       -t.paid_minor, t.applied_on, t.recorded_on
FROM dunwell_allocation t JOIN dunwell_payment p ON p.id = t.payment_id
JOIN dunwell_item i ON i.id = t.item_id
WHERE t.company_id = %s AND t.paid_minor IS NOT NULL AND {which}
"""
_DAYS: Mapping[type[Item | Payment | Allocation], str] = {
    Item: "issued_on",
    Payment: "value_on",
    Allocation: "applied_on",
}
"""The day each kind of ledger row is booked on."""


def post_entries(
    *,
    company: Company,
    items: Sequence[int] = (),
    payments: Sequence[int] = (),
    allocations: Sequence[int] = (),
    exchanged: Sequence[int] = (),
) -> int:
    """Write the lines of the given new rows, by key; return how many lines.

    `exchanged` names those of the allocations that go across currencies. Raises Refused,
    naming the row, for a day of a closed period.
    """
    rows: dict[type[Item | Payment | Allocation], Sequence[int]] = {
        Item: items,
        Payment: payments,
        Allocation: allocations,
    }
    if not any(rows.values()):
        return 0
    _check_open(company, {table: {"pk__in": keys} for table, keys in rows.items() if keys})
    return sum(
        _post(company, select, f"t.id IN ({', '.join(['%s'] * len(keys))})", keys)
        for select, keys in (
            (_ITEMS, items),
            (_PAYMENTS, payments),
            (_ALLOCATIONS, allocations),
            (_EXCHANGED, exchanged),
        )
        if keys
    )


def post_batch_entries(*, batch: ImportBatch) -> int:
    """Write the lines of everything an import added; return how many lines.

    An import puts no payment on an item of another currency. Raises Refused, naming the row,
    for a day of a closed period.
    """
    _check_open(batch.company, {table: {"batch": batch} for table in _DAYS})
    added = sum(table.objects.filter(batch=batch).count() for table in _DAYS)
    with indexed_after("dunwell_entryline", rows=2 * added):
        return sum(
            _post(batch.company, select, "t.batch_id = %s", [batch.pk])
            for select in (_ITEMS, _PAYMENTS, _ALLOCATIONS)
        )


def post_payout(*, payout: ProviderPayout, amounts: Mapping[str, int], as_of: date) -> int:
    """Write the lines of a provider's payout by account; return how many. They must sum to 0.

    Booked on the day it was paid out, or on the first open day after a closed period.
    """
    return post_amounts(
        company=payout.provider.company,
        source=EntryLine.Source.PAYOUT,
        source_id=payout.pk,
        currency=payout.currency,
        amounts=amounts,
        on=payout.paid_on,
        as_of=as_of,
    )


def post_amounts(
    *,
    company: Company,
    source: str,
    source_id: int,
    currency: str,
    amounts: Mapping[str, int],
    on: date,
    as_of: date,
) -> int:
    """Write the lines of one posting by account, debits above 0; return how many.

    Booked on `on`, or on the first open day after a closed period. Raises ValueError when the
    amounts do not sum to 0.
    """
    if sum(amounts.values()):
        raise ValueError(f"{source} {source_id} does not balance")
    share_books(company)
    posted_on = first_open_day(company, on)
    rows = [
        EntryLine(
            company=company,
            source=source,
            source_id=source_id,
            account=account,
            currency=currency,
            amount_minor=amount,
            posted_on=posted_on,
            recorded_on=as_of,
        )
        for account, amount in sorted(amounts.items())
        if amount
    ]
    return len(EntryLine.objects.bulk_create(rows))


def _check_open(
    company: Company, rows: Mapping[type[Item | Payment | Allocation], Mapping[str, Any]]
) -> None:
    """Raise Refused when one of the rows is dated in the closed period, or of a closed record."""
    share_books(company)
    _check_records(company, rows)
    lock = lock_in_force(company)
    if lock is None or lock.until_on is None:
        return
    for table, which in rows.items():
        day = _DAYS[table]
        found = table.objects.filter(company=company, **which, **{f"{day}__lte": lock.until_on})
        if (row := found.order_by(day, "pk").first()) is not None:
            raise Refused(_closed(company, lock, row, day))


def _check_records(
    company: Company, rows: Mapping[type[Item | Payment | Allocation], Mapping[str, Any]]
) -> None:
    """Raise Refused when one of the rows is of a record that was merged into another one."""
    merges = CustomerMerge.objects.filter(company=company, status=CustomerMerge.Status.MERGED)
    if not merges.exists():
        return
    for name, table in (("items", Item), ("payments", Payment)):
        told = {f"merged__{name}__{field}": value for field, value in rows.get(table, {}).items()}
        found = merges.filter(**told).select_related("merged", "survivor").first()
        if told and found is not None:
            raise Merged(found.merged, led_on(found.survivor))


def _closed(company: Company, lock: PeriodLock, row: Item | Payment | Allocation, day: str) -> str:
    """Return the sentence that says which row, which lock, and what to do."""
    booked_on: date = getattr(row, day)
    if isinstance(row, Allocation):
        what = f"What is put on {row.item.number}"
    else:
        what = f"{'Item' if isinstance(row, Item) else 'Payment'} {row.number}"
    return (
        f"The books are closed until {lock.until_on} ({lock.reason}, {lock.author}). {what} is "
        f"dated {booked_on}: book it on {first_open_day(company, booked_on)} or later, or ask "
        "under Closing and journals for the period to be opened."
    )


def _post(company: Company, select: str, which: str, keys: Sequence[int]) -> int:
    statement = f"INSERT INTO dunwell_entryline ({_COLUMNS}) {select.format(which=which)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [company.pk, *keys] * 2)
        return int(cursor.rowcount)
