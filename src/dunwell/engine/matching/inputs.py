"""What matching takes: payments, items, remittance lines and what is known of payers.

Frames come in (any engine Narwhals knows), plain rows go on: the search for sums works inside
one customer's few items at a time, where sorted lists and dictionaries are the honest tool.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import narwhals.stable.v2 as nw

from dunwell.engine.schema import SchemaError

Key = int | str
"""An identity as the caller knows it: the record's number, or the text in a file."""
AnyFrame = nw.LazyFrame | nw.DataFrame

PAYMENT_COLUMNS: Mapping[str, str] = {
    "payment_id": "key of the payment",
    "value_day": "day the money reached us, days since 1970-01-01",
    "amount_minor": "minor units, money in > 0",
    "currency": "ISO 4217 code",
}
PAYMENT_TEXTS = ("payer", "account", "reference", "text", "end_to_end_id", "held")
"""Optional texts of a payment: who paid, from which account, what was said; and why a person
must decide it, whatever is read (a code of `holds.OWNERS`). `customer_id`, optional too, says
whose payment it surely is."""
ITEM_COLUMNS: Mapping[str, str] = {
    "item_id": "key of the item",
    "customer_id": "who owes it",
    "customer": "name of the customer",
    "issued_day": "issue date, days since 1970-01-01",
    "due_day": "due date, days since 1970-01-01",
    "amount_minor": "signed minor units, credit notes < 0",
    "open_minor": "what is left, signed like the amount; 0 when settled",
    "currency": "ISO 4217 code",
}
ITEM_TEXTS = ("number", "reference", "terms", "status")
"""Optional texts of an item: its number (else the key), other numbers customers use for it
(order numbers, structured references; several parted by blanks), discount terms, status."""
REMITTANCE_COLUMNS: Mapping[str, str] = {
    "remittance_id": "key of the line",
    "payment_id": "payment it explains",
    "item_ref": "item as the payer names it",
    "amount_minor": "amount paid on it in the payment's currency, empty when not said",
}
ALIAS_COLUMNS: Mapping[str, str] = {"payer": "name as banks write it", "customer_id": "who it is"}
ACCOUNT_COLUMNS: Mapping[str, str] = {"account": "IBAN or number", "customer_id": "who owns it"}
RELATION_COLUMNS: Mapping[str, str] = {
    "payer": "name of the one who pays (parent, factor, agent), or empty",
    "payer_customer_id": "the same as a customer, or empty",
    "customer_id": "for whom it pays",
    "kind": "parent, factor, agent or netting",
    "amount_minor": "netting: what we owe that customer; else empty",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """Money in, with everything the bank says about it; texts are empty when unknown."""

    payment_id: Key
    value_day: int
    amount_minor: int
    currency: str
    payer: str = ""
    account: str = ""
    reference: str = ""
    text: str = ""
    end_to_end_id: str = ""
    held: str = ""
    customer_id: Key | None = None


class Item(NamedTuple):
    """An open (or settled) item; `number` is what customers quote.

    A tuple and no dataclass: a day's money is about very many, and a tuple is made ten times as
    fast.
    """

    item_id: Key
    customer_id: Key
    customer: str
    number: str
    reference: str
    issued_day: int
    due_day: int
    amount_minor: int
    open_minor: int
    currency: str
    terms: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemittanceLine:
    """One line of a remittance advice; `amount_minor` is None when the line says none."""

    payment_id: Key
    item_ref: str
    amount_minor: int | None
    memo: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """Somebody who pays for a customer, or with whom a customer's debt is netted."""

    payer: str
    payer_customer_id: Key | None
    customer_id: Key
    kind: str
    amount_minor: int | None


def ordered(key: Key) -> tuple[int, int, str]:
    """Return a sort key that orders whole numbers before texts, each in their own way."""
    return (0, key, "") if isinstance(key, int) else (1, 0, key)


def keys_in_order(keys: Iterable[Key]) -> list[Key]:
    """Return the keys in the order of `ordered`."""
    these = list(keys)
    try:
        return sorted(these)
    except TypeError:
        return sorted(these, key=ordered)


def lazy(frame: AnyFrame) -> nw.LazyFrame:
    """Return the frame lazily, whichever kind it is."""
    return frame.lazy() if isinstance(frame, nw.DataFrame) else frame


def with_texts(
    frame: AnyFrame, needed: Mapping[str, str], texts: tuple[str, ...], *, name: str
) -> nw.LazyFrame:
    """Return the needed columns and the optional texts, empty where absent.

    Raises SchemaError naming frame, column and its meaning when a needed column is missing.
    """
    whole = lazy(frame)
    found = whole.collect_schema()
    for column, meaning in needed.items():
        if column not in found:
            raise SchemaError(f"{name}: column {column} is missing ({meaning})")
    absent = [nw.lit("").alias(column) for column in texts if column not in found]
    filled = [nw.col(column).cast(nw.String).fill_null("") for column in texts if column in found]
    filled_in = whole.with_columns(*absent, *filled) if texts else whole
    return filled_in.select(*needed, *texts)


def read_payments(frame: AnyFrame) -> list[Payment]:
    """Return the payments ordered by value day and key, so the rows' order never matters."""
    needed = PAYMENT_COLUMNS
    if "customer_id" in lazy(frame).collect_schema():
        needed = {**PAYMENT_COLUMNS, "customer_id": "whose payment it surely is, or empty"}
    rows = _rows(with_texts(frame, needed, PAYMENT_TEXTS, name="payments"))
    payments = [Payment(**row) for row in rows]
    payments.sort(key=lambda one: (one.value_day, ordered(one.payment_id)))
    keys = {one.payment_id for one in payments}
    if len(keys) < len(payments):
        raise SchemaError("payments: payment_id is not unique; give every payment its own key")
    return payments


def read_remittances(frame: AnyFrame | None) -> dict[Key, list[RemittanceLine]]:
    """Return remittance lines by payment, in the order of their keys."""
    if frame is None:
        return {}
    rows = _rows(with_texts(frame, REMITTANCE_COLUMNS, ("memo",), name="remittances"))
    rows.sort(key=lambda row: ordered(row["remittance_id"]))
    lines: dict[Key, list[RemittanceLine]] = {}
    for row in rows:
        line = RemittanceLine(
            payment_id=row["payment_id"],
            item_ref=row["item_ref"] or "",
            amount_minor=row["amount_minor"],
            memo=row["memo"],
        )
        lines.setdefault(line.payment_id, []).append(line)
    return lines


def read_aliases(frame: AnyFrame | None, columns: Mapping[str, str]) -> list[tuple[str, Key]]:
    """Return (text, customer) pairs of the aliases or accounts, in a fixed order."""
    if frame is None:
        return []
    rows = _rows(with_texts(frame, columns, (), name="aliases"))
    text = next(iter(columns))
    pairs = {(row[text] or "", row["customer_id"]) for row in rows}
    return sorted(pairs, key=lambda pair: (pair[0], ordered(pair[1])))


def read_relations(frame: AnyFrame | None) -> list[Relation]:
    """Return who pays for whom, in a fixed order."""
    if frame is None:
        return []
    rows = _rows(with_texts(frame, RELATION_COLUMNS, (), name="relations"))
    relations = [Relation(**{**row, "payer": row["payer"] or ""}) for row in rows]
    relations.sort(key=lambda one: (one.payer, ordered(one.customer_id), one.kind))
    return relations


def _rows(frame: nw.LazyFrame) -> list[dict]:
    columns = frame.collect().to_dict(as_series=False)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
