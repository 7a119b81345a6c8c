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
from django.db.models import F, Q, QuerySet

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.statements import STATEMENT_ALLOCATIONS
from dunwell.models import Company, Customer, CustomerMove, Event, Payment
from dunwell.queries.frames import day, read_rows

_TYPES: Mapping[type[nw.dtypes.DType], type[pl.DataType]] = {
    nw.Int64: pl.Int64,
    nw.Int32: pl.Int32,
    nw.String: pl.String,
}
PAYER_VERBS = ("payer.assigned", "cash.parked", "cash.settled")
"""Events of a person saying whose payment it is; matching by itself names unknown payers only."""

_TOUCHED = """
WITH wanted AS (SELECT id FROM dunwell_customer WHERE company_id = %s AND id IN ({keys})),
own_items AS (
    SELECT id FROM dunwell_item WHERE customer_id IN (SELECT id FROM wanted)
    UNION SELECT row_id FROM dunwell_customermove
    WHERE place = 'item' AND before_id IN (SELECT id FROM wanted)),
own_payments AS (
    SELECT id FROM dunwell_payment WHERE customer_id IN (SELECT id FROM wanted)
    UNION SELECT payment_id FROM dunwell_payerassignment
    WHERE customer_id IN (SELECT id FROM wanted)
    UNION SELECT row_id FROM dunwell_customermove
    WHERE place = 'payment' AND before_id IN (SELECT id FROM wanted)
    UNION SELECT id FROM dunwell_payment WHERE id IN ({former})),
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
    move: int = 0
    """Newest row that a merge of customers moved; statements before there were any say nothing."""

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
    tables = ("item", "payment", "allocation", "payerassignment", "customermove")
    found = ", ".join(f"(SELECT COALESCE(MAX(id), 0) FROM dunwell_{table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {found}")
        item, payment, allocation, assignment, move = cursor.fetchone()
    return Through(
        item=item, payment=payment, allocation=allocation, assignment=assignment, move=move
    )


def account_rows(
    company: Company, customers: Sequence[int], *, known_on: date, through: Through
) -> AccountRows:
    """Return what the statements of the customers, by key, rest on.

    Takes five queries, and two more when payments turned out to be somebody else's.
    """
    known = day_number(known_on)
    former = _former_payments(company, customers)
    touched = _TOUCHED.format(keys=_places(customers), former=_places(former))
    start = [company.pk, *customers, *former]
    items = read_rows(
        touched + _items(),
        [*start, through.move, known, through.item, known],
        _types(schema.ITEMS, number=pl.String, reference=pl.String),
    )
    payments = read_rows(
        touched + _payments(),
        [*start, *[through.assignment, known] * 2, through.payment, known],
        _types(
            schema.PAYMENTS,
            number=pl.String,
            reference=pl.String,
            method=pl.String,
            reverses_id=pl.Int64,
            is_found_later=pl.Int64,
        ),
    )
    payments = _with_first_payers(company, payments)
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
    """Return SQL for items with whose they were as known: before a merge, the merged record's."""
    recorded = day("i.recorded_on")
    moves = "FROM dunwell_customermove v WHERE v.place = 'item' AND v.row_id = i.id"
    return f"""
SELECT i.id,
       COALESCE((SELECT v.after_id {moves} AND v.id <= %s AND {day("v.moved_on")} <= %s
                 ORDER BY v.id DESC LIMIT 1),
                (SELECT v.before_id {moves} ORDER BY v.id LIMIT 1), i.customer_id),
       i.kind, i.currency, i.amount_minor, {day("i.issued_on")},
       {day("i.due_on")}, {recorded}, i.number, i.reference
FROM dunwell_item i
WHERE i.id IN (SELECT id FROM own_items UNION SELECT item_id FROM touched)
  AND i.id <= %s AND {recorded} <= %s
"""


def _payments() -> str:
    """Return SQL for payments with their payer as known: the newest finding, if there is any.

    `is_found_later`: every finding lies beyond what was known.
    """
    recorded = day("p.recorded_on")
    return f"""
SELECT p.id,
       CASE WHEN EXISTS (SELECT 1 FROM dunwell_payerassignment x WHERE x.payment_id = p.id)
            THEN (SELECT y.customer_id FROM dunwell_payerassignment y
                  WHERE y.payment_id = p.id AND y.id <= %s AND {day("y.assigned_on")} <= %s
                  ORDER BY y.id DESC LIMIT 1)
            ELSE p.customer_id END,
       p.currency, p.amount_minor, {day("p.value_on")}, {recorded}, p.number, p.reference,
       p.method, p.reverses_id,
       CASE WHEN EXISTS (SELECT 1 FROM dunwell_payerassignment x WHERE x.payment_id = p.id)
             AND NOT EXISTS (SELECT 1 FROM dunwell_payerassignment z
                             WHERE z.payment_id = p.id AND z.id <= %s
                               AND {day("z.assigned_on")} <= %s)
            THEN 1 ELSE 0 END
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


def _changes(company: Company) -> QuerySet[Event]:
    """Return the events that took a payment from one payer, who is `payer_before`, to another."""
    told = Event.objects.filter(
        company=company, subject__in=["payment", "matchcase"], verb__in=PAYER_VERBS
    )
    return told.exclude(data__payer=F("data__payer_before")).order_by("seq")


def _former_payments(company: Company, customers: Sequence[int]) -> list[int]:
    """Return the payments that were the customers' before they turned out to be another's.

    No other row names them: an assignment keeps who it is now, its event who it was.
    """
    told = _changes(company).filter(data__payer_before__in=list(customers))
    rows = told.values_list("subject", "subject_id", "data__payment")
    found = list(rows)
    numbers = [number for subject, _, number in found if subject != "payment"]
    keys = [key for subject, key, _ in found if subject == "payment"]
    if numbers:
        paid = Payment.objects.filter(company=company, number__in=numbers)
        keys += paid.values_list("pk", flat=True)
    return sorted(set(keys))


def _with_first_payers(company: Company, payments: pl.DataFrame) -> pl.DataFrame:
    """Return the payments with the payer they had before anybody found another one.

    Whoever has no event that says so was unknown before.
    """
    later = payments.filter(pl.col("is_found_later") == 1)
    if later.is_empty():
        return payments
    by_number = dict(later.select("number", "payment_id").iter_rows())
    about = Q(subject="payment", subject_id__in=[*by_number.values()])
    told = _changes(company).filter(about | Q(data__payment__in=[*by_number]))
    moved = CustomerMove.objects.filter(place="payment", row_id__in=[*by_number.values()])
    first: dict[int, int | None] = {}
    merged_at = {}
    for key, before, at in moved.order_by("-id").values_list("row_id", "before_id", "recorded_at"):
        first[key], merged_at[key] = before, at
    is_told: set[int] = set()
    for subject, key, data, at in told.values_list("subject", "subject_id", "data", "at"):
        found = key if subject == "payment" else by_number[data["payment"]]
        if found not in is_told and not (found in merged_at and merged_at[found] < at):
            first[found] = data["payer_before"]
        is_told.add(found)
    known = pl.DataFrame(
        {"payment_id": [*first], "first_payer": [*first.values()]},
        schema={"payment_id": pl.Int64, "first_payer": pl.Int64},
    )
    is_later = pl.col("is_found_later") == 1
    payer = pl.when(is_later).then("first_payer").otherwise("customer_id").alias("customer_id")
    joined = payments.join(known, on="payment_id", how="left", maintain_order="left")
    return joined.with_columns(payer).drop("first_payer")


def _places(keys: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(keys)) or "NULL"


def _types(columns: schema.Frame, **more: type[pl.DataType]) -> dict[str, type[pl.DataType]]:
    return {name: _TYPES[column.dtype] for name, column in columns.items()} | more
