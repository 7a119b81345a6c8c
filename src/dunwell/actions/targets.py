"""Targets: setting them balanced, ending them, what a person wants, and the weeks kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Forbidden, Refused, check_status, own
from dunwell.actions.texts import needed
from dunwell.models import (
    Company,
    Milestone,
    TargetLine,
    TargetProgress,
    TargetSet,
    WorkSetting,
)
from dunwell.queries.target_standings import ASPECTS, MONEY
from dunwell.queries.targets import LineStanding, findings_of

Status = TargetSet.Status
PPM = 1_000_000
LONGEST_DAYS = 400


@transaction.atomic
def set_targets(
    *,
    actor: Actor,
    name: str,
    starts_on: date,
    ends_on: date,
    goals: Sequence[tuple[str, int]],
    is_own: bool,
    as_of: date,
    at: datetime,
) -> TargetSet:
    """Set targets for the team, or for oneself: (measure, goal) in minor units or ppm.

    Money alone is no target: each aspect of `ASPECTS` needs a line. Nobody sets targets for
    another person. Raises Refused for that, and for a set that runs already.
    """
    if is_own:
        _wants_own(actor)
    else:
        actor.require("target.edit")
    told = needed(text=name, most=80, what="name", missing="Give the targets a name.")
    if not 0 < (ends_on - starts_on).days <= LONGEST_DAYS or ends_on <= as_of:
        raise Refused(f"Targets end in the future, 1 to {LONGEST_DAYS} days after they begin.")
    _check_goals(goals)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    owner = actor.user_id if is_own else None
    running = TargetSet.objects.filter(company=actor.company, user=owner, status=Status.RUNNING)
    if is_own and running.exists():
        raise Refused("Targets of your own are running already; end them first.")
    if running.filter(name=told).exists():
        raise Refused(f"Targets named {told} are running already; end them first.")
    made = TargetSet.objects.create(
        company=actor.company,
        user_id=owner,
        name=told,
        starts_on=starts_on,
        ends_on=ends_on,
        author=actor.name,
        recorded_at=at,
    )
    TargetLine.objects.bulk_create(
        TargetLine(
            target_set=made,
            aspect=ASPECTS[measure],
            measure=measure,
            goal=goal,
            currency=actor.company.currency if measure in MONEY else "",
        )
        for measure, goal in goals
    )
    # a person's own figures are not for the log that everybody reads
    data: dict[str, Any] = {} if is_own else {"name": told, "goals": [list(one) for one in goals]}
    record_event(actor, "target_set.started", made, at=at, is_own=is_own, **data)
    return made


@transaction.atomic
def end_targets(
    *, actor: Actor, target_set: TargetSet, reason: str, as_of: date, at: datetime
) -> None:
    """End a set before its time, with the reason: the team's, or one's own."""
    actor.require("ledger.view")
    own(actor, target_set, "set of targets")
    if target_set.user_id is None:
        actor.require("target.edit")
    elif target_set.user_id != actor.user_id:
        raise Forbidden("A person's own targets are that person's alone.")
    told = needed(text=reason, most=300, what="reason", missing="Say why they end.")
    locked = TargetSet.objects.select_for_update(no_key=True).get(pk=target_set.pk)
    _end(locked, as_of, told)
    record_event(actor, "target_set.ended", locked, at=at)


@transaction.atomic
def choose_settings(
    *,
    actor: Actor,
    has_own_figures: bool,
    shares_with_lead: bool,
    shares_milestones: bool,
    sees_feed: bool,
    at: datetime,
) -> WorkSetting:
    """Keep what a person wants of targets; without figures of its own nothing is shared.

    Turning the own figures off ends the person's targets.
    """
    actor.require("ledger.view")
    if actor.user_id is None:
        raise Refused("A person chooses this, not a program.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    setting, _ = WorkSetting.objects.update_or_create(
        company=actor.company,
        user_id=actor.user_id,
        defaults={
            "has_own_figures": has_own_figures,
            "shares_with_lead": has_own_figures and shares_with_lead,
            "shares_milestones": has_own_figures and shares_milestones,
            "sees_feed": sees_feed,
            "recorded_at": at,
        },
    )
    if not has_own_figures:
        TargetSet.objects.filter(
            company=actor.company, user=actor.user_id, status=Status.RUNNING
        ).update(status=Status.ENDED, ended_on=at.date(), reason="own figures turned off")
    record_event(actor, "work_setting.changed", setting, at=at)
    return setting


@transaction.atomic
def follow_targets(
    *, actor: Actor, standings: Sequence[LineStanding], as_of: date, at: datetime
) -> int:
    """Keep where lines stand at the end of a week, note what was reached, end what is over.

    Return how many rows are new. What was reached is judged by the honest part.
    """
    actor.require("cycle.run")
    weeks = [
        TargetProgress(
            line_id=one.line_id,
            company=actor.company,
            week_ends_on=one.week_ends_on,
            value=one.told.value,
            honest=one.told.honest,
            cases=one.told.cases,
            findings=[
                {name: found[name] for name in ("code", "taken_out", "n")}
                for found in findings_of(one.told)
            ],
            recorded_at=at,
        )
        for one in standings
        if one.week_ends_on is not None
    ]
    known = set(
        TargetProgress.objects.filter(line__in=[one.line_id for one in weeks]).values_list(
            "line_id", "week_ends_on"
        )
    )
    new = [one for one in weeks if (one.line_id, one.week_ends_on) not in known]
    TargetProgress.objects.bulk_create(new, ignore_conflicts=True)
    made = sum(_milestone(actor, one, as_of, at) for one in standings if one.is_reached)
    made += _balanced(actor, standings, as_of, at)
    over = TargetSet.objects.select_for_update(no_key=True).filter(
        company=actor.company, status=Status.RUNNING, ends_on__lte=as_of
    )
    ended = list(over.order_by("pk"))
    for one in ended:
        _end(one, one.ends_on, "its last day has passed")
    changed = len(new) + made + len(ended)
    if changed:
        record_event(
            actor,
            "targets.followed",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            weeks=len(new),
            milestones=made,
            ended=len(ended),
        )
    return changed


def _milestone(actor: Actor, one: LineStanding, as_of: date, at: datetime) -> int:
    _, is_new = Milestone.objects.get_or_create(
        company=actor.company,
        kind=Milestone.Kind.TARGET,
        subject_id=one.line_id,
        defaults={
            "user_id": one.user_id,
            "name": one.name,
            "figures": {"measure": one.measure, "goal": one.goal, "honest": one.told.honest},
            "on": as_of,
            "recorded_at": at,
        },
    )
    return int(is_new)


def _balanced(actor: Actor, standings: Sequence[LineStanding], as_of: date, at: datetime) -> int:
    sets: dict[int, list[LineStanding]] = {}
    for one in standings:
        sets.setdefault(one.set_id, []).append(one)
    made = 0
    for key, lines in sets.items():
        if all(line.is_reached for line in lines):
            _, is_new = Milestone.objects.get_or_create(
                company=actor.company,
                kind=Milestone.Kind.BALANCED,
                subject_id=key,
                defaults={
                    "user_id": lines[0].user_id,
                    "name": lines[0].name,
                    "figures": {"lines": len(lines)},
                    "on": as_of,
                    "recorded_at": at,
                },
            )
            made += is_new
    return made


def _end(locked: TargetSet, on: date, reason: str) -> None:
    check_status(TargetSet.MOVES, Status(locked.status), Status.ENDED, "This set of targets")
    TargetSet.objects.filter(pk=locked.pk, status=locked.status).update(
        status=Status.ENDED, ended_on=on, reason=reason
    )


def _wants_own(actor: Actor) -> None:
    actor.require("ledger.view")
    if actor.user_id is None:
        raise Refused("Own targets belong to a person.")
    setting = WorkSetting.objects.filter(company=actor.company, user=actor.user_id).first()
    if setting is None or not setting.has_own_figures:
        raise Refused("Turn your own figures on first; nobody else can do that for you.")


def _check_goals(goals: Sequence[tuple[str, int]]) -> None:
    measures = [measure for measure, _ in goals]
    if unknown := sorted(set(measures) - set(ASPECTS)):
        raise Refused(f"There is no measure {unknown[0]}; there are {', '.join(ASPECTS)}.")
    if len(set(measures)) < len(measures):
        raise Refused("Each measure has one goal.")
    missing = sorted(set(ASPECTS.values()) - {ASPECTS[measure] for measure in measures})
    if missing:
        raise Refused(
            "Targets are balanced: state a goal for money, quality and satisfaction. "
            f"Missing: {', '.join(missing)}."
        )
    for measure, goal in goals:
        if goal <= 0 or (measure not in MONEY and goal > PPM) or goal > 9 * 10**15:
            raise Refused(f"The goal of {measure} is out of range.")
