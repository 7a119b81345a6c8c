"""Cutting amounts so that nothing is settled beyond what an item needs or a payment holds."""

import polars as pl


def capped_by(rows: pl.DataFrame, *, by: str, room: str) -> pl.DataFrame:
    """Return rows with `new`: their `fresh` as far as the group's `room` lasts, in given order.

    Keeps what the row stated in `fresh:stated`.
    """
    fresh = pl.col("fresh")
    before = fresh.cum_sum().over(by) - fresh
    left = (pl.col(room) - before).clip(lower_bound=0)
    stated = fresh if "fresh:stated" not in rows.columns else pl.col("fresh:stated")
    return rows.with_columns(
        pl.min_horizontal(fresh, left).alias("new"), stated.alias("fresh:stated")
    )


def capped_payments(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with `new` cut so that each payment gives between 0 and its amount.

    Rows carry `new`, `sign` (of the item), `payment_minor` and `used_minor`. A receipt for an
    invoice less a credit note puts more than its amount on the invoice and takes the credit:
    rows against the payment's sign make room for the others.
    """
    direction = pl.when(pl.col("payment_minor") < 0).then(-1).otherwise(1)
    is_giving = pl.col("sign") == direction
    used = pl.col("used_minor").fill_null(0) * direction
    given = pl.when(is_giving).then("new").otherwise(0)
    taken = pl.when(is_giving).then(0).otherwise("new")
    rows = rows.with_columns(
        given.alias("given"),
        taken.alias("taken"),
        used.alias("used"),
        is_giving.alias("is_giving"),
    )
    key = "payment_id"
    most_taken = (pl.col("used") + pl.col("given").sum().over(key)).clip(lower_bound=0)
    before_taken = pl.col("taken").cum_sum().over(key) - pl.col("taken")
    rows = rows.with_columns(
        pl.min_horizontal("taken", (most_taken - before_taken).clip(lower_bound=0)).alias("taken")
    )
    room = pl.col("payment_minor").abs() - pl.col("used") + pl.col("taken").sum().over(key)
    before_given = pl.col("given").cum_sum().over(key) - pl.col("given")
    rows = rows.with_columns(
        pl.min_horizontal("given", (room - before_given).clip(lower_bound=0)).alias("given")
    )
    new = pl.when(pl.col("is_giving")).then("given").otherwise("taken").alias("new")
    return rows.with_columns(new).drop("given", "taken", "used", "is_giving")
