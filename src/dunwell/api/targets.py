"""/targets: the team's and one's own, balanced, with what the checks against gaming found."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.targets import choose_settings, end_targets, set_targets
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Day, Done, Id, Plain, PositiveMinor, answers, own
from dunwell.api.writes import once
from dunwell.models import TargetSet
from dunwell.queries.targets import MilestoneRow, TargetSetRow, milestone_rows, target_sets

router = Router(tags=["targets"])


class GoalIn(Body):
    """A measure and its goal: minor units of money that came, else parts per million."""

    measure: Literal[
        "collected",
        "promises_kept",
        "disputes_resolved",
        "data_quality",
        "satisfied",
        "complaint_free",
    ]
    goal: PositiveMinor


class TargetsIn(Body):
    """Targets with a goal for each of money, quality and satisfaction."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    starts_on: Day
    ends_on: Day
    goals: Annotated[list[GoalIn], Field(min_length=3, max_length=6)]
    is_own: bool = False


class TargetsEndIn(Body):
    """Why targets end before their time."""

    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class WorkSettingIn(Body):
    """What a person wants of targets; without own figures nothing is shared."""

    has_own_figures: bool
    shares_with_lead: bool = False
    shares_milestones: bool = False
    sees_feed: bool = True


@router.get("", response=answers(list[TargetSetRow]))
def list_targets(request: ApiRequest) -> list[TargetSetRow]:
    """List the team's targets, the caller's own, and those that others share with the lead."""
    request.actor.require("ledger.view")
    return list(
        target_sets(
            request.actor.company,
            viewer_id=request.actor.user_id,
            is_lead="target.edit" in request.actor.rights,
            as_of=request.as_of,
        )
    )


@router.get("/milestones", response=answers(list[MilestoneRow]))
def list_milestones(request: ApiRequest) -> list[MilestoneRow]:
    """List what was reached and kept, the newest first."""
    request.actor.require("ledger.view")
    return list(milestone_rows(request.actor.company, viewer_id=request.actor.user_id))


@router.post("", response=answers(Created, 201))
@once
def new_targets(request: ApiRequest, body: TargetsIn) -> tuple[int, dict[str, Any]]:
    """Set targets for the team, or for oneself."""
    made = set_targets(
        actor=request.actor,
        name=body.name,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        goals=[(one.measure, one.goal) for one in body.goals],
        is_own=body.is_own,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/settings", response=answers(Done))
@once
def choose_work_settings(request: ApiRequest, body: WorkSettingIn) -> tuple[int, dict[str, Any]]:
    """Choose whether there are figures of one's own, and who sees them."""
    choose_settings(actor=request.actor, at=request.at, **body.model_dump())
    return 200, {"changed": 1}


@router.post("/{target_set_id}/end", response=answers(Done))
@once
def end_the_targets(
    request: ApiRequest, target_set_id: Id, body: TargetsEndIn
) -> tuple[int, dict[str, Any]]:
    """End the team's targets, or one's own, before their time."""
    end_targets(
        actor=request.actor,
        target_set=own(TargetSet, request.actor, target_set_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
