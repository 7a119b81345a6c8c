"""/team: who collects today, for how long, who is away and who covers."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.workforce import (
    MOST_MINUTES,
    cancel_absence,
    record_absence,
    set_capacity,
    take_cover,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Day, Done, Id, Key, Plain, answers, existing, own
from dunwell.api.writes import once
from dunwell.models import Absence, User
from dunwell.queries.absence_cover import CoverPage, cover_page
from dunwell.queries.workforce import (
    AbsenceRow,
    TeamRow,
    absence_rows,
    collectors_of,
    team_rows,
)

router = Router(tags=["worklist"])


class AbsenceIn(Body):
    """Who is away from a day to a day, and who covers."""

    user_id: Key
    cover_id: Key | None = None
    kind: Literal["holiday", "sick", "training", "other"]
    from_on: Day
    until_on: Day
    note: Annotated[Plain, Field(max_length=2000)] = ""


class CapacityIn(Body):
    """Minutes of a working day a person has for customers, from a day on."""

    user_id: Key
    minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)]
    from_on: Day


@router.get("", response=answers(list[TeamRow]))
def list_team(request: ApiRequest) -> list[TeamRow]:
    """List every collector with what there is, what fits into the day, and what is done."""
    request.actor.require("ledger.view")
    return list(team_rows(request.actor.company, as_of=request.as_of))


@router.get("/absences", response=answers(list[AbsenceRow]))
def list_absences(request: ApiRequest) -> list[AbsenceRow]:
    """List absences that hold or are to come."""
    request.actor.require("ledger.view")
    return list(absence_rows(request.actor.company, as_of=request.as_of))


@router.post("/absences", response=answers(Created, 201))
@once
def new_absence(request: ApiRequest, body: AbsenceIn) -> tuple[int, dict[str, Any]]:
    """Note down that a person is away; the cover works on the customers meanwhile."""
    absence = record_absence(
        actor=request.actor,
        user=_colleague(request, body.user_id),
        cover=None if body.cover_id is None else _colleague(request, body.cover_id),
        kind=body.kind,
        from_on=body.from_on,
        until_on=body.until_on,
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": absence.pk}


@router.get("/absences/{absence_id}", response=answers(CoverPage))
def show_absence(request: ApiRequest, absence_id: Id) -> CoverPage:
    """Show an absence: what moves to the cover, and what was done meanwhile."""
    request.actor.require("ledger.view")
    return existing(cover_page(request.actor.company, absence_id, as_of=request.as_of))


@router.post("/absences/{absence_id}/seen", response=answers(Done))
@once
def see_absence(request: ApiRequest, absence_id: Id) -> tuple[int, dict[str, Any]]:
    """Say that the caller knows of covering."""
    take_cover(actor=request.actor, absence=own(Absence, request.actor, absence_id), at=request.at)
    return 200, {"changed": 1}


@router.post("/absences/{absence_id}/cancel", response=answers(Done))
@once
def end_absence(request: ApiRequest, absence_id: Id) -> tuple[int, dict[str, Any]]:
    """Take an absence back."""
    cancel_absence(
        actor=request.actor,
        absence=own(Absence, request.actor, absence_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/capacities", response=answers(Created, 201))
@once
def new_capacity(request: ApiRequest, body: CapacityIn) -> tuple[int, dict[str, Any]]:
    """Say how many minutes a day a person has for customers."""
    found = set_capacity(
        actor=request.actor,
        user=_collector(request, body.user_id),
        minutes=body.minutes,
        from_on=body.from_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": found.pk}


def _colleague(request: ApiRequest, user_id: int) -> User:
    found = User.objects.filter(memberships__company=request.actor.company, pk=user_id).first()
    if found is None:
        raise Refused(f"There is no colleague {user_id} in {request.actor.company.name}.")
    return found


def _collector(request: ApiRequest, user_id: int) -> User:
    for person in collectors_of(request.actor.company):
        if person.pk == user_id:
            return person
    raise Refused(f"There is no collector {user_id} in {request.actor.company.name}.")
