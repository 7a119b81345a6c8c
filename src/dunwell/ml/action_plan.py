"""The day's plan: which action for whom, when minutes and contacts are limited.

One action per customer at most. Choosing among several (an e-mail for 4 minutes or a
call for 10) under one budget of minutes is the multiple-choice knapsack; taking steps in
the order of extra value per extra minute along each customer's efficient actions is
its linear optimum (Sinha and Zoltners 1979), so at most the value of one step is lost.
"""

from collections.abc import Mapping
from typing import NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from dunwell.engine.schema import Column, Frame

PLANNED: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "action": Column(nw.String, "what to do"),
    "minutes": Column(nw.Int32, "time it takes"),
    "value_minor": Column(nw.Int64, "extra cash less cost, home minor units"),
    "place": Column(nw.Int64, "1 = first; unique"),
}


class _Choice(NamedTuple):
    action: str
    minutes: int
    value: int


def planned(
    ranked: pl.DataFrame, *, capacity_minutes: int, most: Mapping[str, int] | None = None
) -> pl.DataFrame:
    """Return one action per customer within the capacity, in columns PLANNED, best first.

    `ranked` is `next_action.rank`; `most` caps how often an action may be planned today.
    Only actions that bring more than they cost are planned. With caps the plan is good
    but no longer within one step of the best: where a cap is reached a customer keeps
    the action it has or moves to the next one.
    """
    caps = dict(most or {})
    left = capacity_minutes
    chosen: dict[int, _Choice] = {}
    for customer_id, *rest in _steps(ranked).iter_rows():
        choice = _Choice(*rest)
        before = chosen.get(customer_id)
        needed = choice.minutes - (before.minutes if before else 0)
        if needed > left or caps.get(choice.action, 1) < 1:
            continue
        left -= needed
        if choice.action in caps:
            caps[choice.action] -= 1
        if before and before.action in caps:
            caps[before.action] += 1
        chosen[customer_id] = choice
    per_minute = pl.col("value_minor") / pl.col("minutes")
    return (
        pl.DataFrame(
            [(customer_id, *choice) for customer_id, choice in chosen.items()],
            schema={
                "customer_id": pl.Int64,
                "action": pl.String,
                "minutes": pl.Int32,
                "value_minor": pl.Int64,
            },
            orient="row",
        )
        .sort(per_minute, "value_minor", "customer_id", descending=[True, True, False])
        .with_row_index("place", offset=1)
        .with_columns(pl.col("place").cast(pl.Int64))
        .select(*PLANNED)
    )


def _steps(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return the steps of all customers along the upper hull of value over minutes.

    Columns customer_id, action, minutes, value_minor of the action stepped to, most extra
    value per extra minute first. From where it stands each customer takes the steepest
    step upwards until none is left, all customers at once.
    """
    options = (
        ranked.filter(pl.col("is_worth"))
        .select("customer_id", "action", "minutes", "value_minor")
        .sort("customer_id", "minutes", "action")
    )
    codes = options["customer_id"].rank("dense").to_numpy().astype(np.int64) - 1
    minutes = options["minutes"].to_numpy().astype(np.float64)
    value = options["value_minor"].to_numpy().astype(np.float64)
    at_minutes, at_value = np.zeros(codes.max(initial=-1) + 1), np.zeros(codes.max(initial=-1) + 1)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    rows = np.arange(len(codes))
    while True:
        rows = rows[(minutes > at_minutes[codes])[rows] & (value > at_value[codes])[rows]]
        if not len(rows):
            break
        owner = codes[rows]
        slope = (value[rows] - at_value[owner]) / (minutes[rows] - at_minutes[owner])
        # the steepest of each customer; of equally steep ones the farthest, one step for both
        order = np.lexsort((-value[rows], -slope, owner))
        first = order[np.unique(owner[order], return_index=True)[1]]
        taken = rows[first]
        found.append((taken, slope[first]))
        at_minutes[codes[taken]], at_value[codes[taken]] = minutes[taken], value[taken]
    if not found:
        return options.head(0)
    taken = np.concatenate([some for some, _ in found])
    slopes = pl.Series("slope", np.concatenate([slope for _, slope in found]))
    return (
        options[taken]
        .with_columns(slopes)
        .sort("slope", "customer_id", "minutes", descending=[True, False, False])
        .drop("slope")
    )
