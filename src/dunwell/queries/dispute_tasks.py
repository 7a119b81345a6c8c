"""Questions about dispute cases: of one case, and those that wait for a person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dunwell.models import Company, DisputeCase, DisputeTask
from dunwell.queries.workforce import own_or_covered

LINK_DAYS = 14
"""So many days after its due day the link of a guest still works."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeTaskRow:
    """A question; `is_open` while nobody answered; a guest's link works until `link_until`."""

    id: int
    case_id: int
    case_number: str
    question: str
    whom: str
    is_guest: bool
    guest_email: str
    due_on: date
    is_late: bool
    is_open: bool
    is_cancelled: bool
    answered_at: datetime | None
    answered_by: str
    answer: str
    verdict: str
    by: str
    link_until: date | None


def my_task_rows(company: Company, *, user_id: int, as_of: date) -> tuple[DisputeTaskRow, ...]:
    """Return the questions that wait for a person or whom it covers for; one query."""
    return task_rows(
        own_or_covered("assignee", company, user_id, as_of=as_of)
        & Q(
            case__company=company,
            answered_at=None,
            cancelled_at=None,
        )
        & ~Q(case__status__in=DisputeCase.OVER),
        as_of=as_of,
    )


def task_rows(which: Q, *, as_of: date) -> tuple[DisputeTaskRow, ...]:
    """Return questions, the newest first; one query."""
    found = DisputeTask.objects.filter(which).select_related("assignee", "case").order_by("-pk")
    return tuple(
        DisputeTaskRow(
            id=one.pk,
            case_id=one.case_id,
            case_number=one.case.number,
            question=one.question,
            whom=one.assignee.username if one.assignee else one.guest_name,
            is_guest=bool(one.guest_email),
            guest_email=one.guest_email,
            due_on=one.due_on,
            is_late=is_open and one.due_on < as_of,
            is_open=is_open,
            is_cancelled=one.cancelled_at is not None,
            answered_at=one.answered_at,
            answered_by=one.answered_by,
            answer=one.answer,
            verdict=one.verdict,
            by=one.by,
            link_until=one.due_on + timedelta(days=LINK_DAYS) if one.guest_email else None,
        )
        for one in found
        for is_open in (one.answered_at is None and one.cancelled_at is None,)
    )
