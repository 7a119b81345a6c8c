"""A table's mapped columns with their types: text, day numbers, minor units; what failed is said.

Nothing is refused here except rows that are no data (totals, repeated headers): each field
keeps its `<field>:problem` beside it and the roles decide what a problem means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.amounts import (
    amount_parts,
)
from dunwell.formats.cells import NOT_MONEY, Reading, amount_cells, day_cells
from dunwell.formats.columns import Recognition
from dunwell.formats.currencies import SHARED_SYMBOLS, currency_code
from dunwell.formats.decisions import Decision
from dunwell.formats.findings import FindingLog
from dunwell.formats.grid import Table
from dunwell.formats.roles import AMOUNT_FIELDS, DATE_FIELDS
from dunwell.formats.values import mapped

TOTAL_WORDS = (
    r"(?i)^\W*(grand |sub)?(totals?|summe|gesamt|gesamtsumme|zwischensumme|suma|saldo total|"
    r"total general)\b"
)
NOTHING = ("null", "none", "nan", "n/a", "na", "#n/a", "(null)", "<na>")
PHONE = r"^[+-]?[\d\s()./-]+$"
INJECTED = r"^[=@\t\r]|^[+-]\D"
"""Text a spreadsheet program would run as a formula when it is exported again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """Rows of one table with types, what was detected, and what must be decided first."""

    frame: pl.DataFrame
    detected: Mapping[str, str | int] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    rows_read: int = 0
    rows_refused: int = 0


def typed_rows(table: Table, found: Recognition, *, reading: Reading, log: FindingLog) -> Typed:
    """Return the table's rows with file, part, row, one column per field and its problem."""
    frame, rows_read, empty = _data_rows(table, found, log=log)
    frame = _texts(frame, found, log=log)
    detected: dict[str, str | int] = {"empty_rows": empty} if empty else {}
    parts = {
        name: amount_parts(frame.get_column(name))
        for name in found.fields
        if name in AMOUNT_FIELDS and name not in NOT_MONEY
    }
    if found.role not in {"order_lines"}:
        frame = _currency(frame, found, parts=parts, reading=reading, log=log)
    decisions: list[Decision] = []
    frame = amount_cells(
        frame,
        found,
        parts=parts,
        reading=reading,
        table=table,
        detected=detected,
        decisions=decisions,
        log=log,
    )
    frame = day_cells(
        frame, found, reading=reading, table=table, detected=detected, decisions=decisions, log=log
    )
    return Typed(
        frame=frame.drop(":at"),
        detected=detected,
        decisions=tuple(decisions),
        rows_read=rows_read + table.refused_rows,
        rows_refused=rows_read - frame.height + table.refused_rows,
    )


def _data_rows(
    table: Table, found: Recognition, *, log: FindingLog
) -> tuple[pl.DataFrame, int, int]:
    """Return mapped columns of the rows that hold data, the rows counted, and the empty ones."""
    fields = found.fields
    place: list[pl.Expr | pl.Series] = [
        pl.lit(table.name).alias("file"),
        pl.lit(table.part).alias("part"),
        table.rows.alias("row"),
        pl.int_range(0, table.cells.height, eager=True, dtype=pl.Int64).alias(":at"),
    ]
    picked = table.cells.select(
        *place, *(pl.col(column).alias(name) for name, column in fields.items())
    )
    is_empty = table.cells.select(
        pl.all_horizontal(pl.all().is_null()) if table.cells.width else pl.lit(value=True)
    ).to_series()
    is_header = pl.lit(value=False)
    if fields:
        is_header = (
            pl.all_horizontal(pl.col(name) == column for name, column in list(fields.items())[:3])
            if len(fields) > 1
            else is_header
        )
    keys = [name for name in ("customer_number", "item_number", "customer_name") if name in fields]
    texts = table.cells.select(pl.coalesce(pl.all()).alias("first")).to_series()
    dates = [name for name in fields if name in DATE_FIELDS]
    is_total = texts.str.contains(TOTAL_WORDS).fill_null(value=False)
    picked = picked.with_columns(is_empty.alias(":empty"), is_total.alias(":total"))
    data = picked.filter(~pl.col(":empty"))
    headers = is_header.fill_null(value=False)
    log.rows(
        data.filter(headers),
        code="repeated_header",
        action="refused",
        severity="info",
        reason="repeats the header, so it is no data",
    )
    data = data.filter(~headers)
    no_date = (
        pl.all_horizontal(pl.col(name).is_null() for name in dates)
        if dates
        else pl.lit(value=False)
    )
    few = (
        pl.sum_horizontal(pl.col(name).is_null().cast(pl.Int8) for name in keys)
        if keys
        else pl.lit(0)
    )
    total = pl.col(":total") & no_date & (few > 0 if len(keys) > 1 else pl.lit(value=True))
    log.rows(
        data.filter(total),
        code="total_row",
        action="refused",
        severity="info",
        reason="is a total of other rows, so it is not counted again",
    )
    empty = int(is_empty.sum())
    return data.filter(~total).drop(":empty", ":total"), table.cells.height - empty, empty


def _texts(frame: pl.DataFrame, found: Recognition, *, log: FindingLog) -> pl.DataFrame:
    """Report injected formulas, which are kept as text, and trim control characters."""
    fields = found.fields
    for name, column in fields.items():
        if name in AMOUNT_FIELDS | DATE_FIELDS:
            continue
        text = pl.col(name)
        is_formula = text.str.contains(INJECTED) & ~text.str.contains(PHONE)
        log.rows(
            frame.filter(is_formula),
            code="formula_text",
            column=column,
            value=text,
            reason="starts like a spreadsheet formula; it is kept as plain text and never run",
            action="kept",
            severity="warning",
        )
    texts = [name for name in fields if name not in AMOUNT_FIELDS | DATE_FIELDS]
    return frame.with_columns(
        pl.when(~pl.col(name).str.to_lowercase().is_in(list(NOTHING)))
        .then(pl.col(name).str.strip_chars())
        .alias(name)
        for name in texts
    ).with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts)


def _currency(
    frame: pl.DataFrame,
    found: Recognition,
    *,
    parts: Mapping[str, pl.DataFrame],
    reading: Reading,
    log: FindingLog,
) -> pl.DataFrame:
    """Add the row's ISO code: of its column, a mark by its amount, the header, the default."""
    column = found.fields.get("currency", "")
    stated = (
        frame.get_column("currency")
        if column
        else pl.Series("currency", [None] * frame.height, dtype=pl.String)
    )
    marks = [one.get_column("mark") for one in parts.values()]
    mark = pl.select(pl.coalesce(marks)).to_series() if marks else stated.clear()
    if not marks or mark.len() != frame.height:
        mark = pl.Series("mark", [None] * frame.height, dtype=pl.String)
    fallback = found.header_currency or reading.default_currency
    frame = frame.with_columns(
        stated.alias(":stated"),
        mapped(stated, currency_code).alias(":code"),
        mapped(mark, currency_code).alias(":mark"),
    )
    is_unknown = pl.col(":stated").is_not_null() & (pl.col(":code") == "")
    log.rows(
        frame.filter(is_unknown),
        code="unknown_currency",
        column=column,
        value=pl.col(":stated"),
        reason="is not an ISO 4217 currency; the row is kept under XXX. Correct the code and "
        "import again",
        action="changed",
        severity="warning",
    )
    _report_shared(frame, stated, mark, column=column, log=log)
    code = (
        pl.when(is_unknown)
        .then(pl.lit(UNKNOWN_CURRENCY))
        .when(pl.col(":code").is_not_null())
        .then(pl.col(":code"))
        .when(pl.col(":mark").is_not_null() & (pl.col(":mark") != ""))
        .then(pl.col(":mark"))
        .otherwise(pl.lit(fallback or None, dtype=pl.String))
    )
    frame = frame.with_columns(code.alias("currency"))
    _report_missing(frame, found, fallback=fallback, log=log)
    is_known = frame.get_column("currency").is_not_null().alias("currency:known")
    return frame.with_columns(pl.col("currency").fill_null(UNKNOWN_CURRENCY), is_known).drop(
        ":stated", ":code", ":mark"
    )


def _report_shared(
    frame: pl.DataFrame, stated: pl.Series, mark: pl.Series, *, column: str, log: FindingLog
) -> None:
    """Report once that a symbol of several countries was read as its most common currency."""
    shared = stated.is_in(list(SHARED_SYMBOLS)) | mark.is_in(list(SHARED_SYMBOLS))
    if shared.any():
        log.rows(
            frame.filter(shared.fill_null(value=False)).head(1),
            code="shared_symbol",
            column=column,
            reason="a currency symbol used by several countries was read as its most common one "
            "($ as USD, ¥ as JPY); name the currency in a column if that is wrong",
            action="changed",
            severity="warning",
        )


def _report_missing(
    frame: pl.DataFrame, found: Recognition, *, fallback: str, log: FindingLog
) -> None:
    """Report rows without a currency, and once per table that none or a default is used."""
    column = found.fields.get("currency", "")
    missing = frame.filter(pl.col("currency").is_null())
    by = "no currency is stated"
    if column:
        log.rows(
            missing,
            code="missing_currency",
            column=column,
            action="changed",
            severity="warning",
            reason=f"{by}; the row is kept under XXX. Name a default currency",
        )
    elif missing.height and found.role in {"items", "orders"}:
        log.rows(
            missing.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="no_currency_column",
            action="changed",
            severity="warning",
            reason=f"{by} in the file; {missing.height} rows are kept under XXX. Name a default "
            "currency",
        )
    elif fallback and not column and frame.height and found.role in {"items", "orders"}:
        log.rows(
            frame.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="default_currency",
            action="changed",
            severity="info",
            reason=f"{by} in a column of its own; {fallback} is used for rows that name none",
        )
