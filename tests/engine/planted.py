"""The sample ledger as engine frames with texts, and copies planted in it."""

from dataclasses import dataclass, replace
from datetime import date
from random import Random

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.demo.ledger import DemoLedger
from dunwell.engine import schema
from dunwell.engine.ledger import Ledger
from dunwell.engine.number_forms import ITEM_TEXTS, PAYMENT_TEXTS

TYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String}


@dataclass(frozen=True)
class Told:
    """A ledger with the numbers and references of its rows, as native frames."""

    items: pl.DataFrame
    allocations: pl.DataFrame
    payments: pl.DataFrame
    item_texts: pl.DataFrame
    payment_texts: pl.DataFrame

    @property
    def ledger(self) -> Ledger:
        """The engine's ledger, without disputes and promises."""
        empty = [pl.DataFrame(schema=_types(f)) for f in (schema.DISPUTES, schema.PROMISES)]
        frames = (self.items, self.allocations, self.payments, *empty)
        return Ledger(*[lazy(frame) for frame in frames])

    def with_items(self, more: pl.DataFrame) -> "Told":
        """Return the ledger with further items: columns ITEMS, number and reference."""
        return replace(
            self,
            items=pl.concat([self.items, _cut(more, schema.ITEMS)]),
            item_texts=pl.concat([self.item_texts, _cut(more, ITEM_TEXTS)]),
        )

    def with_payments(self, more: pl.DataFrame) -> "Told":
        """Return the ledger with further payments: columns PAYMENTS, number, payer, reference."""
        return replace(
            self,
            payments=pl.concat([self.payments, _cut(more, schema.PAYMENTS)]),
            payment_texts=pl.concat([self.payment_texts, _cut(more, PAYMENT_TEXTS)]),
        )

    def until(self, as_of: date) -> "Told":
        """Return only what had happened and been recorded by the day."""
        day = pl.lit(as_of).to_physical()
        known = pl.col("recorded_day") <= day
        return replace(
            self,
            items=self.items.filter(known, pl.col("issued_day") <= day),
            allocations=self.allocations.filter(known, pl.col("applied_day") <= day),
            payments=self.payments.filter(known, pl.col("value_day") <= day),
        )

    def shuffled(self, seed: int) -> "Told":
        """Return the same rows in another order."""
        frames = {
            name: frame.sample(fraction=1, shuffle=True, seed=seed)
            for name, frame in vars(self).items()
        }
        return Told(**frames)


def told(demo: DemoLedger) -> Told:
    """Return the sample ledger as it is written to the database: returns are negative rows."""
    customers = demo.customers.select(customer_number="number").with_row_index("customer_id", 1)
    items = demo.items.with_row_index("item_id", 1).join(
        customers, on="customer_number", how="left", maintain_order="left"
    )
    payments = demo.payments.join(
        customers, on="customer_number", how="left", maintain_order="left"
    )
    returned = payments.filter(pl.col("reversed_day").is_not_null()).with_columns(
        payment_number=pl.col("payment_number") + "-R",
        amount_minor=0 - pl.col("amount_minor"),
        value_day="reversed_day",
    )
    payments = pl.concat([payments, returned]).with_row_index("payment_id", 1)
    keys = payments.select("payment_number", "payment_id")
    numbers = items.select("item_number", "item_id")
    booked = demo.allocations.join(
        payments.select("payment_number", "reversed_day"),
        on="payment_number",
        how="left",
        maintain_order="left",
    )
    back = booked.filter(pl.col("reversed_day").is_not_null()).with_columns(
        amount_minor=0 - pl.col("amount_minor"),
        value_day="reversed_day",
        applied_day="reversed_day",
        payment_number=pl.col("payment_number") + "-R",
    )
    used = booked.filter(pl.col("credit_item_number").is_not_null()).with_columns(
        item_number="credit_item_number", amount_minor=0 - pl.col("amount_minor")
    )
    allocations = (
        pl.concat([booked, back, used])
        .join(keys, on="payment_number", how="left", maintain_order="left")
        .join(numbers, on="item_number", how="left", maintain_order="left")
        .with_columns(recorded_day="applied_day", paid_minor="amount_minor")
    )
    return Told(
        items=_cut(items.with_columns(recorded_day="issued_day"), schema.ITEMS),
        allocations=_cut(allocations, schema.ALLOCATIONS),
        payments=_cut(payments.with_columns(recorded_day="value_day"), schema.PAYMENTS),
        item_texts=_cut(items.rename({"item_number": "number"}), ITEM_TEXTS),
        payment_texts=_cut(
            payments.rename({"payment_number": "number", "payer_name": "payer"}), PAYMENT_TEXTS
        ),
    )


def lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    """Return a native frame as the engine takes it."""
    return nw.from_native(frame.lazy())


def native(frame: nw.LazyFrame) -> pl.DataFrame:
    """Return the rows of an answer as a native frame."""
    return nw.to_native(frame.collect("polars"))


def _cut(frame: pl.DataFrame, columns: schema.Frame) -> pl.DataFrame:
    texts = [n for n, c in columns.items() if c.dtype is nw.String]
    return frame.with_columns(pl.col(texts).fill_null("")).select(
        pl.col(name).cast(dtype) for name, dtype in _types(columns).items()
    )


def _types(columns: schema.Frame) -> dict[str, type[pl.DataType]]:
    return {name: TYPES[column.dtype] for name, column in columns.items()}


WAYS = ("marks", "zeros", "prefix", "suffix", "swapped", "again")
"""How a copy is numbered: other marks, other zeros, no series, a letter behind, two digits
swapped, or a number of its own under the same order."""


def item_copies(source: Told, *, count: int, as_of: date, seed: int) -> pl.DataFrame:
    """Return copies of invoices issued 0 to 7 days later, with `copied_id` and the `way`."""
    random = Random(seed)
    last = source.items["item_id"].max()
    rows = source.items.join(source.item_texts, on="item_id").filter(
        pl.col("kind") == "invoice",
        pl.col("reference") != "",
        pl.col("issued_day") <= pl.lit(as_of).to_physical() - 7,
    )
    picked = rows.sort("item_id").sample(count, seed=seed).rows(named=True)
    copies = []
    for n, row in enumerate(picked):
        way, later = WAYS[n % len(WAYS)], random.choice((0, 0, 0, 1, 2, 3, 5, 6))
        copies.append(
            {
                **row,
                "item_id": last + 1 + n,
                "copied_id": row["item_id"],
                "number": _renumbered(row["number"], way, last + 500_000 + n),
                "way": way,
                **{name: row[name] + later for name in ("issued_day", "due_day", "recorded_day")},
            }
        )
    return pl.DataFrame(copies, schema_overrides=_types(schema.ITEMS))


def payment_copies(source: Told, *, count: int, as_of: date, seed: int) -> pl.DataFrame:
    """Return copies of payments up to 6 days later: the bank's line again, or paid again."""
    random = Random(seed)
    last = source.payments["payment_id"].max()
    rows = source.payments.join(source.payment_texts, on="payment_id").filter(
        pl.col("amount_minor") > 0,
        pl.col("reference").str.contains("[0-9]"),
        pl.col("value_day") <= pl.lit(as_of).to_physical() - 6,
        ~pl.col("number").is_in(
            source.payment_texts.filter(pl.col("number").str.ends_with("-R"))["number"]
            .str.strip_suffix("-R")
            .implode()
        ),
    )
    picked = rows.sort("payment_id").sample(count, seed=seed).rows(named=True)
    copies = []
    for n, row in enumerate(picked):
        is_line = n % 2 == 0
        later = 0 if is_line else random.choice((0, 1, 2, 4, 6))
        copies.append(
            {
                **row,
                "payment_id": last + 1 + n,
                "copied_id": row["payment_id"],
                "number": row["number"].lower().replace("-", " ")
                if is_line
                else f"PAY-{last + 900_000 + n}",
                "way": "line" if is_line else "paid",
                **{name: row[name] + later for name in ("value_day", "recorded_day")},
            }
        )
    return pl.DataFrame(copies, schema_overrides=_types(schema.PAYMENTS))


def _renumbered(number: str, way: str, other: int) -> str:
    series, digits = number.split("-")
    place = next((n for n in range(len(digits) - 2, 0, -1) if digits[n] != digits[n + 1]), 0)
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    forms = {
        "marks": f"{series.lower()} {digits}",
        "zeros": f"{series}-00{digits}",
        "prefix": digits,
        "suffix": f"{number}A",
        "swapped": f"{series}-{swapped}",
        "again": f"{series}-{other}",
    }
    return forms[way]
