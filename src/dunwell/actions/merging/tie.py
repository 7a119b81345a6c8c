"""The tie-out of an import: what its files say is open, beside what is open here afterwards."""

from typing import Any

import polars as pl

from dunwell.actions.merging.batch import Merge, with_places
from dunwell.actions.merging.items import MergedItems

OPEN = {"item_id": pl.Int64, "ours_minor": pl.Int64}


def tie_out(merge: Merge, items: MergedItems) -> list[dict[str, Any]] | None:
    """Return per currency what the files tell as open, what is open here, and how many differ.

    Amounts in minor units: currency, items, told_minor, ours_minor, differences. Only items that
    were taken in or known, whose rows say what is open; without any, None. Each that differs is
    reported: money that was applied here may be ahead of the files, and nothing is booked to
    make both agree.
    """
    told = items.items.filter(pl.col("open_minor").is_not_null())
    if not told.height:
        return None
    ours = merge.known("item_id, open_minor", OPEN, of="openitem")
    rows = (
        with_places(told)
        .join(ours, on="item_id", how="left", maintain_order="left")
        .with_columns(pl.col("ours_minor").fill_null(0))
        .with_columns((pl.col("open_minor") != pl.col("ours_minor")).alias("differs"))
    )
    merge.log.rows(
        rows.filter("differs"),
        code="open_differs",
        value=pl.col("number"),
        action="kept",
        severity="warning",
        reason=pl.format(
            "is open with {} minor units in the files and with {} here; nothing is booked for it",
            "open_minor", "ours_minor",
        ),
    )  # fmt: skip
    summed = rows.with_columns(
        pl.col("differs").cast(pl.Int64).alias("differences"), pl.lit(1, pl.Int64).alias("items")
    )
    figures = ("items", "open_minor", "ours_minor", "differences")
    by_currency = summed.group_by("currency").agg(pl.col(*figures).sum()).sort("currency")
    return by_currency.rename({"open_minor": "told_minor"}).to_dicts()
