"""The data dictionary: every frame the engine takes, its columns and what they mean.

These are the only input column names the engine knows. The file reader, the
database queries and the documentation are checked against this file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw


class SchemaError(ValueError):
    """A frame lacks a column or carries it in another type; the message names both."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, and whether it may be empty."""

    dtype: type[nw.dtypes.DType]
    meaning: str
    nullable: bool = False


Frame = Mapping[str, Column]
Row = Mapping[str, object] | Sequence[object]
"""One stated row: a mapping by column, or the values in the order of the columns."""

ITEMS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "kind": Column(nw.String, "invoice, credit_note, fee, interest, opening or refund"),
    "currency": Column(nw.String, "ISO 4217 code; XXX when unknown"),
    "amount_minor": Column(nw.Int64, "signed minor units: invoice > 0, credit note < 0"),
    "issued_day": Column(nw.Int32, "issue date"),
    "due_day": Column(nw.Int32, "due date"),
    "recorded_day": Column(nw.Int32, "day the row was written (known on)"),
}
ALLOCATIONS: Frame = {
    "item_id": Column(nw.Int64, "item it settles"),
    "payment_id": Column(
        nw.Int64, "payment it comes from, empty for credit and adjustment", nullable=True
    ),
    "source": Column(
        nw.String,
        "payment, credit, or what kind of adjustment: adjustment, write_off, small_balance, "
        "discount, fx, concession, rebate, recovery, commission",
    ),
    "amount_minor": Column(nw.Int64, "signed like the item: lowers a debit item when > 0"),
    "paid_minor": Column(
        nw.Int64,
        "what of the payment it uses, in the payment's currency; the amount where that is the "
        "item's currency too, and for credit and adjustment",
    ),
    "value_day": Column(nw.Int32, "day the money reached us; promises are judged by it"),
    "applied_day": Column(nw.Int32, "day it was booked on the item; balances follow it"),
    "recorded_day": Column(nw.Int32, "day the row was written (known on)"),
}
PAYMENTS: Frame = {
    "payment_id": Column(nw.Int64, "key of the payment"),
    "customer_id": Column(nw.Int64, "payer, empty while unknown", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "minor units; a reversal is negative"),
    "value_day": Column(nw.Int32, "day the money reached us"),
    "recorded_day": Column(nw.Int32, "day the row was written (known on)"),
}
DISPUTES: Frame = {
    "dispute_id": Column(nw.Int64, "key of the dispute"),
    "item_id": Column(nw.Int64, "disputed item"),
    "customer_id": Column(nw.Int64, "who disputes"),
    "amount_minor": Column(nw.Int64, "disputed part, > 0"),
    "opened_day": Column(nw.Int32, "day it was opened"),
    "closed_day": Column(nw.Int32, "day it was closed, empty while open", nullable=True),
}
PROMISES: Frame = {
    "promise_id": Column(nw.Int64, "key of the promise"),
    "customer_id": Column(nw.Int64, "who promised"),
    "item_id": Column(
        nw.Int64, "item it covers, a row each; empty: an amount on any of the items", nullable=True
    ),
    "currency": Column(nw.String, "ISO 4217 code of the item or the amount"),
    "amount_minor": Column(nw.Int64, "promised part of the item, or the amount, > 0"),
    "made_day": Column(nw.Int32, "day it was made"),
    "due_day": Column(nw.Int32, "day it is due"),
    "withdrawn_day": Column(
        nw.Int32, "day it was withdrawn or superseded, else empty", nullable=True
    ),
    "tolerance_days": Column(nw.Int32, "days of grace after the due day"),
}
CUSTOMERS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "segment": Column(nw.String, "group a strategy applies to"),
    "country": Column(nw.String, "ISO 3166-1 alpha-2, empty text when unknown"),
    "has_email": Column(nw.Boolean, "a usable e-mail contact for reminders exists"),
    "has_phone": Column(nw.Boolean, "a usable phone contact exists"),
    "has_address": Column(nw.Boolean, "a postal address exists"),
    "is_bounced": Column(nw.Boolean, "the e-mail contact bounced"),
    "is_opted_out": Column(nw.Boolean, "the customer opted out of reminders"),
}
HOLDS: Frame = {
    "customer_id": Column(nw.Int64, "held customer"),
    "item_id": Column(nw.Int64, "held item; empty = the whole customer", nullable=True),
    "reason": Column(nw.String, "legal, insolvency, plan, agreement, manual ..."),
    "from_day": Column(nw.Int32, "first day of the hold"),
    "until_day": Column(nw.Int32, "last day of the hold, empty = until released", nullable=True),
}
CONTACTS: Frame = {
    "customer_id": Column(nw.Int64, "who was contacted"),
    "item_id": Column(nw.Int64, "item named in the contact"),
    "level": Column(nw.Int32, "level of the step taken"),
    "contacted_day": Column(nw.Int32, "day of the contact"),
}
CUSTOMER_DETAILS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "name": Column(nw.String, "name as recorded"),
    "email": Column(nw.String, "address for reminders, empty text when unknown"),
    "vat_id": Column(nw.String, "VAT or tax number, empty text when unknown"),
    "country": Column(nw.String, "ISO 3166-1 alpha-2, empty text when unknown"),
    "terms_days": Column(nw.Int32, "agreed days to pay, empty when unknown", nullable=True),
}
FX: Frame = {
    "currency": Column(nw.String, "foreign currency"),
    "day": Column(nw.Int32, "first day the rate holds"),
    "rate_ppm": Column(nw.Int64, "home minor units per million foreign minor units"),
}
FRAMES: Mapping[str, Frame] = {
    "items": ITEMS,
    "allocations": ALLOCATIONS,
    "payments": PAYMENTS,
    "disputes": DISPUTES,
    "promises": PROMISES,
    "customers": CUSTOMERS,
    "customer_details": CUSTOMER_DETAILS,
    "holds": HOLDS,
    "contacts": CONTACTS,
    "fx": FX,
}


def table(rows: Iterable[Row], columns: Frame) -> nw.LazyFrame:
    """Return stated rows as a frame of the declared columns, on the embedded engine.

    A row is a mapping by name, or the values in the order of the columns. For what a program
    states (cases, policies, calendars), never for the books.
    """
    listed = [
        tuple(row[name] for name in columns) if isinstance(row, Mapping) else tuple(row)
        for row in rows
    ]
    data = {name: [row[place] for row in listed] for place, name in enumerate(columns)}
    types = nw.Schema({name: column.dtype() for name, column in columns.items()})
    return nw.from_dict(data, types, backend="polars").lazy()


def check(frame: nw.LazyFrame, columns: Frame, *, name: str) -> nw.LazyFrame:
    """Return the frame with exactly the declared columns, or say which is missing or mistyped.

    Raises SchemaError naming the frame, the column and both types.
    """
    found = frame.collect_schema()
    for column, declared in columns.items():
        if column not in found:
            raise SchemaError(f"{name}: column {column} is missing ({declared.meaning})")
        if found[column] != declared.dtype:
            raise SchemaError(
                f"{name}: column {column} is {found[column]}, expected {declared.dtype.__name__}"
            )
    return frame.select(*columns)
