"""What an import puts on items: at most what the files say, less what the ledger knows already.

For every item, need = settled in the files - settled in the ledger. Stated allocations go
first, then credit notes, then payments that the item's own columns imply. An item whose
settled amount did not rise gets nothing: a second import of the same rows adds nothing. What
was taken back here is not put on again by rows that told of it before (`pairs`).
"""

from dataclasses import dataclass

import polars as pl

from dunwell.actions.merging.batch import Merge, lock_rows, on_day, sums, with_places
from dunwell.actions.merging.caps import capped_by, capped_payments
from dunwell.actions.merging.implied import implied_money, without_spare
from dunwell.actions.merging.items import MergedItems
from dunwell.actions.merging.pairs import new_parts, without_returned
from dunwell.actions.merging.payments import MergedPayments
from dunwell.queries.frames import day

SETTLED = {
    "item_id": pl.Int64,
    "settled_minor": pl.Int64,
    "back_day": pl.Int32,
}
USED = {"payment_id": pl.Int64, "used_minor": pl.Int64, "used_back_day": pl.Int32}


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """Payments that were added (payment_id, customer_number), and how many allocations."""

    payments: pl.DataFrame
    allocations: int


def settle_items(
    merge: Merge,
    *,
    items: MergedItems,
    payments: MergedPayments,
    allocations: pl.DataFrame,
    derived: pl.DataFrame,
    unlisted: pl.DataFrame,
) -> Settled:
    """Add the allocations the files state or imply, as far as they are new and fit.

    `unlisted` are the items that are settled because the files no longer list them.
    """
    told = _told(merge, allocations, items, derived)
    open_for = _candidates(merge, items, told)
    _lock(open_for, payments)
    settled = merge.known(
        "item_id, CAST(SUM(amount_minor) AS bigint), "
        f"MAX(CASE WHEN reverses_id IS NOT NULL THEN {day('applied_on')} END)",
        SETTLED, of="allocation", which="GROUP BY item_id",
    )  # fmt: skip
    needs = _needs(open_for, settled)
    told = told.join(needs, on="item_id", how="left", maintain_order="left").with_columns(
        pl.col("need").fill_null(0)
    )
    stated = _stated(merge, told, payments)
    netted = _netted(merge, told, stated)
    count = _write(merge, stated, netted)
    left = _left(needs, stated, netted)
    implied = [_implied(merge, left, told), implied_money(merge, unlisted)]
    names = ("payment_id", "customer_number")
    return Settled(
        payments=pl.concat([money.select(*names) for money in implied]),
        allocations=count + sum(_write(merge, money, netted.clear()) for money in implied),
    )


def _told(
    merge: Merge, allocations: pl.DataFrame, items: MergedItems, derived: pl.DataFrame
) -> pl.DataFrame:
    """Return the files' allocation rows with their items; rows of refused items are refused."""
    made = derived.select(
        pl.col("payment_number").alias("source_number"),
        pl.lit("payment").alias("source"),
        pl.col("amount_minor").abs().alias("implied_minor"),
    )
    keys = items.items.select(
        "item_id", "customer_id", "currency", pl.col("number").alias("item_number"),
        "customer_number",
        pl.col("amount_minor").alias("item_minor"), "issued_day", "is_new",
    )  # fmt: skip
    placed = (
        with_places(allocations)
        .drop("currency")
        .with_row_index("order")
        .join(keys, on=["item_number", "customer_number"], how="left", maintain_order="left")
        .join(made, on=["source", "source_number"], how="left", maintain_order="left")
    )
    merge.log.rows(
        placed.filter(pl.col("item_id").is_null()),
        code="item_refused",
        value=pl.col("item_number"),
        action="refused",
        severity="error",
        reason="settles an item that was refused",
    )
    return placed.filter(pl.col("item_id").is_not_null()).with_columns(
        pl.when(pl.col("item_minor") < 0).then(-1).otherwise(1).alias("sign")
    )


def _candidates(merge: Merge, items: MergedItems, told: pl.DataFrame) -> pl.DataFrame:
    """Return new items, and known ones of which the files say that more is settled."""
    total = sums(told, ["item_id"], "amount_minor").rename({"amount_minor": "told_minor"})
    frame = items.items.join(total, on="item_id", how="inner", maintain_order="left")
    if frame.filter(~pl.col("is_new")).height:
        known = merge.known(
            "item_id, CAST(SUM(amount_minor) AS bigint)",
            {"item_id": pl.Int64, "settled_minor": pl.Int64},
            of="allocation",
            which="GROUP BY item_id",
        )
        frame = frame.join(known, on="item_id", how="left", maintain_order="left")
        rose = pl.col("told_minor").abs() > pl.col("settled_minor").fill_null(0).abs()
        frame = frame.filter(pl.col("is_new") | rose)
    return frame.select("item_id", "told_minor", "is_new", item_minor="amount_minor")


def _lock(open_for: pl.DataFrame, payments: MergedPayments) -> None:
    """Lock what is known already and may be settled now, payments first, by key."""
    lock_rows("payment", payments.payments.filter(~pl.col("is_new_payment")).select("payment_id"))
    lock_rows("item", open_for.filter(~pl.col("is_new")).select("item_id"))


def _needs(open_for: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """Return how much may still be put on each item, as a magnitude."""
    sign = pl.when(pl.col("item_minor") < 0).then(-1).otherwise(1)
    rise = (pl.col("told_minor") - pl.col("settled_minor")) * sign
    room = (pl.col("item_minor") - pl.col("settled_minor")) * sign
    return (
        open_for.join(settled, on="item_id", how="left", maintain_order="left")
        .with_columns(pl.col("settled_minor").fill_null(0))
        .with_columns(pl.min_horizontal(rise, room).clip(lower_bound=0).alias("need"))
        .filter(pl.col("need") > 0)
        .select("item_id", "need", "back_day")
    )


def _stated(merge: Merge, told: pl.DataFrame, payments: MergedPayments) -> pl.DataFrame:
    """Return the allocations from payments the files name, new parts only, within all caps."""
    paid = told.filter((pl.col("source") == "payment") & pl.col("implied_minor").is_null())
    rows = paid.join(
        payments.payments, left_on="source_number", right_on="payment_number", how="left",
        suffix=":payment", maintain_order="left",
    )  # fmt: skip
    merge.log.rows(
        rows.filter(pl.col("payment_id").is_null()),
        code="payment_refused",
        value=pl.col("source_number"),
        action="refused",
        severity="error",
        reason="comes from a payment that was refused",
    )
    rows = rows.filter(pl.col("payment_id").is_not_null())
    rows = new_parts(merge, rows.with_columns(source_id="payment_id"), of="payment_id")
    rows = without_returned(merge, rows)
    rows = _report_cut(merge, capped_by(rows, by="item_id", room="need"))
    used = merge.known(
        "payment_id, CAST(SUM(COALESCE(paid_minor, amount_minor)) AS bigint), "
        f"MAX(CASE WHEN reverses_id IS NOT NULL THEN {day('applied_on')} END)",
        USED, of="allocation", which="AND payment_id IS NOT NULL GROUP BY payment_id",
    )  # fmt: skip
    rows = capped_payments(rows.join(used, on="payment_id", how="left", maintain_order="left"))
    _report_overdrawn(merge, rows)
    booked = merge.booked_day(
        "applied_day", "issued_day", "value_day", "value_day:payment", "back_day", "used_back_day"
    )
    return rows.filter(pl.col("new") > 0).with_columns(
        # money and credit of one receipt are booked on one day, or the receipt would be overdrawn
        pl.when((pl.col("sign") < 0).any().over("payment_id"))
        .then(booked.max().over("payment_id"))
        .otherwise(booked)
        .alias("booked_day"),
        pl.col("value_day:payment").alias("value_day"),
    )


def _netted(merge: Merge, told: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Return the debit side of what credit notes settle, within what both sides need."""
    used = sums(stated, ["item_id"], "new").rename({"new": "used"})
    needs = (
        told.unique("item_id")
        .join(used, on="item_id", how="left")
        .select(
            "item_id", "customer_id", "item_minor", "issued_day", "back_day", "currency",
            pl.col("item_number").alias("source_number"),
            (pl.col("need") - pl.col("used").fill_null(0)).alias("rest"),
        )
    )  # fmt: skip
    rows = (
        told.filter((pl.col("source") == "credit") & (pl.col("sign") > 0))
        .join(needs.select("item_id", "rest"), on="item_id", how="left", maintain_order="left")
        .join(
            needs.filter(pl.col("item_minor") < 0),
            on=["source_number", "customer_id", "currency"],
            how="left",
            suffix=":credit",
            maintain_order="left",
        )
        .filter(pl.col("item_id:credit").is_not_null())
    )
    rows = new_parts(merge, rows.with_columns(source_id="item_id:credit"), of="counter_item_id")
    rows = capped_by(rows, by="item_id", room="rest")
    rows = capped_by(rows.with_columns(fresh=pl.col("new")), by="source_id", room="rest:credit")
    _report_cut(merge, rows)
    booked = merge.booked_day(
        "applied_day", "issued_day", "issued_day:credit", "back_day", "back_day:credit"
    )
    return rows.filter(pl.col("new") > 0).with_columns(booked.alias("booked_day"))


def _report_cut(merge: Merge, rows: pl.DataFrame) -> pl.DataFrame:
    """Report what did not fit the item; return the rows with what is left as stated."""
    merge.log.rows(
        rows.filter(pl.col("new") < pl.col("fresh:stated")),
        code="already_settled",
        value=pl.col("item_number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "puts {} minor units on the item, of which only {} were still to be settled",
            "fresh:stated", "new",
        ),
    )  # fmt: skip
    return rows.with_columns(pl.col("new").alias("fresh:stated"))


def _report_overdrawn(merge: Merge, rows: pl.DataFrame) -> None:
    merge.log.rows(
        rows.filter(pl.col("new") < pl.col("fresh:stated")),
        code="beyond_payment",
        value=pl.col("item_number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "uses {} minor units of payment {}, which has room for {}; the rest stays open",
            "fresh:stated", "source_number", "new",
        ),
    )  # fmt: skip


def _left(needs: pl.DataFrame, stated: pl.DataFrame, netted: pl.DataFrame) -> pl.DataFrame:
    """Return what each item still needs after stated money and credit."""
    credit = netted.select(pl.col("source_id").alias("item_id"), "new")
    used = pl.concat([stated.select("item_id", "new"), netted.select("item_id", "new"), credit])
    return (
        needs.join(sums(used, ["item_id"], "new"), on="item_id", how="left", maintain_order="left")
        .with_columns((pl.col("need") - pl.col("new").fill_null(0)).alias("rest"))
        .filter(pl.col("rest") > 0)
        .drop("new")
    )


def _implied(merge: Merge, left: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add the payments the items' columns imply; return their allocations, not yet written.

    A new item's payment has the implied amount, which may exceed the item; a known item's
    has what was settled since the last export.
    """
    rows = (
        told.filter(pl.col("implied_minor").is_not_null())
        .join(left.select("item_id", "rest"), on="item_id", how="inner", maintain_order="left")
        .with_columns((pl.col("amount_minor") * pl.col("sign")).alias("fresh"))
    )
    rows = without_spare(merge, rows)
    rows = capped_by(rows, by="item_id", room="rest").filter(pl.col("new") > 0)
    closed = merge.is_closed("value_day")
    merge.report_closed(rows.filter(closed), value=pl.col("item_number"), what="was paid")
    rows = rows.filter(~closed)
    beyond = (pl.col("implied_minor") - pl.col("fresh")).clip(lower_bound=0)
    amount = pl.when(pl.col("is_new")).then(pl.col("new") + beyond).otherwise("new")
    return implied_money(merge, rows.with_columns((amount * pl.col("sign")).alias("paid_minor")))


def _write(merge: Merge, paid: pl.DataFrame, netted: pl.DataFrame) -> int:
    """Add the allocations: one row for money, two for credit."""
    signed = pl.col("new") * pl.col("sign")
    booked, valued = (
        on_day("booked_day").alias("applied_on"),
        on_day("value_day").alias("value_on"),
    )
    nothing = pl.lit(None, dtype=pl.Int64)
    money = paid.select(
        "item_id", pl.lit("payment").alias("source"), "payment_id",
        nothing.alias("counter_item_id"), signed.alias("amount_minor"), valued, booked,
    )  # fmt: skip
    debit = netted.select(
        "item_id", pl.lit("credit").alias("source"), nothing.alias("payment_id"),
        pl.col("source_id").alias("counter_item_id"), signed.alias("amount_minor"),
        booked.alias("value_on"), booked,
    )  # fmt: skip
    credit = debit.with_columns(
        pl.col("counter_item_id").alias("item_id"),
        pl.col("item_id").alias("counter_item_id"),
        -pl.col("amount_minor"),
    )
    return merge.insert("allocation", pl.concat([money, debit, credit]))
