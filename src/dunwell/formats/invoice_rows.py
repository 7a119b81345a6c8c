"""Invoices to draft from a CSV or XLSX table: one row a line, rows of one key are one invoice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.formats.table import read_table

MICROS = 1_000_000
MOST_ROWS = 5_000
NEEDED = ("key", "customer", "name", "price", "tax_code")
KNOWN = (
    *NEEDED, "quantity", "unit", "currency", "terms", "order_number", "buyer_reference",
    "delivered_on", "from_on", "to_on", "note", "description", "discount",
)  # fmt: skip
"""Columns; those besides NEEDED may be left out or empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFinding:
    """What is wrong in a row, as the file numbers it (0: the head), where and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """One line of an invoice to draft; price and quantity in millionths."""

    row: int
    key: str
    customer: str
    name: str
    description: str
    quantity_micros: int
    unit: str
    price_micros: int
    tax_code: str
    discount: Decimal
    currency: str
    terms: str
    order_number: str
    buyer_reference: str
    delivered_on: date | None
    from_on: date | None
    to_on: date | None
    note: str


def read_invoice_table(
    data: bytes, name: str
) -> tuple[tuple[LineRow, ...], tuple[RowFinding, ...]]:
    """Return the rows of a CSV or XLSX as `read_invoice_rows` does; raises TableError."""
    table = read_table(data, name=name, limit_bytes=len(data))
    cells = table.cells
    rows = [["" if cell is None else str(cell) for cell in row] for row in cells.iter_rows()]
    return read_invoice_rows(cells.columns, rows, places=table.rows.to_list())


def read_invoice_rows(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, places: Sequence[int]
) -> tuple[tuple[LineRow, ...], tuple[RowFinding, ...]]:
    """Return the rows that can be used, and what is wrong with the others; `places` number them.

    Decimals have a point; days are ISO. An unknown column is a finding: nothing is dropped.
    """
    names = [name.strip().lower() for name in head]
    findings = [
        RowFinding(row=0, column=name, value="", reason="this column is needed")
        for name in NEEDED
        if name not in names
    ]
    findings += [
        RowFinding(row=0, column=name, value="", reason="this column is not known")
        for name in names
        if name not in KNOWN
    ]
    if len(rows) > MOST_ROWS:
        findings.append(
            RowFinding(row=0, column="", value="", reason=f"send at most {MOST_ROWS} rows")
        )
    if findings:
        return (), tuple(findings)
    found: list[LineRow] = []
    for place, cells in zip(places, rows, strict=True):
        values = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        if not any(values.values()):
            continue
        wrong = list(_wrong(place, values))
        if wrong:
            findings += wrong
        else:
            found.append(_line(place, values))
    return tuple(found), tuple(findings)


def _wrong(place: int, values: Mapping[str, str]) -> Iterator[RowFinding]:
    for name in NEEDED:
        if not values.get(name):
            yield RowFinding(row=place, column=name, value="", reason="it is empty")
    for name in ("price", "quantity", "discount"):
        text = values.get(name, "")
        if text and not _is_number(text):
            reason = "write a number with a point and at most six decimals, such as 12.50"
            yield RowFinding(row=place, column=name, value=text[:80], reason=reason)
    for name in ("delivered_on", "from_on", "to_on"):
        text = values.get(name, "")
        if text and _day(text) is None:
            reason = "write the day as 2026-03-31"
            yield RowFinding(row=place, column=name, value=text[:80], reason=reason)


def _line(place: int, values: Mapping[str, str]) -> LineRow:
    def told(name: str) -> str:
        return values.get(name, "")

    return LineRow(
        row=place,
        key=told("key"),
        customer=told("customer"),
        name=told("name"),
        description=told("description"),
        quantity_micros=int(Decimal(told("quantity") or "1") * MICROS),
        unit=told("unit") or "C62",
        price_micros=int(Decimal(told("price")) * MICROS),
        tax_code=told("tax_code"),
        discount=Decimal(told("discount") or "0"),
        currency=told("currency").upper(),
        terms=told("terms"),
        order_number=told("order_number"),
        buyer_reference=told("buyer_reference"),
        delivered_on=_day(told("delivered_on")),
        from_on=_day(told("from_on")),
        to_on=_day(told("to_on")),
        note=told("note"),
    )


def _is_number(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and abs(value) < 10**9 and value * MICROS == int(value * MICROS)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
