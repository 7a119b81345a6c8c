"""What moves while somebody is away: the work the cover sees, and what was done meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dunwell.models import (
    Absence,
    Company,
    Customer,
    DisputeCase,
    DisputeTask,
    Escalation,
    Event,
    HandOff,
    Membership,
    Mention,
    Promise,
    Task,
    User,
    WorklistEntry,
)
from dunwell.queries.colleagues import Colleague, colleagues
from dunwell.queries.workforce import AbsenceRow, absence_row, workforce

MOST_ROWS = 20
"""Rows shown of a kind; the count is of all."""

MOST_EVENTS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredRow:
    """One piece of work that moves; `id` is its key, `on` the day it is due where it has one."""

    id: int
    customer_id: int | None
    customer_name: str
    text: str
    on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverPart:
    """One kind of work: how many there are, and the first of them."""

    kind: str
    count: int
    rows: tuple[CoveredRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DoneRow:
    """Something that was done with a customer of the absent person while it was away."""

    on: str
    verb: str
    by: str
    customer_id: int
    customer_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverPage:
    """An absence with what moves to whom, and what the person reads on coming back.

    `works_now` is who works for the person on the day asked for: the cover, whoever covers for
    that one, or empty for nobody. `missing` are desks of the absent person the cover does not
    sit at: that work waits.
    """

    row: AbsenceRow
    works_now: str
    missing: tuple[str, ...]
    parts: tuple[CoverPart, ...]
    done: tuple[DoneRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverChoice:
    """Somebody who could cover, with how much it has already: customers, and of others' too."""

    user_id: int
    name: str
    customers: int
    covers: int


def cover_page(company: Company, absence_id: int, *, as_of: date) -> CoverPage | None:
    """Return an absence of the company with what moves; None for none."""
    absence = (
        Absence.objects.filter(company=company, pk=absence_id, cancelled_on=None)
        .select_related("user", "cover")
        .first()
    )
    if absence is None:
        return None
    force = workforce(company, as_of=as_of)
    people = {one.user_id: one for one in colleagues(company)}
    present = force.at_work(absence.user_id)
    return CoverPage(
        row=absence_row(absence, as_of=as_of),
        works_now=people[present].username if present in people else "",
        missing=_missing(people, absence),
        parts=_parts(company, absence),
        done=_done(company, absence),
    )


def cover_choices(company: Company, user: User, *, first: date, last: date) -> list[CoverChoice]:
    """Return who could cover for a person, who has least first; four queries.

    Somebody of one of its desks who is there on all these days.
    """
    people = colleagues(company)
    desks = {desk for one in people if one.user_id == user.pk for desk in one.desks}
    away = set(
        Absence.objects.filter(
            company=company, cancelled_on=None, from_on__lte=last, until_on__gte=first
        ).values_list("user_id", flat=True)
    )
    covering = list(
        Absence.objects.filter(
            company=company, cancelled_on=None, from_on__lte=last, until_on__gte=first
        ).values_list("cover_id", flat=True)
    )
    owned: dict[int, int] = {}
    for key in WorklistEntry.objects.filter(
        company=company, customer__collector__isnull=False
    ).values_list("customer__collector", flat=True):
        owned[key] = owned.get(key, 0) + 1
    found = [
        CoverChoice(
            user_id=one.user_id,
            name=one.name,
            customers=owned.get(one.user_id, 0),
            covers=covering.count(one.user_id),
        )
        for one in people
        if one.user_id != user.pk and one.user_id not in away and desks & set(one.desks)
    ]
    return sorted(found, key=lambda one: (one.covers, one.customers, one.name))


def _missing(people: dict[int, Colleague], absence: Absence) -> tuple[str, ...]:
    away, cover = people.get(absence.user_id), people.get(absence.cover_id or 0)
    if away is None or cover is None:
        return ()
    return tuple(desk for desk in away.desks if desk not in cover.desks)


def _parts(company: Company, absence: Absence) -> tuple[CoverPart, ...]:
    user, last = absence.user, absence.until_on
    theirs = {"company": company, "customer__collector": user}
    open_work = (HandOff.Status.ASKED, HandOff.Status.TAKEN)
    return (
        _part(
            "customers",
            WorklistEntry.objects.filter(**theirs).order_by("rank"),
            lambda _: ("", None),
        ),
        _part(
            "promises",
            Promise.objects.filter(
                **theirs, outcome=Promise.Outcome.OPEN, due_on__lte=last
            ).order_by("due_on", "id"),
            lambda one: ("", one.due_on),
        ),
        _part(
            "tasks",
            Task.objects.filter(**theirs, status=Task.Status.OPEN, due_on__lte=last).order_by(
                "due_on", "id"
            ),
            lambda one: (str(Task.Kind(one.kind).label), one.due_on),
        ),
        _part(
            "hand_offs",
            HandOff.objects.filter(
                Q(to_user=user) | Q(taken_user=user), company=company, status__in=open_work
            ).order_by("answer_by_at", "id"),
            lambda one: (one.what, one.due_on),
        ),
        _part(
            "mentions",
            Mention.objects.filter(company=company, user=user, acknowledged_at=None).order_by(
                "id"
            ),
            lambda one: (one.by, one.at.date()),
        ),
        _part(
            "escalations",
            Escalation.objects.filter(company=company, to_user=user)
            .exclude(status=Escalation.Status.RESOLVED)
            .order_by("answer_by_on", "id"),
            lambda one: (str(Escalation.Kind(one.kind).label), one.answer_by_on),
        ),
        _part(
            "disputes",
            DisputeCase.objects.filter(company=company, owner=user)
            .exclude(status__in=DisputeCase.OVER)
            .order_by("id"),
            lambda one: (one.number, one.resolve_by),
        ),
        _questions(company, user),
    )


def _part(
    kind: str,
    found: QuerySet[Any],
    told: Callable[[Any], tuple[str, date | None]],
) -> CoverPart:
    rows = [
        CoveredRow(
            id=one.pk,
            customer_id=one.customer_id,
            customer_name=one.customer.name if one.customer_id else "",
            text=told(one)[0],
            on=told(one)[1],
        )
        for one in found.select_related("customer")[:MOST_ROWS]
    ]
    return CoverPart(kind=kind, count=found.count(), rows=tuple(rows))


def _questions(company: Company, user: User) -> CoverPart:
    """Return questions about disputes that wait for the person."""
    found = DisputeTask.objects.filter(
        case__company=company, assignee=user, answered_at=None, cancelled_at=None
    ).exclude(case__status__in=DisputeCase.OVER)
    rows = [
        CoveredRow(
            id=one.case_id,
            customer_id=one.case.customer_id,
            customer_name=one.case.customer.name,
            text=one.question,
            on=one.due_on,
        )
        for one in found.select_related("case__customer").order_by("due_on", "id")[:MOST_ROWS]
    ]
    return CoverPart(kind="questions", count=found.count(), rows=tuple(rows))


def _done(company: Company, absence: Absence) -> tuple[DoneRow, ...]:
    """Return what others did with the person's customers on the days it was away, newest first."""
    others = (
        User.objects.filter(pk__in=Membership.objects.filter(company=company).values("user"))
        .exclude(pk=absence.user_id)
        .values("username")
    )
    mine = Customer.objects.filter(company=company, collector=absence.user)
    names = dict(mine.values_list("pk", "name"))
    found = Event.objects.filter(
        company=company,
        customer_id__in=mine.values("pk"),
        actor__in=others,
        at__date__gte=absence.from_on,
        at__date__lte=absence.until_on,
    ).order_by("-seq")[:MOST_EVENTS]
    return tuple(
        DoneRow(
            on=one.at.date().isoformat(),
            verb=one.verb,
            by=one.actor,
            customer_id=one.customer_id,
            customer_name=names[one.customer_id],
        )
        for one in found
        if one.customer_id in names
    )
