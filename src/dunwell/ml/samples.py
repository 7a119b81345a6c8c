"""A part of a long history to fit a model on: whole customers, the same ones every time."""

from dataclasses import replace

import polars as pl

from dunwell.ml.history import History

MOST_ITEMS = 150_000
"""Paid items a model is fitted on at most: more take longer and teach little."""

SCATTER, PRIME = 2_654_435_761, 4_294_967_291
"""Customers come in the order of key x SCATTER mod PRIME, which follows no pattern of keys."""


def sampled(history: History, *, most_items: int) -> History:
    """Return the history of so many customers that at most `most_items` paid items are in it.

    A customer is in with all its items or not at all; at least one is. A shorter history is
    returned as it is.
    """
    if history.paid_items <= most_items:
        return history
    chosen = (
        history.items.group_by("customer_id")
        .agg(paid=pl.col("paid_day").count().cast(pl.Int64))
        .with_columns(order=pl.col("customer_id") % PRIME * SCATTER % PRIME)
        .sort("order", "customer_id")
        .filter((pl.col("paid").cum_sum() <= most_items) | (pl.int_range(pl.len()) == 0))
    )
    items = history.items.filter(pl.col("customer_id").is_in(chosen["customer_id"].implode()))
    return replace(history, items=items)
