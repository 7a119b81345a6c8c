"""What covers stand behind of what customers owe, and how likely it is to be lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.engine.cover_clock import GAPS
from dunwell.queries.cover_clocks import CoverClock
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

LOSING = ("report", "extension")
"""Deadlines after which a cover may be lost if the item is still unpaid."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverGap:
    """Why a part of what a customer owes is not covered (`engine.cover_clock.GAPS`)."""

    code: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverUseRow:
    """What stands behind one customer's open items, in `currency`, the company's.

    `open_minor` = `covered_minor` + `uncovered_minor`, the latter by reason in `gaps`; all are
    None where a rate is missing. `loss_ppm` is the greatest chance that an item is still unpaid
    when a deadline to report or of the longest extension ends, `loss_minor` what is open on such
    items from the policy's alarm on.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    open_minor: int | None
    covered_minor: int | None
    uncovered_minor: int | None
    gaps: tuple[CoverGap, ...]
    loss_ppm: int | None
    loss_minor: int


def use_rows(clock: CoverClock | None, currency: str) -> list[CoverUseRow]:
    """Return what stands behind each customer with a cover, the most uncovered first."""
    if clock is None:
        return []
    risks: dict[int, list[tuple[int, int, int]]] = {}
    for one in clock.deadlines:
        chance = clock.chance(one)
        if one.kind not in LOSING or chance is None or one.due_on < clock.as_of:
            continue
        item = clock.items[one.item_id or 0]
        risks.setdefault(item.customer_id, []).append((item.item_id, chance, item.home_minor or 0))
    names = {cover.customer_id: cover.customer for cover in clock.covers.values()}
    found = []
    for key, use in clock.uses.items():
        told = risks.get(key, [])
        alarming = {item: minor for item, chance, minor in told if chance >= clock.rules.alarm_ppm}
        found.append(
            CoverUseRow(
                customer_id=key,
                customer_number=names[key].number,
                customer_name=names[key].name,
                currency=currency,
                open_minor=use.open_minor,
                covered_minor=use.covered_minor,
                uncovered_minor=use.uncovered_minor,
                gaps=tuple(
                    CoverGap(code=code, amount_minor=use.gaps[code])
                    for code in GAPS
                    if code in use.gaps
                ),
                loss_ppm=max((chance for _, chance, _ in told), default=None),
                loss_minor=sum(alarming.values()),
            )
        )
    return sorted(found, key=lambda row: (-(row.uncovered_minor or 0), row.customer_id))


def use_page(
    rows: Sequence[CoverUseRow], *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CoverUseRow]:
    """Return one page of `use_rows`, in their order; raise CursorError for a wrong cursor."""
    limit = page_limit(limit)
    if cursor:
        uncovered, key = (int(str(one)) for one in read_cursor(cursor, (int, int)))
        rows = [
            row
            for row in rows
            if (-(row.uncovered_minor or 0), row.customer_id) > (-uncovered, key)
        ]
    return page_of(
        list(rows[: limit + 1]),
        limit=limit,
        key=lambda row: (row.uncovered_minor or 0, row.customer_id),
    )
