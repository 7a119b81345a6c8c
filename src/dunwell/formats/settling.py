"""What the files say is paid of which item: allocations, none beyond its payment or item."""

import polars as pl

from dunwell.formats.findings import FindingLog
from dunwell.formats.refusals import refuse

ALLOCATION = {
    "source": pl.String,
    "source_number": pl.String,
    "item_number": pl.String,
    "customer_number": pl.String,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "applied_day": pl.Int32,
    "value_day": pl.Int32,
    "file": pl.String,
    "part": pl.String,
    "row": pl.Int64,
}
"""`source` is payment or credit, `source_number` its payment or credit note; `amount_minor` is
signed like the item: what lowers a debit item is positive."""


def with_items(lines: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return lines with the item they name: by its number, else by the key the file uses for it.

    Adds `number`, `:item_amount`, `:item_currency`, `:issued` of a kept item, and
    `:item_customer` also of a refused one.
    """
    wanted = lines.get_column("item_ref").unique().implode()
    names = ("number", "stated_number", "item_key")
    known = items.filter(pl.any_horizontal(pl.col(name).is_in(wanted) for name in names)).select(
        "number",
        "item_key",
        "stated_number",
        "is_refused",
        pl.col("amount_minor").alias(":item_amount"),
        pl.col("currency").alias(":item_currency"),
        pl.col("issued_day").alias(":issued"),
        pl.col("customer_number").alias(":item_customer"),
    )
    refs = pl.concat(
        [
            known.with_columns(pl.col(name).alias(":ref"), pl.lit(order).alias(":order"))
            for order, name in enumerate(names)
        ]
    ).filter(pl.col(":ref").is_not_null())
    refs = refs.sort("is_refused", ":order", maintain_order=True).unique(
        ":ref", keep="first", maintain_order=True
    )
    kept = ~pl.col("is_refused")
    refs = refs.select(
        ":ref",
        ":item_customer",
        *(
            pl.when(kept).then(pl.col(name)).alias(name)
            for name in ("number", ":item_amount", ":item_currency", ":issued")
        ),
    )
    return lines.join(refs, left_on="item_ref", right_on=":ref", how="left", maintain_order="left")


def stated_allocations(
    lines: pl.DataFrame, payments: pl.DataFrame, items: pl.DataFrame, *, log: FindingLog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return allocations the files state, and the lines with refused allocation rows marked.

    A payment line whose item is unknown, in another currency or a credit note stays an unapplied
    payment; such a row of an allocation table is refused. A row that names a credit note as its
    source becomes two allocations, one on each item.
    """
    placed = _with_sources(with_items(lines, items), payments, items)
    is_table = pl.col("role") == "allocations"
    is_known = pl.col(":value").is_not_null() | pl.col(":credit").is_not_null()
    placed = refuse(
        placed,
        ~pl.col("is_refused") & is_table & ~is_known,
        log=log,
        code="unknown_payment",
        value=pl.col("payment_number"),
        reason="names a payment that is in none of the files",
    )
    has_item = pl.col("number").is_not_null()
    other = has_item & (
        pl.coalesce(":paid_in", ":credit_in", "currency") != pl.col(":item_currency")
    )
    clash = has_item & ~other & (pl.col(":item_amount") < 0) & (pl.col("amount_minor") > 0)
    unknown = ~has_item & (is_table | pl.col("item_ref").is_not_null())
    for code, when, said in (
        ("unknown_item", unknown, "names an item that is in none of the files or was refused"),
        ("other_currency", other, "pays an item in another currency"),
        ("pays_credit_note", clash, "is money received for a credit note"),
    ):
        placed = _left_unapplied(placed, when, code=code, said=said, log=log)
    used = placed.filter(~pl.col("is_refused") & has_item & ~other & ~clash)
    return _rows(used, log=log), placed.select(lines.columns)


def _with_sources(
    placed: pl.DataFrame, payments: pl.DataFrame, items: pl.DataFrame
) -> pl.DataFrame:
    """Add value day and currency of the payment a line names, or the credit note it names."""
    by_number = payments.select(
        "payment_number", pl.col("value_day").alias(":value"), pl.col("currency").alias(":paid_in")
    )
    notes = (
        items.filter(~pl.col("is_refused") & (pl.col("amount_minor") < 0))
        .select(
            pl.coalesce("stated_number", "number").alias("payment_number"),
            pl.col("number").alias(":credit"),
            pl.col("issued_day").alias(":credit_day"),
            pl.col("currency").alias(":credit_in"),
        )
        .unique("payment_number", keep="first", maintain_order=True)
    )
    return placed.join(by_number, on="payment_number", how="left", maintain_order="left").join(
        notes, on="payment_number", how="left", maintain_order="left"
    )


def _left_unapplied(
    placed: pl.DataFrame, when: pl.Expr, *, code: str, said: str, log: FindingLog
) -> pl.DataFrame:
    """Keep payment lines unapplied and refuse rows of allocation tables, each with the reason."""
    alive, is_table = ~pl.col("is_refused"), pl.col("role") == "allocations"
    log.rows(
        placed.filter(alive & when & ~is_table),
        code=code,
        value=pl.col("item_ref"),
        action="kept",
        severity="warning",
        reason=f"{said}; the payment is kept unapplied",
    )
    return refuse(
        placed,
        alive & when & is_table,
        log=log,
        code=code,
        value=pl.col("item_ref"),
        reason=f"{said}; the money stays unapplied",
    )


def _rows(used: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    is_credit = pl.col(":value").is_null() & (pl.col("role") == "allocations")
    early = used.filter(pl.col("day") < pl.col(":issued"))
    log.rows(
        early,
        code="paid_before_issue",
        value=pl.col("item_ref"),
        action="kept",
        severity="info",
        reason="was paid before the item was issued; it counts from the issue date on",
    )
    day = pl.max_horizontal(
        pl.col("day"), pl.col(":issued"), pl.when(is_credit).then(pl.col(":credit_day"))
    )
    frame = used.select(
        pl.when(is_credit).then(pl.lit("credit")).otherwise(pl.lit("payment")).alias("source"),
        pl.when(is_credit)
        .then(pl.col(":credit"))
        .otherwise(pl.col("payment_number"))
        .alias("source_number"),
        pl.col("number").alias("item_number"),
        pl.col(":item_customer").alias("customer_number"),
        pl.col(":item_currency").alias("currency"),
        pl.when(is_credit)
        .then(pl.col("amount_minor").abs())
        .otherwise("amount_minor")
        .alias("amount_minor"),
        day.cast(pl.Int32).alias("applied_day"),
        pl.coalesce(":value", "day").alias("value_day"),
        "file",
        "part",
        "row",
    )
    mirrored = frame.filter(pl.col("source") == "credit").with_columns(
        pl.col("source_number").alias("item_number"),
        pl.col("item_number").alias("source_number"),
        -pl.col("amount_minor"),
    )
    return pl.concat([frame, mirrored])


def capped(
    allocations: pl.DataFrame, payments: pl.DataFrame, items: pl.DataFrame, *, log: FindingLog
) -> pl.DataFrame:
    """Return allocations cut so that no payment gives and no item takes more than its amount.

    In order of value day and row. What is cut stays unapplied on its payment, with a finding.
    """
    given = payments.select(
        pl.col("payment_number").alias("source_number"), pl.col("amount_minor").alias(":limit")
    )
    allocations = _cut(
        allocations.with_row_index(":n"),
        given,
        by="source_number",
        log=log,
        code="more_than_paid",
        reason="puts more on items than the payment holds; {} minor units of it are left out",
        only=pl.col("source") == "payment",
    )
    owed = items.filter(~pl.col("is_refused")).select(
        pl.col("number").alias("item_number"), pl.col("amount_minor").alias(":limit")
    )
    allocations = _cut(
        allocations,
        owed,
        by="item_number",
        log=log,
        code="overpaid",
        reason="pays more than the item's amount; {} minor units stay unapplied",
        only=pl.lit(value=True),
    )
    return allocations.filter(pl.col("amount_minor") != 0).sort(":n").drop(":n")


def _cut(
    allocations: pl.DataFrame,
    limits: pl.DataFrame,
    *,
    by: str,
    log: FindingLog,
    code: str,
    reason: str,
    only: pl.Expr,
) -> pl.DataFrame:
    """Cut rows of groups whose signed sum passes the limit; rows of the other sign stay."""
    frame = allocations.join(limits, on=by, how="left", maintain_order="left")
    limit, amount = pl.col(":limit"), pl.col("amount_minor")
    sums = frame.group_by(by).agg(amount.sum().alias(":sum"))
    frame = frame.join(sums, on=by, how="left", maintain_order="left")
    sign = pl.when(limit < 0).then(-1).otherwise(1)
    is_over = only & limit.is_not_null() & (pl.col(":sum") * sign > limit * sign)
    over = frame.filter(is_over).sort("value_day", ":n")
    if not over.height:
        return frame.drop(":limit", ":sum")
    step = pl.col("amount_minor") * sign
    before = step.cum_sum().over(by) - step
    room = (pl.col(":limit") * sign - before).clip(lower_bound=0)
    cut = over.with_columns(
        pl.when(step > room).then(room * sign).otherwise("amount_minor").alias(":new")
    )
    log.rows(
        cut.filter(pl.col(":new") != pl.col("amount_minor")),
        code=code,
        value=pl.col("item_number"),
        reason=pl.format(reason, (pl.col("amount_minor") - pl.col(":new")).abs()),
        action="changed",
        severity="warning",
    )
    rest = frame.filter(~is_over.fill_null(value=False))
    return (
        pl.concat([rest, cut.with_columns(pl.col(":new").alias("amount_minor")).drop(":new")])
        .sort(":n")
        .drop(":limit", ":sum")
    )
