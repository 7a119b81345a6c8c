"""Tasks as pages and the API show them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from dunwell.models import Company, Task
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRow:
    """One thing a person is asked to do; `is_late`: open and its day has passed."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    collector: str
    message_id: int | None
    kind: str
    kind_label: str
    status: str
    reason: str
    due_on: date
    done_at: datetime | None
    done_by: str
    is_late: bool


def task_rows(
    company: Company,
    *,
    as_of: date,
    status: str = "open",
    kind: str = "",
    customer_id: int | None = None,
    collector_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[TaskRow]:
    """Return one page of tasks, the soonest due first; an empty status gives them all."""
    found = Q(company=company)
    if status:
        found &= Q(status=status)
    if kind:
        found &= Q(kind=kind)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    if collector_id is not None:
        found &= Q(customer__collector=collector_id)
    limit = page_limit(limit)
    rows = _rows(found & after(cursor, ("due_on", "id"), (date, int)), limit=limit)
    return page_of(
        [
            TaskRow(
                id=task.pk,
                customer_id=task.customer_id,
                customer_number=task.customer.number,
                customer_name=task.customer.name,
                collector=task.customer.collector.username if task.customer.collector else "",
                message_id=task.message_id,
                kind=task.kind,
                kind_label=str(Task.Kind(task.kind).label),
                status=task.status,
                reason=task.reason,
                due_on=task.due_on,
                done_at=task.done_at,
                done_by=task.done_by,
                is_late=task.status == Task.Status.OPEN and task.due_on < as_of,
            )
            for task in rows
        ],
        limit=limit,
        key=lambda row: (row.due_on, row.id),
    )


@prepared
def _rows(condition: Q, *, limit: int) -> QuerySet[Task]:
    found = Task.objects.filter(condition).select_related("customer__collector")
    return found.order_by("due_on", "id")[: limit + 1]
