"""Which slices customers belong to: segment, country, collector, strategy of the segment."""

from collections.abc import Mapping
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.book_slices import SLICES
from dunwell.models import Company
from dunwell.queries.frames import read_frame
from dunwell.queries.policies import strategies_in_force


def slices_frame(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return every customer's slices in columns SLICES, as customers are set up now.

    The strategy is the one in force on `as_of` for the customer's segment.
    """
    names = strategy_names(company, as_of=as_of)
    frame = read_frame(
        "SELECT c.id, c.segment, c.country, COALESCE(u.username, ''), '' "
        "FROM dunwell_customer c LEFT JOIN dunwell_user u ON u.id = c.collector_id "
        "WHERE c.company_id = %s",
        [company.pk],
        SLICES,
    )
    strategy = nw.lit("")
    for segment, name in names.items():
        strategy = nw.when(nw.col("segment") == segment).then(nw.lit(name)).otherwise(strategy)
    return frame.with_columns(strategy=strategy).select(*SLICES)


def strategy_names(company: Company, *, as_of: date) -> Mapping[str, str]:
    """Return the name of the strategy in force per segment."""
    return {
        segment: policy.name
        for policy in strategies_in_force(company, as_of=as_of)
        for segment in policy.strategy.segments
    }
