"""The question a guest answers through a link, with the least that answering it takes."""

from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.models import Dispute, DisputeTask
from dunwell.queries.dispute_cases import Status
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.dispute_tasks import LINK_DAYS
from dunwell.queries.link_tokens import hashed_link

LONGEST_TOKEN = 100
"""Characters; what is longer is no token of ours, and is not even looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuestPart:
    """An item of the case: its number and what of it is disputed."""

    item: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GuestQuestion:
    """What a guest sees: the question and what it is about; nothing of the customer."""

    question: str
    guest_name: str
    by: str
    due_on: date
    case_number: str
    reason_label: str
    parts: tuple[GuestPart, ...]


def task_of_link(token: str) -> DisputeTask | None:
    """Return the question a link was made for, None for a token nobody was given; one query."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    return (
        DisputeTask.objects.filter(token_hash=hashed_link(token))
        .select_related("case__company")
        .first()
    )


def is_answerable(task: DisputeTask, *, as_of: date) -> bool:
    """Return whether a guest's link still works: once, while the case runs, and for a while."""
    return (
        bool(task.token_hash)
        and task.answered_at is None
        and task.cancelled_at is None
        and task.case.status not in (Status.CLOSED, Status.WITHDRAWN, Status.MERGED)
        and as_of <= task.due_on + timedelta(days=LINK_DAYS)
    )


def guest_question(task: DisputeTask, *, as_of: date, language: str = "en") -> GuestQuestion:
    """Return what the page of a link shows; two queries."""
    case = task.case
    policy = dispute_policy_in_force(case.company, as_of=as_of).policy
    parts = Dispute.objects.filter(case=case, closed_on=None).select_related("item")
    return GuestQuestion(
        question=task.question,
        guest_name=task.guest_name,
        by=task.by.partition(" via ")[0],
        due_on=task.due_on,
        case_number=case.number,
        reason_label=policy.reason_label(case.reason, language),
        parts=tuple(
            GuestPart(
                item=one.item.number, amount_minor=one.amount_minor, currency=one.item.currency
            )
            for one in parts.order_by("pk")
        ),
    )
