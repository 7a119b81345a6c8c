"""Taking back together what a decision on a payment wrote; reversals, nothing is deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dunwell.actions.allocations import reversal_of, write_allocations
from dunwell.actions.dispute_deductions import end_deductions
from dunwell.actions.gate import Actor
from dunwell.actions.match_decisions import Written, locked_by_key
from dunwell.actions.match_moves import CASE
from dunwell.models import Adjustment, Allocation, Event, MatchCase

DECISIONS = ("cash.posted", "cash.settled", "cash.parked")
"""Events that keep the keys of what a decision wrote."""


def last_decision(case: MatchCase) -> Mapping[str, Any]:
    """Return what the event of the newest decision on a case says."""
    decisions = Event.objects.filter(
        company=case.company, subject=CASE, subject_id=case.pk, verb__in=DECISIONS
    )
    data: dict[str, Any] = decisions.latest("seq").data
    return data


def take_back(
    actor: Actor, decided: Mapping[str, Any], *, reason: str, as_of: date, at: datetime
) -> Written:
    """Reverse what is still live of a decision and close its disputes; return what was written.

    The caller holds the payment. Raises Refused for a day before the decision.
    """
    company = actor.company
    # nothing of one that only left the payment on account
    live = list(
        Allocation.objects.filter(
            company=company, pk__in=decided.get("allocations", ()), reversed_by=None
        )
        .select_related("adjustment")
        .order_by("pk")
    )
    locked_by_key(company=company, keys=[row.item_id for row in live])
    rows = [reversal_of(row, as_of=as_of, at=at) for row in live]
    adjusted = [(row, old) for row, old in zip(rows, live, strict=True) if old.adjustment]
    back = Adjustment.objects.bulk_create(
        [_reversed(old.adjustment, reason, as_of, at) for _, old in adjusted if old.adjustment]
    )
    for (row, _), adjustment in zip(adjusted, back, strict=True):
        row.adjustment = adjustment
    written = write_allocations(company=company, rows=rows) if rows else []
    return Written(
        allocations=[row.pk for row in written],
        adjustments=[row.pk for row in back],
        disputes=end_deductions(
            company,
            decided.get("disputes", ()),
            outcome=f"Taken back: {reason}"[:200],
            as_of=as_of,
            at=at,
        ),
    )


def _reversed(adjustment: Adjustment, reason: str, as_of: date, at: datetime) -> Adjustment:
    return Adjustment(
        company_id=adjustment.company_id,
        item_id=adjustment.item_id,
        kind=adjustment.kind,
        amount_minor=-adjustment.amount_minor,
        reason=reason,
        effective_on=as_of,
        reverses=adjustment,
        recorded_on=as_of,
        recorded_at=at,
    )
