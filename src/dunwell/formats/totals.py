"""Control totals: per role and currency, rows and amounts in = imported + refused."""

from collections.abc import Sequence

import polars as pl

SCHEMA = {
    "role": pl.String,
    "currency": pl.String,
    "rows_in": pl.Int64,
    "rows_imported": pl.Int64,
    "rows_refused": pl.Int64,
    "rows_without_amount": pl.Int64,
    "in_minor": pl.Int64,
    "imported_minor": pl.Int64,
    "refused_minor": pl.Int64,
}
"""`in_minor` sums every readable amount of the file, refused rows included; a row whose amount
cannot be read counts in `rows_without_amount`. Currency is empty where none can be told."""


def empty_totals() -> pl.DataFrame:
    """Return control totals without rows."""
    return pl.DataFrame(schema=SCHEMA)


def role_totals(rows: pl.DataFrame, *, role: str, amount: str) -> pl.DataFrame:
    """Return the totals of one role's rows, which carry `currency` and `is_refused`."""
    money = pl.col(amount).cast(pl.Int64)
    return (
        rows.group_by("currency")
        .agg(
            pl.lit(role).alias("role"),
            pl.len().cast(pl.Int64).alias("rows_in"),
            (~pl.col("is_refused")).sum().cast(pl.Int64).alias("rows_imported"),
            pl.col("is_refused").sum().cast(pl.Int64).alias("rows_refused"),
            money.is_null().sum().cast(pl.Int64).alias("rows_without_amount"),
            money.sum().alias("in_minor"),
            money.filter(~pl.col("is_refused")).sum().alias("imported_minor"),
            money.filter(pl.col("is_refused")).sum().alias("refused_minor"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )


def unlaid_totals(counts: Sequence[tuple[str, int]]) -> pl.DataFrame:
    """Return totals for rows refused before they had columns: (role, number of rows)."""
    return pl.DataFrame(
        [
            {
                "role": role,
                "currency": "",
                "rows_in": count,
                "rows_imported": 0,
                "rows_refused": count,
                "rows_without_amount": count,
                "in_minor": 0,
                "imported_minor": 0,
                "refused_minor": 0,
            }
            for role, count in counts
            if count
        ],
        schema=SCHEMA,
    )


def summed(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return totals added up by role and currency."""
    if not parts:
        return empty_totals()
    numbers = [name for name in SCHEMA if name not in {"role", "currency"}]
    return (
        pl.concat(parts)
        .group_by("role", "currency")
        .agg(pl.col(name).sum() for name in numbers)
        .select(*SCHEMA)
        .sort("role", "currency")
    )
