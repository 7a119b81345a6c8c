"""Operations about worklist. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AbsenceIn
    from dunwell_client.generated.models import AbsenceRow
    from dunwell_client.generated.models import CallQueue
    from dunwell_client.generated.models import CapacityIn
    from dunwell_client.generated.models import CoverPage
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DayPlan
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MyDay
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import TaskRow
    from dunwell_client.generated.models import TeamRow
    from dunwell_client.generated.models import WhatIf
    from dunwell_client.generated.models import WorklistCounts
    from dunwell_client.generated.models import WorklistRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class WorklistArea:
    """Operations about worklist."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_worklist(self, *, show: Literal['plan', 'mine', 'all', 'unassigned', 'snoozed'] | None = None, search: str | None = None, pool_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[WorklistRow]:
        """List customers by rank: expected extra cash per minute, with the reasons.

        `suggestion` says what to do and whether it fits into today's minutes; `show=plan` lists
        what does. Its effect is assumed where `low_ppm` is empty, else measured.

        GET /api/v1/worklist
        """
        told: Page[WorklistRow] = self._connection.call("GET", "/worklist", query={"show": show, "search": search, "pool_id": pool_id, "cursor": cursor, "limit": limit})
        return told

    def count_worklist(self) -> WorklistCounts:
        """Count the worklist's views.

        GET /api/v1/worklist/counts
        """
        told: WorklistCounts = self._connection.call("GET", "/worklist/counts")
        return told

    def show_day_plan(self) -> DayPlan:
        """Show what fits into the person's day: the sums of `/worklist?show=plan`.

        GET /api/v1/worklist/plan
        """
        told: DayPlan = self._connection.call("GET", "/worklist/plan")
        return told

    def list_tasks(self, *, status: Literal['', 'open', 'done', 'cancelled'] | None = None, kind: Literal['', 'call', 'letter', 'approve', 'broken_promise', 'contact_missing'] | None = None, customer_id: int | None = None, collector_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[TaskRow]:
        """List tasks, the soonest due first.

        GET /api/v1/tasks
        """
        told: Page[TaskRow] = self._connection.call("GET", "/tasks", query={"status": status, "kind": kind, "customer_id": customer_id, "collector_id": collector_id, "cursor": cursor, "limit": limit})
        return told

    def finish_task(self, task_id: int, *, idempotency_key: str | None = None) -> Done:
        """Mark a task done.

        POST /api/v1/tasks/{task_id}/complete
        """
        told: Done = self._connection.call("POST", f"/tasks/{path_part(task_id)}/complete", takes_key=True, key=idempotency_key)
        return told

    def drop_task(self, task_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Cancel a task, with the reason.

        POST /api/v1/tasks/{task_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/tasks/{path_part(task_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_my_day(self) -> MyDay:
        """Show what there is to reach today, what waits, and what is done so far.

        GET /api/v1/my-day
        """
        told: MyDay = self._connection.call("GET", "/my-day")
        return told

    def list_calls(self) -> CallQueue:
        """List the calls of one's day in their order, and who may not be called now and why.

        `verdict.next_at` is when a call is allowed again; a result is recorded as a note of the
        kind `call`, which takes the customer off the list.

        GET /api/v1/calls
        """
        told: CallQueue = self._connection.call("GET", "/calls")
        return told

    def list_team(self) -> list[TeamRow]:
        """List every collector with what there is, what fits into the day, and what is done.

        GET /api/v1/team
        """
        told: list[TeamRow] = self._connection.call("GET", "/team")
        return told

    def list_absences(self) -> list[AbsenceRow]:
        """List absences that hold or are to come.

        GET /api/v1/team/absences
        """
        told: list[AbsenceRow] = self._connection.call("GET", "/team/absences")
        return told

    def new_absence(self, body: AbsenceIn, *, idempotency_key: str | None = None) -> Created:
        """Note down that a person is away; the cover works on the customers meanwhile.

        POST /api/v1/team/absences
        """
        told: Created = self._connection.call("POST", "/team/absences", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_absence(self, absence_id: int) -> CoverPage:
        """Show an absence: what moves to the cover, and what was done meanwhile.

        GET /api/v1/team/absences/{absence_id}
        """
        told: CoverPage = self._connection.call("GET", f"/team/absences/{path_part(absence_id)}")
        return told

    def see_absence(self, absence_id: int, *, idempotency_key: str | None = None) -> Done:
        """Say that the caller knows of covering.

        POST /api/v1/team/absences/{absence_id}/seen
        """
        told: Done = self._connection.call("POST", f"/team/absences/{path_part(absence_id)}/seen", takes_key=True, key=idempotency_key)
        return told

    def end_absence(self, absence_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take an absence back.

        POST /api/v1/team/absences/{absence_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/team/absences/{path_part(absence_id)}/cancel", takes_key=True, key=idempotency_key)
        return told

    def new_capacity(self, body: CapacityIn, *, idempotency_key: str | None = None) -> Created:
        """Say how many minutes a day a person has for customers.

        POST /api/v1/team/capacities
        """
        told: Created = self._connection.call("POST", "/team/capacities", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_what_if(self, *, people: int | None = None, minutes: int | None = None, hours: int | None = None, call: int | None = None, letter: int | None = None, email: int | None = None) -> WhatIf:
        """Show the cash a team reaches a day, who waits, one person more, and a fair mix.

        What is left out is as it is today.

        GET /api/v1/team/what-if
        """
        told: WhatIf = self._connection.call("GET", "/team/what-if", query={"people": people, "minutes": minutes, "hours": hours, "call": call, "letter": letter, "email": email})
        return told
