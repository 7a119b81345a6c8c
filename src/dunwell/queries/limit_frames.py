"""The limit of every customer of a company in columns: `limits_in_force` of all, at once."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from dunwell.models import Company
from dunwell.queries.exposures import Scope
from dunwell.queries.limits import Said

ROWS: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    "limit_minor": pl.Int64,
    "until_on": pl.Date,
    "is_suspended": pl.Boolean,
}


def limit_frame(
    company: Company, customers: pl.DataFrame, *, as_of: date, known_on: date | None = None
) -> pl.DataFrame:
    """Return `customer_id`, `limit_minor`, `until_on` and `is_suspended` of customers.

    These are rows with `customer_id`, `segment` and `stated_minor`, the limit on the record.
    Three queries, and one for rates. Who has rows, a group or covers of its own is looked at one
    by one; of the others each segment is.
    """
    segments = {name for name in customers["segment"].unique() if name}
    said = Said(Scope(company, None), segments=segments, as_of=as_of, known_on=known_on)
    is_own = pl.col("customer_id").is_in(list(said.of_their_own))
    rows = []
    for key, segment, stated in (
        customers.filter(is_own).select("customer_id", "segment", "stated_minor").iter_rows()
    ):
        one = said.limit(key, segment, stated)
        rows.append((key, one.limit_minor, one.until_on, one.is_suspended))
    own = pl.DataFrame(rows, schema=ROWS, orient="row")
    return own.vstack(_by_segment(customers.filter(~is_own), said))


def _by_segment(customers: pl.DataFrame, said: Said) -> pl.DataFrame:
    """Return the limits of customers of whom only segment and record say something."""
    rows = []
    for segment in customers["segment"].unique():
        for is_stated in (False, True):
            # what is stated on the record is added to what lifts a stated limit of nothing
            one = said.limit(0, segment, 0 if is_stated else None)
            rows.append((segment, is_stated, one.limit_minor, one.until_on, one.is_suspended))
    types: dict[str, type[pl.DataType]] = {
        "segment": pl.String,
        "is_stated": pl.Boolean,
        **dict(list(ROWS.items())[1:]),
    }
    common = pl.DataFrame(rows, schema=types, orient="row")
    stated = pl.when(~pl.col("is_suspended")).then(pl.col("stated_minor").fill_null(0))
    return (
        customers.select("customer_id", "segment", "stated_minor")
        .with_columns(is_stated=pl.col("stated_minor").is_not_null())
        .join(common, on=["segment", "is_stated"], how="left")
        .with_columns(limit_minor=pl.col("limit_minor") + stated.otherwise(0))
        .select(*ROWS)
    )
