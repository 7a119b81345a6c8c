"""Lines on receivable accounts of any ledger to items, payments and what settles what.

A general ledger says less than a subledger: a debit is something owed, a credit with money in its
entry is a payment, another credit a credit note. What belongs together is taken from what the
file states (lettering, references), never from amounts that happen to be equal.
"""

from collections.abc import Mapping

import polars as pl

from dunwell.formats.books.controls import of_file, placed
from dunwell.formats.books.exact import exact_texts
from dunwell.formats.books.lettering import matched
from dunwell.formats.books.tables import OPENING, told_table
from dunwell.formats.findings import FindingLog
from dunwell.formats.grid import Table

LINE: Mapping[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "entry": pl.String,
    "customer": pl.String,
    "customer_name": pl.String,
    "document": pl.String,
    "text": pl.String,
    "group": pl.String,
    "group_day": pl.String,
    "day": pl.String,
    "issued": pl.String,
    "due": pl.String,
    "currency": pl.String,
    "amount": pl.Int64,
    "is_money": pl.Boolean,
    "is_opening": pl.Boolean,
}
"""A line: `amount` in ten-thousandths, debits above zero; days as sortable texts; `entry` is the
booking it stands in, `group` what the file says belongs together of one customer."""


def receivable_tables(
    lines: pl.DataFrame, *, name: str, detected: Mapping[str, str | int], log: FindingLog
) -> list[Table]:
    """Return the tables of items, opening balances, payments and settlements of ledger lines.

    Lines of one customer, document and booking are one row. Amounts tie: items less payments are
    the sum of the lines.
    """
    whole = _numbered(_summed(lines))
    items = whole.filter(pl.col("kind") != "payment")
    opening = pl.col("is_opening")
    tables = []
    for part, rows, before in (
        ("documents", items.filter(~opening), ""),
        ("opening balances", items.filter(opening), OPENING),
    ):
        if rows.height:
            tables.append(
                told_table(
                    _items(rows),
                    name=name,
                    part=part,
                    role="items",
                    detected=detected,
                    before=before,
                )
            )
    _report_openings(items.filter(opening), name=name, log=log)
    paid = whole.filter(pl.col("kind") == "payment")
    if paid.height:
        tables.append(
            told_table(
                _payments(paid), name=name, part="payments", role="payments", detected=detected
            )
        )
    settled = _settlements(whole, name=name, log=log)
    if settled.height:
        tables.append(
            told_table(
                settled, name=name, part="settlements", role="allocations", detected=detected
            )
        )
    return tables


def _summed(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one line per customer, document, booking, group and due day; zero ones are out."""
    keys = ["customer", "document", "entry", "group", "due", "currency", "is_money", "is_opening"]
    rest = ("customer_name", "text", "group_day", "day", "issued")
    summed = lines.group_by(keys, maintain_order=True).agg(
        pl.col("row").min(),
        pl.col("amount").sum(),
        *(pl.col(one).drop_nulls().first() for one in rest),
    )
    amount = pl.col("amount")
    return summed.filter(amount != 0).with_columns(
        pl.when(amount > 0)
        .then(pl.when("is_opening").then(pl.lit("opening")).otherwise(pl.lit("invoice")))
        .when(pl.col("is_money") & ~pl.col("is_opening"))
        .then(pl.lit("payment"))
        .otherwise(pl.lit("credit_note"))
        .alias("kind")
    )


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """Give each line a number of its own that another export of the same books gives it too."""
    document, entry = pl.col("document"), pl.col("entry")
    is_payment = pl.col("kind") == "payment"
    # the document of a payment is a bank statement or a deposit: the booking is what is its own
    base = (
        pl.when(is_payment)
        .then(pl.concat_str(pl.coalesce(entry, document), "customer", separator="/"))
        .when("is_opening")
        .then(
            pl.concat_str(
                pl.lit("opening"), "customer", pl.coalesce(document, "day"), separator="/"
            )
        )
        .otherwise(pl.coalesce(document, entry, pl.concat_str("customer", "day", separator="/")))
    )
    owners = pl.col("customer").n_unique().over("base", is_payment)
    shared = pl.concat_str("base", "customer", separator="/")
    lines = lines.with_columns(base.alias("base")).with_columns(
        pl.when(owners > 1).then(shared).otherwise("base").alias("base")
    )
    turn = pl.int_range(pl.len()).over("base", is_payment)
    again = pl.concat_str("base", pl.coalesce(entry, pl.lit("")), separator="/")
    lines = lines.with_columns(
        pl.when((turn > 0) & ~is_payment).then(again).otherwise("base").alias("number")
    )
    turn = pl.int_range(pl.len()).over("number", is_payment)
    return lines.with_columns(
        pl.when(turn > 0)
        .then(pl.format("{}/{}", "number", turn + 1))
        .otherwise("number")
        .alias("number"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("key"),
    ).drop("base")


def _items(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "row",
        pl.col("number").alias("item_number"),
        "kind",
        pl.col("customer").alias("customer_number"),
        "customer_name",
        exact_texts(pl.col("amount")).alias("amount"),
        pl.coalesce("issued", "day").alias("issued"),
        "due",
        pl.col("text").alias("reference"),
        "currency",
    )


def _payments(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "row",
        pl.col("number").alias("payment_number"),
        pl.col("day").alias("payment_day"),
        exact_texts(-pl.col("amount")).alias("payment_amount"),
        pl.coalesce("text", "document").alias("reference"),
        pl.col("customer").alias("customer_number"),
        "customer_name",
        "currency",
    )


def _settlements(lines: pl.DataFrame, *, name: str, log: FindingLog) -> pl.DataFrame:
    grouped = lines.filter(pl.col("group").is_not_null()).with_columns(
        pl.concat_str("customer", "group", "currency", separator="\x1f").alias("group")
    )
    _report_groups(grouped, name=name, log=log)
    found = matched(grouped.select("group", "key", "day", "amount"))
    sides = lines.select("key", "number", "day", "row", "currency", "group_day")
    source = sides.select(
        pl.col("key").alias("source"),
        pl.col("number").alias("payment_number"),
        pl.col("day").alias(":paid"),
        "row",
        "currency",
        "group_day",
    )
    target = sides.select(
        pl.col("key").alias("target"),
        pl.col("number").alias("item_number"),
        pl.col("day").alias(":owed"),
    )
    return (
        found.join(source, on="source", maintain_order="left")
        .join(target, on="target", maintain_order="left")
        .select(
            "row",
            "payment_number",
            "item_number",
            exact_texts(pl.col("amount")).alias("payment_amount"),
            pl.max_horizontal(":paid", ":owed", "group_day").alias("payment_day"),
            "currency",
        )
    )


def _report_groups(grouped: pl.DataFrame, *, name: str, log: FindingLog) -> None:
    """Report groups a file marks as settled that do not come out at zero."""
    sums = grouped.group_by("group", maintain_order=True).agg(
        pl.col("amount").sum(), pl.col("row").min(), pl.len().alias("lines")
    )
    log.rows(
        placed(sums.filter((pl.col("amount") != 0) & (pl.col("lines") > 1)), name),
        code="settled_in_part",
        value=pl.col("group").str.replace_all("\x1f", " "),
        action="kept",
        severity="info",
        reason=pl.format(
            "the lines the file marks as belonging together leave {}; that stays open",
            exact_texts(pl.col("amount")),
        ),
    )


def _report_openings(rows: pl.DataFrame, *, name: str, log: FindingLog) -> None:
    if rows.height:
        log.rows(
            of_file(name),
            code="opening_balances",
            action="kept",
            severity="warning",
            reason=f"{rows.height} opening balances stand for what older years left open. Where "
            "those years were imported too, give the table of opening balances the role other, "
            "or they count twice",
        )
