"""A bank sheet's file as one table of texts, and what reading it found."""

from collections.abc import Iterable

import polars as pl

from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import StatementError, StatementFinding
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table

AS_FOUND = SheetProfile()
"""A profile that tells nothing: everything is taken from the file."""


def sheet_table(content: bytes, name: str, profile: SheetProfile) -> Table:
    """Return the file's table. Raises StatementError, also for rows that have shifted cells."""
    try:
        table = read_table(
            content,
            name=name,
            encoding=profile.encoding,
            delimiter=profile.delimiter,
            sheet=profile.sheet,
        )
    except TableError as error:
        reason = str(error).removeprefix(f"{name}: ")
        raise StatementError(name, "whole file", reason) from error
    if table.refused_rows:
        shifted = table.findings.filter(pl.col("action") == "refused").row(0, named=True)
        raise StatementError(name, f"row {shifted['row']}", str(shifted["reason"]))
    return table


def table_findings(table: Table) -> list[StatementFinding]:
    """Return what reading the file as a table found, such as lines of another encoding."""
    return [
        StatementFinding(
            code=str(row["code"]),
            place=f"row {row['row']}" if row["row"] is not None else "",
            reason=str(row["reason"]),
            severity=str(row["severity"]),
        )
        for row in table.findings.iter_rows(named=True)
    ]


def any_digit(table: Table, columns: Iterable[str]) -> pl.Series:
    """Return per row whether any of the columns holds a digit."""
    found = pl.Series("digit", [False] * table.cells.height, dtype=pl.Boolean)
    for column in columns:
        found |= table.cells.get_column(column).str.contains(r"\d").fill_null(value=False)
    return found
