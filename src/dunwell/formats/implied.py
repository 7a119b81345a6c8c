"""Payments that the items' own columns imply: open amount, applied amount, settled date, state."""

import polars as pl

from dunwell.formats.findings import FindingLog


def implied_payments(
    items: pl.DataFrame, allocations: pl.DataFrame, *, day: int, log: FindingLog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return payments and allocations that the items' own columns imply beyond the stated ones.

    Open amount, applied amount, settled date and the state "paid" say how much is paid; what no
    stated allocation explains becomes a payment on the settled date, else on `day`.
    """
    known = allocations.group_by("item_number").agg(pl.col("amount_minor").sum().alias(":known"))
    frame = (
        items.filter(~pl.col("is_refused"))
        .join(known, left_on="number", right_on="item_number", how="left", maintain_order="left")
        .with_columns(pl.col(":known").fill_null(0))
    )
    amount = pl.col("amount_minor")
    frame = (
        frame.with_columns(_stated_open().alias(":open"))
        .with_columns(pl.when(amount < 0).then(-1).otherwise(1).alias(":sign"))
        .with_columns(
            ((amount - pl.col(":open") - pl.col(":known")) * pl.col(":sign")).alias(":rest")
        )
    )
    _report_states(frame, log=log)
    implied = frame.filter(pl.col(":rest") > 0)
    _report_implied(implied, day=day, log=log)
    return _implied(implied, day=day, log=log)


def open_as_told() -> pl.Expr:
    """Return what an item's own columns say is open of it, between 0 and its amount, else null."""
    amount, told = pl.col("amount_minor"), _stated_open()
    return pl.when(amount < 0).then(told.clip(amount, 0)).otherwise(told.clip(0, amount))


def _stated_open() -> pl.Expr:
    is_paid = pl.col("settled").is_not_null() | (pl.col("status") == "paid")
    return (
        pl.when(pl.col("open_minor").is_not_null())
        .then("open_minor")
        .when(pl.col("applied_minor").is_not_null())
        .then(pl.col("amount_minor") - pl.col("applied_minor"))
        .when(is_paid)
        .then(0)
    )


def _implied(
    implied: pl.DataFrame, *, day: int, log: FindingLog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    sign, amount = pl.col(":sign"), pl.col("amount_minor")
    room = amount * sign - pl.col(":known") * sign
    implied = implied.with_columns(
        pl.concat_str(pl.lit("paid/"), pl.col("number")).alias("payment_number"),
        pl.col("settled").fill_null(day).alias("value_day"),
        pl.min_horizontal(pl.col(":rest"), room).alias(":placed"),
    )
    log.rows(
        implied.filter(pl.col(":rest") > pl.col(":placed")),
        code="overpaid",
        value=pl.col("number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "is paid beyond its amount; {} minor units stay unapplied",
            pl.col(":rest") - pl.col(":placed"),
        ),
    )
    log.rows(
        implied.filter(pl.col("settled") < pl.col("issued_day")),
        code="paid_before_issue",
        value=pl.col("number"),
        action="kept",
        severity="info",
        reason="was paid before it was issued; the payment counts from the issue date on",
    )
    payments = implied.select(
        "payment_number",
        "customer_number",
        "customer_name",
        "currency",
        (pl.col(":rest") * sign).alias("amount_minor"),
        "value_day",
        pl.lit(None, dtype=pl.String).alias("method"),
        pl.col("number").alias("reference"),
        pl.lit(value=True).alias("is_derived"),
        "file",
        "part",
        "row",
    )
    placed = implied.filter(pl.col(":placed") > 0).select(
        pl.lit("payment").alias("source"),
        pl.col("payment_number").alias("source_number"),
        pl.col("number").alias("item_number"),
        "customer_number",
        "currency",
        (pl.col(":placed") * sign).alias("amount_minor"),
        pl.max_horizontal("value_day", "issued_day").cast(pl.Int32).alias("applied_day"),
        pl.col("value_day").cast(pl.Int32),
        "file",
        "part",
        "row",
    )
    return payments.with_columns(pl.col("value_day").cast(pl.Int32)), placed


def _report_states(frame: pl.DataFrame, *, log: FindingLog) -> None:
    amount, sign = pl.col("amount_minor"), pl.col(":sign")
    log.rows(
        frame.filter((pl.col(":rest") < 0) & (pl.col(":known") * sign > 0)),
        code="open_disagrees",
        value=pl.col("number"),
        action="kept",
        severity="warning",
        reason=pl.format(
            "the files' payments put {} minor units more on it than its open amount says; the "
            "payments are kept",
            pl.col(":rest").abs(),
        ),
    )
    log.rows(
        frame.filter(pl.col(":open") * sign > amount * sign),
        code="open_exceeds_amount",
        value=pl.col("number"),
        action="changed",
        severity="error",
        reason="its open amount is larger than its amount, which is taken as open. Check both",
    )
    log.rows(
        frame.filter(
            (pl.col("status") == "partial") & pl.col(":open").is_null() & (pl.col(":known") == 0)
        ),
        code="part_paid_unknown",
        value=pl.col("number"),
        action="kept",
        severity="warning",
        reason="is stated as partly paid, but no file says how much; it is kept open in full",
    )
    log.rows(
        frame.filter(
            pl.col("settled").is_not_null()
            & (pl.col("open_minor") == amount)
            & (pl.col(":known") == 0)
        ),
        code="settled_but_open",
        value=pl.col("number"),
        action="kept",
        severity="warning",
        reason="has a settled date but its open amount equals its amount; it is kept open",
    )


def _report_implied(implied: pl.DataFrame, *, day: int, log: FindingLog) -> None:
    is_settled = pl.col("settled").is_not_null()
    undated = implied.filter(pl.col("settled").is_null())
    when = pl.lit(day).cast(pl.Date).cast(pl.String)
    log.rows(
        undated.filter(pl.col("open_minor").is_null() & pl.col("applied_minor").is_null()),
        code="paid_without_date",
        value=pl.col("number"),
        action="changed",
        severity="warning",
        reason=pl.lit(
            "is stated as paid, but no payment or date is given; a payment is taken to have "
            "come on "
        )
        + when,
    )
    log.rows(
        undated.filter(pl.col("open_minor").is_not_null() | pl.col("applied_minor").is_not_null()),
        code="part_paid_without_date",
        value=pl.col("number"),
        action="changed",
        severity="info",
        reason=pl.lit(
            "is partly or fully paid, but no payment or date is given; a payment is taken to "
            "have come on "
        )
        + when,
    )
    for file, part in (
        implied.filter(is_settled).select("file", "part").unique(maintain_order=True).iter_rows()
    ):
        count = implied.filter(
            is_settled & (pl.col("file") == file) & (pl.col("part") == part)
        ).height
        log.rows(
            pl.DataFrame(
                {"file": [file], "part": [part], "row": [None]}, schema_overrides={"row": pl.Int64}
            ),
            code="settled_as_payment",
            action="changed",
            severity="info",
            reason=f"{count} {'row' if count == 1 else 'rows'} with a settled date became "
            "a payment on that date",
        )
