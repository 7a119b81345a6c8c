"""/duty-overrides: duties that are kept apart, who holds both sides, and what was allowed."""

from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.duty_overrides import LONGEST_DAYS, allow_duties, end_duties
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    Body,
    Created,
    Done,
    Id,
    Key,
    Name,
    Word,
    answers,
    colleague,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import DutyOverride
from dunwell.queries.duty_pairs import KeptApartRow, duty_conflicts, duty_pairs

router = Router(tags=["people"])


class DutyPairOut(Schema):
    """Two sides that one person should not hold, as rights, and why."""

    id: str
    why: str
    first: list[str]
    second: list[str]


class DutyOverrideIn(Body):
    """Who may do both sides of which pair, why, and for how many days."""

    user_id: Key
    pair: Word
    reason: Name
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


@router.get("/pairs", response=answers(list[DutyPairOut]))
def list_duty_pairs(request: ApiRequest) -> list[DutyPairOut]:
    """List what is kept apart."""
    request.actor.require("user.manage")
    return [
        DutyPairOut(id=one.id, why=one.why, first=sorted(one.first), second=sorted(one.second))
        for one in duty_pairs()
    ]


@router.get("", response=answers(list[KeptApartRow]))
def list_duty_overrides(request: ApiRequest) -> list[KeptApartRow]:
    """List who holds both sides of a pair without leave, then every override there was."""
    return list(_rows(request))


@router.get("/{duty_override_id}", response=answers(KeptApartRow))
def show_duty_override(request: ApiRequest, duty_override_id: Id) -> KeptApartRow:
    """Show one override: where it stands, and how many acts it allowed."""
    return existing(next((row for row in _rows(request) if row.id == duty_override_id), None))


@router.post("", response=answers(Created, 201))
@once
def new_duty_override(request: ApiRequest, body: DutyOverrideIn) -> tuple[int, dict[str, Any]]:
    """Allow a person both sides of a pair for a time; one that stands is ended."""
    request.actor.require("user.manage")
    made = allow_duties(
        actor=request.actor,
        user=colleague(request.actor, body.user_id),
        pair=body.pair,
        reason=body.reason,
        days=body.days,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/{duty_override_id}/end", response=answers(Done))
@once
def end_duty_override(request: ApiRequest, duty_override_id: Id) -> tuple[int, dict[str, Any]]:
    """End an override at once; what is over stays so."""
    found = own(DutyOverride, request.actor, duty_override_id)
    return 200, {"changed": int(end_duties(actor=request.actor, override=found, at=request.at))}


def _rows(request: ApiRequest) -> tuple[KeptApartRow, ...]:
    request.actor.require("user.manage")
    return duty_conflicts(request.actor.company, rights=ROLE_RIGHTS, at=request.at)
