"""Statements an administrator wrote over another program's tables, and the rows they give.

Columns are named as the fields of our import. What is wrong is said by statement, row and column.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideError,
    OutsideFault,
    OutsideItem,
    OutsideOpen,
    OutsidePayment,
    Pulled,
)
from dunwell.formats.outside_answers import words

PHASES = ("customers", "items", "payments", "allocations")
"""The order in which the statements are run; each is a setting of the same name."""
OPEN = "open"
BEGINNING = "1900-01-01 00:00:00"
"""What `:since` is in a first sync where nothing else was set."""
OVERLAP = timedelta(minutes=10)
FLOAT_PLACES = 6
NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customers": ("customer_number", "customer_name"),
        "items": ("item_number", "customer_number", "currency", "amount", "issued"),
        "payments": (
            "payment_number", "customer_number", "payment_amount", "payment_day", "currency",
        ),
        "allocations": ("payment_number", "item_number", "payment_amount", "payment_day"),
        OPEN: ("item_number", "payment_number", "customer_number", "currency", "amount"),
    }
)  # fmt: skip
OPTIONAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customers": (
            "email", "phone", "country", "language", "terms", "vat_number", "street", "postcode",
            "city", "currency", "changed",
        ),
        "items": ("due", "reference", "is_void", "changed"),
        "payments": ("method", "reference", "changed"),
        "allocations": ("changed",),
        OPEN: (),
    }
)  # fmt: skip
_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | (\$\w*\$).*?\1 | --[^\n]* | /\*.*?\*/ | ::
    | (?P<since>:since\b) | (?P<end>;)""",
    re.DOTALL | re.VERBOSE,
)
_BEGINS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
Row = Mapping[str, Any]


def one_statement(name: str, text: str) -> str:
    """Return a statement without the semicolon behind it.

    Raises OutsideError for more than one statement, and for one that is no SELECT.
    """
    ends = [found.start() for found in _TOKEN.finditer(text) if found["end"]]
    told = text
    if ends and not _TOKEN.sub("", text[ends[0] :]).strip():
        told = text[: ends[0]]
    elif ends:
        raise OutsideError(
            OutsideFault.REFUSED, f"The statement for {name} holds several; write one SELECT."
        )
    bare = _TOKEN.sub(lambda found: found[0] if found[0][:2] not in {"--", "/*"} else "", told)
    if not _BEGINS.match(bare):
        raise OutsideError(
            OutsideFault.REFUSED, f"The statement for {name} must begin with SELECT or WITH."
        )
    return told


def with_mark(text: str, mark: str) -> str:
    """Return a statement for a driver that writes parameters with %: `:since` becomes `mark`."""
    told, last = [], 0
    for found in _TOKEN.finditer(text):
        if found["since"]:
            told += [text[last : found.start()].replace("%", "%%"), mark]
            last = found.end()
    return "".join([*told, text[last:].replace("%", "%%")])


def check_columns(name: str, columns: Sequence[str]) -> None:
    """Raise OutsideError for columns that are missing, not known or there twice."""
    known = (*NEEDED[name], *OPTIONAL[name])
    missing = [one for one in NEEDED[name] if one not in columns]
    strange = [one for one in columns if one not in known]
    double = sorted({one for one in columns if columns.count(one) > 1})
    for found, what in ((missing, "lacks"), (strange, "has unknown"), (double, "has twice")):
        if found:
            raise OutsideError(
                OutsideFault.SCHEMA,
                f"The statement for {name} {what} {', '.join(found)}. Name its columns with AS; "
                f"it needs {', '.join(NEEDED[name])} and may have "
                f"{', '.join(OPTIONAL[name]) or 'no others'}.",
            )


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row, whose cells are read with an error that says where they are."""

    name: str
    number: int
    row: Row

    def wrong(self, column: str, what: str) -> OutsideError:
        value = words(self.row.get(column))
        return OutsideError(
            OutsideFault.SCHEMA,
            f"Statement for {self.name}, row {self.number}, column {column}: {value!r} {what}. "
            "Change the statement; nothing of this page was taken in.",
        )

    def text(self, column: str) -> str:
        value = self.row.get(column)
        return "" if value is None else str(value).strip()

    def needed(self, column: str) -> str:
        if not (told := self.text(column)):
            raise self.wrong(column, "is empty and must not be")
        return told

    def amount(self, column: str) -> Decimal:
        value = self.row.get(column)
        if isinstance(value, float):
            # binary fractions have no cents; what is nearest at six places was meant
            value = round(value, FLOAT_PLACES)
        try:
            told = Decimal(str(value).strip())
        except InvalidOperation:
            raise self.wrong(column, "is no amount; give a number with a point") from None
        if not told.is_finite():
            raise self.wrong(column, "is no amount; give a number with a point")
        return told

    def day(self, column: str) -> date:
        value = self.row.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip()[:10])
        except ValueError:
            raise self.wrong(column, "is no date; give YYYY-MM-DD") from None

    def flag(self, column: str) -> bool:
        told = self.text(column).lower()
        if told not in {"", "0", "1", "true", "false", "t", "f"}:
            raise self.wrong(column, "is neither true nor false; give 1 or 0")
        return told in {"1", "true", "t"}


def pulled_rows(name: str, rows: Iterable[Row], *, first: int) -> Pulled:
    """Return the rows of one statement as a page without a place; rows count from `first`."""
    cells = [_Cells(name, number, row) for number, row in enumerate(rows, first)]
    told: dict[str, Any] = {name: tuple(_READERS[name](one) for one in cells)}
    return Pulled(**told, cursor="", is_last=False)


def open_rows(rows: Iterable[Row]) -> list[OutsideOpen]:
    """Return the rows of the statement for what is open; what is open with 0 is not."""
    told = []
    for number, row in enumerate(rows, 1):
        one = _Cells(OPEN, number, row)
        item, payment = one.text("item_number"), one.text("payment_number")
        if bool(item) is bool(payment):
            raise one.wrong("item_number", "and payment_number: one of both has to be empty")
        if amount := one.amount("amount"):
            told.append(
                OutsideOpen(
                    number=item or payment,
                    customer=one.text("customer_number"),
                    currency=one.needed("currency").upper(),
                    open=-abs(amount) if payment else amount,
                    is_payment=bool(payment),
                )
            )
    return told


def _customer(one: _Cells) -> OutsideCustomer:
    number = one.needed("customer_number")
    names = [name for name in OPTIONAL["customers"] if name != "changed"]
    told = {name: one.text(name) for name in names}
    return OutsideCustomer(key=number, number=number, name=one.needed("customer_name"), **told)


def _item(one: _Cells) -> OutsideItem:
    return OutsideItem(
        number=one.needed("item_number"),
        customer=one.needed("customer_number"),
        currency=one.needed("currency").upper(),
        amount=one.amount("amount"),
        issued=one.day("issued"),
        due=one.day("due") if one.text("due") else None,
        reference=one.text("reference"),
        is_void=one.flag("is_void"),
    )


def _payment(one: _Cells) -> OutsidePayment:
    return OutsidePayment(
        number=one.needed("payment_number"),
        customer=one.text("customer_number"),
        currency=one.needed("currency").upper(),
        amount=one.amount("payment_amount"),
        received=one.day("payment_day"),
        method=one.text("method"),
        reference=one.text("reference"),
    )


def _allocation(one: _Cells) -> OutsideAllocation:
    amount = one.amount("payment_amount")
    if amount < 0:
        raise one.wrong("payment_amount", "is below 0; give what is on the item, above 0")
    return OutsideAllocation(
        source=one.needed("payment_number"),
        item=one.needed("item_number"),
        amount=amount,
        applied=one.day("payment_day"),
    )


_READERS: Mapping[str, Any] = MappingProxyType(
    {"customers": _customer, "items": _item, "payments": _payment, "allocations": _allocation}
)


def newest(name: str, rows: Sequence[Row], so_far: Any) -> Any:
    """Return the greatest `changed` of rows and the greatest before; raise OutsideError."""
    told = [row["changed"] for row in rows if row.get("changed") is not None]
    try:
        return max([*told, *([] if so_far is None else [so_far])], default=None)
    except TypeError as error:
        raise OutsideError(
            OutsideFault.SCHEMA,
            f"Statement for {name}, column changed: its values are of several types.",
        ) from error


def looked_back(changed: Any) -> str:
    """Return what `:since` is next time: a moment ten minutes earlier, anything else as it is.

    What is committed late has an earlier moment than what was read.
    """
    if isinstance(changed, str) and len(changed) > len("2026-01-31"):
        try:
            changed = datetime.fromisoformat(changed)
        except ValueError:
            return str(changed)
    if isinstance(changed, datetime):
        return (changed - OVERLAP).isoformat(sep=" ")
    return str(changed)


def read_since(cursor: str) -> dict[str, str]:
    """Return what each statement looks back to; raise OutsideError for another's cursor."""
    if not cursor:
        return {}
    try:
        return {str(name): str(value) for name, value in json.loads(cursor)["since"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutsideError(
            OutsideFault.SCHEMA, "The place kept from the last sync is damaged; pull everything."
        ) from error


def since_text(since: Mapping[str, str]) -> str:
    """Return a cursor."""
    return json.dumps({"since": dict(since)}, sort_keys=True)
