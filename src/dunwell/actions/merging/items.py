"""Items of an import: new ones added; a known one with other figures is refused, never changed."""

from dataclasses import dataclass

import polars as pl

from dunwell.actions.bulk import indexed_after
from dunwell.actions.merging.batch import Merge, on_day, text, with_places

LONGEST_NUMBER = 80
KEYS = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "number": pl.String,
}
KNOWN = {
    **KEYS,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "issued_on": pl.Date,
    "due_on": pl.Date,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedItems:
    """Items of the files that are in the ledger now, and what became of every row.

    items: item_id, customer_id, number, customer_number, currency, amount_minor, issued_day,
    is_disputed, open_minor (as the files say, empty when they do not), is_new, file, part, row.
    rows: currency, amount_minor, fate (imported, known or refused).
    """

    items: pl.DataFrame
    rows: pl.DataFrame


def merge_items(merge: Merge, items: pl.DataFrame, customers: pl.DataFrame) -> MergedItems:
    """Add items not yet known by customer, kind and number."""
    placed = with_places(items).join(
        customers, on="customer_number", how="left", maintain_order="left"
    )
    known = merge.known(
        "id, customer_id, kind, number, currency, amount_minor, issued_on, due_on",
        KNOWN,
        of="item",
    )
    joined = placed.with_columns(
        on_day("issued_day").alias("issued_on"), on_day("due_day").alias("due_on")
    ).join(
        known,
        on=["customer_id", "kind", "number"],
        how="left",
        suffix=":known",
        maintain_order="left",
    )
    figures = ("currency", "amount_minor", "issued_on", "due_on")
    differs = pl.any_horizontal(pl.col(name) != pl.col(f"{name}:known") for name in figures)
    cannot = pl.col("customer_id").is_null() | (pl.col("number").str.len_chars() > LONGEST_NUMBER)
    fated = joined.with_columns(
        pl.when(cannot)
        .then(pl.lit("unusable"))
        .when(pl.col("item_id").is_null() & merge.is_closed("issued_day"))
        .then(pl.lit("closed"))
        .when(pl.col("item_id").is_null())
        .then(pl.lit("imported"))
        .when(differs)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("known"))
        .alias("fate")
    )
    _report(merge, fated)
    # in the order of the largest indexes, so that these grow at their end
    new = fated.filter(pl.col("fate") == "imported").sort("customer_id", "kind", "number")
    with indexed_after("dunwell_item", rows=new.height):
        merge.insert(
            "item",
            new.select(
                "customer_id", "number", "kind", "currency", "amount_minor", "issued_on", "due_on",
                text("reference", 120), "is_paper",
            ),
        )  # fmt: skip
    return MergedItems(items=_with_keys(merge, fated), rows=_rows(fated))


def _with_keys(merge: Merge, fated: pl.DataFrame) -> pl.DataFrame:
    columns = (
        "item_id", "customer_id", "number", "customer_number", "currency", "amount_minor",
        "issued_day", "is_disputed", "open_minor", "is_new", "file", "part", "row",
    )  # fmt: skip
    added = merge.known(
        "id, customer_id, kind, number", KEYS, of="item", which=f"AND batch_id = {merge.batch.pk}"
    )
    new = (
        fated.filter(pl.col("fate") == "imported")
        .drop("item_id")
        .join(added, on=["customer_id", "kind", "number"], how="inner", maintain_order="left")
        .with_columns(pl.lit(value=True).alias("is_new"))
    )
    known = fated.filter(pl.col("fate") == "known").with_columns(
        pl.lit(value=False).alias("is_new")
    )
    return pl.concat([new.select(*columns), known.select(*columns)])


def _rows(fated: pl.DataFrame) -> pl.DataFrame:
    refused = dict.fromkeys(("changed", "unusable", "closed"), "refused")
    fate = pl.col("fate").replace(refused)
    return fated.select("currency", "amount_minor", fate.alias("fate"))


def _report(merge: Merge, fated: pl.DataFrame) -> None:
    merge.log.rows(
        fated.filter(pl.col("fate") == "unusable"),
        code="number_too_long",
        value=pl.col("number"),
        action="refused",
        severity="error",
        reason=f"its number or its customer's has more than {LONGEST_NUMBER} characters",
    )
    merge.report_closed(
        fated.filter(pl.col("fate") == "closed"), value=pl.col("number"), what="is issued"
    )
    merge.log.rows(
        fated.filter(pl.col("fate") == "changed"),
        code="changed_since",
        value=pl.col("number"),
        action="refused",
        severity="error",
        reason=pl.format(
            "is in the ledger with {} {} minor units, issued {}, due {}, and comes with {} {}, "
            "issued {}, due {}. Ledger rows are never changed: send a credit note, or reverse it",
            *[f"{name}:known" for name in ("currency", "amount_minor", "issued_on", "due_on")],
            "currency", "amount_minor", "issued_on", "due_on",
        ),
    )  # fmt: skip
