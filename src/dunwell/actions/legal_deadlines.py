"""The cycle's step for legal deadlines: a task for each that is near, differences only."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.models import Task
from dunwell.queries.legal_deadlines import Deadline

MOST_KEYS = 1000


@transaction.atomic
def remind_deadlines(
    *, actor: Actor, deadlines: Sequence[Deadline], as_of: date, at: datetime
) -> int:
    """Ask a person to meet what is near, the nearest of a customer; return how many are new.

    One such task of a customer is open at a time, and what somebody was asked for once is not
    asked for again, so a day that is run twice adds nothing.
    """
    actor.require("cycle.run")
    asked, busy = _asked(actor, sorted({one.customer_id for one in deadlines}))
    nearest: dict[int, Deadline] = {}
    for one in deadlines:
        if one.customer_id not in busy and (one.customer_id, one.reason[:300]) not in asked:
            nearest.setdefault(one.customer_id, one)
    if not nearest:
        return 0
    tasks = [
        Task(
            company=actor.company,
            customer_id=customer_id,
            kind=Task.Kind.DEADLINE,
            reason=one.reason[:300],
            due_on=one.due_on,
            as_of=as_of,
            recorded_at=at,
        )
        for customer_id, one in nearest.items()
    ]
    Task.objects.bulk_create(tasks, batch_size=500)
    record_event(
        actor,
        "legal.reminded",
        actor.company,
        at=at,
        as_of=as_of.isoformat(),
        deadlines=[one.reason for one in nearest.values()],
    )
    return len(tasks)


def _asked(actor: Actor, customers: Sequence[int]) -> tuple[set[tuple[int, str]], set[int]]:
    """Return what was asked of customers ever, and which of them have an open task."""
    asked: set[tuple[int, str]] = set()
    busy: set[int] = set()
    for start in range(0, len(customers), MOST_KEYS):
        known = Task.objects.filter(
            company=actor.company,
            kind=Task.Kind.DEADLINE,
            customer__in=customers[start : start + MOST_KEYS],
        )
        for customer_id, reason, status in known.values_list("customer", "reason", "status"):
            asked.add((customer_id, reason))
            if status == Task.Status.OPEN:
                busy.add(customer_id)
    return asked, busy
