"""Promises of the demo: kept or broken behind late payments, open or broken on open items."""

import numpy as np
import polars as pl

from dunwell.demo.arrays import IntArray
from dunwell.demo.chance import chosen, happens, whole
from dunwell.demo.days import on_or_after, on_or_before
from dunwell.demo.scene import Scene

LATE_DAYS = 10
"""A payment this many days late has been asked for."""
SHARE_OF_LATE_PAYMENTS = 0.17
SHARE_OF_OVERDUE_CUSTOMERS = 0.10


def promises_frame(
    scene: Scene,
    *,
    items: pl.DataFrame,
    payments: pl.DataFrame,
    allocations: pl.DataFrame,
    open_items: pl.DataFrame,
    disputed: pl.Series,
) -> pl.DataFrame:
    """Return one row per promised item; an item is promised at most once, a disputed one never.

    Kept, broken or open is not stated: it follows from the allocations.
    """
    rng = scene.stream("promises")
    settled = _settled(scene, rng, items, payments, allocations, disputed)
    waiting = _waiting(
        scene,
        rng,
        open_items.filter(
            (pl.col("open_minor") > 0)
            & (pl.col("due_day") <= scene.as_of_day - 7)
            & ~pl.col("item_number").is_in(disputed.implode())
            & ~pl.col("item_number").is_in(settled["item_number"].implode())
        ),
    )
    every = pl.concat([settled, waiting]).sort("made_day", "customer_number", "item_number")
    first = pl.struct("customer_number", "made_day", "due_day").rle_id()
    return every.with_columns(first=first).select(
        promise_number=pl.format("P-{}", pl.col("first").cast(pl.Int64) + 2_001),
        customer_number="customer_number",
        item_number="item_number",
        currency="currency",
        amount_minor="amount_minor",
        made_day=pl.col("made_day").cast(pl.Int32),
        due_day=pl.col("due_day").cast(pl.Int32),
        channel="channel",
    )


def _settled(
    scene: Scene,
    rng: np.random.Generator,
    items: pl.DataFrame,
    payments: pl.DataFrame,
    allocations: pl.DataFrame,
    disputed: pl.Series,
) -> pl.DataFrame:
    """Return promises behind payments that came late: three in ten were broken first."""
    sound = payments.filter(pl.col("reversed_day").is_null()).select("payment_number")
    paid = (
        allocations.filter(~pl.col("item_number").is_in(disputed.implode()))
        .join(sound, on="payment_number", how="semi", maintain_order="left")
        .unique("item_number", keep="first", maintain_order=True)
        .join(
            items.select("item_number", "customer_number", "currency", "due_day"),
            on="item_number",
            how="inner",
            maintain_order="left",
        )
    )
    late = (
        paid.group_by("payment_number", maintain_order=True)
        .agg(
            pl.col("value_day").first().cast(pl.Int64),
            last_due=pl.col("due_day").max().cast(pl.Int64),
        )
        .filter(pl.col("value_day") - pl.col("last_due") >= LATE_DAYS)
    )
    picked = chosen(rng, np.arange(late.height), round(SHARE_OF_LATE_PAYMENTS * late.height))
    late = late[picked]
    value, last_due = late["value_day"].to_numpy(), late["last_due"].to_numpy()
    count = late.height
    kept_by = on_or_after(value + whole(rng, 0, 3, count), scene.calendar)
    missed = on_or_before(value - whole(rng, 4, 12, count), scene.calendar)
    is_broken = (happens(rng, 0.3, count)) & (missed - last_due >= LATE_DAYS)
    due = np.where(is_broken, missed, kept_by)
    made = on_or_before(np.minimum(due, value) - whole(rng, 2, 8, count), scene.calendar)
    made = np.maximum(made, last_due + 1)
    return _rows(rng, paid, late.select("payment_number"), made, due)


def _waiting(
    scene: Scene,
    rng: np.random.Generator,
    overdue: pl.DataFrame,
) -> pl.DataFrame:
    """Return promises on open items: most still open, some old ones broken without any money."""
    debtors = overdue.group_by("customer_number", maintain_order=True).agg(
        oldest=pl.col("due_day").min()
    )
    picked = chosen(
        rng, np.arange(debtors.height), max(2, round(SHARE_OF_OVERDUE_CUSTOMERS * debtors.height))
    )
    count = len(picked)
    is_old = happens(rng, 0.35, count)
    made = scene.as_of_day - np.where(is_old, whole(rng, 18, 40, count), whole(rng, 0, 6, count))
    made = on_or_before(made, scene.calendar)
    due = made + whole(rng, 4, 10, count)
    due = on_or_after(np.where(is_old, due, np.maximum(due, scene.as_of_day + 1)), scene.calendar)
    amounts = overdue.with_columns(amount_minor="open_minor")
    return _rows(rng, amounts, debtors[picked].select("customer_number"), made, due)


def _rows(
    rng: np.random.Generator,
    amounts: pl.DataFrame,
    keys: pl.DataFrame,
    made: IntArray,
    due: IntArray,
) -> pl.DataFrame:
    """Return the item rows of each promise: what was overdue when it was made."""
    channel = np.where(happens(rng, 0.75, len(made)), "phone", "email")
    promised = keys.with_columns(
        made_day=pl.Series(made), promise_due=pl.Series(due), channel=pl.Series(channel)
    )
    rows = amounts.join(promised, on=keys.columns, how="inner", maintain_order="left")
    return rows.filter(pl.col("due_day") < pl.col("made_day")).select(
        "customer_number",
        "item_number",
        "currency",
        "amount_minor",
        "made_day",
        "channel",
        due_day="promise_due",
    )
