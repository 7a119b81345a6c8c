"""Disputes of an import: the files' dispute rows, and items the files mark as disputed."""

import polars as pl
from django.db import connection

from dunwell.actions.bulk import insert_rows, staged
from dunwell.actions.dispute_adoption import adopt_disputes
from dunwell.actions.dispute_deductions import end_cases
from dunwell.actions.merging.batch import Merge, on_day, text, with_places
from dunwell.actions.merging.items import MergedItems
from dunwell.engine.calendars import day_number
from dunwell.models import Dispute
from dunwell.queries.frames import day

REASONS = frozenset(Dispute.Reason.values)
OUTCOME = "closed in the ledger export"
KNOWN = {
    "dispute_id": pl.Int64,
    "item_id": pl.Int64,
    "opened_day": pl.Int32,
    "closed_day": pl.Int32,
}
_CLOSE = """
UPDATE dunwell_dispute SET closed_on = s.closed_on, outcome = s.outcome
FROM {staged} s WHERE dunwell_dispute.id = s.dispute_id AND dunwell_dispute.closed_on IS NULL
"""


def merge_disputes(
    merge: Merge, *, disputes: pl.DataFrame, items: MergedItems, known_day: int
) -> int:
    """Add disputes not yet known by item and day, close those closed since; return the changes.

    Runs after the settling: an open dispute covers at most what is open. A settled item
    that is marked as disputed gets a dispute closed on the day it was settled.
    """
    state = _state(merge, items)
    rows = pl.concat(
        [_told(merge, disputes, state, known_day), _marked(disputes, state, known_day)]
    )
    known = merge.known(
        f"id, item_id, {day('opened_on')}, {day('closed_on')}", KNOWN, of="dispute"
    )
    closed = _close(known, rows)
    is_marked = pl.col("is_marked")
    fresh = pl.concat(
        [
            rows.filter(~is_marked).join(known, on=["item_id", "opened_day"], how="anti"),
            rows.filter(is_marked).join(known, on="item_id", how="anti"),
        ]
    )
    is_open = pl.col("closed_day").is_null()
    busy = known.filter(is_open).join(
        rows.filter(pl.col("closed_day").is_not_null()), on=["item_id", "opened_day"], how="anti"
    )
    fresh = fresh.join(busy.select("item_id", busy=pl.lit(value=True)), on="item_id", how="left")
    fresh = fresh.filter(~(is_open & pl.col("busy").fill_null(value=False)))
    # one open dispute per item: the first of the files stands
    first = pl.int_range(pl.len()).over("item_id", is_open) == 0
    fresh = fresh.filter(~is_open | first).filter(pl.col("amount_minor") > 0)
    added = insert_rows(
        table="dunwell_dispute",
        rows=fresh.select(
            pl.lit(merge.company.pk, dtype=pl.Int64).alias("company_id"), "customer_id", "item_id",
            "amount_minor", "reason", "note", on_day("opened_day").alias("opened_on"),
            on_day("closed_day").alias("closed_on"),
            pl.when(is_open).then(pl.lit("")).otherwise(pl.lit(OUTCOME)).alias("outcome"),
            pl.lit(merge.at).cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
        ),
    )  # fmt: skip
    adopt_disputes(merge.company, as_of=merge.as_of, at=merge.at)
    end_cases(merge.company, as_of=merge.as_of)
    return added + closed


def _state(merge: Merge, items: MergedItems) -> pl.DataFrame:
    """Return the debit items of the files with what is open on them and when they were settled."""
    settled = merge.known(
        f"item_id, CAST(SUM(amount_minor) AS bigint), MAX({day('applied_on')})",
        {"item_id": pl.Int64, "settled_minor": pl.Int64, "settled_day": pl.Int32},
        of="allocation",
        which="GROUP BY item_id",
    )
    return (
        items.items.filter(pl.col("amount_minor") > 0)
        .join(settled, on="item_id", how="left", maintain_order="left")
        .with_columns(
            (pl.col("amount_minor") - pl.col("settled_minor").fill_null(0)).alias("open_minor")
        )
        .rename({"number": "item_number", "amount_minor": "item_minor"})
    )


def _told(
    merge: Merge, disputes: pl.DataFrame, state: pl.DataFrame, known_day: int
) -> pl.DataFrame:
    lower = pl.col("reason").fill_null("other").str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    placed = (
        with_places(disputes)
        .drop("currency")
        .join(state, on=["item_number", "customer_number"], how="left", maintain_order="left")
    )
    merge.log.rows(
        placed.filter(pl.col("item_id").is_null()),
        code="dispute_without_item",
        value=pl.col("item_number"),
        action="refused",
        severity="error",
        reason="disputes a credit or an item that was refused",
    )
    placed = placed.filter(pl.col("item_id").is_not_null()).with_columns(
        pl.col("opened_day").fill_null(pl.max_horizontal("issued_day", pl.lit(known_day))),
        pl.when(lower.is_in(list(REASONS))).then(lower).otherwise(pl.lit("other")).alias("reason"),
        text("reason", 500).alias("note"),
    )
    is_open = pl.col("closed_day").is_null()
    most = pl.when(is_open).then("open_minor").otherwise("item_minor")
    cut = placed.with_columns(pl.min_horizontal("amount_minor", most).alias("new"))
    merge.log.rows(
        cut.filter(pl.col("new") < pl.col("amount_minor")),
        code="dispute_beyond_open",
        value=pl.col("item_number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "disputes {} minor units, and {} of the item are open; the dispute covers those",
            "amount_minor", "new",
        ),
    )  # fmt: skip
    closed = pl.max_horizontal("closed_day", "opened_day")
    return cut.select(
        "item_id", "customer_id", pl.col("new").alias("amount_minor"), "reason", "note",
        pl.col("opened_day").cast(pl.Int32), pl.when(~is_open).then(closed).alias("closed_day"),
        pl.lit(value=False).alias("is_marked"),
    )  # fmt: skip


def _marked(disputes: pl.DataFrame, state: pl.DataFrame, known_day: int) -> pl.DataFrame:
    """Return a dispute for each item that is only marked as disputed, without a row of its own."""
    marked = state.filter(pl.col("is_disputed")).join(
        disputes, on=["item_number", "customer_number"], how="anti"
    )
    is_open = pl.col("open_minor") > 0
    opened = pl.when(is_open).then(pl.max_horizontal("issued_day", pl.lit(known_day)))
    return marked.select(
        "item_id",
        "customer_id",
        pl.when(is_open).then("open_minor").otherwise("item_minor").alias("amount_minor"),
        pl.lit("other").alias("reason"),
        pl.lit("marked as disputed in the ledger export").alias("note"),
        opened.otherwise("issued_day").cast(pl.Int32).alias("opened_day"),
        pl.when(~is_open).then("settled_day").cast(pl.Int32).alias("closed_day"),
        pl.lit(value=True).alias("is_marked"),
    )


def _close(known: pl.DataFrame, rows: pl.DataFrame) -> int:
    """Close known disputes that the files show closed."""
    closed = (
        known.filter(pl.col("closed_day").is_null())
        .drop("closed_day")
        .join(rows, on="item_id", how="inner", suffix=":told")
        .filter(
            pl.col("closed_day").is_not_null()
            & (pl.col("is_marked") | (pl.col("opened_day") == pl.col("opened_day:told")))
        )
        .unique("dispute_id", keep="first", maintain_order=True)
        .select(
            "dispute_id",
            pl.max_horizontal("closed_day", "opened_day").cast(pl.Date).alias("closed_on"),
            pl.lit(OUTCOME).alias("outcome"),
        )
    )
    if not closed.height:
        return 0
    with staged("import_closings", closed) as table, connection.cursor() as cursor:
        cursor.execute(_CLOSE.replace("{staged}", table))
        return int(cursor.rowcount)


def day_of_export(known_day: int, merge: Merge) -> int:
    """Return the day the files are known from; the import's own day when they do not say."""
    return known_day or day_number(merge.as_of)
