"""Cause trees as pages show them: rows from the root down, and the items behind a node."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dunwell.engine.root_causes import REST
from dunwell.models import Company
from dunwell.queries.analyses import ShownAnalysis
from dunwell.queries.analysis_items import Behind, behind

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseTreeRow:
    """One node of a tree, in minor units: rows one level deeper sum to it.

    `at` leads to its items: places among the branches, joined by dots, empty for the root.
    `share_ppm` is its part of the root's amount; `rate_ppm` the amount by its base. What it was
    expected to be follows from its parent. `is_rest` stands for all values not shown.
    """

    at: str
    depth: int
    name: str
    value: str
    is_rest: bool
    amount_minor: int
    base_minor: int
    expected_minor: int
    change_minor: int
    items: int
    share_ppm: int | None
    rate_ppm: int | None
    by: str
    gain_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseTree:
    """A tree from the root down, and its largest branch that grew beyond what was expected."""

    mode: str
    currency: str
    rows: tuple[CauseTreeRow, ...]
    leading: CauseTreeRow | None

    @property
    def root(self) -> CauseTreeRow:
        """Return the row of the whole."""
        return self.rows[0]


def cause_tree_rows(shown: ShownAnalysis, *, mode: str, currency: str) -> CauseTree | None:
    """Return the tree of a mode of `cause_parts.MODES`, None without overdue claims; one query."""
    parts = shown.parts(mode, currency=currency)
    if not parts:
        return None
    whole = parts[0].content
    rows: list[CauseTreeRow] = []
    _walk(whole, mode=mode, at="", depth=0, whole=whole, rows=rows)
    above = [row for row in rows[1:] if not row.is_rest and _excess(row, mode) > 0]
    leading = max(above, key=lambda row: (_excess(row, mode), -row.depth), default=None)
    return CauseTree(mode=mode, currency=currency, rows=tuple(rows), leading=leading)


def cause_items(
    company: Company, shown: ShownAnalysis, *, mode: str, currency: str, at: str
) -> tuple[CauseTreeRow, tuple[CauseTreeRow, ...], Behind] | None:
    """Return a node, the nodes that lead to it, and its items; None for a place without one."""
    parts = shown.parts(mode, currency=currency)
    if not parts:
        return None
    whole = node = parts[0].content
    path: list[CauseTreeRow] = []
    reached = ""
    for step in at.split(".") if at else ():
        path.append(_row(node, mode=mode, at=reached, depth=len(path), whole=whole))
        if not step.isdecimal() or int(step) >= len(node["branches"]):
            return None
        node = node["branches"][int(step)]
        reached = f"{reached}.{step}" if reached else step
    row = _row(node, mode=mode, at=reached, depth=len(path), whole=whole)
    total = row.change_minor if mode == "change" else row.amount_minor
    items = behind(
        company, node["rows"], currency=currency, items=node["items"], total_minor=total
    )
    return row, tuple(path), items


def _walk(
    node: Mapping[str, Any],
    *,
    mode: str,
    at: str,
    depth: int,
    whole: Mapping[str, Any],
    rows: list[CauseTreeRow],
) -> None:
    rows.append(_row(node, mode=mode, at=at, depth=depth, whole=whole))
    for place, branch in enumerate(node["branches"]):
        below = f"{at}.{place}" if at else str(place)
        _walk(branch, mode=mode, at=below, depth=depth + 1, whole=whole, rows=rows)


def _row(
    node: Mapping[str, Any], *, mode: str, at: str, depth: int, whole: Mapping[str, Any]
) -> CauseTreeRow:
    amount, base = node["amount"], node["base"]
    part, of = (
        (amount - base, whole["amount"] - whole["base"])
        if mode == "change"
        else (amount, whole["amount"])
    )
    return CauseTreeRow(
        at=at,
        depth=depth,
        name=node["name"],
        value="" if node["value"] == REST else node["value"],
        is_rest=node["value"] == REST,
        amount_minor=amount,
        base_minor=base,
        expected_minor=node["expected"],
        change_minor=amount - base,
        items=node["items"],
        share_ppm=round(part * PPM / of) if of else None,
        rate_ppm=round(amount * PPM / base) if base else None,
        by=node["by"],
        gain_ppm=node["gain_ppm"],
    )


def _excess(row: CauseTreeRow, mode: str) -> int:
    return row.change_minor if mode == "change" else row.amount_minor - row.expected_minor
