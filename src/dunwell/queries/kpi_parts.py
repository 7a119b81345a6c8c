"""The parts of a company's book that figures are told of: segments, collectors, customers ..."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.items import open_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.strategy import in_force_by_segment
from dunwell.models import Company
from dunwell.queries.frames import customers_frame, read_rows
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.steering import steering

DIMENSIONS = ("company", "customer", "segment", "collector", "strategy", "currency")
"""What figures can be sliced by; by month they are a course, see `kpi_courses`."""

LARGEST_CUSTOMERS = 1_000
"""So many customers per currency have figures of their own, those that owe most; the others
are one part together."""

REST = "rest"
"""Key of the customers that are not among the largest."""

_CUSTOMERS: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    "segment": pl.String,
    "collector": pl.String,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BookParts:
    """Who is in which part: `parts` as PARTS, and per part its key in each dimension."""

    parts: nw.LazyFrame
    part_of: Mapping[int, int]
    keys: Mapping[int, Mapping[str, str]]

    def key(self, part: int, dimension: str) -> str:
        """Return the key of a part in a dimension, empty where it has none."""
        return self.keys[part][dimension] if part in self.keys else ""


def book_parts(company: Company, ledger: Ledger, *, as_of: date) -> BookParts:
    """Return the parts of a company's book: four to six queries whatever there is.

    Segment, collector and strategy are those of the day the question is asked for, as the
    customers are assigned now.
    """
    customers = read_rows(
        "SELECT c.id, c.segment, CAST(c.collector_id AS TEXT) "
        "FROM dunwell_customer c WHERE c.company_id = %s",
        [company.pk],
        _CUSTOMERS,
    ).with_columns(pl.col("collector").fill_null(""))
    named = customers.join(_strategies(company, as_of), on="customer_id", how="left").with_columns(
        pl.col("strategy").fill_null("")
    )
    largest = _largest(ledger, customers.height, as_of=as_of)
    if largest is None:
        told = pl.col("customer_id").cast(pl.String)
    else:
        is_large = pl.col("customer_id").is_in(largest.implode())
        told = (
            pl.when(is_large).then(pl.col("customer_id").cast(pl.String)).otherwise(pl.lit(REST))
        )
    by = ["segment", "collector", "strategy", "customer"]
    whole = named.with_columns(customer=told).with_columns(
        part=pl.struct(by).rank("dense").cast(pl.Int64)
    )
    keys = {
        int(part): dict(zip(by, values, strict=True))
        for part, *values in whole.select("part", *by).unique().iter_rows()
    }
    parts = whole.select("customer_id", "part")
    return BookParts(
        parts=nw.from_native(parts.lazy()),
        part_of=dict(parts.iter_rows()),
        keys=keys,
    )


def _strategies(company: Company, as_of: date) -> pl.DataFrame:
    """Return the name of the strategy of every customer that has one."""
    known = [one.strategy for one in strategies_in_force(company, as_of=as_of)]
    steered = steering(company, strategies=known, as_of=as_of)
    placed = steered.assigned(customers_frame(company))
    names = pl.DataFrame(
        [
            (segment, strategy.name)
            for segment, strategy in in_force_by_segment(
                known, as_of=as_of, by_hand=steered.by_hand
            )
        ],
        schema={"segment": pl.String, "strategy": pl.String},
        orient="row",
    )
    held: pl.DataFrame = placed.select("customer_id", "segment").collect("polars").to_native()
    return held.join(names, on="segment", how="left").select("customer_id", "strategy")


def _largest(ledger: Ledger, customers: int, *, as_of: date) -> pl.Series | None:
    """Return the customers with figures of their own, None where all have."""
    if customers <= LARGEST_CUSTOMERS:
        return None
    owed = (
        open_items(ledger.items, ledger.allocations, as_of=as_of)
        .group_by("currency", "customer_id")
        .agg(owed_minor=total("open_minor"))
    )
    frame: pl.DataFrame = owed.collect("polars").to_native()
    ranked = frame.sort(["owed_minor", "customer_id"], descending=[True, False])
    return ranked.group_by("currency").head(LARGEST_CUSTOMERS)["customer_id"].unique()


WHOLE_BOOK = BookParts(
    parts=nw.from_native(pl.LazyFrame(schema={"customer_id": pl.Int64, "part": pl.Int64})),
    part_of={},
    keys={},
)
"""Everybody in one part."""
