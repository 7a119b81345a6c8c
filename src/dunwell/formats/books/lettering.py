"""Which credit settles which debit inside groups that a file states as belonging together."""

import polars as pl

MATCHED = {
    "group": pl.String,
    "source": pl.Int64,
    "target": pl.Int64,
    "amount": pl.Int64,
}


def matched(lines: pl.DataFrame) -> pl.DataFrame:
    """Return (group, source, target, amount): credits laid on debits, oldest first, per group.

    `lines` carries `group`, `key` (unique), `day` and a signed `amount`: debits above zero. What
    one side of a group lacks stays unmatched on the other.
    """
    debits = _laid(lines.filter(pl.col("amount") > 0), "target")
    paid = _laid(lines.filter(pl.col("amount") < 0), "source")
    if not debits.height or not paid.height:
        return pl.DataFrame(schema=MATCHED)
    # every beginning of a debit or credit begins a stretch that lies on one of each
    starts = (
        pl.concat([debits.select("group", "begin"), paid.select("group", "begin")])
        .unique()
        .sort("group", "begin")
        .with_columns(pl.col("begin").shift(-1).over("group").alias(":next"))
    )
    for side in (debits, paid):
        name = side.columns[2]
        starts = starts.sort("begin").join_asof(
            side.sort("begin").rename({"end": f":{name}_end"}),
            on="begin",
            by="group",
            strategy="backward",
            check_sortedness=False,
        )
    end = pl.min_horizontal(":target_end", ":source_end", ":next")
    return (
        starts.with_columns((end - pl.col("begin")).alias("amount"))
        .filter((pl.col("amount") > 0) & pl.col("source").is_not_null())
        .filter(pl.col("target").is_not_null())
        .sort("group", "begin")
        .group_by("group", "source", "target", maintain_order=True)
        .agg(pl.col("amount").sum())
        .select(pl.col(name).cast(dtype) for name, dtype in MATCHED.items())
    )


def _laid(side: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return each line of one side as the stretch it covers of its group's sum, by day."""
    size = pl.col("amount").abs()
    return (
        side.sort("group", "day", "key")
        .with_columns(size.cum_sum().over("group").alias("end"))
        .select("group", (pl.col("end") - size).alias("begin"), pl.col("key").alias(name), "end")
    )
