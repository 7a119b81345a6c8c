"""/hand-offs: work that goes from desk to desk, with a clock until it is taken on."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.hand_offs import (
    ask_hand_off,
    finish_hand_off,
    give_back,
    take_hand_off,
    withdraw_hand_off,
)
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
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, HandOff, User
from dunwell.queries.hand_offs import (
    HandOffReader,
    HandOffRow,
    hand_off_of,
    hand_off_reader,
    hand_off_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["teamwork"])

Desk = Literal["credit", "collections", "cash", "disputes", "sales", "support"]
Short = Annotated[Plain, Field(min_length=1, max_length=300)]


class HandOffIn(Body):
    """What is to be done by which desk, or by whom of it, and what they have to know."""

    customer_id: Key
    to_desk: Desk
    user_id: Key | None = None
    what: Annotated[Plain, Field(min_length=1, max_length=200)]
    context: Annotated[Plain, Field(max_length=2000)] = ""
    subject: Word | None = None
    subject_id: Key | None = None
    due_on: Day | None = None


class HandOffReasonIn(Body):
    """Why it is given back or no longer needed."""

    reason: Short


class HandOffResultIn(Body):
    """What came of it."""

    result: Short


@router.get("", response=answers(Page[HandOffRow]))
def list_hand_offs(
    request: ApiRequest,
    scope: Literal["mine", "asked", "open", "late", "over"] = "open",
    desk: Desk | Literal[""] = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[HandOffRow]:
    """List hand-offs: what is to be taken on first at the top, what is over the newest first."""
    request.actor.require("ledger.view")
    return hand_off_rows(
        request.actor.company,
        _reader(request),
        scope=scope,
        desk=desk,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
        as_of=request.as_of,
        at=request.at,
    )


@router.get("/{hand_off_id}", response=answers(HandOffRow))
def show_hand_off(request: ApiRequest, hand_off_id: Id) -> HandOffRow:
    """Show one hand-off with its clock and what came of it."""
    request.actor.require("ledger.view")
    return existing(
        hand_off_of(
            request.actor.company,
            _reader(request),
            hand_off_id,
            as_of=request.as_of,
            at=request.at,
        )
    )


@router.post("", response=answers(Created, 201))
@once
def new_hand_off(request: ApiRequest, body: HandOffIn) -> tuple[int, dict[str, Any]]:
    """Hand a piece of work about a customer to another desk; the clock runs."""
    made = ask_hand_off(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        to_desk=body.to_desk,
        to_user=None if body.user_id is None else _person(request, body.user_id),
        what=body.what,
        context=body.context,
        subject=body.subject or "",
        subject_id=body.subject_id,
        due_on=body.due_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/{hand_off_id}/take", response=answers(Done))
@once
def take_on_hand_off(request: ApiRequest, hand_off_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a hand-off on; its clock stops, and it is the caller's."""
    take_hand_off(
        actor=request.actor,
        hand_off=own(HandOff, request.actor, hand_off_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{hand_off_id}/give-back", response=answers(Done))
@once
def return_hand_off(
    request: ApiRequest, hand_off_id: Id, body: HandOffReasonIn
) -> tuple[int, dict[str, Any]]:
    """Give a hand-off back to who asked, with the reason."""
    give_back(
        actor=request.actor,
        hand_off=own(HandOff, request.actor, hand_off_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{hand_off_id}/done", response=answers(Done))
@once
def end_hand_off(
    request: ApiRequest, hand_off_id: Id, body: HandOffResultIn
) -> tuple[int, dict[str, Any]]:
    """Say what came of a hand-off that was taken on."""
    finish_hand_off(
        actor=request.actor,
        hand_off=own(HandOff, request.actor, hand_off_id),
        result=body.result,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{hand_off_id}/withdraw", response=answers(Done))
@once
def drop_hand_off(
    request: ApiRequest, hand_off_id: Id, body: HandOffReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a hand-off back that is no longer needed; who asked may."""
    withdraw_hand_off(
        actor=request.actor,
        hand_off=own(HandOff, request.actor, hand_off_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


def _reader(request: ApiRequest) -> HandOffReader:
    actor = request.actor
    return hand_off_reader(
        actor.company, user_id=actor.user_id, roles=actor.roles, as_of=request.as_of
    )


def _person(request: ApiRequest, user_id: int) -> User:
    found = User.objects.filter(memberships__company=request.actor.company, pk=user_id).first()
    if found is None:
        raise Refused(f"There is no colleague {user_id} in {request.actor.company.name}.")
    return found
