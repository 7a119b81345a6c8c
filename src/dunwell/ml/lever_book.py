"""Which open items are worth looking at for levers, and their file: a few, whatever the book."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from dunwell.ml.cash_outlook import Book, Outlook
from dunwell.ml.cash_periods import CashSpan
from dunwell.ml.cash_sums import Moments
from dunwell.ml.history import Floats
from dunwell.ml.levers import Lever

LOOKED_AT = 150
"""Items per currency: what the largest of them cannot do, the others cannot either."""

SOON_COLUMN = 3
"""The end of week 4: what is paid by then by itself needs no lever."""

MOMENTS = ("mean", "alone", "tied")
LISTS = pl.List(pl.Float64)
LEVER_FILE: dict[str, pl.DataType | type[pl.DataType]] = {
    "key": pl.String,
    "kind": pl.String,
    "currency": pl.String,
    "customer_id": pl.Int64,
    "subject_id": pl.Int64,
    "item_ids": pl.List(pl.Int64),
    "open_minor": pl.Int64,
    "cost_minor": pl.Int64,
    **{f"{side}_{name}": LISTS for side in ("before", "after") for name in MOMENTS},
}
PARTS_FILE: dict[str, pl.DataType | type[pl.DataType]] = {
    "currency": pl.String,
    "key": pl.Int64,
    "most": pl.Float64,
    **dict.fromkeys(MOMENTS, LISTS),
}


def looked_at(book: Book, planned: pl.Series) -> pl.DataFrame:
    """Return the items with most money not expected soon, per currency, and their row in the book.

    What a plan holds is left to the plan.
    """
    soon = book.paid[:, SOON_COLUMN].astype(np.float64) if len(book.paid) else np.zeros(0)
    waits = book.items["open_minor"].to_numpy() * (1 - soon)
    return (
        book.items.with_row_index("row")
        .with_columns(waits=pl.Series(waits, dtype=pl.Float64))
        .filter(~pl.col("item_id").is_in(planned.implode()))
        .sort(["currency", "waits", "item_id"], descending=[False, True, False])
        .group_by("currency", maintain_order=True)
        .head(LOOKED_AT)
    )


def item_chances(item_id: int, row: int, book: Book, outlook: Outlook) -> Floats:
    """Return P(paid by each end) of an item as the outlook has it: its claims, or the model."""
    own = np.flatnonzero((outlook.claims["item_id"] == item_id).fill_null(value=False).to_numpy())
    if not len(own):
        return np.asarray(book.paid[row], np.float64)
    amounts = outlook.claims["open_minor"].to_numpy()[own].astype(np.float64)
    return np.asarray((amounts @ outlook.chances[own]) / amounts.sum(), np.float64)


def lever_file(rows: Sequence[tuple[str, str, int, int, Lever]]) -> bytes:
    """Return levers as Parquet; each comes with kind, currency, subject and open amount."""
    return _parquet(
        pl.DataFrame(
            [
                (
                    lever.key,
                    kind,
                    currency,
                    lever.customer,
                    subject,
                    sorted(lever.items),
                    open_minor,
                    lever.cost_minor,
                    *(
                        side[place].tolist()
                        for side in (lever.before, lever.after)
                        for place in range(3)
                    ),
                )
                for kind, currency, subject, open_minor, lever in rows
            ],
            schema=LEVER_FILE,
            orient="row",
        )
    )


def parts_file(outlook: Outlook, columns: Sequence[int]) -> bytes:
    """Return the moments of every currency as Parquet, only the columns levers look at."""
    chosen = list(columns)
    rows = [
        (
            sums.currency,
            int(key),
            float(moments.most[place]),
            *(
                values[place, chosen].tolist()
                for values in (moments.mean, moments.alone, moments.tied)
            ),
        )
        for sums in outlook.sums
        for moments in (sums.moments,)
        for place, key in enumerate(moments.keys)
    ]
    return _parquet(pl.DataFrame(rows, schema=PARTS_FILE, orient="row"))


def read_levers(content: bytes, currency: str) -> list[tuple[Mapping[str, object], Lever]]:
    """Return the levers of a currency with the row each was kept as."""
    found = pl.read_parquet(io.BytesIO(content)).filter(pl.col("currency") == currency)
    return [
        (
            row,
            Lever(
                key=row["key"],
                customer=row["customer_id"],
                items=frozenset(row["item_ids"]),
                cost_minor=row["cost_minor"],
                before=np.array([row[f"before_{name}"] for name in MOMENTS]),
                after=np.array([row[f"after_{name}"] for name in MOMENTS]),
            ),
        )
        for row in found.iter_rows(named=True)
    ]


def read_moments(content: bytes, currency: str) -> Moments:
    """Return the moments of a currency."""
    found = pl.read_parquet(io.BytesIO(content)).filter(pl.col("currency") == currency)
    tables = [np.array(found[name].to_list(), np.float64) for name in MOMENTS]
    return Moments(
        keys=found["key"].to_numpy().astype(np.int64),
        mean=tables[0],
        alone=tables[1],
        tied=tables[2],
        most=found["most"].to_numpy(),
    )


def lever_spans(
    periods: Sequence[CashSpan], spans: Sequence[CashSpan], columns: Sequence[int]
) -> tuple[CashSpan, ...]:
    """Return the periods behind the columns levers look at."""
    whole = (*periods, *spans)
    return tuple(whole[column] for column in columns)


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()
