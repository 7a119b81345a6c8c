"""Commission an agency kept of what it remitted: given up on the items it was placed with.

The net reaches our bank and is put on the items like any payment; the commission is an adjustment
beside it, so that net and commission settle what the debtor paid in gross. What a debtor paid us
directly is settled by its own money; the commission on that is a bill of the agency.
"""

from collections.abc import Sequence
from datetime import date, datetime

from dunwell.actions.adjustments import book_adjustment, book_reversal
from dunwell.actions.allocations import LockedItem, locked_items, money_text
from dunwell.actions.gate import Refused
from dunwell.models import Adjustment, AgencyReport, Allocation, Company, Placement

COMMISSION = Adjustment.Kind.COMMISSION


def book_commissions(
    company: Company, reports: Sequence[AgencyReport], *, as_of: date, at: datetime
) -> int:
    """Give up, or take back, the commission of reports newly reconciled; return it in all.

    For the action that reconciles them and has checked the right. Money that came back takes
    its commission back. Raises Refused, with the figures, when less is open on a placement's
    items than the agency kept, or less was given up on them than is to come back.
    """
    kept: dict[int, int] = {}
    placements: dict[int, Placement] = {}
    for report in reports:
        if report.kind == AgencyReport.Kind.REMITTED:
            placements[report.placement_id] = report.placement
            kept[report.placement_id] = kept.get(report.placement_id, 0) + report.commission_minor
    for key in sorted(kept):
        if kept[key]:
            _book(company, placements[key], kept[key], as_of=as_of, at=at)
    return sum(kept.values())


def _book(
    company: Company, placement: Placement, change_minor: int, *, as_of: date, at: datetime
) -> None:
    """Bring the commission given up on a placement's items to its new sum, the oldest first."""
    lines = placement.lines.select_related("item").order_by("item__due_on", "item_id")
    items = [line.item for line in lines]
    locked = locked_items(company=company, items=items)
    given = _given(placement)
    if change_minor < 0:
        _take_back(placement, given, locked, minor=-change_minor, as_of=as_of, at=at)
        return
    openness = sum(max(one.open_minor, 0) for one in locked.values())
    if change_minor > openness:
        raise Refused(
            f"The agency kept {money_text(change_minor, placement.currency)} of {placement.number}"
            f", but only {money_text(openness, placement.currency)} are open on its items. Take a "
            "payment that the debtor made twice off them first, then reconcile."
        )
    left = change_minor
    for item in items:
        part = min(left, max(locked[item.pk].open_minor, 0))
        if part:
            _give(placement, locked[item.pk], part, as_of=as_of, at=at)
            left -= part


def _take_back(
    placement: Placement,
    given: Sequence[Allocation],
    locked: dict[int, LockedItem],
    *,
    minor: int,
    as_of: date,
    at: datetime,
) -> None:
    """Take commission back, the newest first; a row taken back too far is given again in part."""
    if minor > (total := sum(row.amount_minor for row in given)):
        raise Refused(
            f"{money_text(minor, placement.currency)} of commission would come back on "
            f"{placement.number}, but only {money_text(total, placement.currency)} were given up."
        )
    left = minor
    for row in given:
        if left <= 0:
            return
        book_reversal(row, reason=_reason(placement), on=as_of, as_of=as_of, at=at)
        if row.amount_minor > left:
            _give(placement, locked[row.item_id], row.amount_minor - left, as_of=as_of, at=at)
        left -= row.amount_minor


def _given(placement: Placement) -> list[Allocation]:
    """Return the commission that stands on the placement's items, the newest first."""
    rows = Allocation.objects.select_related("adjustment", "company").filter(
        adjustment__kind=COMMISSION,
        adjustment__reverses=None,
        adjustment__reversed_by=None,
        adjustment__reason__startswith=f"{placement.number}: ",
        company=placement.company_id,
    )
    return list(rows.order_by("-pk"))


def _give(
    placement: Placement, locked: LockedItem, minor: int, *, as_of: date, at: datetime
) -> None:
    book_adjustment(
        locked,
        kind=COMMISSION,
        amount_minor=minor,
        reason=_reason(placement),
        on=as_of,
        as_of=as_of,
        at=at,
    )


def _reason(placement: Placement) -> str:
    """Return the reason; it begins with the placement's number, which the proof looks for."""
    return f"{placement.number}: commission kept by {placement.agency.name}"[:300]
