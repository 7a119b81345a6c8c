"""Items that an export tells as open again: what earlier exports implied as paid is taken back.

Such a payment was never more than what an open amount said, so the next word of the same source
takes its place. Money that came by name, from a bank or by hand is left to a person.
"""

import polars as pl

from dunwell.actions.bulk import staged
from dunwell.actions.merging.batch import Merge, lock_rows, on_day, with_places
from dunwell.actions.merging.implied import IMPLIED
from dunwell.actions.merging.items import MergedItems
from dunwell.engine.calendars import day_number
from dunwell.queries.frames import day, read_rows

LONGEST_STEM = 118
LIVE = {
    "allocation_id": pl.Int64,
    "item_id": pl.Int64,
    "amount_minor": pl.Int64,
    "value_day": pl.Int32,
    "applied_day": pl.Int32,
    "payment_id": pl.Int64,
    "payment_number": pl.String,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "whole_minor": pl.Int64,
    "received_day": pl.Int32,
    "reference": pl.String,
    "is_implied": pl.Boolean,
}
_LIVE = """
SELECT a.id, a.item_id, a.amount_minor, {valued}, {applied}, p.id, p.number, p.customer_id,
       p.currency, p.amount_minor, {received}, p.reference,
       COALESCE(p.method = %s, false)
       AND NOT EXISTS (SELECT 1 FROM dunwell_payment b WHERE b.reverses_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM dunwell_allocation b
                       WHERE b.payment_id = p.id AND b.item_id <> a.item_id)
FROM {stage} s JOIN dunwell_allocation a ON a.item_id = s.item_id
LEFT JOIN dunwell_payment p ON p.id = a.payment_id
WHERE a.company_id = %s AND a.batch_id IS NOT NULL AND a.reverses_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM dunwell_allocation b WHERE b.reverses_id = a.id)
ORDER BY a.id
"""
"""What imports put on items and nobody took back; implied is such money on no other item."""


def take_back_implied(merge: Merge, items: MergedItems, *, known_day: int) -> int:
    """Take implied payments back, newest first, as far as the files tell more as open.

    What of a taken payment was right is implied anew by settling. A file that reaches less far
    than the day of the payment is older than it and takes nothing back. Returns how many.
    """
    open_more = _open_more(merge, items)
    if not open_more.height:
        return 0
    with staged("import_reopened", open_more.select("item_id")) as stage:
        query = _LIVE.format(
            stage=stage, valued=day("a.value_on"), applied=day("a.applied_on"),
            received=day("p.value_on"),
        )  # fmt: skip
        given: list[int | str] = [IMPLIED, merge.company.pk]
        found = _taken(read_rows(query, given, LIVE), open_more, known_day)
        if not found.height:
            return 0
        lock_rows("payment", found.select("payment_id"))
        lock_rows("item", found.select("item_id").unique())
        # nobody changes them any more, but somebody may have until now
        taken = _taken(read_rows(query, given, LIVE), open_more, known_day)
    _report(merge, taken)
    today = pl.lit(day_number(merge.as_of), dtype=pl.Int32)
    booked = merge.booked_day(today, "applied_day", "received_day")
    _write(merge, taken.with_columns(booked.alias("booked_day")))
    return taken.height


def _open_more(merge: Merge, items: MergedItems) -> pl.DataFrame:
    """Return known items of which the files tell more as open than the ledger: `told_minor`."""
    known = items.items.filter(~pl.col("is_new") & pl.col("open_minor").is_not_null())
    if not known.height:
        return known
    settled = merge.known(
        "item_id, CAST(SUM(amount_minor) AS bigint)",
        {"item_id": pl.Int64, "settled_minor": pl.Int64},
        of="allocation",
        which="GROUP BY item_id",
    )
    told = pl.col("amount_minor") - pl.col("open_minor")
    return (
        with_places(known)
        .join(settled, on="item_id", how="inner", maintain_order="left")
        .with_columns(told.alias("told_minor"))
        .filter(pl.col("settled_minor").abs() > pl.col("told_minor").abs())
        .select("item_id", "number", "open_minor", "told_minor", "file", "part", "row")
    )


def _taken(live: pl.DataFrame, open_more: pl.DataFrame, known_day: int) -> pl.DataFrame:
    """Return the implied payments that go, newest first, until no more than told is left.

    What was put on the items here is not looked at: it may be ahead of the files.
    """
    put = live.group_by("item_id").agg(pl.col("amount_minor").sum().abs().alias("put"))
    rows = (
        live.filter(pl.col("is_implied") & (pl.col("received_day") <= known_day))
        .sort("allocation_id", descending=True)
        .join(open_more, on="item_id", how="inner", maintain_order="left")
        .join(put, on="item_id", how="inner", maintain_order="left")
    )
    size = pl.col("amount_minor").abs()
    before = size.cum_sum().over("item_id") - size
    return rows.filter(before < pl.col("put") - pl.col("told_minor").abs())


def _report(merge: Merge, taken: pl.DataFrame) -> None:
    merge.log.rows(
        taken,
        code="open_again",
        value=pl.col("number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "is told as open with {} minor units; the payment over {} of {} that an earlier "
            "export implied is taken back",
            "open_minor", pl.col("whole_minor").abs(), on_day("received_day"),
        ),
    )  # fmt: skip


def _write(merge: Merge, taken: pl.DataFrame) -> None:
    """Add the returns of payments, and the rows that take what they settled back."""
    stem = pl.col("payment_number").str.slice(0, LONGEST_STEM)
    merge.insert(
        "payment",
        taken.select(
            pl.format("{}-R", stem).alias("number"), "customer_id", "currency",
            (-pl.col("whole_minor")).alias("amount_minor"), on_day("booked_day").alias("value_on"),
            pl.lit(IMPLIED).alias("method"), pl.lit("").alias("payer"), "reference",
            pl.col("payment_id").alias("reverses_id"),
        ),
    )  # fmt: skip
    merge.insert(
        "allocation",
        taken.select(
            "item_id", pl.lit("payment").alias("source"), "payment_id",
            pl.lit(None, dtype=pl.Int64).alias("counter_item_id"), -pl.col("amount_minor"),
            on_day("value_day").alias("value_on"), on_day("booked_day").alias("applied_on"),
            pl.col("allocation_id").alias("reverses_id"),
        ),
    )  # fmt: skip
