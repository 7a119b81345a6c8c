"""How late the open items are, by bucket."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import OPEN_ITEMS, total
from dunwell.engine.ledger import happened
from dunwell.engine.schema import Column, Frame

BUCKET_EDGES = (0, 30, 60, 90)
"""Last day past due of each bucket; what is later falls into the open-ended last one."""

Basis = Literal["due", "issued", "promised"]
"""The date lateness is counted from."""

AGING: Frame = {
    "customer_id": Column(nw.Int64, "who owes"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "bucket": Column(nw.String, "not_due, 1-30, 31-60, 61-90 or 91+"),
    "open_minor": Column(nw.Int64, "sum of the open items in the bucket"),
    "items": Column(nw.Int64, "number of items"),
}
AGING_TOTALS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "bucket": Column(nw.String, "not_due, 1-30, 31-60, 61-90 or 91+"),
    "bucket_no": Column(nw.Int32, "position of the bucket, 0 = not due"),
    "open_minor": Column(nw.Int64, "sum of the open items in the bucket, 0 when empty"),
    "items": Column(nw.Int64, "number of items"),
    "customers": Column(nw.Int64, "number of customers with an item in the bucket"),
}
CURRENCY_TOTALS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "open_minor": Column(nw.Int64, "sum of the open items"),
    "overdue_minor": Column(nw.Int64, "sum of the open items past due"),
    "items": Column(nw.Int64, "number of open items"),
    "customers": Column(nw.Int64, "number of customers with an open item"),
}


def bucket_labels(edges: Sequence[int] = BUCKET_EDGES) -> tuple[str, ...]:
    """Return ('not_due', '1-30', ..., '91+') for the edges (0, 30, 60, 90)."""
    inner = [f"{low + 1}-{high}" for low, high in pairwise(edges)]
    return ("not_due", *inner, f"{edges[-1] + 1}+")


BUCKETS = bucket_labels()


def bucketed(open_items: nw.LazyFrame, *, edges: Sequence[int] = BUCKET_EDGES) -> nw.LazyFrame:
    """Return the open items with their `bucket` and `bucket_no`."""
    label, number = nw.lit("not_due"), nw.lit(0, nw.Int32)
    for position, (edge, name) in enumerate(zip(edges, bucket_labels(edges)[1:], strict=True), 1):
        is_later = nw.col("days_past_due") > edge
        label = nw.when(is_later).then(nw.lit(name)).otherwise(label)
        number = nw.when(is_later).then(nw.lit(position, nw.Int32)).otherwise(number)
    return open_items.with_columns(bucket=label, bucket_no=number)


def aging(open_items: nw.LazyFrame, *, edges: Sequence[int] = BUCKET_EDGES) -> nw.LazyFrame:
    """Return one row per customer, currency and non-empty bucket, in columns AGING."""
    return (
        bucketed(open_items, edges=edges)
        .group_by("customer_id", "currency", "bucket")
        .agg(open_minor=total("open_minor"), items=nw.len().cast(nw.Int64))
        .select(*AGING)
    )


def aging_totals(open_items: nw.LazyFrame, *, edges: Sequence[int] = BUCKET_EDGES) -> nw.LazyFrame:
    """Return one row per currency and bucket, empty buckets included, in columns AGING_TOTALS."""
    found = (
        bucketed(open_items, edges=edges)
        .group_by("currency", "bucket_no")
        .agg(
            open_minor=total("open_minor"),
            items=nw.len().cast(nw.Int64),
            customers=nw.col("customer_id").n_unique().cast(nw.Int64),
        )
    )
    currencies = open_items.select("currency").unique()
    every_bucket = nw.concat(
        [
            currencies.with_columns(bucket=nw.lit(label), bucket_no=nw.lit(position, nw.Int32))
            for position, label in enumerate(bucket_labels(edges))
        ],
        how="vertical",
    )
    return (
        every_bucket.join(found, on=["currency", "bucket_no"], how="left")
        .with_columns(nw.col("open_minor", "items", "customers").fill_null(0))
        .select(*AGING_TOTALS)
    )


def currency_totals(open_items: nw.LazyFrame) -> nw.LazyFrame:
    """Return one row per currency, in columns CURRENCY_TOTALS."""
    is_late = nw.col("days_past_due") > 0
    return (
        open_items.with_columns(
            overdue_minor=nw.when(is_late).then(nw.col("open_minor")).otherwise(0)
        )
        .group_by("currency")
        .agg(
            open_minor=total("open_minor"),
            overdue_minor=total("overdue_minor"),
            items=nw.len().cast(nw.Int64),
            customers=nw.col("customer_id").n_unique().cast(nw.Int64),
        )
        .select(*CURRENCY_TOTALS)
    )


def counted_from(
    open_items: nw.LazyFrame, promises: nw.LazyFrame, *, basis: Basis, as_of: date
) -> nw.LazyFrame:
    """Return the open items with `days_past_due` counted from another date.

    `issued` counts from the issue date. `promised` counts from the latest
    promised day that has not been withdrawn, and from the due date for items
    nobody promised to pay. `due` changes nothing.
    """
    if basis == "due":
        return open_items
    day = nw.lit(day_number(as_of))
    if basis == "issued":
        return open_items.with_columns(days_past_due=(day - nw.col("issued_day")).cast(nw.Int32))
    promised = (
        happened(promises, "made_day", ends="withdrawn_day", as_of=as_of)
        .filter(nw.col("withdrawn_day").is_null())
        .group_by("item_id")
        .agg(promised_day=nw.col("due_day").max())
    )
    counted = nw.coalesce(nw.col("promised_day"), nw.col("due_day"))
    return (
        open_items.join(promised, on="item_id", how="left")
        .with_columns(days_past_due=(day - counted).cast(nw.Int32))
        .select(*OPEN_ITEMS)
    )
