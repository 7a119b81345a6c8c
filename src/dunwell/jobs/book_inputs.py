"""The inputs of the open book on some days, for telling whether it still looks as it did."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from dunwell.ml.features import Lookups, usual_amounts
from dunwell.ml.history import History, as_known
from dunwell.ml.past import Past

CUSTOMER_INPUTS = ("median", "mean", "share_late", "recency", "open_ratio", "overdue_ratio")
ITEM_INPUTS = (
    "days_to_due",
    "term",
    "log_amount",
    "amount_ratio",
    "part_paid",
    "disputed",
    "contacts",
)
"""Facts of `ml.features` that are compared: none that follows the calendar or only ever grows."""

MOST_ITEMS = 2_000
"""Items of a day that are looked at, spread evenly over the book."""

Inputs = Mapping[str, pl.DataFrame]
"""`items`: one row per item and day; `customers`: one per customer and day, because all items
of a customer share its facts and would count one change many times."""


def book_inputs(history: History, *, days: Sequence[int]) -> Inputs:
    """Return the inputs of the items open on each of the days, by ITEM_ and CUSTOMER_INPUTS.

    Days before the first item have no rows.
    """
    lookups = Lookups(history, Past(history), usual_amounts(history))
    columns = {"items": ITEM_INPUTS, "customers": CUSTOMER_INPUTS}
    parts = {
        name: [pl.DataFrame(schema=dict.fromkeys(facts, pl.Float64))]
        for name, facts in columns.items()
    }
    for day in days:
        opened = as_known(history, as_of=day).open
        chosen = {
            "items": opened,
            "customers": opened.unique("customer_id", keep="first", maintain_order=True),
        }
        for name, facts in columns.items():
            rows = chosen[name].gather_every(max(opened.height // MOST_ITEMS, 1))
            if rows.height:
                parts[name].append(_facts(lookups, rows, day, facts))
    return {name: pl.concat(found).fill_nan(None) for name, found in parts.items()}


def _facts(lookups: Lookups, items: pl.DataFrame, day: int, names: Sequence[str]) -> pl.DataFrame:
    """Return some facts of the items on a day; no calendar is needed for them."""
    calendar = np.zeros(items.height, np.int64)
    views = lookups.views(items, np.full(items.height, day, np.int32), calendar)
    return pl.DataFrame({name: views.column(name).astype(np.float64) for name in names})
