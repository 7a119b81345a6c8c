"""/escalations: matters put higher, with a clock; acknowledged and resolved."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.escalations import (
    acknowledge_escalation,
    raise_escalation,
    resolve_escalation,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
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
from dunwell.models import Customer, Escalation
from dunwell.queries.escalations import (
    EscalationCounts,
    EscalationDetail,
    EscalationRow,
    Reader,
    escalation_counts,
    escalation_detail,
    escalation_rows,
    reader_of,
)
from dunwell.queries.pages import Page

router = Router(tags=["escalations"])

Kind = Literal[
    "broken_promise", "large_overdue", "risk", "dispute", "plan", "contact", "order", "service",
    "hand_off", "other",
]  # fmt: skip
Rung = Annotated[int, Field(ge=1, le=99)]


class EscalationIn(Body):
    """What is put higher, and why."""

    customer_id: Key
    kind: Kind
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class AcknowledgedIn(Body):
    """What the person who takes it on will do, if it is to be said."""

    note: Annotated[Plain, Field(max_length=300)] = ""


class ResolvedIn(Body):
    """What came of it."""

    result: Annotated[Plain, Field(min_length=1, max_length=300)]


@router.get("", response=answers(Page[EscalationRow]))
def list_escalations(
    request: ApiRequest,
    scope: Literal["mine", "open", "overdue", "resolved", "all"] = "open",
    kind: Kind | Literal[""] = "",
    rung: Rung | None = None,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[EscalationRow]:
    """List escalations: open ones by the day to answer, others the newest first."""
    request.actor.require("ledger.view")
    return escalation_rows(
        _reader(request),
        scope=scope,
        kind=kind,
        rung=rung,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/counts", response=answers(EscalationCounts))
def count_escalations(request: ApiRequest) -> EscalationCounts:
    """Count what waits for the caller, what is open, and what nobody answered in time."""
    request.actor.require("ledger.view")
    return escalation_counts(_reader(request))


@router.get("/{escalation_id}", response=answers(EscalationDetail))
def show_escalation(request: ApiRequest, escalation_id: Id) -> EscalationDetail:
    """Show one escalation with what happened and who is asked next."""
    request.actor.require("ledger.view")
    return existing(escalation_detail(_reader(request), escalation_id))


@router.post("", response=answers(Created, 201))
@once
def new_escalation(request: ApiRequest, body: EscalationIn) -> tuple[int, dict[str, Any]]:
    """Put a matter about a customer to the first rung of the matrix; the clock runs."""
    escalation = raise_escalation(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        kind=body.kind,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": escalation.pk}


@router.post("/{escalation_id}/acknowledge", response=answers(Done))
@once
def take_escalation_on(
    request: ApiRequest, escalation_id: Id, body: AcknowledgedIn
) -> tuple[int, dict[str, Any]]:
    """Take an escalation on; its clock stops, and it is the caller's."""
    acknowledge_escalation(
        actor=request.actor,
        escalation=own(Escalation, request.actor, escalation_id),
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{escalation_id}/resolve", response=answers(Done))
@once
def end_escalation(
    request: ApiRequest, escalation_id: Id, body: ResolvedIn
) -> tuple[int, dict[str, Any]]:
    """End an escalation with what came of it."""
    resolve_escalation(
        actor=request.actor,
        escalation=own(Escalation, request.actor, escalation_id),
        result=body.result,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


def _reader(request: ApiRequest) -> Reader:
    actor = request.actor
    return reader_of(
        actor.company,
        name=actor.name,
        user_id=actor.user_id,
        roles=actor.roles,
        as_of=request.as_of,
        at=request.at,
    )
