"""What was found while reading a file: one row per finding, and the two typed errors."""

from collections.abc import Iterable, Mapping

import polars as pl

SCHEMA: Mapping[str, type[pl.DataType]] = {
    "file": pl.String,
    "part": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "code": pl.String,
    "reason": pl.String,
    "action": pl.String,
    "severity": pl.String,
}
"""Columns of a findings frame. `part` is the sheet or database table, `row` the row as a
spreadsheet program numbers it (empty: the whole file), `action` refused, changed or kept,
`severity` error, warning or info."""

LONGEST_VALUE = 200
"""A finding quotes at most this many characters of a cell."""


class TableError(ValueError):
    """The file cannot be read as a table; the message says what, where and what to do."""


class LedgerError(ValueError):
    """The files cannot be read as a ledger; the message says what, where and what to do."""


def empty_findings() -> pl.DataFrame:
    """Return a findings frame without rows."""
    return pl.DataFrame(schema=SCHEMA)


def finding(
    file: str,
    *,
    code: str,
    reason: str,
    action: str,
    severity: str,
    part: str = "",
    row: int | None = None,
    column: str = "",
    value: str = "",
) -> pl.DataFrame:
    """Return a findings frame of one row."""
    return pl.DataFrame(
        {
            "file": [file],
            "part": [part],
            "row": [row],
            "column": [column],
            "value": [value[:LONGEST_VALUE]],
            "code": [code],
            "reason": [reason],
            "action": [action],
            "severity": [severity],
        },
        schema=SCHEMA,
    )


class FindingLog:
    """Collects findings while files are read; `frame` returns them in the order of the rows."""

    __slots__ = ("_frames",)

    def __init__(self, frames: Iterable[pl.DataFrame] = ()) -> None:
        self._frames = [frame for frame in frames if frame.height]

    def add(self, frame: pl.DataFrame) -> None:
        """Add ready findings."""
        if frame.height:
            self._frames.append(frame)

    def rows(
        self,
        rows: pl.DataFrame,
        *,
        code: str,
        reason: str | pl.Expr,
        action: str,
        severity: str,
        column: str | pl.Expr = "",
        value: str | pl.Expr = "",
    ) -> None:
        """Add one finding per row of `rows`, which carries `file`, `part` and `row`.

        `reason`, `column` and `value` are texts, or expressions over `rows`.
        """
        if not rows.height:
            return

        def text(given: str | pl.Expr) -> pl.Expr:
            return pl.lit(given) if isinstance(given, str) else given.cast(pl.String)

        self._frames.append(
            rows.select(
                pl.col("file"),
                pl.col("part"),
                pl.col("row").cast(pl.Int64),
                text(column).fill_null("").alias("column"),
                text(value).fill_null("").str.slice(0, LONGEST_VALUE).alias("value"),
                pl.lit(code).alias("code"),
                text(reason).fill_null("").alias("reason"),
                pl.lit(action).alias("action"),
                pl.lit(severity).alias("severity"),
            )
        )

    def frame(self) -> pl.DataFrame:
        """Return all findings by file, part and row; those of a whole file come first."""
        if not self._frames:
            return empty_findings()
        return pl.concat(self._frames).sort(
            "file", "part", "row", "code", "column", nulls_last=False, maintain_order=True
        )
