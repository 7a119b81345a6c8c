"""Departures from a strategy that a person decided on, with a reason and an end.

They stand beside the strategy: another ladder for a customer, a level left out, a level not to
be passed, another channel for what is written.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame
from dunwell.engine.wording import DIALOGUE_TEMPLATES

OVERRIDES: Frame = {
    "customer_id": Column(nw.Int64, "whose step is changed"),
    "item_id": Column(nw.Int64, "item it is about; empty = the whole customer", nullable=True),
    "kind": Column(nw.String, "assign, skip, hold_level or channel"),
    "strategy": Column(nw.String, "strategy to use, for assign", nullable=True),
    "level": Column(nw.Int32, "level left out or not to be passed", nullable=True),
    "channel": Column(nw.String, "channel to use for what is written", nullable=True),
}
"""Overrides in force on the day."""

WRITTEN = ("email", "letter", "portal")
"""Channels that can stand in for each other; a call or a short message cannot."""


def assigned(customers: nw.LazyFrame, overrides: nw.LazyFrame) -> nw.LazyFrame:
    """Return the customers with the segment of the strategy assigned to them by hand.

    That is `strategy_segment(name)`, a segment of which `strategy.steps_frame` lays out the
    strategy of that name.
    """
    by_hand = (
        overrides.filter(nw.col("kind") == "assign", nw.col("item_id").is_null())
        .group_by("customer_id")
        .agg(by_hand=nw.col("strategy").max())
    )
    columns = customers.collect_schema().names()
    chosen = nw.concat_str([nw.lit(_ASSIGNED), nw.col("by_hand")])
    is_assigned = ~nw.col("by_hand").is_null()
    return (
        customers.join(by_hand, on="customer_id", how="left")
        .with_columns(segment=nw.when(is_assigned).then(chosen).otherwise(nw.col("segment")))
        .select(*columns)
    )


def strategy_segment(name: str) -> str:
    """Return the segment that stands for customers to whom a strategy is assigned by hand."""
    return f"{_ASSIGNED}{name}"


def allowed_levels(upward: nw.LazyFrame, overrides: nw.LazyFrame) -> nw.LazyFrame:
    """Return the (item_id, customer_id, level) rows without levels left out or beyond a bound."""
    skipped = overrides.filter(nw.col("kind") == "skip")
    held = overrides.filter(nw.col("kind") == "hold_level")
    kept = upward
    for key, of in (("item_id", True), ("customer_id", False)):
        about = ~nw.col("item_id").is_null() if of else nw.col("item_id").is_null()
        out = skipped.filter(about).select(key, "level").unique()
        most = held.filter(about).group_by(key).agg(most=nw.col("level").min())
        kept = (
            kept.join(out, on=[key, "level"], how="anti")
            .join(most, on=key, how="left")
            .filter(nw.col("most").is_null() | (nw.col("level") <= nw.col("most")))
            .drop("most")
        )
    return kept


def with_channel(items: nw.LazyFrame, overrides: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the channel chosen by hand where something is written.

    What leads to the assistant stays a mail: its link is made when it is sent.
    """
    named = overrides.filter(nw.col("kind") == "channel")
    of_items = (
        named.filter(~nw.col("item_id").is_null())
        .group_by("item_id")
        .agg(item_channel=nw.col("channel").max())
    )
    of_customers = (
        named.filter(nw.col("item_id").is_null())
        .group_by("customer_id")
        .agg(customer_channel=nw.col("channel").max())
    )
    by_hand = (
        nw.when(~nw.col("item_channel").is_null())
        .then(nw.col("item_channel"))
        .otherwise(nw.col("customer_channel"))
    )
    is_written = (
        nw.col("channel").is_in(list(WRITTEN))
        & by_hand.is_in(list(WRITTEN))
        & ~nw.col("template").is_in(list(DIALOGUE_TEMPLATES))
    )
    is_changed = (is_written & (by_hand != nw.col("channel"))).fill_null(value=False)
    return (
        items.join(of_items, on="item_id", how="left")
        .join(of_customers, on="customer_id", how="left")
        .with_columns(
            channel=nw.when(is_changed).then(by_hand).otherwise(nw.col("channel")),
            # the channel the strategy meant stays as the way out
            fallback=nw.when(is_changed).then(nw.col("channel")).otherwise(nw.col("fallback")),
        )
        .drop("item_channel", "customer_channel")
    )


_ASSIGNED = "strategy "
