"""/meetings: the agenda made of stuck money, meetings held, decisions and what came of them."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.meetings import carry_out_decision, decide_in_meeting, hold_meeting
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Meeting, MeetingDecision, MeetingPoint, User
from dunwell.queries.meetings import (
    MeetingDecisionRow,
    MeetingDetail,
    MeetingRow,
    meeting_decision_rows,
    meeting_detail,
    meeting_rows,
)
from dunwell.queries.pages import Page
from dunwell.queries.stuck_money import (
    AgendaRow,
    StuckItemRow,
    agenda_points,
    agenda_rows,
    stuck_item_rows,
)

router = Router(tags=["meetings"])

Said500 = Annotated[Plain, Field(min_length=1, max_length=500)]


class MeetingIn(Body):
    """What the meeting is called; its agenda is that of today."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]


class MeetingDecisionIn(Body):
    """What was decided, who sees to it, until when; about a point it becomes a task."""

    text: Said500
    owner_id: Key
    due_on: Day
    point_id: Key | None = None


class MeetingOutcomeIn(Body):
    """What came of a decision."""

    outcome: Said500


@router.get("/agenda", response=answers(list[AgendaRow]))
def list_agenda(request: ApiRequest) -> list[AgendaRow]:
    """List what a meeting of today is about, the heaviest first in each currency."""
    request.actor.require("ledger.view")
    return list(agenda_rows(request.actor.company, as_of=request.as_of))


@router.get("/decisions", response=answers(list[MeetingDecisionRow]))
def list_meeting_decisions(
    request: ApiRequest, scope: Literal["all", "open"] = "all"
) -> list[MeetingDecisionRow]:
    """List decisions, those not carried out first, by the day they are due."""
    request.actor.require("ledger.view")
    return list(
        meeting_decision_rows(
            request.actor.company, as_of=request.as_of, only_open=scope == "open"
        )
    )


@router.get("/points/{point_id}/items", response=answers(list[StuckItemRow]))
def list_meeting_point_items(request: ApiRequest, point_id: Id) -> list[StuckItemRow]:
    """List the items behind a point of a meeting; they sum to what was stuck."""
    request.actor.require("ledger.view")
    point = own(MeetingPoint, request.actor, point_id)
    return list(stuck_item_rows(request.actor.company, [(key, n) for key, n in point.items]))


@router.get("", response=answers(Page[MeetingRow]))
def list_meetings(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[MeetingRow]:
    """List meetings, the newest first."""
    request.actor.require("ledger.view")
    return meeting_rows(request.actor.company, cursor=cursor, limit=limit)


@router.get("/{meeting_id}", response=answers(MeetingDetail))
def get_meeting(request: ApiRequest, meeting_id: Id) -> MeetingDetail:
    """Return one meeting with its agenda and decisions."""
    request.actor.require("ledger.view")
    return existing(meeting_detail(request.actor.company, meeting_id, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def begin_meeting(request: ApiRequest, body: MeetingIn) -> tuple[int, dict[str, Any]]:
    """Begin a meeting: the agenda of today is kept."""
    request.actor.require("meeting.edit")
    made = hold_meeting(
        actor=request.actor,
        name=body.name,
        points=agenda_points(request.actor.company, as_of=request.as_of),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/{meeting_id}/decisions", response=answers(Created, 201))
@once
def take_meeting_decision(
    request: ApiRequest, meeting_id: Id, body: MeetingDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Write a decision down; about a point it becomes a task."""
    request.actor.require("meeting.edit")
    owner = existing(
        User.objects.filter(pk=body.owner_id, memberships__company=request.actor.company).first()
    )
    point = None
    if body.point_id is not None:
        point = own(MeetingPoint, request.actor, body.point_id)
    made = decide_in_meeting(
        actor=request.actor,
        meeting=own(Meeting, request.actor, meeting_id),
        text=body.text,
        owner=owner,
        due_on=body.due_on,
        point=point,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/decisions/{meeting_decision_id}/done", response=answers(Done))
@once
def finish_meeting_decision(
    request: ApiRequest, meeting_decision_id: Id, body: MeetingOutcomeIn
) -> tuple[int, dict[str, Any]]:
    """Note that a decision was carried out and what came of it."""
    carry_out_decision(
        actor=request.actor,
        decision=own(MeetingDecision, request.actor, meeting_decision_id),
        outcome=body.outcome,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
