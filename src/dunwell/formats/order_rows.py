"""Orders to check as CSV or XLSX tell them: English or German columns, one line an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.formats.line_files import (
    LineFileError,
    LineLayout,
    LineTable,
    day_in,
    open_lines,
)

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


class OrderFileError(LineFileError):
    """A file of orders that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields=FIELDS,
    needed=NEEDED,
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=OrderFileError,
)


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
    lines = open_lines(content, name, layout=LAYOUT)
    currencies = lines.currencies(home)
    amounts = {field: lines.amounts(field, currencies) for field in MONEY if field in lines.fields}
    days, _ = lines.days("deliver_on")
    return tuple(
        _line(
            lines,
            at,
            {field: column[at] for field, column in amounts.items()},
            currencies[at],
            days[at],
        )
        for at in range(lines.height)
    )


def _line(
    lines: LineTable,
    at: int,
    amounts: Mapping[str, int | None],
    currency: str,
    day: date | str | None,
) -> OrderLine:
    """Return one line with what is wrong in it."""
    problems = lines.missing(at)
    for field, amount in amounts.items():
        told = lines.cell(field, at).strip()
        if told and (amount is None or amount < 0):
            problems.append(f"{told[:40]!r} is no amount")
    deliver_on = day_in(day, problems)
    return OrderLine(
        row=lines.row(at),
        customer_number=lines.cell("customer_number", at).strip(),
        number=lines.cell("number", at).strip(),
        currency=currency,
        amount_minor=amounts["amount"] or 0,
        prepaid_minor=amounts.get("prepaid") or 0,
        delivered_minor=amounts.get("delivered") or 0,
        terms=lines.cell("terms", at).strip(),
        kind=lines.cell("kind", at).strip(),
        deliver_on=deliver_on,
        problem="; ".join(problems),
    )
