"""What the rows of an import tell beyond what is known of the same source on the same item.

A payment or credit note that an import put on an item counts as known though it was taken off
since: a person knows why, and the file that still tells of it does not. What the file tells
beyond that is new. Money that was returned goes on nothing.
"""

import polars as pl

from dunwell.actions.merging.batch import Merge

PAIRS = {
    "source_id": pl.Int64,
    "item_id": pl.Int64,
    "pair_minor": pl.Int64,
    "imported_minor": pl.Int64,
}


def new_parts(merge: Merge, rows: pl.DataFrame, *, of: str) -> pl.DataFrame:
    """Return rows with `fresh`: the magnitude that goes beyond what is known of the pair.

    Rows carry `source_id`, the key in column `of` of allocations. Rows against the item's sign
    take back rows of the same pair; a pair that ends against the sign is refused.
    """
    key = ["source_id", "item_id"]
    told = rows.join(_pairs(merge, of), on=key, how="left", maintain_order="left").with_columns(
        (pl.col(name).fill_null(0) * pl.col("sign")).alias(to)
        for name, to in (
            ("amount_minor", "magnitude"), ("pair_minor", "on"), ("imported_minor", "was_on"),
        )
    )  # fmt: skip
    is_mixed = (pl.col("magnitude") < 0).any().over(key)
    merged = (
        told.filter(is_mixed)
        .sort("applied_day", "order")
        .with_columns(pl.col("magnitude").sum().over(key))
        .unique(key, keep="last", maintain_order=True)
    )
    merge.log.rows(
        merged.filter(pl.col("magnitude") < 0),
        code="against_sign",
        value=pl.col("item_number"),
        action="refused",
        severity="error",
        reason="would raise what is owed on the item; take the earlier payment back instead",
    )
    told = pl.concat([told.filter(~is_mixed), merged.filter(pl.col("magnitude") > 0)]).sort(
        "applied_day", "order"
    )
    told = told.with_columns(
        _beyond(pl.col("on"), key).alias("off"),
        _beyond(pl.max_horizontal("on", "was_on"), key).alias("fresh"),
    )
    _report_taken_back(merge, told)
    return told.drop("on", "was_on", "off", "pair_minor", "imported_minor")


def without_returned(merge: Merge, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows without those of money that was returned; what they still tell is reported."""
    merge.log.rows(
        rows.filter(pl.col("is_returned")),
        code="payment_returned",
        value=pl.col("item_number"),
        action="refused",
        severity="warning",
        reason=pl.format(
            "is settled by payment {} in the file, which was returned here; it stays open",
            "source_number",
        ),
    )
    return rows.filter(~pl.col("is_returned"))


def _pairs(merge: Merge, of: str) -> pl.DataFrame:
    """Return what is on items of each source, and what imports ever put there."""
    return merge.known(
        f"{of}, item_id, CAST(SUM(amount_minor) AS bigint), CAST(SUM(CASE WHEN batch_id IS NOT "
        "NULL AND reverses_id IS NULL THEN amount_minor ELSE 0 END) AS bigint)",
        PAIRS, of="allocation", which=f"AND {of} IS NOT NULL GROUP BY {of}, item_id",
    )  # fmt: skip


def _beyond(known: pl.Expr, key: list[str]) -> pl.Expr:
    """Return what of each row's magnitude goes beyond what is known, in the order of rows."""
    before = pl.col("magnitude").cum_sum().over(key) - pl.col("magnitude")
    return (pl.col("magnitude") - (known - before).clip(lower_bound=0)).clip(lower_bound=0)


def _report_taken_back(merge: Merge, rows: pl.DataFrame) -> None:
    """Report what rows tell that was taken off here; of returned money that is said elsewhere."""
    is_told = pl.col("off") > pl.col("fresh")
    if "is_returned" in rows.columns:
        is_told &= ~pl.col("is_returned")
    merge.log.rows(
        rows.filter(is_told),
        code="taken_back_here",
        value=pl.col("item_number"),
        action="kept",
        severity="warning",
        reason=pl.format(
            "has {} minor units of {} on it in the file, which were taken off here since; "
            "apply them here if they belong there",
            pl.col("off") - pl.col("fresh"), "source_number",
        ),
    )  # fmt: skip
