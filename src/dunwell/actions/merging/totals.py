"""Control totals of an import: per role and currency, in = imported + known + refused."""

from typing import Any

import polars as pl

SCHEMA = {
    "role": pl.String,
    "currency": pl.String,
    "rows_in": pl.Int64,
    "rows_imported": pl.Int64,
    "rows_known": pl.Int64,
    "rows_refused": pl.Int64,
    "in_minor": pl.Int64,
    "imported_minor": pl.Int64,
    "known_minor": pl.Int64,
    "refused_minor": pl.Int64,
}


def control_totals(
    read: pl.DataFrame, *, items: pl.DataFrame, payments: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return the totals of the files, what was accepted there split by what the merge did with it.

    For items and payments the amounts are summed from the rows that were really added,
    known or refused; the other roles move no balance of their own and keep the files' totals.
    """
    fates = pl.concat([_fates(items, "items"), _fates(payments, "payments")])
    joined = read.join(fates, on=["role", "currency"], how="left", maintain_order="left")
    has_fate = pl.col("role").is_in(["items", "payments"])
    merged = {
        f"{unit}:{fate}": pl.col(f"{unit}:{fate}").fill_null(0)
        for unit in ("minor", "rows")
        for fate in ("imported", "known", "refused")
    }
    # a payment may stand in several rows of a file, so its rows are what the others leave
    rest = pl.col("rows_imported") - merged["rows:known"] - merged["rows:refused"]
    rows = pl.when(merged["rows:imported"] > 0).then(rest).otherwise(0)
    frame = joined.with_columns(
        pl.when(has_fate)
        .then(merged["minor:imported"])
        .otherwise("imported_minor")
        .alias("imported_minor"),
        pl.when(has_fate).then(merged["minor:known"]).otherwise(0).alias("known_minor"),
        (pl.col("refused_minor") + merged["minor:refused"]).alias("refused_minor"),
        pl.when(has_fate).then(rows).otherwise("rows_imported").alias("rows_imported"),
        pl.when(has_fate)
        .then(pl.col("rows_imported") - rows - merged["rows:refused"])
        .otherwise(0)
        .alias("rows_known"),
        (pl.col("rows_refused") + merged["rows:refused"]).alias("rows_refused"),
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).to_dicts()


def _fates(rows: pl.DataFrame, role: str) -> pl.DataFrame:
    def of(fate: str) -> tuple[pl.Expr, pl.Expr]:
        mine = pl.col("amount_minor").filter(pl.col("fate") == fate)
        return mine.sum().alias(f"minor:{fate}"), mine.len().cast(pl.Int64).alias(f"rows:{fate}")

    return rows.group_by("currency").agg(
        pl.lit(role).alias("role"),
        *[e for fate in ("imported", "known", "refused") for e in of(fate)],
    )
