"""Payments that no file names: what an item's own columns, or its absence, imply."""

import polars as pl

from dunwell.actions.merging.batch import Merge, on_day
from dunwell.actions.merging.payments import LONGEST_NUMBER, add_payments, added_payments
from dunwell.queries.frames import read_rows

IMPLIED = "implied"
"""Method of such payments."""
LONGEST_TURN = 12
SPARE = {"item_number": pl.String, "customer_id": pl.Int64, "spare_minor": pl.Int64}
_SPARE = """
SELECT p.reference, p.customer_id, CAST(SUM(p.spare_minor) AS bigint)
FROM (SELECT p.reference, p.customer_id, p.amount_minor - COALESCE((
        SELECT SUM(a.amount_minor) FROM dunwell_allocation a WHERE a.payment_id = p.id), 0)
        AS spare_minor
      FROM dunwell_payment p
      WHERE p.company_id = %s AND p.method = %s AND p.reverses_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM dunwell_payment b WHERE b.reverses_id = p.id)) p
WHERE p.spare_minor <> 0
GROUP BY p.reference, p.customer_id
"""


def implied_money(merge: Merge, rows: pl.DataFrame) -> pl.DataFrame:
    """Add a payment of `paid_minor` for each row; return the rows with its key and `booked_day`.

    Rows carry item_number, customer_number, customer_id, currency, paid_minor and the days value,
    applied, issued and back. Payments are numbered after customer and item.
    """
    if not rows.height:
        nothing = {"payment_number": pl.String, "payment_id": pl.Int64, "booked_day": pl.Int32}
        return rows.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in nothing.items()
        )
    numbered = _numbered(merge, rows)
    add_payments(
        merge,
        numbered.select(
            "payment_number",
            "customer_id",
            "currency",
            pl.col("paid_minor").alias("amount_minor"),
            on_day("value_day").alias("value_on"),
            pl.lit(IMPLIED).alias("method"),
            pl.col("item_number").alias("reference"),
        ),
    )
    booked = merge.booked_day("applied_day", "issued_day", "value_day", "back_day")
    return numbered.join(
        added_payments(merge), on="payment_number", how="inner", maintain_order="left"
    ).with_columns(booked.alias("booked_day"))


def without_spare(merge: Merge, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows that imply money with `rest` less what stands unapplied of such money already.

    A person took it off the item. To imply it once more would make money of nothing.
    """
    if not rows.height:
        return rows
    spare = read_rows(_SPARE, [merge.company.pk, IMPLIED], SPARE)
    rows = rows.join(spare, on=["item_number", "customer_id"], how="left", maintain_order="left")
    left = pl.col("rest") - pl.col("spare_minor").fill_null(0).abs()
    rows = rows.with_columns(left.clip(lower_bound=0).alias("rest"))
    merge.log.rows(
        rows.filter(pl.col("spare_minor").abs() > 0),
        code="taken_back_here",
        value=pl.col("item_number"),
        action="kept",
        severity="warning",
        reason=pl.format(
            "is told as paid, and {} minor units that an earlier export implied were taken off "
            "here since; apply them here if they belong there",
            pl.col("spare_minor").abs(),
        ),
    )
    return rows


def _numbered(merge: Merge, rows: pl.DataFrame) -> pl.DataFrame:
    """Return implied payments with their numbers: customer, item and the turn, at most 120 long.

    Turns go on from the numbers there are, whosever the payments have turned out to be.
    """
    made = merge.known(
        "reference, number", {"item_number": pl.String, "number": pl.String},
        of="payment", which=f"AND method = '{IMPLIED}'",
    ).join(rows, on="item_number", how="semi")  # fmt: skip
    last = made.group_by(pl.col("number").str.replace(r"/\d+$", "").alias("stem")).agg(
        pl.col("number").str.extract(r"/(\d+)$").cast(pl.Int64).max().alias("turn")
    )
    whole = pl.format("paid/{}/{}", "customer_number", "item_number")
    short = pl.format("paid/{}/{}", "customer_id", pl.col("item_number").str.slice(0, 80))
    is_short = whole.str.len_chars() > LONGEST_NUMBER - LONGEST_TURN
    stemmed = rows.with_columns(pl.when(is_short).then(short).otherwise(whole).alias("stem"))
    turn = pl.col("turn").fill_null(0) + 1
    return stemmed.join(last, on="stem", how="left", maintain_order="left").with_columns(
        pl.format("{}/{}", "stem", turn).alias("payment_number")
    )
