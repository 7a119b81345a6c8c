"""Causes of disputes in money and days: the Pareto, the cycle, days deductions outstanding.

The cycle of a case is the day it was resolved less the day it was opened, in calendar days. Days
deductions outstanding is built as DSO is: what is disputed now / what was disputed in a window *
the days of the window. Amounts are minor units of the company's currency.
"""

from dataclasses import dataclass
from fractions import Fraction

import narwhals.stable.v2 as nw

from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

VALID, HALF, DENIED = 1_000, 500, 0
"""How right a claim was found to be, in thousandths."""

CAUSED: Frame = {
    "case_id": Column(nw.Int64, "case"),
    "group": Column(nw.String, "root cause or reason"),
    "base_minor": Column(nw.Int64, "what it ever disputed, empty without a rate", nullable=True),
    "days": Column(nw.Int32, "days to its resolution, empty while it runs", nullable=True),
    "valid_milli": Column(nw.Int32, "how right the claim was, empty undecided", nullable=True),
}
PARETO: Frame = {
    "group": Column(nw.String, "root cause or reason"),
    "cases": Column(nw.Int64, "cases of the group"),
    "base_minor": Column(nw.Int64, "what they ever disputed"),
    "upto_minor": Column(nw.Int64, "this group and all larger ones together"),
    "resolved": Column(nw.Int64, "cases that came to an end"),
    "days_sum": Column(nw.Int64, "their days to the resolution"),
    "median_twice": Column(nw.Int64, "twice the middle one of these days", nullable=True),
    "decided": Column(nw.Int64, "claims of which it was decided who is right"),
    "valid_milli": Column(nw.Int64, "sum of how right they were"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cycle:
    """Days from opening to resolution; None where nothing was resolved."""

    resolved: int
    mean_days: Fraction | None
    median_days: Fraction | None


def pareto(cases: nw.LazyFrame) -> nw.LazyFrame:
    """Return a row per group in columns PARETO; `cases` in columns CAUSED, each case once.

    The largest amount comes first in the running sum; equal ones by their name.
    """
    days = nw.col("days")
    return (
        cases.group_by("group")
        .agg(
            cases=nw.len().cast(nw.Int64),
            base_minor=total("base_minor"),
            resolved=days.count().cast(nw.Int64),
            days_sum=total("days"),
            median=days.median(),
            decided=nw.col("valid_milli").count().cast(nw.Int64),
            valid_milli=total("valid_milli"),
        )
        .with_columns(
            less=-nw.col("base_minor"), median_twice=(nw.col("median") * 2).cast(nw.Int64)
        )
        .with_columns(upto_minor=nw.col("base_minor").cum_sum().over(order_by=["less", "group"]))
        .select(*PARETO)
    )


def cycle(cases: nw.LazyFrame) -> Cycle:
    """Return mean and median days to the resolution of cases in columns CAUSED, exactly."""
    days = nw.col("days")
    row = cases.select(n=days.count(), sum=days.cast(nw.Int64).sum(), median=days.median())
    found = row.collect().row(0)
    n, days_sum, median = int(found[0]), int(found[1] or 0), found[2]
    return Cycle(
        resolved=n,
        mean_days=Fraction(days_sum, n) if n else None,
        median_days=None if median is None else Fraction(median),
    )


def days_deductions_outstanding(
    *, open_minor: int, disputed_minor: int, days: int
) -> Fraction | None:
    """Return open_minor / disputed_minor * days; None where nothing was disputed in the window."""
    return Fraction(open_minor * days, disputed_minor) if disputed_minor > 0 else None
