"""What the desk wrote down in the demo: disputes, holds, and notes of calls."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from dunwell.demo import words
from dunwell.demo.arrays import IntArray, take
from dunwell.demo.chance import chosen, whole
from dunwell.demo.days import business_days, on_or_after
from dunwell.demo.fates import REASONS, Disputes
from dunwell.demo.scene import Scene

HOLD_SHARES: Mapping[str, float] = {
    "legal": 0.004, "plan": 0.004, "insolvency": 0.002, "manual": 0.003,
}  # fmt: skip
CALL_RESULTS: Mapping[str, float] = {
    "no_answer": 0.36, "left_message": 0.19, "reached": 0.41, "wrong_number": 0.04,
}  # fmt: skip


def disputes_frame(
    scene: Scene,
    drawn: Disputes,
    *,
    items: pl.DataFrame,
    item_numbers: pl.Series,
) -> pl.DataFrame:
    """Return one row per dispute opened so far; `closed_day` is empty while it is open."""
    frame = pl.DataFrame(
        {
            "item_number": item_numbers[drawn.item],
            "amount_minor": drawn.amount,
            "reason": take(tuple(REASONS), drawn.reason),
            "opened_day": drawn.opened,
            "closed_day": drawn.closed,
        }
    ).filter(pl.col("opened_day") <= scene.as_of_day)
    return (
        frame.sort("opened_day", "item_number")
        .join(
            items.select("item_number", "customer_number", "currency"),
            on="item_number",
            how="inner",
            maintain_order="left",
        )
        .select(
            dispute_number=pl.format("D-{}", pl.int_range(pl.len(), dtype=pl.Int64) + 3_001),
            item_number="item_number",
            customer_number="customer_number",
            currency="currency",
            amount_minor="amount_minor",
            reason="reason",
            opened_day=pl.col("opened_day").cast(pl.Int32),
            closed_day=pl.when(pl.col("closed_day") <= scene.as_of_day)
            .then("closed_day")
            .cast(pl.Int32),
            note=pl.col("reason").replace_strict(words.DISPUTE_NOTES),
        )
    )


def holds_frame(
    scene: Scene,
    *,
    customers: pl.DataFrame,
    open_items: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per held customer; a manual hold is over, a plan ends later."""
    rng = scene.stream("holds")
    overdue = open_items.filter(
        (pl.col("open_minor") > 0) & (pl.col("due_day") <= scene.as_of_day - 30)
    ).select(number="customer_number")
    debtors = customers.join(overdue, on="number", how="semi", maintain_order="left")
    # Failing payers first: they are the ones who end at the lawyer's.
    ranked = debtors.sort(pl.col("habit") != "failing", maintain_order=True)["number"].to_list()
    rows: list[dict[str, object]] = []
    for reason, share in HOLD_SHARES.items():
        wanted = max(1, round(share * customers.height))
        for number in ranked[len(rows) : len(rows) + wanted]:
            first = scene.as_of_day - int(rng.integers(12, 30))
            until = {
                "plan": scene.as_of_day + int(rng.integers(30, 90)),
                "manual": scene.as_of_day - 5,
            }
            rows.append(
                {
                    "customer_number": number,
                    "reason": reason,
                    "from_day": first,
                    "until_day": until.get(reason),
                }
            )
    schema = {
        "customer_number": pl.String, "reason": pl.String, "from_day": pl.Int32,
        "until_day": pl.Int32,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema).sort("customer_number")


def notes_frame(
    scene: Scene,
    *,
    customers: pl.DataFrame,
    items: pl.DataFrame,
    allocations: pl.DataFrame,
    disputes: pl.DataFrame,
    promises: pl.DataFrame,
) -> pl.DataFrame:
    """Return the call results and notes in order of day, signed by the collector."""
    rng = scene.stream("notes")
    size = customers.height
    called = _called_items(scene, items, allocations)
    picked = called[chosen(rng, np.arange(called.height), round(1.4 * size))]
    wanted = picked["due_day"].to_numpy().astype(np.int64) + whole(rng, 5, 8, picked.height)
    result = take(
        tuple(CALL_RESULTS),
        rng.choice(len(CALL_RESULTS), picked.height, p=list(CALL_RESULTS.values())),
    )
    calls = pl.DataFrame(
        {
            "customer_number": picked["customer_number"],
            "day": on_or_after(wanted, scene.calendar),
            "result": result,
        }
    ).filter(pl.col("day") <= scene.as_of_day)
    days = business_days(scene.first_day, scene.as_of_day, scene.calendar)
    quiet = pl.DataFrame(
        {
            "customer_number": customers["number"][rng.integers(0, size, round(0.4 * size))],
            "day": rng.choice(days, round(0.4 * size)),
            "result": np.full(round(0.4 * size), "note"),
        }
    )
    spoken = pl.concat([calls, quiet])
    spoken = spoken.with_columns(text=_texts(rng, spoken["result"]))
    every = pl.concat([spoken, _promise_notes(promises), _dispute_notes(disputes)])
    authors = customers.select(customer_number="number", author="collector")
    return (
        every.join(authors, on="customer_number", how="inner", maintain_order="left")
        .sort("day", "customer_number", "result", "text")
        .select("customer_number", pl.col("day").cast(pl.Int32), "result", "text", "author")
    )


def _called_items(
    scene: Scene,
    items: pl.DataFrame,
    allocations: pl.DataFrame,
) -> pl.DataFrame:
    """Return the invoices that were still open twelve days after the due day."""
    paid = allocations.group_by("item_number").agg(paid_day=pl.col("value_day").min())
    return (
        items.filter((pl.col("kind") == "invoice") & (pl.col("due_day") <= scene.as_of_day - 12))
        .join(paid, on="item_number", how="left", maintain_order="left")
        .filter(pl.col("paid_day").fill_null(scene.as_of_day + 1) > pl.col("due_day") + 12)
    )


def _texts(rng: np.random.Generator, results: pl.Series) -> pl.Series:
    """Return a note text for each result."""
    draw = rng.random(len(results))
    codes = results.to_numpy()
    texts = np.full(len(results), "", dtype="<U80")
    for code, choices in words.CALL_NOTES.items():
        rows = codes == code
        position: IntArray = (draw[rows] * len(choices)).astype(np.int64)
        texts[rows] = take(choices, position)
    return pl.Series(texts)


def _promise_notes(promises: pl.DataFrame) -> pl.DataFrame:
    """Return one note per promise with its amount and day."""
    minor = pl.col("amount_minor").sum()
    cents = (minor % 100).cast(pl.String).str.zfill(2)
    return (
        promises.group_by("promise_number", maintain_order=True)
        .agg(
            pl.col("customer_number").first(),
            pl.col("made_day").first(),
            pl.col("due_day").first().cast(pl.Date).dt.strftime("%Y-%m-%d").alias("due"),
            pl.col("currency").first(),
            pl.format("{}.{}", minor // 100, cents).alias("amount"),
        )
        .select(
            "customer_number",
            day=pl.col("made_day").cast(pl.Int64),
            result=pl.lit("promised"),
            text=pl.format("Promised {} {} by {}.", "amount", "currency", "due"),
        )
    )


def _dispute_notes(disputes: pl.DataFrame) -> pl.DataFrame:
    """Return one note per dispute on the day it was opened."""
    return disputes.select(
        "customer_number",
        day=pl.col("opened_day").cast(pl.Int64),
        result=pl.lit("disputed"),
        text=pl.format("{}: {}", "item_number", "note"),
    )
