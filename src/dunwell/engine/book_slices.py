"""The slices a book is looked at by: all of it, segment, country, collector, strategy."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame

ALL = "all"
SLICED = ("segment", "country", "collector", "strategy")
DIMENSIONS = (ALL, *SLICED)

SLICES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "segment": Column(nw.String, "segment"),
    "country": Column(nw.String, "country, empty text when unknown"),
    "collector": Column(nw.String, "who looks after them, empty text when nobody"),
    "strategy": Column(nw.String, "strategy of the segment, empty text when none"),
}


def by_slice(
    frame: nw.LazyFrame,
    slices: nw.LazyFrame,
    *,
    keys: Sequence[str],
    sums: Sequence[str],
    dimensions: Sequence[str] = DIMENSIONS,
) -> nw.LazyFrame:
    """Return the sums of a frame by `dimension`, `key` and `keys`, for every dimension.

    The frame has a customer_id; customers without slices count under an empty key. Each
    dimension sums to the same whole.
    """
    told = frame.join(slices, on="customer_id", how="left").with_columns(
        nw.col(name).fill_null("") for name in SLICED
    )
    whole = told.with_columns(all=nw.lit(""))
    return nw.concat(
        [
            whole.group_by(name, *keys)
            .agg(*[nw.col(column).sum().alias(column) for column in sums])
            .with_columns(dimension=nw.lit(name), key=nw.col(name))
            .select("dimension", "key", *keys, *sums)
            for name in dimensions
        ],
        how="vertical",
    )
