"""Rows of payment and allocation tables to payments and to what they put on which item."""

from collections.abc import Mapping, Sequence

import polars as pl

from dunwell.formats.cells import OPEN_DIGITS, minor_digits_of, rescaled
from dunwell.formats.columns import Recognition
from dunwell.formats.customer_rows import with_numbers
from dunwell.formats.findings import FindingLog
from dunwell.formats.refusals import (
    AMOUNT_REASONS,
    DATE_REASONS,
    refuse,
    refuse_problems,
    refuse_repeats,
)
from dunwell.formats.settling import with_items

LINE = {
    "file": pl.String,
    "part": pl.String,
    "row": pl.Int64,
    "role": pl.String,
    "payment_number": pl.String,
    "customer_number": pl.String,
    "customer_name": pl.String,
    "item_ref": pl.String,
    "currency": pl.String,
    "currency:known": pl.Boolean,
    "amount_minor": pl.Int64,
    "day": pl.Int32,
    "method": pl.String,
    "reference": pl.String,
    "is_refused": pl.Boolean,
}
"""A line of a payments or allocations table; a payment may stand in several."""
UNREADABLE = ("unreadable_date", "ambiguous_date", "impossible_date", "implausible_date")
MOSTLY = 0.9


def empty_lines() -> pl.DataFrame:
    """Return payment lines without rows."""
    return pl.DataFrame(schema=LINE)


def _line(frame: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in LINE.items()
        if name not in frame.columns
    ]
    return frame.with_columns(absent).select(
        pl.col(name).cast(dtype) for name, dtype in LINE.items()
    )


def payment_lines(frame: pl.DataFrame, found: Recognition, *, log: FindingLog) -> pl.DataFrame:
    """Return the lines of a typed payments or allocations table, unusable ones marked refused."""
    columns = found.fields
    named = {"payment_amount": "amount_minor", "payment_day": "day", "item_number": "item_ref"}
    frame = frame.with_columns(
        pl.lit(value=False).alias("is_refused"), pl.lit(found.role).alias("role")
    )
    frame = refuse_problems(
        frame,
        "payment_amount",
        reasons=AMOUNT_REASONS,
        column=columns.get("payment_amount", ""),
        log=log,
    )
    frame = refuse_problems(
        frame,
        "payment_day",
        reasons=DATE_REASONS,
        column=columns.get("payment_day", ""),
        log=log,
        only=UNREADABLE,
    )
    lines = _line(frame.rename({old: new for old, new in named.items() if old in frame.columns}))
    lines = refuse(
        lines,
        pl.col("amount_minor") == 0,
        log=log,
        code="zero_amount",
        severity="info",
        column=columns.get("payment_amount", ""),
        reason="is zero, so no money moved",
    )
    lines = refuse(
        lines,
        pl.col("item_ref").is_null()
        & pl.col("customer_number").is_null()
        & pl.col("customer_name").is_null()
        & pl.col("payment_number").is_null(),
        log=log,
        code="missing_customer",
        reason="names no customer, item or payment number",
    )
    usable = lines.filter(~pl.col("is_refused")).get_column("amount_minor")
    if found.role == "payments" and usable.len() and (usable < 0).sum() >= MOSTLY * usable.len():
        log.rows(
            lines.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="payment_sign",
            column=columns.get("payment_amount", ""),
            action="changed",
            severity="info",
            reason="payments have a minus in this table; they are read as money received",
        )
        lines = lines.with_columns(-pl.col("amount_minor"))
    return lines


def lines_of_items(payments: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    """Return payments listed among the items (kind payment) as lines without an item."""
    if not payments.height:
        return empty_lines()
    payments = refuse_problems(payments, "amount", reasons=AMOUNT_REASONS, column="", log=log)
    payments = refuse_problems(
        payments, "issued", reasons=DATE_REASONS, column="", log=log, only=UNREADABLE
    )
    lines = payments.with_columns(
        pl.lit("payments").alias("role"),
        pl.coalesce("payment_number", "item_number", "item_key").alias("payment_number"),
        (-pl.coalesce("open_minor", "amount_minor")).alias("amount_minor"),
        pl.coalesce("issued", "posted", "due").alias("day"),
    )
    lines = _unscaled(_line(lines))
    log.rows(
        lines.filter(~pl.col("is_refused")),
        code="payment_among_items",
        value=pl.col("payment_number"),
        action="changed",
        severity="info",
        reason="is a payment among the invoices; its open part is kept as an unapplied payment",
    )
    return lines


def _unscaled(lines: pl.DataFrame) -> pl.DataFrame:
    """Return lines of an items table as those of payments tables are before `rescaled`."""
    shift = OPEN_DIGITS - minor_digits_of(lines.get_column("currency"))
    unit = pl.lit(10, dtype=pl.Int64).pow(pl.col(":shift")).cast(pl.Int64)
    is_open = ~pl.col("currency:known").fill_null(value=False)
    return (
        lines.with_columns(shift.alias(":shift"))
        .with_columns(
            pl.when(is_open)
            .then(pl.col("amount_minor") * unit)
            .otherwise("amount_minor")
            .alias("amount_minor")
        )
        .drop(":shift")
    )


def all_lines(
    read: Sequence[tuple[pl.DataFrame, Recognition]],
    among: Sequence[pl.DataFrame],
    items: pl.DataFrame,
    names: Mapping[str, str],
    *,
    log: FindingLog,
) -> pl.DataFrame:
    """Return the lines of all typed payments and allocations tables, and of payments among items.

    Customer and currency come from the item a line names where the line does not say them;
    `names` leads other names of a customer to its number.
    """
    lines = [payment_lines(with_numbers(frame, names), found, log=log) for frame, found in read]
    lines += [lines_of_items(frame, log=log) for frame in among]
    whole = pl.concat([empty_lines(), *lines])
    columns = whole.columns
    placed = with_items(whole, items)
    is_known = pl.col("currency:known").fill_null(value=False)
    currency = (
        pl.when(is_known).then("currency").otherwise(pl.coalesce(":item_currency", "currency"))
    )
    placed = placed.with_columns(
        pl.coalesce("customer_number", ":item_customer").alias("customer_number"),
        currency.alias("currency"),
    )
    placed = refuse(
        rescaled(placed, "amount_minor"),
        pl.col(":too_fine"),
        log=log,
        code="too_many_decimals",
        reason=AMOUNT_REASONS["too_many_decimals"],
    )
    _report_unknown_currency(placed, log=log)
    return placed.select(columns)


def _report_unknown_currency(placed: pl.DataFrame, *, log: FindingLog) -> None:
    unsaid = ~pl.col("currency:known").fill_null(value=False) & pl.col(":item_currency").is_null()
    for file, part in (
        placed.filter(unsaid & (pl.col("role") == "payments"))
        .select("file", "part")
        .unique(maintain_order=True)
        .iter_rows()
    ):
        count = placed.filter(unsaid & (pl.col("file") == file) & (pl.col("part") == part)).height
        log.rows(
            pl.DataFrame(
                {"file": [file], "part": [part], "row": [None]}, schema_overrides={"row": pl.Int64}
            ),
            code="no_currency_column",
            action="changed",
            severity="warning",
            reason=f"no currency is stated for {count} payments; they are kept under XXX. "
            "Name a default currency"
            if count > 1
            else "no currency is stated for 1 payment; it is kept under XXX. "
            "Name a default currency",
        )


def numbered(
    lines: pl.DataFrame, *, day: int, by_number: bool = False, log: FindingLog
) -> pl.DataFrame:
    """Return payment lines with a day and a number each; conflicting and repeated ones refused.

    `day` is taken where a payment has no date. A number used by several customers (cheque
    numbers are) is made unique by the customer, unless they are told to be so `by_number`; a
    number without item repeated with other content is a conflict.
    """
    alive = ~pl.col("is_refused")
    log.rows(
        lines.filter(alive & pl.col("day").is_null() & (pl.col("role") == "payments")),
        code="payment_date_missing",
        value=pl.col("payment_number"),
        action="changed",
        severity="warning",
        reason=pl.lit("the payment has no date; the day the file is known from is taken: ")
        + pl.lit(day).cast(pl.Date).cast(pl.String),
    )
    lines = lines.with_columns(pl.col("day").fill_null(day))
    lines = _made_numbers(lines, log=log)
    return refuse_repeats(
        _unshared(lines, by_number=by_number, log=log),
        key=["payment_number", ":repeat_key"],
        content=["customer_number", "currency", "amount_minor", "day"],
        log=log,
        noun="payment number",
    ).drop(":repeat_key")


def _made_numbers(lines: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    who = pl.coalesce("item_ref", "customer_number", "customer_name", pl.lit("unknown"))
    made = pl.concat_str(
        pl.lit("payment/"),
        who,
        pl.lit("/"),
        pl.col("day").cast(pl.Date).cast(pl.String),
        pl.lit("/"),
        pl.col("amount_minor").cast(pl.String).fill_null(""),
    )
    lines = lines.with_columns(
        pl.col("payment_number").is_null().alias(":made"), made.alias(":made_number")
    )
    turn = pl.int_range(pl.len()).over(":made", ":made_number")
    lines = lines.with_columns(
        pl.when(turn > 0)
        .then(pl.format("{}/{}", ":made_number", turn + 1))
        .otherwise(":made_number")
        .alias(":made_number")
    )
    without = lines.filter(~pl.col("is_refused") & pl.col(":made"))
    if without.height:
        log.rows(
            without.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="missing_payment_number",
            action="changed",
            severity="info",
            reason=f"{without.height} payments have no number; it is made of payer and day"
            if without.height > 1
            else "1 payment has no number; it is made of payer and day",
        )
    return lines.with_columns(
        pl.coalesce("payment_number", ":made_number").alias("payment_number")
    ).drop(":made", ":made_number")


def _unshared(lines: pl.DataFrame, *, by_number: bool, log: FindingLog) -> pl.DataFrame:
    owners = (
        lines.filter(~pl.col("is_refused") & pl.col("customer_number").is_not_null())
        .group_by("payment_number")
        .agg(pl.col("customer_number").n_unique().alias(":owners"))
    )
    lines = lines.join(owners, on="payment_number", how="left", maintain_order="left")
    several = pl.lit(value=False) if by_number else pl.col(":owners") > 1
    shared = several & pl.col("customer_number").is_not_null()
    log.rows(
        lines.filter(shared.fill_null(value=False)),
        code="shared_payment_number",
        value=pl.col("payment_number"),
        action="changed",
        severity="info",
        reason="the number is used by several customers; the customer was added to it",
    )
    number = (
        pl.when(shared)
        .then(pl.format("{}/{}", "payment_number", "customer_number"))
        .otherwise("payment_number")
    )
    # Lines of one payment on several items are no repeats: the item is part of the key.
    # A payment may be put on one item twice, so an allocation repeats only with all its content.
    item = pl.col("item_ref").fill_null("")
    whole = pl.format("allocation {} {} {}", item, pl.col("amount_minor").fill_null(0), "day")
    return lines.with_columns(
        number.alias("payment_number"),
        pl.when(pl.col("role") == "allocations").then(whole).otherwise(item).alias(":repeat_key"),
    ).drop(":owners")


def payments_of_lines(
    lines: pl.DataFrame, *, log: FindingLog
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one payment per number, and the lines with those refused that disagree with it.

    All lines of a payment share customer (where known), currency and day; the amount is their sum.
    """
    alive = lines.filter(~pl.col("is_refused") & (pl.col("role") == "payments"))
    first = alive.group_by("payment_number", maintain_order=True).agg(
        pl.col("currency").first().alias(":currency"),
        pl.col("day").first().alias(":day"),
        pl.col("row").first().alias(":row"),
    )
    lines = lines.join(first, on="payment_number", how="left", maintain_order="left")
    differs = (
        ~pl.col("is_refused")
        & (pl.col("role") == "payments")
        & ((pl.col("currency") != pl.col(":currency")) | (pl.col("day") != pl.col(":day")))
    )
    lines = refuse(
        lines,
        differs,
        log=log,
        code="conflicting",
        value=pl.col("payment_number"),
        reason=pl.format(
            "has the payment number of row {} but another date or currency; that row is kept. "
            "Correct the wrong one and import again",
            ":row",
        ),
    ).drop(":currency", ":day", ":row")
    kept = lines.filter(~pl.col("is_refused") & (pl.col("role") == "payments"))
    payments = kept.group_by("payment_number", maintain_order=True).agg(
        pl.col("customer_number").drop_nulls().first(),
        pl.col("customer_name").drop_nulls().first(),
        pl.col("currency").first(),
        pl.col("amount_minor").sum(),
        pl.col("day").first().alias("value_day"),
        pl.col("method").drop_nulls().first(),
        pl.col("reference").drop_nulls().first(),
        pl.lit(value=False).alias("is_derived"),
        pl.col("file").first(),
        pl.col("part").first(),
        pl.col("row").first(),
    )
    return payments, lines
