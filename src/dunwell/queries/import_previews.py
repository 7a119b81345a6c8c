"""What the first rows of uploaded files say, and how they would stand in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.formats.columns import recognise
from dunwell.formats.dates import read_days
from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.grid import Table
from dunwell.formats.ledger import Ledger, read_ledger
from dunwell.formats.profile import Profile, read_profile
from dunwell.formats.table import read_tables

LARGEST = 4 * 1024 * 1024
"""So many bytes of a text file are looked at; other kinds are shown only when not larger."""
SAMPLES = 3
SHOWN = 8
_WHOLE_ONLY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"<", b"\xef\xbb\xbf<")
"""Spreadsheets, Parquet and XML cannot be read in part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BothReadings:
    """A cell that may be a day in two ways, and both days."""

    text: str
    dmy: date | None
    mdy: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewItem:
    """An item as it would be imported; amount in minor units of `currency`."""

    number: str
    customer: str
    kind: str
    currency: str
    amount_minor: int
    issued_on: date
    due_on: date
    row: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPreview:
    """Samples per table and column, and the first items; `trouble` says why there are none."""

    samples: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    items: tuple[PreviewItem, ...] = ()
    payments: int = 0
    customers: int = 0
    trouble: str = ""


def head_of(data: bytes, *, is_whole: bool) -> bytes | None:
    """Return what of a file's beginning can be read as a table; None when only all of it can."""
    if is_whole:
        return data
    if data.startswith(_WHOLE_ONLY):
        return None
    end = data.rfind(b"\n")
    return data[: end + 1] if end > 0 else None


def import_preview(
    heads: Sequence[tuple[str, bytes | None]], *, profile: Mapping[str, Any]
) -> ImportPreview:
    """Return samples and first items of the beginnings of files, read with a profile."""
    files = [(name, data) for name, data in heads if data is not None]
    if not files:
        return ImportPreview(trouble="The files are too large for a preview; the check read them.")
    try:
        told = read_profile(dict(profile))
        tables = _tables(files, told)
        ledger = read_ledger(tables, told, default_currency=told.default_currency)
    except (TableError, LedgerError) as error:
        return ImportPreview(trouble=str(error))
    samples = {
        (table.name, table.part): {
            column: _samples(table, column) for column in table.cells.columns
        }
        for table in tables
    }
    return ImportPreview(
        samples=samples,
        items=_items(ledger),
        payments=ledger.payments.height,
        customers=ledger.customers.height,
    )


def both_readings(
    heads: Sequence[tuple[str, bytes | None]],
    *,
    profile: Mapping[str, Any],
    file: str,
    part: str,
    column: str,
) -> tuple[BothReadings, ...]:
    """Return the first distinct cells of a column as day-month and as month-day."""
    table = _table(heads, profile=profile, file=file, part=part)
    if table is None or column not in table.cells.columns:
        return ()
    texts = table.cells.get_column(column).drop_nulls().unique(maintain_order=True).head(SHOWN)
    dmy, mdy = (read_days(texts, order=order)["day"].to_list() for order in ("dmy", "mdy"))
    return tuple(
        BothReadings(text=text, dmy=_day(first), mdy=_day(second))
        for text, first, second in zip(texts.to_list(), dmy, mdy, strict=True)
    )


def columns_as(
    heads: Sequence[tuple[str, bytes | None]],
    *,
    profile: Mapping[str, Any],
    file: str,
    part: str,
    role: str,
) -> dict[str, str]:
    """Return column -> field as they would be recognised if the table had another role."""
    table = _table(heads, profile=profile, file=file, part=part)
    if table is None:
        return {}
    return {match.column: match.field for match in recognise(table, role=role).matches}


def _table(
    heads: Sequence[tuple[str, bytes | None]], *, profile: Mapping[str, Any], file: str, part: str
) -> Table | None:
    files = [(name, data) for name, data in heads if data is not None and name == file]
    try:
        tables = _tables(files, read_profile(dict(profile)))
    except (TableError, LedgerError):
        return None
    return next((table for table in tables if table.part == part), None)


def _tables(files: Sequence[tuple[str, bytes]], told: Profile) -> list[Table]:
    return [
        table
        for name, data in files
        for table in read_tables(
            data,
            name=name,
            encoding=told.encoding,
            delimiter=told.delimiter,
            sheet=told.sheet,
        )
    ]


def _samples(table: Table, column: str) -> tuple[str, ...]:
    cells = table.cells.get_column(column).drop_nulls()
    return tuple(cells.unique(maintain_order=True).head(SAMPLES).to_list())


def _items(ledger: Ledger) -> tuple[PreviewItem, ...]:
    names = dict(
        ledger.customers.select("customer_number", pl.col("name").fill_null("")).iter_rows()
    )
    return tuple(
        PreviewItem(
            number=row["number"],
            customer=names.get(row["customer_number"]) or row["customer_number"],
            kind=row["kind"],
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            issued_on=day_date(row["issued_day"]),
            due_on=day_date(row["due_day"]),
            row=row["row"],
        )
        for row in ledger.items.head(SHOWN).iter_rows(named=True)
    )


def _day(number: int | None) -> date | None:
    return None if number is None else day_date(number)
