"""The demo ledger as a file: one row per item with its open amount, as other systems export it."""

import polars as pl

from dunwell.demo.ledger import DemoLedger


def as_csv(ledger: DemoLedger, *, settled: bool = True) -> bytes:
    """Return the items as UTF-8 CSV: comma, ISO dates, decimal point, header in the first line.

    Columns: Customer No, Customer Name, Country, Document No, Document Type,
    Document Date, Due Date, Terms, Currency, Amount, Open Amount, Cleared On,
    Reference, Email. Without `settled` only items with an open amount come.
    """
    rows = ledger_rows(ledger)
    if not settled:
        rows = rows.filter(pl.col("open_minor") != 0)
    table = rows.select(
        pl.col("customer_number").alias("Customer No"),
        pl.col("name").alias("Customer Name"),
        pl.col("country").alias("Country"),
        pl.col("item_number").alias("Document No"),
        pl.col("kind").str.replace("_", " ").str.to_titlecase().alias("Document Type"),
        pl.col("issued_day").cast(pl.Date).alias("Document Date"),
        pl.col("due_day").cast(pl.Date).alias("Due Date"),
        pl.col("terms").alias("Terms"),
        pl.col("currency").alias("Currency"),
        plain_amount("amount_minor").alias("Amount"),
        plain_amount("open_minor").alias("Open Amount"),
        pl.col("cleared_day").cast(pl.Date).alias("Cleared On"),
        pl.col("reference").alias("Reference"),
        pl.col("email").alias("Email"),
    )
    return table.write_csv().encode()


def ledger_rows(ledger: DemoLedger) -> pl.DataFrame:
    """Return the items with open amount, `cleared_day` when settled, and customer columns."""
    bounced = ledger.payments.filter(pl.col("reversed_day").is_not_null()).select("payment_number")
    standing = ledger.allocations.join(bounced, on="payment_number", how="anti")
    used = standing.filter(pl.col("credit_item_number").is_not_null())
    moved = pl.concat(
        [
            standing.select("item_number", "value_day"),
            used.select(pl.col("credit_item_number").alias("item_number"), "value_day"),
        ]
    )
    last = moved.group_by("item_number").agg(last_day=pl.col("value_day").max())
    owners = ledger.customers.select("name", "country", "terms", "email", customer_number="number")
    return (
        ledger.balances()
        .join(last, on="item_number", how="left", maintain_order="left")
        .join(owners, on="customer_number", how="left", maintain_order="left")
        .with_columns(cleared_day=pl.when(pl.col("open_minor") == 0).then("last_day"))
        .drop("last_day")
    )


def plain_amount(column: str) -> pl.Expr:
    """Return the minor units of EUR, GBP or USD as text with two decimals, exactly."""
    sign = pl.when(pl.col(column) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    size = pl.col(column).abs()
    cents = (size % 100).cast(pl.String).str.zfill(2)
    return pl.format("{}{}.{}", sign, size // 100, cents)
