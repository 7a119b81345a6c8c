"""Completing and cancelling the things a strategy asks people to do."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.contact_attempts import attempt_of_task
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.models import Task


@transaction.atomic
def complete_task(*, actor: Actor, task: Task, at: datetime) -> None:
    """Mark an open task as done; a letter, call or visit is kept as a contact attempt.

    Raises Refused for a task that is no longer open, and for a message that
    waits for approval: approving or cancelling the message completes that one.
    """
    actor.require("task.complete")
    if task.kind == Task.Kind.APPROVE:
        raise Refused("Approve or cancel the message; that completes this task.")
    _finish(actor, task, Task.Status.DONE, at=at, is_contact=True)


@transaction.atomic
def cancel_task(*, actor: Actor, task: Task, reason: str, at: datetime) -> None:
    """Drop an open task that need not be done, with a reason; raise Refused for any other."""
    actor.require("task.complete")
    if task.kind == Task.Kind.APPROVE:
        raise Refused("Approve or cancel the message; that completes this task.")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the task need not be done.")
    _finish(actor, task, Task.Status.CANCELLED, at=at, reason=told)


def ask_follow_up(
    *, company_id: int, customer_id: int, reason: str, as_of: date, at: datetime
) -> None:
    """Ask a person to follow up, unless the customer has such a task already.

    For actions that have checked their own right.
    """
    Task.objects.bulk_create(
        [
            Task(
                company_id=company_id,
                customer_id=customer_id,
                kind=Task.Kind.FOLLOW_UP,
                reason=reason[:300],
                due_on=as_of,
                as_of=as_of,
                recorded_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _finish(
    actor: Actor,
    task: Task,
    status: Task.Status,
    *,
    at: datetime,
    is_contact: bool = False,
    **data: str,
) -> None:
    if task.company_id != actor.company.pk:
        raise Refused("This task belongs to another company.")
    before = Task.Status(task.status)
    if status not in Task.MOVES[before]:
        raise Refused(f"This task is {before.label.lower()} already, by {task.done_by}.")
    rows = Task.objects.filter(pk=task.pk, status=before).update(
        status=status, done_at=at, done_by=actor.name
    )
    if rows != 1:
        raise Refused("Somebody else has just finished this task; load the page again.")
    if is_contact:
        attempt_of_task(task, by=actor.name, at=at)
    record_event(
        actor,
        f"task.{status}",
        task,
        at=at,
        customer_id=task.customer_id,
        kind=task.kind,
        **data,
    )
