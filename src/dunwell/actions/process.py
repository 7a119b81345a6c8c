"""What became of invoices, month by month, kept for the pages about the process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.models import Company, ProcessMonth


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeMonth:
    """One month of issue as worked out: sums by slice, and the marks they are made of."""

    month: date
    items: int
    events: int
    figures: Sequence[Mapping[str, Any]]
    steps: bytes


@transaction.atomic
def record_process(*, actor: Actor, made: Sequence[MadeMonth], as_of: date, at: datetime) -> int:
    """Keep months as worked out for a day; return how many are new or changed.

    What was worked out for a later day stands: two who work at it at once do not undo each other.
    """
    actor.require("cycle.run")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    kept = {
        row.month: row
        for row in ProcessMonth.objects.filter(
            company=actor.company, month__in=[one.month for one in made]
        )
    }
    changed = [one for one in made if _is_new(one, kept.get(one.month), as_of)]
    ProcessMonth.objects.bulk_create(
        [
            ProcessMonth(
                company=actor.company,
                month=one.month,
                as_of=as_of,
                items=one.items,
                events=one.events,
                figures=list(one.figures),
                steps=one.steps,
                recorded_at=at,
            )
            for one in changed
        ],
        update_conflicts=True,
        unique_fields=["company", "month"],
        update_fields=["as_of", "items", "events", "figures", "steps", "recorded_at"],
        batch_size=12,
    )
    if changed:
        record_event(
            actor,
            "process.mapped",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            months=len(changed),
        )
    return len(changed)


def _is_new(one: MadeMonth, kept: ProcessMonth | None, as_of: date) -> bool:
    if kept is None:
        return True
    if kept.as_of > as_of:
        return False
    return kept.as_of < as_of or bytes(kept.steps) != one.steps
