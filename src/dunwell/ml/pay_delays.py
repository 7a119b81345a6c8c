"""How long after the due day money comes: a company's own past, moved to each customer's habit.

For claims no model has scored: invoices not written yet.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.history import Floats, History, Ints

PAST_DAYS = 400
"""Items paid so many days back count."""

OWN_ITEMS = 5
"""A customer's own median counts as much as the company's when it has paid so many items."""

FIRST, LAST = -60, 240
"""Days after the due day that are told one by one; what is later counts as the last."""

PRIOR_DAYS = 7
"""Without any past: paid so many days after the due day."""


@dataclass(frozen=True, slots=True)
class PayDelays:
    """`paid[k]`: share of the amount paid by FIRST + k days after the due day.

    `shifts`: customer_id, shift_days, by how much a customer's median differs from the
    company's, drawn to it; `median` is the company's; `items` paid items it all rests on.
    """

    paid: Floats
    shifts: pl.DataFrame
    median: int
    items: int

    def paid_by(self, days_after: Ints) -> Floats:
        """Return the share paid by so many days after the due day."""
        place = np.clip(days_after - FIRST, -1, LAST - FIRST)
        return np.where(place < 0, 0.0, self.paid[np.maximum(place, 0)])

    def shift_of(self, customers: pl.Series) -> Ints:
        """Return the shift of each customer, 0 for those without a past."""
        asked = pl.DataFrame({"customer_id": customers})
        found = asked.join(self.shifts, on="customer_id", how="left", maintain_order="left")
        return found["shift_days"].fill_null(0).to_numpy().astype(np.int64)


def pay_delays(history: History) -> PayDelays:
    """Return the delays of the items paid within PAST_DAYS, weighted by amount."""
    late = (pl.col("paid_day") - pl.col("due_day")).cast(pl.Int64)
    paid = history.items.filter(pl.col("paid_day") > history.as_of - PAST_DAYS).select(
        "customer_id", "amount_minor", late=late.clip(FIRST, LAST)
    )
    steps = np.arange(FIRST, LAST + 1)
    if not paid.height:
        sure = (steps >= PRIOR_DAYS).astype(np.float64)
        return PayDelays(sure, _no_shifts(), PRIOR_DAYS, 0)
    place = paid["late"].to_numpy() - FIRST
    weight = paid["amount_minor"].to_numpy().astype(np.float64)
    mass = np.bincount(place, weights=weight, minlength=len(steps))
    middle = _median(paid["late"])
    own = (
        paid.group_by("customer_id")
        .agg(median=pl.col("late").median(), items=pl.len())
        .with_columns(
            shift_days=(
                (pl.col("median") - middle) * pl.col("items") / (pl.col("items") + OWN_ITEMS)
            )
            .round()
            .cast(pl.Int64)
        )
        .select("customer_id", "shift_days")
        .sort("customer_id")
    )
    return PayDelays(mass.cumsum() / mass.sum(), own, middle, paid.height)


def _median(days: pl.Series) -> int:
    return round(float(np.median(days.to_numpy())))


def _no_shifts() -> pl.DataFrame:
    return pl.DataFrame(schema={"customer_id": pl.Int64, "shift_days": pl.Int64})
