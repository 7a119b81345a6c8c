"""The rows of the ledger that statements of account rest on, read for many customers at once.

Read is what was recorded by a day and, so that a statement of today can be made again
tomorrow, no row newer than those that were there when it was made (`Through`). Whose payment
it is follows what was found out by then.
"""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl
from django.db import connection

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.statements import STATEMENT_ALLOCATIONS
from dunwell.models import Company, Customer
from dunwell.queries.frames import day, read_rows

_TYPES: Mapping[type[nw.dtypes.DType], type[pl.DataType]] = {
    nw.Int64: pl.Int64,
    nw.Int32: pl.Int32,
    nw.String: pl.String,
}
_TOUCHED = """
WITH wanted AS (SELECT id FROM dunwell_customer WHERE company_id = %s AND id IN ({keys})),
own_items AS (SELECT id FROM dunwell_item WHERE customer_id IN (SELECT id FROM wanted)),
own_payments AS (
    SELECT id FROM dunwell_payment WHERE customer_id IN (SELECT id FROM wanted)
    UNION SELECT payment_id FROM dunwell_payerassignment
    WHERE customer_id IN (SELECT id FROM wanted)),
touched AS (
    SELECT id, item_id, payment_id FROM dunwell_allocation
    WHERE item_id IN (SELECT id FROM own_items)
    UNION SELECT id, item_id, payment_id FROM dunwell_allocation
    WHERE payment_id IN (SELECT id FROM own_payments))
"""
"""The customers' own rows, and their allocations with what is at the other end of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Through:
    """Keys of the newest rows a statement rests on: later rows are not part of it."""

    item: int
    payment: int
    allocation: int
    assignment: int

    def as_dict(self) -> dict[str, int]:
        """Return the keys by name, as they are stored with a statement."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountRows:
    """Rows in the engine's columns with their texts, and the customers' numbers by key.

    `items` and `payments` hold those of other customers, too, where an allocation leads there.
    """

    items: pl.DataFrame
    payments: pl.DataFrame
    allocations: pl.DataFrame
    numbers: Mapping[int, str]


def newest_rows() -> Through:
    """Return the keys of the newest rows of the ledger now."""
    tables = ("item", "payment", "allocation", "payerassignment")
    found = ", ".join(f"(SELECT COALESCE(MAX(id), 0) FROM dunwell_{table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {found}")
        item, payment, allocation, assignment = cursor.fetchone()
    return Through(item=item, payment=payment, allocation=allocation, assignment=assignment)


def account_rows(
    company: Company, customers: Sequence[int], *, known_on: date, through: Through
) -> AccountRows:
    """Return what the statements of the customers, by key, rest on; in four queries."""
    known = day_number(known_on)
    touched = _TOUCHED.format(keys=", ".join(["%s"] * len(customers)) or "NULL")
    start = [company.pk, *customers]
    items = read_rows(
        touched + _items(),
        [*start, through.item, known],
        _types(schema.ITEMS, number=pl.String, reference=pl.String),
    )
    payments = read_rows(
        touched + _payments(),
        [*start, through.assignment, known, through.payment, known],
        _types(
            schema.PAYMENTS,
            number=pl.String,
            reference=pl.String,
            method=pl.String,
            reverses_id=pl.Int64,
        ),
    )
    allocations = read_rows(
        touched + _allocations(),
        [*start, through.allocation, known],
        _types(STATEMENT_ALLOCATIONS),
    )
    everybody = {*items["customer_id"], *payments["customer_id"], *customers} - {None}
    found = Customer.objects.filter(company=company, pk__in=everybody)
    return AccountRows(
        items=items,
        payments=payments,
        allocations=allocations,
        numbers=dict(found.values_list("pk", "number")),
    )


def _items() -> str:
    recorded = day("i.recorded_on")
    return f"""
SELECT i.id, i.customer_id, i.kind, i.currency, i.amount_minor, {day("i.issued_on")},
       {day("i.due_on")}, {recorded}, i.number, i.reference
FROM dunwell_item i
WHERE i.id IN (SELECT id FROM own_items UNION SELECT item_id FROM touched)
  AND i.id <= %s AND {recorded} <= %s
"""


def _payments() -> str:
    """Return SQL for payments with their payer as known: the newest finding, if there is any."""
    recorded = day("p.recorded_on")
    return f"""
SELECT p.id,
       CASE WHEN EXISTS (SELECT 1 FROM dunwell_payerassignment x WHERE x.payment_id = p.id)
            THEN (SELECT y.customer_id FROM dunwell_payerassignment y
                  WHERE y.payment_id = p.id AND y.id <= %s AND {day("y.assigned_on")} <= %s
                  ORDER BY y.id DESC LIMIT 1)
            ELSE p.customer_id END,
       p.currency, p.amount_minor, {day("p.value_on")}, {recorded}, p.number, p.reference,
       p.method, p.reverses_id
FROM dunwell_payment p
WHERE p.id IN (SELECT id FROM own_payments
               UNION SELECT payment_id FROM touched WHERE payment_id IS NOT NULL)
  AND p.id <= %s AND {recorded} <= %s
"""


def _allocations() -> str:
    recorded = day("a.recorded_on")
    return f"""
SELECT a.item_id, a.payment_id, CASE WHEN a.source = 'adjustment' THEN j.kind ELSE a.source END,
       a.amount_minor, COALESCE(a.paid_minor, a.amount_minor), {day("a.value_on")},
       {day("a.applied_on")}, {recorded}, a.id, a.counter_item_id
FROM dunwell_allocation a LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id
WHERE a.id IN (SELECT id FROM touched) AND a.id <= %s AND {recorded} <= %s
"""


def _types(columns: schema.Frame, **more: type[pl.DataType]) -> dict[str, type[pl.DataType]]:
    return {name: _TYPES[column.dtype] for name, column in columns.items()} | more
