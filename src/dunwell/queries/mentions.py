"""Mentions as pages and the API show them: who calls whom, where, and whether it was seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from dunwell.models import Company, Mention
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.playbooks import office_of, playbooks_in_force
from dunwell.queries.workforce import covered_users

MINE, MADE, ALL = "mine", "made", "all"
SCOPES = (MINE, MADE, ALL)
"""Call this person and wait; made by it and wait; every one that calls it or is by it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MentionRow:
    """One mention; `minutes_left` are office minutes to say it was seen, below 0 too late.

    `text` is empty for a reader who may not read notes. `subject` and `subject_id` name the
    record a comment stands at.
    """

    id: int
    customer_id: int
    customer_name: str
    person: str
    by: str
    at: datetime
    is_note: bool
    subject: str
    subject_id: int | None
    text: str
    minutes_left: int | None
    is_late: bool
    acknowledged_by: str
    acknowledged_at: datetime | None
    may_acknowledge: bool


def mention_rows(
    company: Company,
    *,
    user_id: int | None,
    person: str,
    scope: str = MINE,
    may_read_notes: bool,
    cursor: str = "",
    limit: int = PAGE_SIZE,
    as_of: date,
    at: datetime,
) -> Page[MentionRow]:
    """Return one page for a person and those it covers for, the newest first."""
    users = covered_users(company, user_id=user_id, as_of=as_of)
    limit = page_limit(limit)
    order: tuple[str, ...] = ("-id",)
    kinds: tuple[type[Key], ...] = (int,)
    found = (
        Mention.objects.filter(_scope(scope, users, person), company=company)
        .filter(after(cursor, order, kinds))
        .select_related("customer", "user", "note", "comment")
        .order_by(*order)[: limit + 1]
    )
    rows = _rows(company, found, users, may_read_notes=may_read_notes, as_of=as_of, at=at)
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def mention_of(
    company: Company,
    mention_id: int,
    *,
    user_id: int | None,
    person: str,
    may_read_notes: bool,
    as_of: date,
    at: datetime,
) -> MentionRow | None:
    """Return one mention that calls the person or one it covers for, or is by it; else None."""
    users = covered_users(company, user_id=user_id, as_of=as_of)
    found = Mention.objects.filter(
        _scope(ALL, users, person), company=company, pk=mention_id
    ).select_related("customer", "user", "note", "comment")
    rows = _rows(company, found, users, may_read_notes=may_read_notes, as_of=as_of, at=at)
    return next(iter(rows), None)


def _rows(
    company: Company,
    found: Iterable[Mention],
    users: Sequence[int],
    *,
    may_read_notes: bool,
    as_of: date,
    at: datetime,
) -> list[MentionRow]:
    office = office_of(company, playbooks_in_force(company, as_of=as_of))
    rows: list[MentionRow] = []
    for one in found:
        is_waiting, is_late = one.acknowledged_at is None, one.answer_by_at <= at
        left = office.minutes_between(at, one.answer_by_at)
        if is_late:
            left = -max(1, office.minutes_between(one.answer_by_at, at))
        text = one.comment.text if one.comment is not None else ""
        if one.note is not None and may_read_notes:
            text = one.note.text
        rows.append(
            MentionRow(
                id=one.pk,
                customer_id=one.customer_id,
                customer_name=one.customer.name,
                person=one.user.username,
                by=one.by,
                at=one.at,
                is_note=one.note_id is not None,
                subject=one.comment.subject if one.comment is not None else "",
                subject_id=one.comment.subject_id if one.comment is not None else None,
                text=text,
                minutes_left=left if is_waiting else None,
                is_late=is_waiting and is_late,
                acknowledged_by=one.acknowledged_by,
                acknowledged_at=one.acknowledged_at,
                may_acknowledge=is_waiting and one.user_id in users,
            )
        )
    return rows


def _scope(scope: str, users: list[int], person: str) -> Q:
    to_me, by_me = Q(user__in=users), Q(by=person)
    if scope == MINE:
        return to_me & Q(acknowledged_at=None)
    return by_me & Q(acknowledged_at=None) if scope == MADE else to_me | by_me
