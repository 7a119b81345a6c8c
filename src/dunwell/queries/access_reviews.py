"""Whose rights were looked at by whom and when, and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from dunwell.models import AccessReview, AdvisorAccess, Company, Membership, Role, User

FIRST_DAYS = 90
"""Days after which the rights of somebody new are looked at first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessReviewRow:
    """One person's rights: when they were looked at last, and when again.

    `outcome` is empty where nobody has looked yet; `rights` counts what the roles give.
    """

    user_id: int
    username: str
    roles: tuple[str, ...]
    role_labels: tuple[str, ...]
    rights: int
    reviewed_on: date | None
    by: str
    outcome: str
    note: str
    due_on: date
    is_overdue: bool


def held_roles(
    company: Company, *, as_of: date, only: int | None = None
) -> dict[int, tuple[str, ...]]:
    """Return the sorted roles of everybody who may sign in, or of one person; one query.

    People of agencies are among them; advisors and auditors are until the day their access ends.
    """
    begins = datetime.combine(as_of, time.min, tzinfo=ZoneInfo(company.zone))
    running = AdvisorAccess.objects.filter(
        company=company, user=OuterRef("user"), role=OuterRef("role"),
        accepted_at__isnull=False, revoked_at=None, ends_at__gt=begins,
    )  # fmt: skip
    held = Membership.objects.filter(
        ~Q(role__in=(Role.ADVISOR, Role.AUDITOR)) | Exists(running),
        company=company,
        user__is_active=True,
    )
    if only is not None:
        held = held.filter(user=only)
    roles: dict[int, tuple[str, ...]] = {}
    for key, role in held.order_by("user", "role").values_list("user", "role"):
        roles[key] = (*roles.get(key, ()), role)
    return roles


def access_review_rows(
    company: Company, *, rights: Mapping[str, frozenset[str]], as_of: date
) -> tuple[AccessReviewRow, ...]:
    """Return everybody who may sign in for the company, whose turn comes first; three queries."""
    roles = held_roles(company, as_of=as_of)
    last: dict[int, AccessReview] = {}
    for one in AccessReview.objects.filter(company=company).order_by("reviewed_on", "id"):
        last[one.user_id] = one
    rows = [
        _row(person, roles[person.pk], last.get(person.pk), rights, as_of=as_of)
        for person in User.objects.filter(pk__in=roles)
    ]
    return tuple(sorted(rows, key=lambda row: (row.due_on, row.username)))


def overdue_reviews(company: Company, *, rights: Mapping[str, frozenset[str]], as_of: date) -> int:
    """Return how many people's rights should have been looked at before the day."""
    return sum(row.is_overdue for row in access_review_rows(company, rights=rights, as_of=as_of))


@dataclass(frozen=True, kw_only=True, slots=True)
class PastReviewRow:
    """One look at somebody's rights: the roles held before it, and those that it took."""

    id: int
    user_id: int
    username: str
    roles: tuple[str, ...]
    taken: tuple[str, ...]
    taken_labels: tuple[str, ...]
    outcome: str
    outcome_label: str
    note: str
    by: str
    reviewed_on: date
    due_on: date


def review_history(company: Company, *, only: int | None = None) -> tuple[PastReviewRow, ...]:
    """Return every review there was, the newest first, or the one asked for; one query."""
    found = AccessReview.objects.filter(company=company).select_related("user")
    if only is not None:
        found = found.filter(pk=only)
    return tuple(
        PastReviewRow(
            id=one.pk,
            user_id=one.user_id,
            username=one.user.username,
            roles=tuple(one.roles),
            taken=tuple(one.taken),
            taken_labels=tuple(str(Role(role).label) for role in one.taken),
            outcome=one.outcome,
            outcome_label=str(AccessReview.Outcome(one.outcome).label),
            note=one.note,
            by=one.by,
            reviewed_on=one.reviewed_on,
            due_on=one.due_on,
        )
        for one in found.order_by("-reviewed_on", "-id")
    )


def _row(
    person: User,
    roles: tuple[str, ...],
    last: AccessReview | None,
    rights: Mapping[str, frozenset[str]],
    *,
    as_of: date,
) -> AccessReviewRow:
    due_on = last.due_on if last else person.date_joined.date() + timedelta(days=FIRST_DAYS)
    return AccessReviewRow(
        user_id=person.pk,
        username=person.username,
        roles=roles,
        role_labels=tuple(str(Role(role).label) for role in roles),
        rights=len(frozenset().union(*(rights[role] for role in roles))),
        reviewed_on=last.reviewed_on if last else None,
        by=last.by if last else "",
        outcome=last.outcome if last else "",
        note=last.note if last else "",
        due_on=due_on,
        is_overdue=due_on < as_of,
    )
