"""Small ledgers read from text, and what of them the tests look at."""

import polars as pl

from dunwell.formats.ledger import Ledger, read_ledger

HEADER = "Invoice No,Customer No,Invoice Date,Due Date,Amount,Currency"


def ledger(text: str, *, header: str = HEADER, **told: object) -> Ledger:
    return read_ledger([("f.csv", f"{header}\n{text}\n".encode())], **told)  # type: ignore[arg-type]


def found(read: Ledger, *columns: str) -> list[tuple[object, ...]]:
    shown = read.findings.filter(
        pl.col("code")
        .is_in(["no_currency_column", "open_amount_only", "settled_as_payment"])
        .not_()
    )
    return shown.select(columns or ("row", "code", "action")).rows()


def items(read: Ledger, *columns: str) -> list[tuple[object, ...]]:
    days = [pl.col(name).cast(pl.Date).cast(pl.String) for name in ("issued_day", "due_day")]
    return read.items.with_columns(days).select(columns).rows()


def paid(read: Ledger) -> list[tuple[object, ...]]:
    days = [pl.col(name).cast(pl.Date).cast(pl.String) for name in ("applied_day", "value_day")]
    return (
        read.allocations.with_columns(days)
        .select(
            "source", "source_number", "item_number", "amount_minor", "applied_day", "value_day"
        )
        .rows()
    )


def ties(read: Ledger) -> bool:
    t = read.totals
    return bool(
        (t["in_minor"] == t["imported_minor"] + t["refused_minor"]).all()
        and (t["rows_in"] == t["rows_imported"] + t["rows_refused"]).all()
    )
