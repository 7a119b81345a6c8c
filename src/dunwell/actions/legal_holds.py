"""Holds of legal matters: what is claimed is not chased, and who is insolvent is not at all.

Nothing here is an action of its own: the caller holds the transaction and has checked the right.
"""

from datetime import date, datetime

from dunwell.models import Hold, LegalMatter, Message, Task
from dunwell.queries.debit_notices import NOTICE

Status = Message.Status
WAITING = (Status.DRAFT, Status.READY, Status.FAILED)
ASKED = (Task.Kind.CALL, Task.Kind.LETTER, Task.Kind.APPROVE, Task.Kind.VISIT)
"""Tasks that would reach the customer."""


def hold_matter(matter: LegalMatter, *, by: str, as_of: date, at: datetime) -> int:
    """Stop the chasing of what a matter is about; return how many waiting messages were dropped.

    A court claim holds its items; an insolvency holds the customer, and nothing that waits goes
    out any more.
    """
    if matter.kind == LegalMatter.Kind.INSOLVENCY:
        keys: list[int | None] = [None]
        reason = Hold.Reason.INSOLVENCY
    else:
        keys = list(matter.lines.order_by("item").values_list("item", flat=True))
        reason = Hold.Reason.LEGAL
    Hold.objects.bulk_create(
        Hold(
            company_id=matter.company_id,
            customer_id=matter.customer_id,
            item_id=key,
            reason=reason,
            note=matter.number,
            from_on=as_of,
            recorded_at=at,
        )
        for key in keys
    )
    return _drop_messages(matter, by=by, at=at)


def release_matter(matter: LegalMatter, *, as_of: date) -> None:
    """End the holds of a matter: from the day on its items may be chased."""
    Hold.objects.filter(
        company=matter.company_id,
        customer=matter.customer_id,
        reason__in=(Hold.Reason.LEGAL, Hold.Reason.INSOLVENCY),
        note=matter.number,
        released_on=None,
    ).update(released_on=as_of)


def close_deadline(matter: LegalMatter, *, by: str, at: datetime) -> None:
    """Cancel the task of a matter's deadline, which is met or no longer runs."""
    Task.objects.filter(
        customer=matter.customer_id,
        kind=Task.Kind.DEADLINE,
        status=Task.Status.OPEN,
        reason__startswith=f"{matter.number}: ",
    ).update(status=Task.Status.CANCELLED, done_at=at, done_by=by)


def _drop_messages(matter: LegalMatter, *, by: str, at: datetime) -> int:
    """Cancel what waits to go out to the customer about what is held, with its tasks."""
    waiting = Message.objects.filter(customer=matter.customer_id, status__in=WAITING).exclude(
        template=NOTICE  # stands and falls with its debit
    )
    if matter.kind != LegalMatter.Kind.INSOLVENCY:
        waiting = waiting.filter(lines__item__legal_lines__matter=matter)
    keys = sorted(set(waiting.values_list("pk", flat=True)))
    told = f"{matter.number}: {matter.get_kind_display().lower()}"
    dropped = Message.objects.filter(pk__in=keys, status__in=WAITING).update(
        status=Status.CANCELLED, error=told[:300]
    )
    tasks = Task.objects.filter(status=Task.Status.OPEN, customer=matter.customer_id)
    if matter.kind == LegalMatter.Kind.INSOLVENCY:
        tasks = tasks.filter(kind__in=ASKED)
    else:
        tasks = tasks.filter(message__in=keys)
    tasks.update(status=Task.Status.CANCELLED, done_at=at, done_by=by)
    return dropped
