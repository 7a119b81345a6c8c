"""Tables of a known format: their role and the field of each column are told, not recognised."""

from collections.abc import Mapping

import polars as pl

from dunwell.formats.findings import empty_findings
from dunwell.formats.grid import Table, trimmed

LABELS: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "customer_number": "customer",
        "customer_name": "customer name",
        "country": "customer country",
        "street": "customer street",
        "postcode": "customer postcode",
        "city": "customer city",
        "email": "customer e-mail",
        "phone": "customer phone",
        "vat_number": "customer VAT number",
        "iban": "customer IBAN",
        "terms": "customer terms",
        "currency": "customer currency",
    },
    "items": {
        "item_number": "document",
        "kind": "kind of document",
        "customer_number": "billed to",
        "customer_name": "name of billed party",
        "amount": "document total",
        "open_amount": "document open",
        "applied_amount": "document paid",
        "issued": "issued on",
        "due": "due on",
        "settled": "settled on",
        "status": "document state",
        "terms": "document terms",
        "reference": "document text",
        "company_code": "document company code",
        "currency": "document currency",
        "email": "e-mail of billed party",
        "vat_number": "VAT number of billed party",
    },
    "payments": {
        "payment_number": "payment",
        "payment_day": "paid on",
        "payment_amount": "amount paid",
        "method": "way of payment",
        "reference": "payment text",
        "customer_number": "paid by",
        "customer_name": "name of payer",
        "currency": "payment currency",
        "unapplied_amount": "payment unapplied",
    },
    "allocations": {
        "payment_number": "settling payment or credit note",
        "item_number": "settled document",
        "payment_amount": "amount settled",
        "payment_day": "settled from",
        "currency": "settlement currency",
    },
}
"""Role -> field -> the column's name. No two roles share one, so that a saved profile of one
table never fits another."""
OPENING = "opening "
"""Before the names of columns of opening balances: their table can be left out by itself."""


def told_table(
    frame: pl.DataFrame,
    *,
    name: str,
    part: str,
    role: str,
    detected: Mapping[str, str | int],
    findings: pl.DataFrame | None = None,
    before: str = "",
) -> Table:
    """Return a frame of fields and `row` as a table of a role; columns without a value are out.

    `before` goes before each column's name.
    """
    labels = LABELS[role]
    columns = {
        field: before + label
        for field, label in labels.items()
        if field in frame.columns and frame.get_column(field).null_count() < frame.height
    }
    cells = frame.select(
        pl.col(field).cast(pl.String).alias(label) for field, label in columns.items()
    )
    return Table(
        name=name,
        part=part,
        cells=trimmed(cells),
        rows=frame.get_column("row").cast(pl.Int64),
        detected=detected,
        findings=empty_findings() if findings is None else findings,
        role=role,
        fields={label: field for field, label in columns.items()},
    )
