"""Meetings about stuck money: the agenda of the day kept, decisions taken and carried out."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import needed
from dunwell.engine.stuck_money import StuckPoint
from dunwell.models import (
    Company,
    Meeting,
    MeetingDecision,
    MeetingPoint,
    Membership,
    Task,
    User,
)


@transaction.atomic
def hold_meeting(
    *, actor: Actor, name: str, points: Sequence[StuckPoint], as_of: date, at: datetime
) -> Meeting:
    """Keep the agenda of the day, `queries.stuck_money.agenda_points`, for decisions to stand on.

    Raises Refused for a meeting of that name on that day.
    """
    actor.require("meeting.edit")
    told = needed(text=name, most=80, what="name", missing="Give the meeting a name.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if Meeting.objects.filter(company=actor.company, on=as_of, name=told).exists():
        raise Refused(f"{told} was begun today already; open it, or choose another name.")
    meeting = Meeting.objects.create(
        company=actor.company, name=told, on=as_of, author=actor.name, recorded_at=at
    )
    MeetingPoint.objects.bulk_create(
        MeetingPoint(
            meeting=meeting,
            company=actor.company,
            rank=rank,
            reason=one.reason,
            customer_id=one.customer_id,
            currency=one.currency,
            stuck_minor=one.stuck_minor,
            since_on=one.since_on,
            items=[list(part) for part in one.items],
            recorded_at=at,
        )
        for rank, one in enumerate(points, 1)
    )
    record_event(actor, "meeting.held", meeting, at=at, name=told, points=len(points))
    return meeting


@transaction.atomic
def decide_in_meeting(
    *,
    actor: Actor,
    meeting: Meeting,
    text: str,
    owner: User,
    due_on: date,
    as_of: date,
    at: datetime,
    point: MeetingPoint | None = None,
) -> MeetingDecision:
    """Write down what was decided, who sees to it, until when; about a point it is a task too."""
    actor.require("meeting.edit")
    own(actor, meeting, "meeting")
    told = needed(text=text, most=500, what="decision", missing="Write what was decided.")
    if due_on < as_of:
        raise Refused("A decision must not be due in the past.")
    if not Membership.objects.filter(company=actor.company, user=owner).exists():
        raise Refused("The owner must be one of the company's people.")
    if point is not None and point.meeting_id != meeting.pk:
        raise Refused("That point is of another meeting's agenda.")
    locked = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if locked.decisions.filter(text=told).exists():
        raise Refused("This was decided already.")
    decision = MeetingDecision.objects.create(
        meeting=locked,
        point=point,
        company=actor.company,
        text=told,
        owner=owner,
        due_on=due_on,
        task=None if point is None else _task(actor, point, told, due_on, as_of, at),
        recorded_at=at,
    )
    record_event(
        actor,
        "meeting_decision.taken",
        decision,
        at=at,
        customer_id=None if point is None else point.customer_id,
        text=told,
        owner=owner.username,
        due_on=due_on.isoformat(),
    )
    return decision


@transaction.atomic
def carry_out_decision(
    *, actor: Actor, decision: MeetingDecision, outcome: str, as_of: date, at: datetime
) -> None:
    """Note that a decision was carried out and what came of it: by its owner, or who edits."""
    actor.require("ledger.view")
    own(actor, decision, "decision")
    if decision.owner_id != actor.user_id:
        actor.require("meeting.edit")
    told = needed(text=outcome, most=500, what="outcome", missing="Say what came of it.")
    rows = MeetingDecision.objects.filter(pk=decision.pk, done_on=None).update(
        done_on=as_of, done_by=actor.name, outcome=told
    )
    if rows != 1:
        raise Refused("This was done already; load the page again.")
    record_event(
        actor,
        "meeting_decision.done",
        decision,
        at=at,
        customer_id=None if decision.point is None else decision.point.customer_id,
        text=decision.text,
        outcome=told,
    )


def _task(
    actor: Actor, point: MeetingPoint, text: str, due_on: date, as_of: date, at: datetime
) -> Task:
    """Return the task of a decision about a customer; where one is open that one carries it."""
    task, _ = Task.objects.get_or_create(
        company=actor.company,
        customer_id=point.customer_id,
        item=None,
        kind=Task.Kind.FOLLOW_UP,
        status=Task.Status.OPEN,
        defaults={"reason": text[:300], "due_on": due_on, "as_of": as_of, "recorded_at": at},
    )
    return task
