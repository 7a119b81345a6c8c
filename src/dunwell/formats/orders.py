"""Orders as receivables, where an export has orders and payments but no invoices."""

from collections.abc import Sequence

import polars as pl

from dunwell.formats.cells import OPEN_DIGITS, minor_digits_of
from dunwell.formats.columns import ColumnMatch, Recognition
from dunwell.formats.findings import FindingLog


def order_amounts(
    frame: pl.DataFrame, found: Recognition, lines: Sequence[pl.DataFrame], *, log: FindingLog
) -> tuple[pl.DataFrame, Recognition]:
    """Return typed orders with the amount of their lines, and the recognition as items.

    amount = sum of quantity x unit price, exact: quantities are thousandths, prices have
    `OPEN_DIGITS` decimals. An order whose lines do not come to whole minor units, or has an
    unreadable line, has no amount and is refused later with that reason.
    """
    log.rows(
        frame.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
        code="orders_as_items",
        action="changed",
        severity="warning",
        reason=f"the files hold no invoices; {frame.height} orders are read as invoices"
        if frame.height != 1
        else "the files hold no invoices; 1 order is read as an invoice",
    )
    if "amount" in found.fields or not lines:
        return frame, found
    exact = pl.col("quantity").cast(pl.Int128) * pl.col("unit_price").cast(pl.Int128)
    sums = (
        pl.concat(lines, how="diagonal")
        .group_by("item_number")
        .agg(
            exact.sum().alias(":sum"),
            (pl.col("quantity").is_null() | pl.col("unit_price").is_null()).any().alias(":broken"),
        )
    )
    frame = frame.join(sums, on="item_number", how="left", maintain_order="left")
    shift = OPEN_DIGITS - minor_digits_of(frame.get_column("currency"))
    frame = frame.with_columns((1000 * pl.lit(10).pow(shift)).cast(pl.Int128).alias(":unit"))
    whole = (pl.col(":sum") % pl.col(":unit") == 0) & ~pl.col(":broken")
    frame = frame.with_columns(
        pl.when(whole)
        .then((pl.col(":sum") // pl.col(":unit")).cast(pl.Int64, strict=False))
        .alias("amount"),
        pl.lit(None, dtype=pl.String).alias("amount:text"),
        pl.when(pl.col(":sum").is_null())
        .then(pl.lit("missing_amount"))
        .when(~whole)
        .then(pl.lit("unreadable_amount"))
        .alias("amount:problem"),
    ).drop(":sum", ":broken", ":unit")
    made = ColumnMatch(
        column="quantity x unit price",
        field="amount",
        confidence=100,
        reason="sum of the order's lines",
    )
    return frame, Recognition(role=found.role, reason=found.reason, matches=(*found.matches, made))


def report_loose_lines(
    lines: Sequence[pl.DataFrame], items: pl.DataFrame, *, are_used: bool, log: FindingLog
) -> None:
    """Report order lines that went into no item: of unknown orders, or beside stated amounts."""
    for frame in lines:
        if not are_used:
            log.rows(
                frame.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
                code="table_left_out",
                action="refused",
                severity="info",
                reason=f"{frame.height} rows are left out: they are order lines, and no order in "
                "the files needs them for its amount"
                if frame.height != 1
                else "1 row is left out: it is an order line, and no order in the files needs it "
                "for its amount",
            )
            continue
        known = frame.get_column("item_number").is_in(
            items.get_column("stated_number").drop_nulls().implode()
        )
        log.rows(
            frame.filter(~known.fill_null(value=False)),
            code="unknown_order",
            value=pl.col("item_number"),
            action="refused",
            severity="warning",
            reason="is a line of an order that is in none of the files",
        )
