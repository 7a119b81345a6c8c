"""What every step of a merge shares: the batch it writes for, and rows ready for the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
from django.db import connection

from dunwell.actions.bulk import insert_rows, is_postgresql, staged
from dunwell.engine.calendars import day_number
from dunwell.formats.findings import FindingLog
from dunwell.models import Company, ImportBatch
from dunwell.queries.frames import read_rows
from dunwell.queries.merged_records import Way


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """One import into one company, and the findings it collects.

    Nothing is booked on a day up to `closed_until`, the end of the closed period. `ways` are
    those on from each merged record, by its number.
    """

    company: Company
    batch: ImportBatch
    as_of: date
    at: datetime
    closed_until: date | None = None
    ways: Mapping[str, Way] = field(default_factory=dict)
    log: FindingLog = field(default_factory=FindingLog)

    def known(
        self, columns: str, types: Mapping[str, type[pl.DataType]], *, of: str, which: str = ""
    ) -> pl.DataFrame:
        """Return columns of the company's rows of a table, with an optional `AND ...`."""
        # table and columns are our own texts
        query = f"SELECT {columns} FROM dunwell_{of} WHERE company_id = %s {which}"  # noqa: S608
        return read_rows(query, [self.company.pk], types)

    def is_closed(self, column: str) -> pl.Expr:
        """Return whether a day number lies in the closed period."""
        if self.closed_until is None:
            return pl.lit(value=False)
        return pl.col(column) <= day_number(self.closed_until)

    def booked_day(self, *columns: str | pl.Expr) -> pl.Expr:
        """Return the latest of the days, at the earliest the first open one."""
        if self.closed_until is None:
            return pl.max_horizontal(*columns)
        return pl.max_horizontal(*columns, pl.lit(day_number(self.closed_until) + 1, pl.Int32))

    def report_closed(self, rows: pl.DataFrame, *, value: pl.Expr, what: str) -> None:
        """Report rows that are refused because their day lies in the closed period."""
        self.log.rows(
            rows,
            code="closed_period",
            value=value,
            action="refused",
            severity="error",
            reason=f"{what} on a day of the closed period, which ends on {self.closed_until}. "
            "Have the period opened under Closing and journals, or book it on a later day",
        )

    def insert(self, table: str, rows: pl.DataFrame, *, is_ledger: bool = True) -> int:
        """Add rows of a table, stamped with company, moment and, for ledger rows, the batch."""
        stamped = rows.with_columns(
            pl.lit(self.company.pk, dtype=pl.Int64).alias("company_id"),
            pl.lit(self.at).cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
        )
        if is_ledger:
            stamped = stamped.with_columns(
                pl.lit(self.batch.pk, dtype=pl.Int64).alias("batch_id"),
                pl.lit(self.as_of).cast(pl.Date).alias("recorded_on"),
            )
        return insert_rows(table=f"dunwell_{table}", rows=stamped)


def lock_rows(table: str, keys: pl.DataFrame) -> None:
    """Lock rows of a table by their keys, the frame's one column, in the order of keys."""
    if not (is_postgresql() and keys.height):
        return
    with staged("import_locks", keys) as stage, connection.cursor() as cursor:
        # names are our own texts
        cursor.execute(
            f"SELECT id FROM dunwell_{table} WHERE id IN (SELECT {keys.columns[0]} FROM {stage}) "  # noqa: S608
            "ORDER BY id FOR NO KEY UPDATE"
        )


def with_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose source (file, part, row) may be named in a finding."""
    return rows.with_columns(pl.col("part").fill_null(""), pl.col("file").fill_null(""))


def text(name: str, longest: int) -> pl.Expr:
    """Return a text column as the tables take it: never empty of meaning, never too long."""
    return pl.col(name).fill_null("").str.slice(0, longest).alias(name)


def on_day(name: str) -> pl.Expr:
    """Return a day number as a date."""
    return pl.col(name).cast(pl.Int32).cast(pl.Date)


def sums(rows: pl.DataFrame, by: Sequence[str], amount: str) -> pl.DataFrame:
    """Return the sum of an amount per group."""
    return rows.group_by(by).agg(pl.col(amount).sum())
