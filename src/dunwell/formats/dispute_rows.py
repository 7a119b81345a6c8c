"""Rows of a disputes table to disputes of items."""

import polars as pl

from dunwell.formats.cells import rescaled
from dunwell.formats.columns import Recognition
from dunwell.formats.findings import FindingLog
from dunwell.formats.refusals import AMOUNT_REASONS, DATE_REASONS, refuse, refuse_problems
from dunwell.formats.settling import with_items
from dunwell.formats.values import mapped, state_of

UNREADABLE = ("unreadable_date", "ambiguous_date", "impossible_date", "implausible_date")
DISPUTE = {
    "dispute_number": pl.String,
    "item_number": pl.String,
    "customer_number": pl.String,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "opened_day": pl.Int32,
    "closed_day": pl.Int32,
    "reason": pl.String,
    "is_open": pl.Boolean,
    "file": pl.String,
    "part": pl.String,
    "row": pl.Int64,
    "is_refused": pl.Boolean,
    "stated_minor": pl.Int64,
}


def empty_disputes() -> pl.DataFrame:
    """Return disputes without rows."""
    return pl.DataFrame(schema=DISPUTE)


def dispute_rows(
    frame: pl.DataFrame, found: Recognition, items: pl.DataFrame, *, day: int, log: FindingLog
) -> pl.DataFrame:
    """Return the rows of one typed disputes table; those without a kept item are refused.

    A missing amount is the item's amount; a missing date is the day the file is known from.
    """
    columns = found.fields
    frame = _usable(frame, columns, log=log)
    frame = with_items(frame.rename({"item_number": "item_ref"}), items)
    frame = rescaled(
        frame.with_columns(pl.coalesce(":item_currency", "currency").alias(":told")),
        "dispute_amount",
        currency=":told",
    )
    frame = refuse(
        frame,
        pl.col(":too_fine"),
        log=log,
        code="too_many_decimals",
        reason=AMOUNT_REASONS["too_many_decimals"],
    )
    alive = ~pl.col("is_refused")
    frame = refuse(
        frame,
        alive & pl.col("number").is_null(),
        log=log,
        code="unknown_item",
        value=pl.col("item_ref"),
        column=columns.get("item_number", ""),
        severity="warning",
        reason="disputes an item that is in none of the files or was refused",
    )
    _report_gaps(frame, log=log)
    state = mapped(frame.get_column("status"), state_of)
    is_closed = state.is_in(["paid", "cancelled"]).fill_null(value=False)
    made = pl.concat_str(
        pl.lit("dispute/"), pl.col("number"), pl.lit("/"), pl.col("row").cast(pl.String)
    )
    return frame.select(
        pl.coalesce("dispute_number", made).alias("dispute_number"),
        pl.col("number").alias("item_number"),
        pl.coalesce(":item_customer", "customer_number").alias("customer_number"),
        pl.col(":told").alias("currency"),
        pl.coalesce("dispute_amount", pl.col(":item_amount").abs()).alias("amount_minor"),
        pl.col("opened_day").fill_null(day).cast(pl.Int32),
        pl.col("closed_day").cast(pl.Int32),
        pl.col("dispute_reason").alias("reason"),
        (pl.col("closed_day").is_null() & ~is_closed).alias("is_open"),
        "file",
        "part",
        "row",
        "is_refused",
        pl.col("dispute_amount").alias("stated_minor"),
    )


def _usable(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    absent = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in (
            ("dispute_number", pl.String),
            ("item_number", pl.String),
            ("customer_number", pl.String),
            ("dispute_reason", pl.String),
            ("status", pl.String),
            ("dispute_amount", pl.Int64),
            ("opened_day", pl.Int32),
            ("closed_day", pl.Int32),
        )
        if name not in frame.columns
    ]
    frame = frame.with_columns(*absent, pl.lit(value=False).alias("is_refused"))
    frame = refuse_problems(
        frame,
        "dispute_amount",
        reasons=AMOUNT_REASONS,
        column=columns.get("dispute_amount", ""),
        log=log,
        only=tuple(code for code in AMOUNT_REASONS if code != "missing_amount"),
    )
    for name in ("opened_day", "closed_day"):
        frame = refuse_problems(
            frame,
            name,
            reasons=DATE_REASONS,
            column=columns.get(name, ""),
            log=log,
            only=UNREADABLE,
        )
    return frame


def _report_gaps(frame: pl.DataFrame, *, log: FindingLog) -> None:
    alive = ~pl.col("is_refused")
    log.rows(
        frame.filter(alive & pl.col("dispute_amount").is_null()),
        code="dispute_amount_missing",
        action="changed",
        severity="info",
        reason="states no amount; the whole item is disputed",
    )
    log.rows(
        frame.filter(alive & pl.col("opened_day").is_null()),
        code="dispute_date_missing",
        action="changed",
        severity="info",
        reason="states no opening date; the day the file is known from is taken",
    )
