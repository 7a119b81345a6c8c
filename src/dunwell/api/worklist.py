"""/worklist and /tasks: whom to contact next, and why."""

from typing import Any, Literal

from ninja import Router

from dunwell.actions.tasks import cancel_task, complete_task
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    ReasonIn,
    Text,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Task
from dunwell.queries.pages import Page
from dunwell.queries.tasks import TaskRow, task_rows
from dunwell.queries.worklist import WorklistRow, worklist_rows
from dunwell.queries.worklist_sums import DayPlan, WorklistCounts, day_plan, worklist_counts

router = Router(tags=["worklist"])


@router.get("/worklist", response=answers(Page[WorklistRow]))
def list_worklist(
    request: ApiRequest,
    show: Literal["plan", "mine", "all", "unassigned", "snoozed"] = "mine",
    search: Text = "",
    pool_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[WorklistRow]:
    """List customers by rank: expected extra cash per minute, with the reasons.

    `suggestion` says what to do and whether it fits into today's minutes; `show=plan` lists
    what does. Its effect is assumed where `low_ppm` is empty, else measured.
    """
    request.actor.require("ledger.view")
    return worklist_rows(
        request.actor.company,
        as_of=request.as_of,
        user_id=request.actor.user_id,
        show=show,
        search=search,
        pool_id=pool_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/worklist/counts", response=answers(WorklistCounts))
def count_worklist(request: ApiRequest) -> WorklistCounts:
    """Count the worklist's views."""
    request.actor.require("ledger.view")
    actor = request.actor
    return worklist_counts(actor.company, as_of=request.as_of, user_id=actor.user_id)


@router.get("/worklist/plan", response=answers(DayPlan))
def show_day_plan(request: ApiRequest) -> DayPlan:
    """Show what fits into the person's day: the sums of `/worklist?show=plan`."""
    request.actor.require("ledger.view")
    actor = request.actor
    return day_plan(actor.company, as_of=request.as_of, user_id=actor.user_id)


@router.get("/tasks", response=answers(Page[TaskRow]))
def list_tasks(
    request: ApiRequest,
    status: Literal["", "open", "done", "cancelled"] = "open",
    kind: Literal["", "call", "letter", "approve", "broken_promise", "contact_missing"] = "",
    customer_id: Key | None = None,
    collector_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[TaskRow]:
    """List tasks, the soonest due first."""
    request.actor.require("ledger.view")
    return task_rows(
        request.actor.company,
        as_of=request.as_of,
        status=status,
        kind=kind,
        customer_id=customer_id,
        collector_id=collector_id,
        cursor=cursor,
        limit=limit,
    )


@router.post("/tasks/{task_id}/complete", response=answers(Done))
@once
def finish_task(request: ApiRequest, task_id: Id) -> tuple[int, dict[str, Any]]:
    """Mark a task done."""
    complete_task(actor=request.actor, task=own(Task, request.actor, task_id), at=request.at)
    return 200, {"changed": 1}


@router.post("/tasks/{task_id}/cancel", response=answers(Done))
@once
def drop_task(request: ApiRequest, task_id: Id, body: ReasonIn) -> tuple[int, dict[str, Any]]:
    """Cancel a task, with the reason."""
    cancel_task(
        actor=request.actor,
        task=own(Task, request.actor, task_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}
