"""The tables in which a page of an outside ledger is laid before the ledger import."""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

import polars as pl

from dunwell.engine.money import to_minor
from dunwell.formats.grid import Table
from dunwell.formats.profile import Profile, RoleProfile

COLUMNS = {
    "customers": (
        "customer_number", "customer_name", "email", "phone", "country", "language", "terms",
        "vat_number", "street", "postcode", "city", "currency",
    ),
    "items": (
        "item_number", "customer_number", "kind", "currency", "amount", "issued", "due",
        "reference",
    ),
    "payments": (
        "payment_number", "customer_number", "payment_amount", "payment_day", "currency",
        "method", "reference",
    ),
    "allocations": (
        "payment_number", "item_number", "payment_amount", "payment_day", "currency",
    ),
}  # fmt: skip
PROFILE = Profile(
    name="connection",
    has_payments_by_number=True,
    date_order="dmy",
    decimal=".",
    roles=MappingProxyType(
        {
            role: RoleProfile(columns=MappingProxyType({name: name for name in columns}))
            for role, columns in COLUMNS.items()
        }
    ),
)


def table_of(role: str, rows: Sequence[tuple[str, ...]]) -> Table:
    """Return the rows of a role, in the order of its columns, as a table to read."""
    columns = COLUMNS[role]
    cells = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    cells = cells.with_columns(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()).name.keep())
    return Table(
        name=role, cells=cells, rows=pl.Series("row", range(1, len(rows) + 1), dtype=pl.Int64)
    )


def minor_of(row: tuple[str, ...] | None) -> int:
    """Return the amount of a row of items; 0 where there is none, or it cannot be read."""
    if row is None:
        return 0
    try:
        return to_minor(Decimal(row[4]), row[3])
    except ValueError:
        return 0


def as_text(amount: Decimal) -> str:
    """Return an amount as the import reads it, with a decimal point."""
    return format(amount, "f")
