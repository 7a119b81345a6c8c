"""A ledger read from files as the engine's frames, for work without a database."""

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine import schema
from dunwell.engine.ledger import Ledger as EngineLedger
from dunwell.formats.ledger import Ledger

PL_TYPES: dict[type[nw.dtypes.DType], type[pl.DataType]] = {
    nw.Int64: pl.Int64,
    nw.Int32: pl.Int32,
    nw.String: pl.String,
    nw.Boolean: pl.Boolean,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFrames:
    """The engine's ledger, and whom and what its keys stand for.

    `customers`: customer_id, customer_number, name; `details`: columns CUSTOMER_DETAILS;
    `numbers`: item_id, number, file, row; `papers`: item_id, is_paper, of the items that say it.
    """

    ledger: EngineLedger
    customers: pl.DataFrame
    details: nw.LazyFrame
    numbers: pl.DataFrame
    papers: pl.DataFrame


def file_frames(ledger: Ledger) -> FileFrames:
    """Return the frames of a ledger read from files; a row counts as known from its own day on.

    Keys are row numbers. A file says nothing of when its rows were written, so an item is
    taken as known when issued and a settlement when applied: any past day can be asked about.
    """
    customers = _customers(ledger)
    keys = customers.select("customer_id", "customer_number")
    items = (
        ledger.items.with_row_index("item_id", offset=1)
        .with_columns(pl.col("item_id").cast(pl.Int64))
        .join(keys, on="customer_number", how="left")
    )
    payments = (
        ledger.payments.with_row_index("payment_id", offset=1)
        .with_columns(pl.col("payment_id").cast(pl.Int64), recorded_day=pl.col("value_day"))
        .join(keys, on="customer_number", how="left")
    )
    return FileFrames(
        ledger=EngineLedger(
            items=_typed(items.with_columns(recorded_day=pl.col("issued_day")), schema.ITEMS),
            allocations=_typed(_allocations(ledger, items, payments), schema.ALLOCATIONS),
            payments=_typed(payments, schema.PAYMENTS),
            disputes=_typed(_disputes(ledger, items), schema.DISPUTES),
            promises=_typed(pl.DataFrame(), schema.PROMISES),
        ),
        customers=customers.select("customer_id", "customer_number", "name"),
        details=_typed(customers, schema.CUSTOMER_DETAILS),
        numbers=items.select("item_id", "number", "file", "row"),
        papers=items.select("item_id", "is_paper").drop_nulls(),
    )


def kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return the frame computed once by Polars, to be used several times."""
    return frame.collect(backend="polars").lazy()


def kept_whole(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return the frame computed once with all of it in memory, for what fits there by far.

    Of a hundred thousand rows that takes two thirds of the CPU seconds of `kept`, which lets
    rows stream through in parts.
    """
    return frame.collect(backend="polars", engine="in-memory").lazy()


def _customers(ledger: Ledger) -> pl.DataFrame:
    named = pl.concat(
        [
            frame.select("customer_number")
            for frame in (ledger.customers, ledger.items, ledger.payments)
        ]
    )
    known = ledger.customers.unique("customer_number", keep="first", maintain_order=True)
    agreed = (
        ledger.items.sort("issued_day")
        .filter(pl.col("terms").is_not_null())
        .group_by("customer_number")
        .agg(item_terms=pl.col("terms").last())
    )
    return (
        named.drop_nulls()
        .unique(maintain_order=True)
        .with_row_index("customer_id", offset=1)
        .with_columns(pl.col("customer_id").cast(pl.Int64))
        .join(known, on="customer_number", how="left")
        .join(agreed, on="customer_number", how="left")
        .with_columns(pl.coalesce("terms", "item_terms"))
        .with_columns(
            pl.col("name").fill_null(pl.col("customer_number")),
            pl.col("email", "country").fill_null(""),
            vat_id=pl.col("vat_number").fill_null(""),
            terms_days=pl.col("terms").str.extract(r"(\d+)").cast(pl.Int32, strict=False),
        )
    )


def _allocations(ledger: Ledger, items: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    by_number = items.select("item_id", "number", "customer_number", "currency").unique(
        ["number", "customer_number", "currency"], keep="first", maintain_order=True
    )
    by_payment = payments.select("payment_id", "payment_number").unique(
        "payment_number", keep="first", maintain_order=True
    )
    return (
        ledger.allocations.join(
            by_number,
            left_on=["item_number", "customer_number", "currency"],
            right_on=["number", "customer_number", "currency"],
            how="inner",
        )
        .join(by_payment, left_on="source_number", right_on="payment_number", how="left")
        .with_columns(
            payment_id=pl.when(pl.col("source") == "payment").then("payment_id"),
            paid_minor=pl.col("amount_minor"),
            recorded_day=pl.col("applied_day"),
        )
    )


def _disputes(ledger: Ledger, items: pl.DataFrame) -> pl.DataFrame:
    by_number = items.select("item_id", "number", "customer_number", "customer_id").unique(
        ["number", "customer_number"], keep="first", maintain_order=True
    )
    return (
        ledger.disputes.join(
            by_number,
            left_on=["item_number", "customer_number"],
            right_on=["number", "customer_number"],
            how="inner",
        )
        .with_row_index("dispute_id", offset=1)
        .with_columns(pl.col("dispute_id").cast(pl.Int64), pl.col("amount_minor").abs())
        .filter(pl.col("opened_day").is_not_null(), pl.col("amount_minor") > 0)
    )


def _typed(frame: pl.DataFrame, columns: schema.Frame) -> nw.LazyFrame:
    types = {name: PL_TYPES[column.dtype] for name, column in columns.items()}
    if not frame.columns:
        return nw.from_native(pl.LazyFrame(schema=types))
    columns_as_declared = [pl.col(name).cast(dtype) for name, dtype in types.items()]
    return nw.from_native(frame.lazy().select(columns_as_declared))
