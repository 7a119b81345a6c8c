"""The cause trees of a day as they are kept: nodes with the largest items behind each."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from dunwell.engine.overdue_causes import CAUSES, overdue_claims
from dunwell.engine.root_causes import REST, Cell, Node, cause_tree
from dunwell.models import Company
from dunwell.queries.book_slices import slices_frame
from dunwell.queries.item_traits import traits_frame
from dunwell.queries.ledgers import Books

MOST_ITEMS = 50
"""Items kept behind a node, the largest; the rest is told as a number and a sum."""

MODES = {"overdue": "open_minor", "change": "before_minor"}
"""What a tree explains, and what it is measured by: overdue claims by what is open, the change of
overdue claims by what was overdue before."""


def cause_parts(
    company: Company, books: Books, *, as_of: date, since: date
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return mode, currency and tree of every tree of the day."""
    claims: pl.DataFrame = (
        overdue_claims(
            books.whole(),
            traits_frame(company, as_of=as_of),
            slices_frame(company, as_of=as_of),
            as_of=as_of,
            since=since,
        )
        .collect()
        .to_native()
    )
    for currency in sorted(claims["currency"].unique().to_list()):
        theirs = claims.filter(pl.col("currency") == currency)
        for mode, base in MODES.items():
            moved = theirs.filter((pl.col("overdue_minor") != 0) | (pl.col(base) != 0))
            if moved.is_empty():
                continue
            yield mode, currency, _document(cause_tree(_cells(moved, base), CAUSES), moved, base)


def _cells(claims: pl.DataFrame, base: str) -> list[Cell]:
    sums = (
        claims.group_by(list(CAUSES))
        .agg(pl.col("overdue_minor").sum(), pl.col(base).sum().alias("base"), items=pl.len())
        .sort(list(CAUSES))
    )
    return [
        Cell(tuple(row[: len(CAUSES)]), row[-3], row[-2], row[-1])
        for row in sums.select(*CAUSES, "overdue_minor", "base", "items").iter_rows()
    ]


def _document(node: Node, claims: pl.DataFrame, base: str) -> dict[str, Any]:
    """Return a node, the largest items behind it, and its branches."""
    by_change = base == MODES["change"]
    shown = pl.col("overdue_minor") - pl.col(base) if by_change else pl.col("overdue_minor")
    counted = claims.with_columns(shown=shown).filter(pl.col("shown") != 0)
    largest = counted.sort(
        pl.col("shown").abs(), pl.col("item_id"), descending=[True, False]
    ).head(MOST_ITEMS)
    known = [branch.path[-1][1] for branch in node.branches if branch.path[-1][1] != REST]
    branches = []
    for branch in node.branches:
        name, value = branch.path[-1]
        is_its = pl.col(name).is_in(known).not_() if value == REST else pl.col(name) == value
        branches.append(_document(branch, claims.filter(is_its), base))
    name, value = node.path[-1] if node.path else ("", "")
    return {
        "name": name,
        "value": value,
        "amount": node.amount_minor,
        "base": node.base_minor,
        "expected": node.expected_minor,
        "items": counted.height,
        "by": node.by,
        "gain_ppm": round(node.gain * 1_000_000),
        "rows": [list(row) for row in largest.select("item_id", "shown").iter_rows()],
        "branches": branches,
    }
