"""Orders to check as CSV or XLSX tell them: English or German columns, one line an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.money import minor_digits
from dunwell.formats.amounts import amount_parts, decimal_evidence, minor_of_texts
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.words import plain_words

MOST_LINES = 100_000
MOST_BYTES = 24 * 1024 * 1024
FIELDS: Mapping[str, str] = {
    "customer_number": "customer number|customer no|customer|customer id|debtor number|"
    "kundennummer|kunden nr|kundennr|kunde|debitor|debitorennummer",
    "number": "order number|order no|order|order id|number|sales order|auftragsnummer|auftrag|"
    "auftrags nr|bestellnummer|bestellung",
    "currency": "currency|ccy|wahrung|waehrung",
    "amount": "amount|order amount|value|total|betrag|auftragswert|summe",
    "prepaid": "prepaid|paid in advance|prepayment|deposit|anzahlung|vorauszahlung",
    "delivered": "delivered|delivered amount|shipped|geliefert",
    "terms": "terms|payment terms|zahlungsbedingungen|zahlungsziel",
    "kind": "type|kind|order type|art|auftragsart",
    "deliver_on": "deliver on|delivery date|delivery|liefertermin|lieferdatum|lieferung",
}
NEEDED = {
    "customer_number": "customer number (Kundennummer)",
    "number": "order number (Auftragsnummer)",
    "amount": "amount (Betrag)",
}
MONEY = ("amount", "prepaid", "delivered")
TEMPLATE = (
    *("Customer number", "Order number", "Currency", "Amount", "Prepaid", "Delivered"),
    *("Terms", "Type", "Deliver on"),
)
"""Columns of the template, as English files name them."""
_FIELD_OF = {phrase: name for name, told in FIELDS.items() for phrase in told.split("|")}


class OrderFileError(ValueError):
    """A file of orders that cannot be read: file, place, reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """Keep what is wrong where; the text reads `file: place: reason`."""
        super().__init__(f"{file}: {place}: {reason}")


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    Amounts in minor units of `currency`.
    """

    row: int
    customer_number: str
    number: str
    currency: str
    amount_minor: int
    prepaid_minor: int = 0
    delivered_minor: int = 0
    terms: str = ""
    kind: str = ""
    deliver_on: date | None = None
    problem: str = ""


def read_orders(content: bytes, name: str, *, home: str) -> tuple[OrderLine, ...]:
    """Return the orders of a CSV or XLSX; a cell that cannot be read is its line's problem.

    Without a currency an amount is in `home`. Raises OrderFileError for a file that is no table
    of orders, and for amounts that fit a decimal point and a decimal comma in every row.
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise OrderFileError(name, "whole file", f"it has more than {most} MB; send it in parts.")
    try:
        table = read_table(content, name=name)
    except TableError as error:
        raise OrderFileError(name, "whole file", str(error).removeprefix(f"{name}: ")) from error
    if table.refused_rows:
        shifted = table.findings.filter(pl.col("action") == "refused").row(0, named=True)
        raise OrderFileError(name, f"row {shifted['row']}", str(shifted["reason"]))
    fields: dict[str, str] = {}
    for column in table.cells.columns:
        if field := _FIELD_OF.get(plain_words(column), ""):
            fields.setdefault(field, column)
    missing = [words for field, words in NEEDED.items() if field not in fields]
    if missing:
        raise OrderFileError(
            name,
            table.part or "first row",
            f"no column is known as {' or as '.join(missing)}. Name the columns as the template "
            "does.",
        )
    if not 0 < table.cells.height <= MOST_LINES:
        raise OrderFileError(
            name,
            table.part or "whole file",
            f"it has {table.cells.height} lines; send 1 to {MOST_LINES:,} at once.",
        )
    return _lines(table, fields, name=name, home=home)


def _lines(
    table: Table, fields: Mapping[str, str], *, name: str, home: str
) -> tuple[OrderLine, ...]:
    height = table.cells.height
    cells = {
        field: [(cell or "").strip() for cell in table.cells.get_column(column)]
        for field, column in fields.items()
    }
    nothing = [""] * height
    currencies = [code.upper() or home for code in cells.get("currency", nothing)]
    amounts = {
        field: _amounts(table, fields[field], currencies, name=name)
        for field in MONEY
        if field in fields
    }
    days = _days(table, fields.get("deliver_on", ""))
    return tuple(
        OrderLine(
            row=int(table.rows[at]),
            customer_number=cells["customer_number"][at],
            number=cells["number"][at],
            currency=currencies[at],
            amount_minor=amounts["amount"][at] or 0,
            prepaid_minor=amounts["prepaid"][at] or 0 if "prepaid" in amounts else 0,
            delivered_minor=amounts["delivered"][at] or 0 if "delivered" in amounts else 0,
            terms=cells.get("terms", nothing)[at],
            kind=cells.get("kind", nothing)[at],
            deliver_on=_day(days[at]),
            problem=_problem(cells, amounts, days[at], at),
        )
        for at in range(height)
    )


def _problem(
    cells: Mapping[str, list[str]],
    amounts: Mapping[str, list[int | None]],
    day: date | str | None,
    at: int,
) -> str:
    found = [f"the {words} is missing" for key, words in NEEDED.items() if not cells[key][at]]
    for field, column in amounts.items():
        amount = column[at]
        if cells[field][at] and (amount is None or amount < 0):
            found.append(f"{cells[field][at][:40]!r} is no amount")
    if isinstance(day, str):
        found.append(f"{day[:40]!r} is no day; write it as 2026-01-31")
    return "; ".join(found)


def _day(told: date | str | None) -> date | None:
    return told if isinstance(told, date) else None


def _amounts(table: Table, column: str, currencies: list[str], *, name: str) -> list[int | None]:
    parts = amount_parts(table.cells.get_column(column))
    decimal = decimal_evidence(parts.get_column("core")).decided()
    if decimal == "?":
        reason = "the amounts fit a decimal point and a decimal comma; write 1000.00."
        raise OrderFileError(name, column, reason)
    digits = pl.Series([minor_digits(code) for code in currencies], dtype=pl.Int64)
    found: list[int | None] = (
        minor_of_texts(parts, digits, decimal=decimal).get_column("minor").to_list()
    )
    return found


def _days(table: Table, column: str) -> list[date | str | None]:
    """Return per row the day, a text for a cell that is none, or None for an empty cell."""
    if not column:
        return [None] * table.cells.height
    cells = table.cells.get_column(column)
    typed = table.days.get(column)
    texts = cells if typed is None else cells.set(typed.is_not_null(), None)
    evidence = order_evidence(texts)
    decided = evidence.decided() if evidence.dmy or evidence.mdy else ""
    numbers = read_days(texts, order=decided or "rows").get_column("day").to_list()
    kinds = typed.to_list() if typed is not None else [None] * len(numbers)
    return [
        cell
        if (kind if kind is not None else number) is None
        else day_date(int(kind if kind is not None else number))
        for cell, number, kind in zip(cells, numbers, kinds, strict=True)
    ]
