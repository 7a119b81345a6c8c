"""Targets as pages and the API show them: the team's, one's own, what was reached, the feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from dunwell.engine.gaming import Standing
from dunwell.models import Company, Milestone, TargetProgress, TargetSet, WorkSetting
from dunwell.queries.target_standings import MONEY, standing

FEED = 20
SUNDAY = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressRow:
    """Where a line stood at the end of a week."""

    week_ends_on: date
    value: int | None
    honest: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetLineRow:
    """One line: what it is, where it stands today, and where it stood by the weeks.

    `value`, `honest` and `goal` in minor units of `currency` where `is_money`, else in ppm.
    """

    id: int
    aspect: str
    measure: str
    goal: int
    currency: str
    is_money: bool
    value: int | None
    honest: int | None
    cases: int
    is_reached: bool
    findings: tuple[Mapping[str, Any], ...]
    weeks: tuple[ProgressRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSetRow:
    """A set of targets, a team's where `person` is empty; `is_balanced`: all reached honestly."""

    id: int
    name: str
    person: str
    user_id: int | None
    starts_on: date
    ends_on: date
    status: str
    is_balanced: bool
    lines: tuple[TargetLineRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MilestoneRow:
    """Something worth a word; `person` empty: the team's."""

    id: int
    kind: str
    name: str
    person: str
    figures: Mapping[str, Any]
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class LineStanding:
    """Where a line of a running set stands on a day, for the cycle to keep."""

    line_id: int
    set_id: int
    user_id: int | None
    measure: str
    goal: int
    name: str
    is_reached: bool
    week_ends_on: date | None
    told: Standing


def target_sets(
    company: Company, *, viewer_id: int | None, is_lead: bool, as_of: date
) -> tuple[TargetSetRow, ...]:
    """Return the sets a person may see: the team's, its own, and what others share with the lead.

    A person's figures are nobody else's business unless that person says so.
    """
    shared = WorkSetting.objects.filter(company=company, shares_with_lead=True)
    visible = Q(user=None)
    if viewer_id is not None:
        visible |= Q(user=viewer_id)
    if is_lead:
        visible |= Q(user__in=shared.values("user"))
    found = (
        TargetSet.objects.filter(visible, company=company)
        .select_related("user")
        .prefetch_related("lines", "lines__progress")
        .order_by("status", "user_id", "-id")[:50]
    )
    ordered = sorted(found, key=lambda one: (one.status != "running", one.user_id is not None))
    return tuple(_set_row(company, one, as_of) for one in ordered)


def target_line(
    company: Company, line_id: int, *, viewer_id: int | None, is_lead: bool, as_of: date
) -> tuple[TargetSetRow, TargetLineRow] | None:
    """Return one line a person may see with its set, None for any other."""
    for one in target_sets(company, viewer_id=viewer_id, is_lead=is_lead, as_of=as_of):
        for line in one.lines:
            if line.id == line_id:
                return one, line
    return None


def milestone_rows(company: Company, *, viewer_id: int | None) -> tuple[MilestoneRow, ...]:
    """Return the feed: the team's milestones, one's own, and those others share; one query."""
    shared = WorkSetting.objects.filter(company=company, shares_milestones=True)
    visible = Q(user=None) | Q(user__in=shared.values("user"))
    if viewer_id is not None:
        visible |= Q(user=viewer_id)
    found = Milestone.objects.filter(visible, company=company).select_related("user")
    return tuple(
        MilestoneRow(
            id=one.pk,
            kind=one.kind,
            name=one.name,
            person="" if one.user is None else one.user.get_full_name() or one.user.username,
            figures=one.figures,
            on=one.on,
        )
        for one in found.order_by("-on", "-id")[:FEED]
    )


def work_setting(company: Company, user_id: int | None) -> WorkSetting:
    """Return what a person wants of targets, the defaults where nothing was said."""
    found = WorkSetting.objects.filter(company=company, user=user_id).first()
    return found or WorkSetting(company=company)


def standings_of_day(company: Company, *, as_of: date) -> tuple[LineStanding, ...]:
    """Return where every line of a running set stands; of a week that ends today with its day."""
    running = (
        TargetSet.objects.filter(
            company=company, status=TargetSet.Status.RUNNING, starts_on__lte=as_of
        )
        .select_related("user")
        .prefetch_related("lines")
        .order_by("id")
    )
    found = []
    for one in running:
        until = min(as_of, one.ends_on)
        is_week = as_of.weekday() == SUNDAY or as_of >= one.ends_on
        for line in sorted(one.lines.all(), key=lambda line: line.pk):
            told = standing(
                company, line.measure, user=one.user, from_on=one.starts_on, until_on=until
            )
            found.append(
                LineStanding(
                    line_id=line.pk,
                    set_id=one.pk,
                    user_id=one.user_id,
                    measure=line.measure,
                    goal=line.goal,
                    name=one.name,
                    is_reached=told.honest is not None and told.honest >= line.goal,
                    week_ends_on=until if is_week else None,
                    told=told,
                )
            )
    return tuple(found)


def _set_row(company: Company, one: TargetSet, as_of: date) -> TargetSetRow:
    until = min(as_of, one.ended_on or one.ends_on)
    lines = []
    for line in sorted(one.lines.all(), key=lambda line: (line.aspect, line.pk)):
        told = (
            Standing(None, None, 0)
            if until < one.starts_on
            else standing(
                company, line.measure, user=one.user, from_on=one.starts_on, until_on=until
            )
        )
        weeks: list[TargetProgress] = sorted(
            line.progress.all(), key=lambda week: week.week_ends_on
        )
        lines.append(
            TargetLineRow(
                id=line.pk,
                aspect=line.aspect,
                measure=line.measure,
                goal=line.goal,
                currency=line.currency,
                is_money=line.measure in MONEY,
                value=told.value,
                honest=told.honest,
                cases=told.cases,
                is_reached=told.honest is not None and told.honest >= line.goal,
                findings=findings_of(told),
                weeks=tuple(
                    ProgressRow(
                        week_ends_on=week.week_ends_on, value=week.value, honest=week.honest
                    )
                    for week in weeks
                ),
            )
        )
    return TargetSetRow(
        id=one.pk,
        name=one.name,
        person="" if one.user is None else one.user.get_full_name() or one.user.username,
        user_id=one.user_id,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        status=one.status,
        is_balanced=bool(lines) and all(line.is_reached for line in lines),
        lines=tuple(lines),
    )


def findings_of(told: Standing) -> tuple[Mapping[str, Any], ...]:
    """Return what the checks found as JSON holds it, with fifty cases of each at most."""
    return tuple(
        {
            "code": one.code,
            "taken_out": one.taken_out,
            "n": len(one.cases),
            "cases": [
                {
                    "kind": case.kind,
                    "id": case.id,
                    "customer_id": case.customer_id,
                    "text": case.text,
                }
                for case in one.cases[:50]
            ],
        }
        for one in told.findings
    )
