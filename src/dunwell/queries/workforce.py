"""Who collects today: minutes, absences, cover, and how far each has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.ml.action_day import CAPACITY_MINUTES
from dunwell.models import (
    Absence,
    Company,
    Membership,
    Note,
    Role,
    Task,
    User,
    WorkCapacity,
    WorklistEntry,
)
from dunwell.queries.prepared import prepared

COLLECTING = (Role.COLLECTOR, Role.CREDIT_MANAGER)
"""Roles whose holders may have customers to collect from."""

NOTHING = (0, 0, 0, 0)
"""A plan without a customer: customers, minutes, expected extra cash, customers contacted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Workforce:
    """Minutes by collector on a day (0 while away), and who covers for whom is away."""

    minutes: Mapping[int, int]
    covers: Mapping[int, int | None]

    def at_work(self, user_id: int) -> int | None:
        """Return who works for a collector today: itself, its cover, or nobody.

        A cover who is away too has a cover of its own; a circle of them is nobody.
        """
        seen: set[int] = set()
        present: int | None = user_id
        while present is not None and present in self.covers and present not in seen:
            seen.add(present)
            present = self.covers[present]
        return None if present in seen else present

    def works_for(self, user_id: int) -> list[int]:
        """Return whose customers a person works on: its own, and those of whom it covers."""
        return [user_id, *(away for away in self.covers if self.at_work(away) == user_id)]


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceRow:
    """One absence; `is_now`: it holds on the day asked for. `is_seen`: the cover knows of it."""

    id: int
    user_id: int
    name: str
    cover: str
    kind: str
    kind_label: str
    from_on: date
    until_on: date
    is_now: bool
    cover_id: int | None
    note: str
    is_seen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRow:
    """One collector's day: what there is, what fits, what is done; amounts in home minor units.

    `customers` counts those on the worklist that are the person's own; `planned` of them (and of
    those it covers for) fit into its `minutes`, and `planned_done` of these were contacted today.
    """

    user_id: int
    name: str
    minutes: int
    is_away: bool
    cover: str
    customers: int
    to_collect_minor: int
    planned: int
    planned_done: int
    planned_minutes: int
    expected_extra_minor: int
    tasks_open: int
    tasks_done: int
    calls: int


def workforce(company: Company, *, as_of: date) -> Workforce:
    """Return who works on a day and how long; two queries.

    Who never said how many minutes has CAPACITY_MINUTES, and is not in `minutes`.
    """
    covers = _covers(company, as_of)
    minutes: dict[int, int] = {}
    for capacity in WorkCapacity.objects.filter(company=company, from_on__lte=as_of).order_by(
        "from_on"
    ):
        minutes[capacity.user_id] = capacity.minutes
    return Workforce(minutes=minutes | dict.fromkeys(covers, 0), covers=covers)


def covered_users(company: Company, *, user_id: int | None, as_of: date) -> list[int]:
    """Return whose customers a person works on today: its own, and those of whom it covers."""
    if user_id is None:
        return []
    covers = _covers(company, as_of)
    return Workforce(minutes={}, covers=covers).works_for(user_id)


def own_or_covered(field: str, company: Company, user_id: int | None, *, as_of: date) -> Q:
    """Return the condition "a field is the person, or somebody it covers for"; none for nobody.

    For use within another query; unlike `covered_users` it does not follow a cover who is away.
    """
    if user_id is None:
        return Q(pk=None)
    covered = Absence.objects.filter(
        company=company,
        cover=user_id,
        cancelled_on=None,
        from_on__lte=as_of,
        until_on__gte=as_of,
    )
    return Q(**{field: user_id}) | Q(**{f"{field}__in": covered.values("user")})


def absence_rows(company: Company, *, as_of: date) -> tuple[AbsenceRow, ...]:
    """Return the absences that hold or are to come, the next one first."""
    found = Absence.objects.filter(company=company, cancelled_on=None, until_on__gte=as_of)
    return tuple(
        absence_row(one, as_of=as_of)
        for one in found.select_related("user", "cover").order_by("from_on", "id")
    )


def absence_row(absence: Absence, *, as_of: date) -> AbsenceRow:
    """Return how an absence, read with its people, reads on a day."""
    return AbsenceRow(
        id=absence.pk,
        user_id=absence.user_id,
        name=absence.user.username,
        cover_id=absence.cover_id,
        cover=absence.cover.username if absence.cover else "",
        kind=absence.kind,
        kind_label=str(Absence.Kind(absence.kind).label),
        from_on=absence.from_on,
        until_on=absence.until_on,
        is_now=absence.from_on <= as_of <= absence.until_on,
        note=absence.note,
        is_seen=absence.seen_at is not None,
    )


def collectors_of(company: Company) -> list[User]:
    """Return who may have customers to collect from, by name."""
    members = Membership.objects.filter(company=company, role__in=COLLECTING)
    return list(
        User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("username")
    )


def team_rows(company: Company, *, as_of: date) -> tuple[TeamRow, ...]:
    """Return every collector's day; the same queries however many there are."""
    force = workforce(company, as_of=as_of)
    people = collectors_of(company)
    names = {person.pk: person.username for person in people}
    own, planned = _loads(company, force, as_of)
    tasks = {
        name: (still_open, done)
        for name, still_open, done in Task.objects.filter(
            company=company, customer__collector__isnull=False
        )
        .values("customer__collector")
        .annotate(
            still_open=Count("id", filter=Q(status=Task.Status.OPEN, due_on__lte=as_of)),
            done=Count("id", filter=Q(status=Task.Status.DONE, done_at__date=as_of)),
        )
        .values_list("customer__collector", "still_open", "done")
    }
    calls = dict(
        Note.objects.filter(company=company, on=as_of, kind=Note.Kind.CALL)
        .values("by")
        .annotate(n=Count("id"))
        .values_list("by", "n")
    )
    return tuple(
        TeamRow(
            user_id=person.pk,
            name=person.username,
            minutes=force.minutes.get(person.pk, CAPACITY_MINUTES),
            is_away=person.pk in force.covers,
            cover=names.get(force.covers.get(person.pk) or 0, ""),
            customers=own.get(person.pk, (0, 0))[0],
            to_collect_minor=own.get(person.pk, (0, 0))[1],
            planned=planned.get(person.pk, NOTHING)[0],
            planned_done=planned.get(person.pk, NOTHING)[3],
            planned_minutes=planned.get(person.pk, NOTHING)[1],
            expected_extra_minor=planned.get(person.pk, NOTHING)[2],
            tasks_open=tasks.get(person.pk, (0, 0))[0],
            tasks_done=tasks.get(person.pk, (0, 0))[1],
            calls=calls.get(person.username, 0),
        )
        for person in people
    )


def _loads(
    company: Company, force: Workforce, as_of: date
) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int, int, int]]]:
    """Return customers and what is to collect of each collector, and the plan of who works."""
    is_planned = Q(reasons__suggestion__is_planned=True)
    contacted = Note.objects.filter(company=company, on=as_of).values("customer")
    rows = (
        WorklistEntry.objects.filter(company=company, customer__collector__isnull=False)
        .values("customer__collector")
        .annotate(
            n=Count("id"),
            collect=Sum("to_collect_minor"),
            fits=Count("id", filter=is_planned),
            minutes=Sum("minutes", filter=is_planned),
            extra=Sum("expected_extra_minor", filter=is_planned),
            done=Count("id", filter=is_planned & Q(customer__in=contacted)),
        )
        .values_list("customer__collector", "n", "collect", "fits", "minutes", "extra", "done")
    )
    own: dict[int, tuple[int, int]] = {}
    planned: dict[int, tuple[int, int, int, int]] = {}
    for user_id, n, collect, fits, minutes, extra, done in rows:
        own[user_id] = (n, int(collect or 0))
        present = force.at_work(user_id)
        if present is not None:
            before = planned.get(present, NOTHING)
            planned[present] = (
                before[0] + fits,
                before[1] + int(minutes or 0),
                before[2] + int(extra or 0),
                before[3] + done,
            )
    return own, planned


def _covers(company: Company, as_of: date) -> dict[int, int | None]:
    """Return who is away on a day, each with who covers."""
    return dict(_away(company.pk, as_of))


@prepared
def _away(company_id: int, as_of: date) -> QuerySet[Any, tuple[int, int | None]]:
    found = Absence.objects.filter(
        company=company_id, cancelled_on=None, from_on__lte=as_of, until_on__gte=as_of
    )
    return found.order_by("from_on", "id").values_list("user_id", "cover_id")
