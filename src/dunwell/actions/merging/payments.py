"""Payments of an import that the files name; what items only imply comes with settling."""

from dataclasses import dataclass

import polars as pl

from dunwell.actions.merging.batch import Merge, on_day, text, with_places

LONGEST_NUMBER = 120
KNOWN = {
    "payment_id": pl.Int64,
    "number": pl.String,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "value_on": pl.Date,
    "is_returned": pl.Boolean,
}
RETURNED = (
    "(reverses_id IS NOT NULL OR EXISTS (SELECT 1 FROM dunwell_payment AS back "
    "WHERE back.reverses_id = dunwell_payment.id))"
)
"""Whether a payment was returned, or is a return: nothing of it is put on items again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedPayments:
    """Payments of the files that are in the ledger now, and what became of every row.

    payments: payment_number, payment_id, customer_number, payment_minor, value_day,
    is_new_payment, is_returned.
    rows: currency, amount_minor, fate (imported, known or refused).
    """

    payments: pl.DataFrame
    rows: pl.DataFrame


def merge_payments(
    merge: Merge, payments: pl.DataFrame, customers: pl.DataFrame
) -> MergedPayments:
    """Add payments not yet known by their number; a known one with other figures is refused."""
    placed = with_places(payments.filter(~pl.col("is_derived"))).join(
        customers, on="customer_number", how="left", maintain_order="left"
    )
    columns = f"id, number, currency, amount_minor, value_on, {RETURNED}"
    known = merge.known(columns, KNOWN, of="payment")
    joined = placed.with_columns(on_day("value_day").alias("value_on")).join(
        known,
        left_on="payment_number",
        right_on="number",
        how="left",
        suffix=":known",
        maintain_order="left",
    )
    figures = ("currency", "amount_minor", "value_on")
    differs = pl.any_horizontal(pl.col(name) != pl.col(f"{name}:known") for name in figures)
    is_unusable = (pl.col("payment_number").str.len_chars() > LONGEST_NUMBER) | (
        pl.col("amount_minor") == 0
    )
    fated = joined.with_columns(
        pl.when(is_unusable)
        .then(pl.lit("unusable"))
        .when(pl.col("payment_id").is_null() & merge.is_closed("value_day"))
        .then(pl.lit("closed"))
        .when(pl.col("payment_id").is_null())
        .then(pl.lit("imported"))
        .when(differs)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("known"))
        .alias("fate")
    )
    _report(merge, fated)
    add_payments(merge, fated.filter(pl.col("fate") == "imported"))
    refused = dict.fromkeys(("changed", "unusable", "closed"), "refused")
    fate = pl.col("fate").replace(refused)
    return MergedPayments(
        payments=_with_keys(merge, fated),
        rows=fated.select("currency", "amount_minor", fate.alias("fate")),
    )


def add_payments(merge: Merge, rows: pl.DataFrame) -> int:
    """Add payments: payment_number, customer_id, currency, amount_minor, value_on, texts."""
    return merge.insert(
        "payment",
        rows.select(
            pl.col("payment_number").alias("number"),
            "customer_id",
            "currency",
            "amount_minor",
            "value_on",
            text("method", 40),
            pl.lit("").alias("payer"),
            text("reference", 400),
        ),
    )


def added_payments(merge: Merge) -> pl.DataFrame:
    """Return number and key of the payments this import added so far."""
    return merge.known(
        "number, id",
        {"payment_number": pl.String, "payment_id": pl.Int64},
        of="payment",
        which=f"AND batch_id = {merge.batch.pk}",
    )


def _with_keys(merge: Merge, fated: pl.DataFrame) -> pl.DataFrame:
    new = (
        fated.filter(pl.col("fate") == "imported")
        .drop("payment_id")
        .join(added_payments(merge), on="payment_number", how="inner", maintain_order="left")
        .with_columns(pl.lit(value=True).alias("is_new_payment"))
    )
    known = fated.filter(pl.col("fate") == "known").with_columns(
        pl.lit(value=False).alias("is_new_payment")
    )
    columns = (
        "payment_number", "payment_id", "customer_number",
        pl.col("amount_minor").alias("payment_minor"), "value_day", "is_new_payment",
        pl.col("is_returned").fill_null(value=False),
    )  # fmt: skip
    return pl.concat([new.select(*columns), known.select(*columns)])


def _report(merge: Merge, fated: pl.DataFrame) -> None:
    merge.log.rows(
        fated.filter(pl.col("fate") == "unusable"),
        code="unusable_payment",
        value=pl.col("payment_number"),
        action="refused",
        severity="error",
        reason=f"its number has more than {LONGEST_NUMBER} characters, or its rows sum to 0",
    )
    merge.report_closed(
        fated.filter(pl.col("fate") == "closed"),
        value=pl.col("payment_number"),
        what="reached us",
    )
    merge.log.rows(
        fated.filter(pl.col("fate") == "changed"),
        code="changed_since",
        value=pl.col("payment_number"),
        action="refused",
        severity="error",
        reason=pl.format(
            "is in the ledger with {} {} minor units of {}, and comes now with {} {} of {}. "
            "Payments are never changed: reverse the first one",
            "currency:known", "amount_minor:known", "value_on:known",
            "currency", "amount_minor", "value_on",
        ),
    )  # fmt: skip
